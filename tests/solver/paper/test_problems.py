"""Problems read as programs, their answers judged and replayed at machine cycles."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.attention import attention
from tests.random_problems import random_problem
from twill.problem import Problem
from twill.solver.options import SolveOptions
from twill.solver.paper.algorithm1 import solve_paper
from twill.solver.paper.document import paper_to_json
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.outcome import PaperOutcome
from twill.solver.paper.reading import read_problem
from twill.verify import verify

RAW = PaperOptions(normalise="off")


def solved(problem: Problem, options: PaperOptions = RAW) -> PaperOutcome:
    """The paper's answer to a problem."""
    return solve_paper(problem, options, SolveOptions(time_limit=120))


def test_how_a_problem_is_read() -> None:
    """Reservations, latencies, sizes and hand-offs become tables, edges, footprints, spills."""
    program = read_problem(attention(), RAW)
    assert program.op["S"].cycles == 6
    assert program.op["S"].registers == 32
    assert program.op["S"].spill == 3
    assert program.op["K"].cycles == 3
    assert program.op["K"].footprint == {"shared": 8}
    assert program.designated
    assert all(e.delay == 0 for e in program.edges if e.src in {"K", "V"})


def test_readings_change_the_program() -> None:
    """Streaming without units, a spill cost for all, execution as occupancy."""
    options = replace(RAW, streaming="all", spill=7, cycles="occupancy", registers=40)
    program = read_problem(attention(), options)
    assert program.op["K"].uses == {}
    assert program.op["S"].spill == 7
    assert program.op["K"].spill == 0
    assert program.op["S"].cycles == 4
    assert program.register_limit == 40


def test_in_place_storage_becomes_order() -> None:
    """What a result takes over must have been read: edges that only order."""
    ssa = read_problem(attention(), RAW)
    kept = read_problem(attention(), replace(RAW, storage="in_place"))
    extra = kept.edges[len(ssa.edges) :]
    assert kept.edges[: len(ssa.edges)] == ssa.edges
    assert not any(e.value for e in extra)


def test_the_answer_is_replayed_at_machine_cycles() -> None:
    """Without normalisation the structure runs no slower than verify allows at its own II."""
    outcome = solved(attention())
    assert outcome.status == "optimal"
    assert outcome.replay is not None
    assert outcome.replay.schedule is not None
    assert verify(attention(), outcome.replay.schedule) == outcome.replay.violations


@pytest.mark.parametrize("seed", range(40))
def test_replays_of_random_problems_respect_time(seed: int) -> None:
    """A replay never breaks a dependence, and its violations are the verifier's."""
    problem = random_problem(seed)
    outcome = solved(problem, replace(RAW, max_ii=12, concurrency="issue"))
    if outcome.replay is None or outcome.replay.schedule is None:
        return
    broken = {v.constraint for v in outcome.replay.violations}
    assert not broken & {"FORM", "DEPENDENCE", "HANDOFF"}


def test_what_the_accounting_admits_is_said() -> None:
    """The repairs are judged on the schedule: early release lets this one fit."""
    tight = attention(registers=48)
    outcome = solved(tight, replace(RAW, registers=50))
    assert outcome.solution is not None
    repaired = solved(tight, replace(RAW, registers=50, release="finish"))
    admitted = any("REGISTER" in text for texts in outcome.admitted.values() for text in texts)
    slower = repaired.solution is None or repaired.solution.ii > outcome.solution.ii
    assert admitted or not slower


def test_json() -> None:
    """The document holds the answer, the search, the costs and what was assumed."""
    document = json.loads(json.dumps(paper_to_json(solved(attention(), PaperOptions()), "d" * 64)))
    assert document["schema"] == "twill/paper/v1"
    assert document["status"] == "optimal"
    assert document["solution"]["ops"].keys() == {"K", "V", "S", "P", "O"}
    assert document["steps"][-1]["queries"][0]["verdict"] == "sat"
    assert (
        sum(c["occurrences"] * c["image"] for c in document["normalisation"]["counts"])
        == (document["normalisation"]["sum"])
    )
    assert document["notes"]


def test_the_same_input_gives_the_same_answer() -> None:
    """Seeds are fixed, work is counted, nothing depends on time."""
    first, second = solved(attention()), solved(attention())
    assert first.solution == second.solution
    assert first.steps == second.steps
