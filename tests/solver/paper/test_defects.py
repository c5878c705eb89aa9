"""Where the paper's accounting admits what is wrong, or refuses what is right.

Each defect is shown to be there with the default readings and gone with the option that
repairs it.
"""

from __future__ import annotations

from dataclasses import replace

from tests.solver.paper.small import RAW, clock, edge, op, program, solved
from twill.solver.paper.check import violations
from twill.solver.paper.joint import Joint
from twill.solver.paper.options import SOUND, PaperOptions
from twill.solver.paper.program import Program
from twill.solver.paper.solution import Solution

SOUNDER = replace(RAW, **SOUND)


def feasible(of: Program, ii: int, copies: int, options: PaperOptions) -> bool:
    """Whether the joint system has a solution with so many copies."""
    answer = Joint(of, ii, copies, options).ask(copies * ii, clock())
    assert answer.verdict != "unknown"
    return answer.verdict == "sat"


def test_edges_that_reach_out_of_the_program_vanish() -> None:
    """With one copy a loop-carried edge is not emitted: A may follow too early on itself."""
    carried = program([op("A", "TC")], [edge("A", "A", 3, 1)])
    assert feasible(carried, 2, 1, RAW)
    assert not feasible(carried, 2, 1, replace(RAW, edges="all"))
    assert feasible(carried, 3, 1, replace(RAW, edges="all"))


def test_values_carried_into_the_program_are_not_charged() -> None:
    """What iteration -1 hands over takes no memory before the first definition."""
    ops = [op("A", "TC", footprint={"m": 2}), op("B", "SFU"), op("C", "SFU", footprint={"m": 2})]
    # B reads A of the last iteration, and C of its own: both are alive until B starts.
    carried = program(ops, [edge("A", "B", 1, 1), edge("C", "B", 1)], memories={"m": 2})
    found = Solution(4, 4, 1, {"C": 0, "B": 2, "A": 3}, dict.fromkeys("ABC", ()))
    assert violations(carried, found, RAW) == ()
    steady = violations(carried, found, replace(RAW, liveness="steady"))
    assert steady == ("MEMORY CAPACITY: m holds 4 of 2",)
    assert feasible(carried, 4, 1, RAW)
    assert not feasible(replace(carried, memories={"m": 1}), 4, 1, replace(RAW, liveness="steady"))


def test_only_the_last_copy_is_carried() -> None:
    """At distance 2 the value of the copy before the last should be alive at T too."""
    far = program([op("A", "TC", footprint={"m": 1})], [edge("A", "A", 1, 2)], memories={"m": 1})
    assert feasible(far, 1, 2, RAW)
    assert not feasible(far, 1, 2, replace(RAW, liveness="steady"))


def test_a_value_read_in_the_cycle_that_makes_it_lives_backwards() -> None:
    """A delay of 0: the rules make the value alive from the first cycle until its definition."""
    ops = [op("A", "TC", footprint={"m": 1}), op("B", "SFU", footprint={"m": 1}), op("C", "SFU")]
    edges = [edge("A", "C", 3), edge("B", "C", 0), edge("A", "B", 3)]
    vanishing = program([ops[0], replace(ops[1], uses={}), ops[2]], edges, memories={"m": 1})
    together = Solution(4, 4, 1, {"A": 0, "B": 3, "C": 3}, {"A": (), "B": (), "C": ()})
    assert any("MEMORY" in text for text in violations(vanishing, together, RAW))
    assert violations(vanishing, together, replace(RAW, liveness="steady")) == ()


def test_operands_are_released_when_the_reader_starts() -> None:
    """An engine that reads for 3 cycles keeps its operand only until it starts."""
    ops = [op("A", "SFU", footprint={"m": 1}), op("B", "TC", 3)]
    reading = program(ops, [edge("A", "B", 1, reading=3)], memories={"m": 1})
    literal = replace(reading, edges=tuple(replace(e, reading=0) for e in reading.edges))
    at_start, at_end = solved(literal), solved(reading)
    assert at_start.solution is not None
    assert at_end.solution is not None
    assert (at_start.solution.ii, at_end.solution.ii) == (3, 4)


def test_more_copies_than_the_modulo_schedule_has_are_not_tried() -> None:
    """The smallest I is the smallest only with the copies of LEN(M)."""
    ops = [
        op("L", "SFU", variable_latency=True),
        op("A", "TC", registers=1),
        op("B", "TC", registers=1),
    ]
    edges = [
        edge("L", "A", 1, blocking=True),
        edge("A", "B", 1, blocking=True),
        edge("B", "A", 1, 2),
    ]
    of = program(ops, edges, places=2, designated=True, register_limit=4)
    slower = replace(of, ops=tuple(replace(o, spill=3) for o in of.ops))
    paper = solved(slower).solution
    any_copies = solved(slower, replace(RAW, copies="any")).solution
    assert paper is not None
    assert any_copies is not None
    assert any_copies.ii < paper.ii
    assert any_copies.copies > paper.copies


def test_all_repairs_together() -> None:
    """A value that passes from iteration to iteration takes its memory throughout."""
    value = op("A", "TC", footprint={"m": 1})
    carried = program([value], [edge("A", "A", 1, 1)], memories={"m": 1})
    assert feasible(carried, 1, 1, SOUNDER)
    assert not feasible(replace(carried, memories={"m": 0}), 1, 1, SOUNDER)
