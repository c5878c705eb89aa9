"""Comparisons as a whole: the words, what is solved for them, and what they say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.reports.hand_made import attention, ping_pong
from twill.comparison import Answer, Comparison, Criterion, Range
from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.expert import Expert, ExpertBuffer, ExpertRole, Performance, Step
from twill.problem import Problem
from twill.schedule import Infeasible, Outcome, Reason, Unknown
from twill.solver import SolveOptions, solve
from twill.solver.compare import Asked, Control, compare_schedules, compare_with_expert
from twill.solver.compare.asked import at_least, at_most, range_of
from twill.solver.compare.verdict import sentence, word
from twill.spec.expert import load_expert
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine

QUICK = SolveOptions(60, levels=(), proof_limit=0)


def role(name: str, *texts: str, warps: int = 4, registers: int | None = None) -> ExpertRole:
    """A role whose steps stand one after the other: ``S0@1``."""
    pairs = (text.split("@") for text in texts)
    order = tuple((Step(value, int(offset)),) for value, offset in pairs)
    return ExpertRole(name, warps, registers, order)


def kernel(*roles: ExpertRole) -> Expert:
    """An expert's kernel for the hand-made attention."""
    return Expert(
        "mine", "My kernel", "h100", (), {},
        (role("load", "load_K@1", "load_V@0", warps=1), *roles),
        (ExpertBuffer("K", "shared", 2, ("load_K",)),), (), scope=("No mask.",),
        performance=(Performance(661, "TFLOPS", "head dimension 128", "a paper"),),
    )  # fmt: skip


def consumer(tile: int) -> ExpertRole:
    """A tile of the ping-pong schedule."""
    names = (f"S{tile}@0", f"O{tile}@-1", f"max{tile}@0", f"P{tile}@0", f"scale{tile}@0")
    return role(f"consumer{tile}", *names, registers=224)


@cache
def best() -> Outcome:
    """Our best schedule of the hand-made attention."""
    return solve(attention(), QUICK)


def asked(deep: bool = False, *controls: Control) -> Asked:
    """A comparison that takes seconds."""
    return Asked(QUICK, deep, controls)


def answers(found: Comparison) -> dict[str, str]:
    """The answer of every criterion."""
    return {each.id: each.answer for each in found.criteria}


# The words

RANGES: dict[str, tuple[Range, Range, Answer]] = {
    "rediscovered": (Range(9, 9, "p"), Range(9, 9, "p"), "same"),
    "tie": (Range(9, 9, "p"), Range(9, 9, "p"), "different"),
    "better in the model": (Range(7, 9, "p"), Range(10, None, "p"), "same"),
    "worse": (Range(5, 9, "p"), Range(8, 8, "p"), "same"),
    "not decided": (Range(9, 9, "p"), Range(9, 12, "p"), "same"),
    "not comparable": (Range(9, 9, "p"), Range(None, None, "p", "no room"), "same"),
}


@pytest.mark.parametrize("expected", RANGES)
def test_words_follow_from_intervals(expected: str) -> None:
    """Equal, smaller, larger; where intervals overlap nothing is decided."""
    ours, theirs, answer = RANGES[expected]
    criterion = Criterion("C1", "roles", answer, ())
    assert word(ours, theirs, [criterion]) == expected
    told = sentence(word(ours, theirs, [criterion]), "ours", "theirs", ours, theirs, [criterion])
    assert "heirs" in told
    assert told.endswith(".")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Range(9, None, "p"), Range(9, 9, "p")),
        (Range(9, 9, "p"), Range(9, None, "p")),
        (Range(7, 9, "p"), Range(7, 12, "p")),
    ],
)
def test_open_intervals_are_not_decided(ours: Range, theirs: Range) -> None:
    """No schedule of ours, none of theirs, or overlapping intervals."""
    assert word(ours, theirs, []) == "not decided"


def test_a_part_of_a_problem_is_no_faster_than_the_whole() -> None:
    """What excludes an II for all schedules excludes it for those with a structure."""
    whole = Range(9, 9, "arithmetic")
    assert at_least(Range(7, 9, "open"), whole) == whole
    assert at_least(Range(7, 11, "open"), whole) == Range(9, 11, "open")
    assert at_least(Range(None, None, "p"), whole).low is None


def test_a_schedule_of_a_part_is_one_of_the_whole() -> None:
    """What is found with more of a structure fixed is found with less."""
    part = Range(9, 9, "arithmetic")
    assert at_most(Range(9, None, "open", "no time"), part) == part
    assert at_most(Range(7, 12, "open"), part) == Range(7, 9, "open")
    assert at_most(Range(7, 8, "open"), part) == Range(7, 8, "open")


ENDS = ((9, 9), (7, 9), (7, None), (None, None))


def test_an_interval_is_written_as_far_as_it_is_known() -> None:
    """In every report."""
    written = [str(Range(low, high, "p")) for low, high in ENDS]
    assert written == ["9", "7 to 9", "at least 7", "none"]


# A kernel of one's own


def test_a_kernel_at_the_same_ii() -> None:
    """FA3's structure of two tiles reaches the bound of the tensor core."""
    found = compare_with_expert(
        attention(), best(), kernel(consumer(0), consumer(1)), asked(), "the tile of a test"
    )
    assert found.word in {"tie", "rediscovered"}
    assert (found.our_ii.high, found.their_ii.high) == (2048, 2048)
    assert [str(cost.ii) for cost in found.costs] == ["2048"] * 4
    assert found.their_schedule is not None
    assert found.published == ("661 TFLOPS, head dimension 128 (a paper)",)
    assert (found.expert, found.pairing) == ("mine", "the tile of a test")
    assert answers(found)["C9"] == "not comparable"
    assert "2048 beside 661" not in found.sentence


def test_a_kernel_is_the_structure_that_is_solved_for_it() -> None:
    """Their own best schedule, compared with the kernel, is a rediscovery."""
    theirs = kernel(consumer(0), consumer(1))
    first = compare_with_expert(attention(), best(), theirs, asked())
    assert first.their_schedule is not None
    again = compare_with_expert(attention(), _found(first), theirs, asked())
    assert again.word == "rediscovered"
    assert set(list(answers(again).values())[:6]) == {"same"}


def _found(found: Comparison) -> Outcome:
    from twill.schedule import Optimal

    assert found.their_schedule is not None
    return Optimal(found.their_schedule)


def with_register_file(registers: int | None) -> Problem:
    """Attention on a machine with another register file."""
    problem = attention()
    assert problem.roles is not None
    return replace(problem, roles=replace(problem.roles, register_file=registers))


def test_an_order_that_costs_cycles() -> None:
    """One role for everything: the structure is slower, and its roles are what costs."""
    names = [f"{value}{tile}@0" for tile in (0, 1) for value in ("S", "max", "P", "scale", "O")]
    wide = with_register_file(None)
    found = compare_with_expert(wide, solve(wide, QUICK), kernel(role("all", *names)), asked())
    assert found.word == "better in the model"
    assert found.their_ii.low is not None
    assert found.their_ii.low > 2048
    assert "a claim to be measured" in found.sentence
    assert answers(found)["C1"] == "different"
    assert answers(found)["C7"] == "not comparable"


def test_a_structure_without_a_schedule_says_why() -> None:
    """Seven warp groups: the register file holds none of what they need."""
    small = with_register_file(52000)
    roles = [
        role(f"{value}{tile}", f"{value}{tile}@0")
        for tile in (0, 1)
        for value in ("max", "P", "scale")
    ]
    roles.append(role("mma", "O0@0", "S0@1", "O1@0", "S1@1"))
    found = compare_with_expert(small, solve(small, QUICK), kernel(*roles), asked())
    assert found.word == "not comparable"
    assert found.sentence.startswith("No schedule of the model has the structure of My kernel:")
    assert "registers forbid it" in found.their_ii.why
    assert [str(cost.ii) for cost in found.costs[1:]] == ["none"] * 3


def test_an_order_that_the_loop_forbids_is_left_out() -> None:
    """P before its maximum: no II has room; that place is free, the rest is compared."""
    strange = role("consumer0", "S0@0", "O0@-1", "P0@0", "max0@0", "scale0@0")
    found = compare_with_expert(attention(), best(), kernel(strange, consumer(1)), asked())
    assert found.notes[0].startswith("their place of P0 in the order is left out")
    assert "max0 before P0 (flow)" in found.notes[0]
    assert found.their_ii.high == 2048
    assert answers(found)["C3"] == "different"


def test_a_step_that_is_no_operation_is_an_error() -> None:
    """Raised as for any input, naming what is missing."""
    with pytest.raises(InputError, match="no role has the operation 'O1'"):
        compare_with_expert(attention(), best(), kernel(consumer(0)), asked())


# What is asked besides


def test_another_optimum_and_controls() -> None:
    """Whether other roles are as good, and what is lost with fewer roles or of a worse problem."""
    from twill.problem import Unit

    units = (Unit("tensor"), Unit("exp"), Unit("fma"), Unit("tma"))
    worse = Control("one fma unit", replace(attention(), units=units))
    theirs = kernel(consumer(0), consumer(1))
    found = compare_with_expert(attention(), best(), theirs, asked(True, worse))
    assert answers(found)["C7"] in {"same", "different"}
    told = [control.what for control in found.controls]
    assert told == [
        "at most 2 roles, one fewer than theirs",
        "no value in registers read on another role",
        "one fma unit",
    ]
    fewer = found.controls[0].ii
    assert fewer.low is None or fewer.low >= 2048


NOTHING = (Unknown(Reason("no time"), 2048), Infeasible(Reason("no"), "not proved"))


@pytest.mark.parametrize("outcome", NOTHING)
def test_without_a_schedule_of_ours(outcome: Outcome) -> None:
    """Theirs is still solved; nothing is compared."""
    found = compare_with_expert(attention(), outcome, kernel(consumer(0), consumer(1)), asked())
    assert found.word in {"not decided", "not comparable"}
    assert set(list(answers(found).values())[:5]) == {"not decided"}
    assert found.our_roles == ()


# Two schedules


def test_a_schedule_compared_with_itself() -> None:
    """Rediscovered, whatever its roles are called; nothing is solved."""
    found = compare_schedules(attention(), ping_pong(), ping_pong(), ("a", "b"))
    assert found.word == "rediscovered"
    assert set(list(answers(found).values())[:6]) == {"same"}
    assert found.costs == found.controls == ()


def test_of_two_schedules_the_slower_one_is_worse() -> None:
    """Their IIs are what they are, whatever is proved of them."""
    slow = replace(ping_pong(), ii=2060, status="feasible", ii_lower_bound=1)
    ops = {n: replace(p, slot=p.start % 2060, stage=p.start // 2060) for n, p in slow.ops.items()}
    slow = replace(slow, ops=ops)
    assert compare_schedules(attention(), slow, ping_pong(), ("a", "b")).word == "worse"
    assert (
        compare_schedules(attention(), ping_pong(), slow, ("a", "b")).word == "better in the model"
    )


# Shipped kernels


def shipped(name: str, which: int = 0) -> tuple[Problem, Expert]:
    """A kernel with the problem of one of its pairings."""
    expert = load_expert(name)
    pairing = expert.pairings[which]
    made = elaborate(
        load_loop(pairing.spec), load_machine(pairing.machine), pairing.parameters, pairing.subtile
    )
    return made.problem, expert


def test_flash_attention_3_on_its_machine() -> None:
    """The expert's orders reach the bound of the tensor core: a tie in II."""
    problem, expert = shipped("fa3_forward_hdim128")
    found = compare_with_expert(problem, solve(problem, QUICK), expert, asked())
    assert (found.our_ii.high, found.their_ii.high) == (2048, 2048)
    assert found.word in {"tie", "rediscovered"}
    assert answers(found)["C6"] == "same"
    assert "K_full: implied" in "\n".join(found.criteria[3].evidence)
    assert [each.name for each in found.their_roles] == ["load", "consumer m0", "consumer m1"]


def test_cutlass_on_hopper_leaves_nothing_to_choose() -> None:
    """One multiply besides the loads: the same structure, and said to be no merit."""
    problem, expert = shipped("cutlass_cooperative_gemm")
    found = compare_with_expert(problem, solve(problem, QUICK), expert, asked(deep=True))
    assert found.word == "rediscovered"
    assert "little to choose" in found.sentence
    assert range_of(solve(problem, QUICK)) == found.our_ii
