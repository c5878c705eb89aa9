from __future__ import annotations

from dataclasses import replace

import pytest

from tests.structure.kernels import as_expert, chains, hand_made, steps, two_chains
from twill.accounting import Usage
from twill.comparison import Criterion
from twill.elaborate import elaborate
from twill.problem import Problem
from twill.solver.symmetry import exchanges
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.structure import Barrier, Body, Instruction, Ring, Structure, aligned, closure
from twill.structure.offsets import offsets_criterion
from twill.structure.orders import orders_criterion
from twill.structure.partition import moved, rand_index, roles_criterion
from twill.structure.resources import resources_criterion
from twill.structure.storage import storage_criterion
from twill.structure.sync import sync_criterion


def judged(problem: Problem, usage: Usage, ours: Structure, theirs: Structure) -> list[Criterion]:
    """C1 to C5."""
    theirs = aligned(problem, ours, theirs, closure(problem, exchanges(problem)))
    return [
        roles_criterion(problem, ours, theirs),
        offsets_criterion(problem, ours, theirs),
        orders_criterion(problem, ours, theirs),
        sync_criterion(problem, usage, ours, theirs),
        storage_criterion(problem, usage, theirs),
    ]


def rejecting(problem: Problem, usage: Usage, ours: Structure, theirs: Structure) -> set[str]:
    """The criteria in which two structures differ."""
    found = judged(problem, usage, ours, theirs)
    return {each.id for each in found if each.answer != "same"}


def test_a_structure_is_like_itself() -> None:
    """With and without a clock; all of C1 to C5 hold."""
    problem, _, usage, ours = hand_made()
    assert rejecting(problem, usage, ours, ours) == set()
    assert rejecting(problem, usage, ours, as_expert(ours)) == set()


def test_another_role_is_c1_alone() -> None:
    """One operation on a role of its own; nothing else is said of it."""
    problem, _, usage, ours = hand_made()
    softmax = ours.bodies[1]
    left = tuple(g for g in softmax.groups if g[0].op != "scale0")
    alone = Body("rescale", 4, None, steps("scale0@0"))
    theirs = Structure((ours.bodies[0], replace(softmax, groups=left), ours.bodies[2], alone))
    found = judged(problem, usage, ours, theirs)
    assert {each.id for each in found if each.answer != "same"} == {"C1"}
    assert found[0].evidence[0] == "1 operation of 10 on another role: scale0"
    assert "0.91 are together" in found[0].evidence[1]


def test_loads_get_no_credit() -> None:
    """Where loads are is given, so it does not count, neither for nor against."""
    problem, _, _, ours = hand_made()
    theirs = Structure(
        (replace(ours.bodies[0], groups=ours.bodies[0].groups[:1]), *ours.bodies[1:])
    )
    assert roles_criterion(problem, ours, theirs).answer == "same"
    assert rand_index(problem, ours, theirs) == 1


def chain_usage(problem: Problem) -> Usage:
    """Some usage; C4 and C5 say nothing of a kernel without barriers and rings."""
    return Usage(problem, 8, dict.fromkeys("abcd", 0), dict.fromkeys("abcd", "all"))


def test_another_offset_of_what_commutes_is_c2_alone() -> None:
    """A chain two iterations ahead of the other: no unit, buffer or dependence between them."""
    problem = two_chains()
    ours, theirs = chains("a@0", "b@0", "c@0", "d@0"), chains("a@0", "b@0", "c@2", "d@2")
    assert rejecting(problem, chain_usage(problem), ours, theirs) == {"C2"}
    evidence = offsets_criterion(problem, ours, theirs).evidence
    assert evidence[0].startswith("2 operations of 4")
    assert "c: ours works 2 iterations earlier than theirs" in evidence


def test_another_place_to_cut_is_no_other_offset() -> None:
    """The same stream begun elsewhere, or with other numbers, is the same structure."""
    problem = two_chains()
    ours = chains("a@0", "b@0", "c@0", "d@0")
    for other in (chains("c@0", "d@0", "a@1", "b@1"), chains("a@3", "b@3", "c@3", "d@3")):
        assert rejecting(problem, chain_usage(problem), ours, other) == set()


def test_another_order_is_c3_alone() -> None:
    """Which b comes before a is another one: what depends on each other changed places."""
    problem = two_chains()
    ours, theirs = chains("a@0", "b@0", "c@0", "d@0"), chains("a@0", "b@-1", "c@0", "d@0")
    assert rejecting(problem, chain_usage(problem), ours, theirs) == {"C3"}
    evidence = orders_criterion(problem, ours, theirs).evidence
    assert evidence[1] == "b@-1 comes before a@+0 in ours, after it in theirs"


def test_what_commutes_has_no_order() -> None:
    """A and c share nothing: their order is not compared."""
    problem = two_chains()
    ours, theirs = chains("a@0", "b@0", "c@0", "d@0"), chains("c@0", "a@0", "d@0", "b@0")
    assert rejecting(problem, chain_usage(problem), ours, theirs) == set()


def test_an_open_order_admits_every_order() -> None:
    """Within a group nothing is fixed, whichever side has the group."""
    problem = two_chains()
    group = chains("a@0 b@0 c@0 d@0")
    for order in (chains("a@0", "b@0", "c@0", "d@0"), chains("d@0", "b@0", "c@0", "a@0")):
        assert orders_criterion(problem, order, group).answer == "same"
        assert orders_criterion(problem, group, order).answer == "same"


@pytest.mark.parametrize("first", ["fa3", "fa4"])
def test_the_two_attention_kernels_are_told_apart(first: str) -> None:
    """FA3 issues S, then O of the last iteration; FA4 O, then S of the next: equal offsets only."""
    problem, _, _, _ = hand_made()
    kernels = {
        "fa3": Structure((Body("mma", 4, None, steps("S0@0", "O0@-1", "S1@0", "O1@-1")),)),
        "fa4": Structure((Body("mma", 4, None, steps("O0@0", "S0@1", "O1@0", "S1@1")),)),
    }
    one = kernels.pop(first)
    (other,) = kernels.values()
    assert roles_criterion(problem, one, other).answer == "same"
    assert offsets_criterion(problem, one, other).answer == "same"
    assert orders_criterion(problem, one, other).answer == "different"
    assert orders_criterion(problem, one, one).answer == "same"


def barrier(after: str, before: str) -> Barrier:
    """One between two steps."""
    return Barrier("order", steps(after)[0][0], steps(before)[0][0])


def test_a_barrier_that_nothing_implies_is_c4_alone() -> None:
    """S1 of one tile after the O0 of the same iteration: ours runs S1 first."""
    problem, _, usage, ours = hand_made()
    wanted = as_expert(ours, (barrier("O0@0", "S1@0"),))
    found = judged(problem, usage, ours, wanted)
    assert {each.id for each in found if each.answer != "same"} == {"C4"}
    told = "order: not implied, O0@+0 before S1@+0 (and not so in time)"
    assert found[3].evidence == (told,)


@pytest.mark.parametrize(
    ("after", "before", "how"),
    [
        ("S0@0", "O0@0", "implied,"),
        ("O0@0", "S0@+2", "implied,"),
        ("S0@0", "S1@0", "implied by turns on a unit,"),
        ("O1@0", "load_V@+2", "implied,"),
    ],
)
def test_barriers_are_paths_of_tokens(after: str, before: str, how: str) -> None:
    """Dependences, streams and rings imply some; what a unit does in turn is said."""
    problem, _, usage, ours = hand_made()
    theirs = as_expert(ours, (barrier(after, before),))
    found = sync_criterion(problem, usage, ours, theirs)
    assert found.answer == "same"
    assert found.evidence[0].startswith(f"order: {how}")


def test_a_barrier_of_something_else_has_its_note() -> None:
    """One of the epilogue is no difference, but is listed with what it is for."""
    problem, _, usage, ours = hand_made()
    theirs = as_expert(ours, (Barrier("stored", None, None, "the next tile"),))
    found = sync_criterion(problem, usage, ours, theirs)
    assert found.answer == "same"
    assert found.evidence == ("stored: no counterpart in the loop, the next tile",)


def test_a_ring_that_is_too_short_is_c5_alone() -> None:
    """Ours has three instances of K alive at once, their ring has two slots."""
    problem, _, usage, ours = hand_made()
    late = Usage(problem, usage.ii, {**usage.start, "S1": 24 + 3000}, usage.role)
    theirs = Structure(ours.bodies, (Ring("K", "shared", 2, ("load_K",)),))
    assert storage_criterion(problem, usage, theirs).answer == "same"
    found = storage_criterion(problem, late, theirs)
    assert found.answer == "different"
    assert found.evidence == ("K: 2 slots of shared, ours needs 3: too few",)


def test_values_that_take_slots_in_turn_add_up() -> None:
    """One ring for K and V needs the slots of both; a slot for one of each those of one."""
    problem, _, usage, ours = hand_made()
    ring = Ring("KV", "shared", 2, ("load_K", "load_V"))
    both = Structure(ours.bodies, (ring,))
    turns = Structure(ours.bodies, (replace(ring, alternating=True),))
    assert storage_criterion(problem, usage, both).evidence == (
        "KV: 2 slots of shared, ours needs 2",
    )
    assert storage_criterion(problem, usage, turns).answer == "different"
    held = [resources_criterion(problem, each, None).evidence[-1] for each in (both, turns)]
    assert held == [
        "shared memory: buffers of 163840 of 233472 bytes",
        "shared memory: buffers of 98304 of 233472 bytes",
    ]


def test_registers_beyond_the_file_are_c8() -> None:
    """Charged by whole warp groups; what threads alone would take is said."""
    problem, schedule, _, ours = hand_made()
    assert resources_criterion(problem, ours, schedule).answer == "same"
    load = replace(ours.bodies[0], registers=96)
    wide = Structure((load, *ours.bodies[1:]))
    found = resources_criterion(problem, wide, None)
    assert found.answer == "different"
    assert "128 x 96 + 128 x 224 + 128 x 224 = 69632 of 65536" in found.evidence[0]
    assert "threads alone would take 60416" in found.evidence[0]


def test_a_budget_below_the_need_is_c8() -> None:
    """Their kernel gives a role fewer registers than its results take in the model."""
    problem, schedule, _, ours = hand_made()
    tight = Structure((*ours.bodies[:2], replace(ours.bodies[2], registers=80)))
    found = resources_criterion(problem, tight, schedule)
    assert found.answer == "different"
    assert "softmax1: needs 224 registers per thread in the model, has 80" in found.evidence


def test_a_barrier_that_only_the_clock_keeps_is_c4() -> None:
    """What a schedule does in time without anything that keeps it is said to be just that."""
    problem, _, usage, ours = hand_made()
    theirs = as_expert(ours, (barrier("max0@0", "max1@0"),))
    found = sync_criterion(problem, usage, ours, theirs)
    assert found.answer == "different"
    assert found.evidence == (
        "order: not implied, max0@+0 before max1@+0 (in time here, but nothing keeps it so)",
    )


def test_a_pipeline_in_one_of_two_subtiles() -> None:
    """O of the last iteration under the next softmax in one warp group, but not in the other."""
    problem = elaborate(load_loop("flash_attention_forward"), load_machine("h100")).problem
    names = ("S", "m", "alpha", "x", "p", "l_scaled", "l", "P", "O_scaled")
    plain = {i: [f"{name}[m{i}]@0" for name in names] + [f"O[m{i}]@0"] for i in (0, 1)}
    skewed = {i: [plain[i][0], f"O[m{i}]@-1", *plain[i][1:-1]] for i in (0, 1)}
    theirs = Structure(tuple(Body(f"c{i}", 4, None, steps(*skewed[i])) for i in (0, 1)))
    ours = Structure((theirs.bodies[0], Body("c1", 4, None, steps(*plain[1]))))
    found = orders_criterion(problem, ours, theirs)
    assert found.answer == "different"
    assert "the same order in 1 of 2 sub-tiles: m0" in found.evidence


def test_moved_operations_pair_roles_by_overlap() -> None:
    """The names and the order of roles mean nothing."""
    problem, _, _, ours = hand_made()
    renamed = Structure(tuple(replace(b, name=b.name + "x") for b in reversed(ours.bodies)))
    assert moved(problem, ours, renamed) == set()


def test_an_instruction_is_written_with_its_offset() -> None:
    """As in every report."""
    assert str(Instruction("S", 1)) == "S@+1"
