"""The experts' kernels that ship: their facts have references, and they fit their problems."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.expert import Expert, ExpertRole, Pairing, Step
from twill.expert_match import index_of, offsets_of, orders_of, roles_of, value_of
from twill.problem import Problem
from twill.spec.expert import load_expert, shipped_experts
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine, shipped_machines
from twill.what_if import parse_change

EXPERTS = shipped_experts()
PAIRS = [(name, i) for name in EXPERTS for i in range(len(load_expert(name).pairings))]


@cache
def _problem(name: str, which: int) -> Problem:
    return _elaborated(load_expert(name).pairings[which])


def _elaborated(pairing: Pairing) -> Problem:
    changes = [parse_change(text) for text in pairing.what_if]
    machine = load_machine(pairing.machine, [change for change in changes if change is not None])
    loop = load_loop(pairing.spec)
    return elaborate(loop, machine, pairing.parameters, pairing.subtile).problem


def _steps(expert: Expert) -> list[Step]:
    return [step for role in expert.roles for group in role.order for step in group]


# Facts


def test_the_kernels_of_the_field_are_there() -> None:
    """Attention and multiplies on four generations."""
    assert {
        "fa2_forward_hdim128",
        "fa3_forward_hdim64",
        "fa3_forward_hdim128",
        "fa3_forward_hdim256",
        "fa3_backward_hdim128",
        "fa4_forward_hdim128",
        "fa4_backward_hdim128",
        "cutlass_pingpong_gemm",
        "cutlass_cooperative_gemm",
        "cutlass_blackwell_gemm",
        "cutlass_multistage_gemm",
        "deepgemm_fp8_gemm",
        "flashmla_dense_decode",
        "hipkittens_attention_forward",
    } <= set(EXPERTS)


@pytest.mark.parametrize("name", EXPERTS)
def test_every_kernel_says_where_it_is_written(name: str) -> None:
    """At least one file with lines, at a commit in full: a short one may become ambiguous."""
    expert = load_expert(name)
    assert expert.name == name
    files = [source for source in expert.sources if source.file]
    assert files
    for source in files:
        assert len(source.commit) == 40
        assert source.lines
        assert source.repository.count("/") == 1


@pytest.mark.parametrize("name", EXPERTS)
def test_a_speed_has_conditions_and_a_source_and_its_absence_is_said(name: str) -> None:
    """No number by itself, and no silence where there is none."""
    expert = load_expert(name)
    for speed in expert.performance:
        assert speed.conditions
        assert speed.source
    assert expert.performance or any("No speed is given" in note for note in expert.notes)


@pytest.mark.parametrize("name", EXPERTS)
def test_what_cannot_be_compared_says_what_is_missing(name: str) -> None:
    """A kernel of a machine that does not ship has no pairing."""
    expert = load_expert(name)
    assert expert.scope
    assert expert.pairings or expert.missing
    assert expert.machine in shipped_machines() or not expert.pairings
    assert {pairing.machine for pairing in expert.pairings} <= {expert.machine}


@pytest.mark.parametrize("name", EXPERTS)
def test_registers_of_the_roles_fit_into_the_register_file(name: str) -> None:
    """Roles of less than a warp group share one, which gets the most that any of them has."""
    expert = load_expert(name)
    count = 0
    for role in expert.roles:
        if role.registers and role.warps >= 4:
            times = _times(expert, role)
            count += role.registers * role.warps * 32 * times
    small = [role.registers for role in expert.roles if role.registers and role.warps < 4]
    assert count + max(small, default=0) * 128 <= 65536


def _times(expert: Expert, role: ExpertRole) -> int:
    """How many such roles there are on the kernel's first pairing."""
    if role.per is None:
        return 1
    cut = [pairing.subtile[role.per] for pairing in expert.pairings if role.per in pairing.subtile]
    return cut[0] if cut else 2


# On a problem


@pytest.mark.parametrize(("name", "which"), PAIRS)
def test_every_operation_is_of_exactly_one_role(name: str, which: int) -> None:
    """All operations, nothing else, in the order of the problem; each also has its offset."""
    expert, problem = load_expert(name), _problem(name, which)
    roles = roles_of(problem, expert)
    assert list(roles) == [op.name for op in problem.ops]
    assert list(offsets_of(problem, expert)) == list(roles)
    assert set(roles.values()) == set(orders_of(problem, expert))


@pytest.mark.parametrize(("name", "which"), PAIRS)
def test_orders_have_every_operation_once(name: str, which: int) -> None:
    """The groups of a role are its operations."""
    expert, problem = load_expert(name), _problem(name, which)
    ordered = [
        (op, label)
        for label, groups in orders_of(problem, expert).items()
        for group in groups
        for op in group
    ]
    assert sorted(ordered) == sorted(roles_of(problem, expert).items())


@pytest.mark.parametrize(("name", "which"), PAIRS)
def test_orders_keep_the_dependences_of_the_problem(name: str, which: int) -> None:
    """On one role an operation does not stand before what it needs, by offsets and groups."""
    expert, problem = load_expert(name), _problem(name, which)
    roles, offsets = roles_of(problem, expert), offsets_of(problem, expert)
    place = {
        op: number
        for groups in orders_of(problem, expert).values()
        for number, group in enumerate(groups)
        for op in group
    }
    for d in problem.dependences:
        if d.src == d.dst or roles[d.src] != roles[d.dst]:
            continue
        # Body b runs iteration b + offset: the source's body must not come after the reader's.
        bodies = d.distance + offsets[d.src] - offsets[d.dst]
        assert bodies > 0 or (bodies == 0 and place[d.src] <= place[d.dst]), (d.src, d.dst)


@pytest.mark.parametrize(("name", "which"), PAIRS)
def test_barriers_are_about_operations_of_the_problem(name: str, which: int) -> None:
    """A step of a barrier is a step of its role on the problem, also with its sub-tile."""
    problem = _problem(name, which)
    names = [op.name for op in problem.ops]
    for barrier in load_expert(name).barriers:
        for step in (barrier.after, barrier.before):
            if step is not None:
                found = [
                    n
                    for n in names
                    if value_of(n) == step.value and {*step.index} <= {*index_of(n)}
                ]
                assert found, (barrier.name, str(step))


def test_forward_attention_on_hopper() -> None:
    """A consumer per row sub-tile that multiplies for S before it does for O (not as FA4)."""
    expert, problem = load_expert("fa3_forward_hdim128"), _problem("fa3_forward_hdim128", 0)
    assert roles_of(problem, expert)["S[m1]"] == "consumer m1"
    orders = orders_of(problem, expert)
    assert set(orders) == {"load", "consumer m0", "consumer m1"}
    assert orders["consumer m0"][:2] == (("S[m0]",), ("O[m0]",))
    assert offsets_of(problem, expert)["O[m0]"] == -1


def test_forward_attention_on_blackwell() -> None:
    """The same offsets up to a shift, the opposite order on the tensor core."""
    expert, problem = load_expert("fa4_forward_hdim128"), _problem("fa4_forward_hdim128", 0)
    mma = orders_of(problem, expert)["mma"]
    assert mma == (("O[m0]",), ("S[m0]",), ("O[m1]",), ("S[m1]",))
    offsets = offsets_of(problem, expert)
    assert offsets["S[m0]"] - offsets["O[m0]"] == 1


def test_a_step_of_a_common_role_is_every_sub_tile() -> None:
    """FA4 backward: four parts of dQ are all of its reducing role."""
    expert, problem = load_expert("fa4_backward_hdim128"), _problem("fa4_backward_hdim128", 0)
    roles = roles_of(problem, expert)
    assert {roles[f"dQ.shared[d{i}]"] for i in range(4)} == {"reduce"}


def test_a_role_per_dimension_that_is_not_cut_is_one_role() -> None:
    """Its label is its name."""
    expert = load_expert("fa3_forward_hdim128")
    pairing = replace(expert.pairings[0], machine="a100", subtile={"M": 1})
    assert set(roles_of(_elaborated(pairing), expert).values()) == {"load", "consumer"}


def test_what_does_not_match_is_named() -> None:
    """FA4's roles do not fit Hopper and the other way round: all faults at once."""
    hopper, blackwell = load_expert("fa3_forward_hdim128"), load_expert("fa4_forward_hdim128")
    with pytest.raises(InputError) as caught:
        roles_of(_problem(blackwell.name, 0), hopper)
    said = [fault.message for fault in caught.value.diagnostics]
    assert "fa3_forward_hdim128: no role has the operation 'P.tensor[m1]'" in said
    assert len(said) == 8
    with pytest.raises(InputError) as caught:
        roles_of(_problem(hopper.name, 0), blackwell)
    said = [fault.message for fault in caught.value.diagnostics]
    assert "fa4_forward_hdim128: P.tensor@0 of 'softmax' is no operation of the problem" in said
    assert len(said) == 6


def test_an_operation_on_two_roles_is_named() -> None:
    """A step without a sub-tile in two roles, which no reader has checked."""
    expert = load_expert("fa3_forward_hdim128")
    load = replace(expert.roles[0], order=((Step("K"), Step("V"), Step("S")),))
    wrong = replace(expert, roles=(load, *expert.roles[1:]))
    with pytest.raises(InputError, match=r"'S\[m0\]' is on the roles 'load' and 'consumer m0'"):
        roles_of(_problem(expert.name, 0), wrong)
