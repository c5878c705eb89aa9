"""The lemmas of docs/problem.md, and where they end, by engines that do not use them."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

from tests.brute_force import exists, judged, starts
from tests.larger_problems import larger_problem
from tests.random_problems import random_problem
from tests.reference import Reference
from twill.accounting import Usage
from twill.lemmas import enough_stages, horizon, monotone
from twill.problem import Dependence, Limits, Op, Problem, Reservation, Unit
from twill.schedule import Optimal
from twill.solver import SolveOptions, solve
from twill.solver.cpsat.model import build
from twill.solver.cpsat.registers import instant
from twill.solver.smt.engine import decide


def feasible(problem: Problem, ii: int, stages: int | None = None) -> bool:
    """Z3's answer, which rests on no lemma; with another limit on stages if one is given."""
    if stages is not None:
        limits = replace(problem.limits, max_stages=stages)
        problem = replace(problem, limits=limits)
    decision = decide(problem, ii)
    assert decision.answer != "unknown"
    return decision.answer == "feasible"


def some_problem(seed: int, most: int = 5) -> Problem:
    """Two operations and more."""
    ops = 2 + seed % (most - 1)
    return random_problem(seed, ops) if ops < 5 else larger_problem(seed, ops)


# Lemma 1, monotonicity


def test_feasible_ii_carries_over_where_the_lemma_says_so() -> None:
    """Each operation holding each unit once, from its start: feasible at II, so at II + 1."""
    carried = 0
    for seed in range(70):
        problem = some_problem(seed)
        if monotone(problem):
            known = [feasible(problem, ii) for ii in range(1, 6)]
            carried += known != sorted(known, reverse=True) and known[-1]
            assert known == sorted(known), seed
    assert carried >= 10


def crossed() -> Problem:
    """A holds u for 2 cycles and w 3 cycles later; B holds w first and u 3 cycles later."""
    early, late = Reservation(0, 2), Reservation(3, 2)
    return Problem(
        "crossed",
        (
            Op("A", {"u": (early,), "w": (late,)}, issue=0),
            Op("B", {"u": (Reservation(3, 1),), "w": (Reservation(0, 1),)}, issue=0),
        ),
        (),
        (Unit("u"), Unit("w")),
        limits=Limits(max_stages=1),
    )


def test_one_interval_with_an_offset_is_enough_to_lose_monotonicity() -> None:
    """Feasible at II 3, infeasible at 4, feasible from 5 on: found and proved by scanning."""
    problem = crossed()
    assert not monotone(problem)
    assert [exists(problem, ii) for ii in (2, 3, 4, 5, 6)] == [False, True, False, True, True]
    outcome = solve(problem, SolveOptions(60, 0, 1))
    assert isinstance(outcome, Optimal)
    assert outcome.schedule.ii == 3


def test_one_negative_delay_is_enough_to_lose_monotonicity() -> None:
    """B starts exactly 3 cycles after A, on A's unit: at II 2 it may, at II 3 it may not."""
    held = {"u": (Reservation(0, 1),)}
    tied = (Dependence("A", "B", 3), Dependence("B", "A", -3, kind="order"))
    problem = Problem("tied", (Op("A", held), Op("B", held)), tied, (Unit("u"),))
    assert not monotone(problem)
    assert [exists(problem, ii) for ii in (1, 2, 3, 4)] == [False, True, False, True]
    outcome = solve(problem, SolveOptions(60, 0, 1))
    assert isinstance(outcome, Optimal)
    assert outcome.schedule.ii == 2


def test_a_limit_on_length_in_cycles_is_not_monotone() -> None:
    """B starts 3 cycles after A on the same unit: at II 2 it may, at II 3 it is a cycle later.

    So with "at most 3 cycles from first to last start" II 2 is feasible and 3 is not; limits
    in stages have no such trap.
    """
    held = {"u": (Reservation(0, 1),)}
    problem = Problem(
        "length",
        (Op("A", held, latency=3), Op("B", held)),
        (Dependence("A", "B", 3),),
        (Unit("u"),),
        limits=Limits(max_stages=3),
    )
    assert monotone(problem)
    assert {ii: shortest(problem, ii) for ii in (2, 3, 4)} == {2: 3, 3: 4, 4: 3}


def shortest(problem: Problem, ii: int) -> int:
    """The least span of the starts, by trying all."""
    spans = (max(s.values()) for s in starts(problem, ii) if not judged(problem, ii, s, {}))
    return min(spans)


# Lemmas 2 and 4, rotation and the names of roles


def test_moving_everything_and_renaming_roles_changes_no_verdict() -> None:
    """Random assignments: the reference says the same of each after a shift and a renaming."""
    rng = random.Random(7)  # noqa: S311  # not for cryptography
    held = 0
    for seed in range(80):
        problem = some_problem(seed, 4)
        for ii in (2, 3):
            found = decide(problem, ii).assignment
            start = found.start if found else _anything(rng, problem, ii)
            role = found.role if found else _any_roles(rng, problem)
            verdict = Reference(problem, ii, start, role).holds()
            held += verdict
            shift = rng.randrange(1, 3 * ii)
            names = rng.sample(range(len(start) + 1), len(start) + 1)
            moved = {name: at + shift for name, at in start.items()}
            renamed = {name: names[r] for name, r in role.items()}
            assert Reference(problem, ii, moved, renamed).holds() == verdict, (seed, ii, shift)
    assert held >= 15


def _anything(rng: random.Random, problem: Problem, ii: int) -> dict[str, int]:
    top = problem.limits.max_stages * ii
    return {op.name: rng.randrange(top) for op in problem.ops}


def _any_roles(rng: random.Random, problem: Problem) -> dict[str, int]:
    if problem.roles is None:
        return {}
    most = problem.roles.max_roles
    return {op.name: rng.randrange(most) for op in problem.ops}


# Lemma 3, a last II


def test_nothing_beyond_the_horizon_that_is_not_at_it() -> None:
    """Feasible somewhere above the horizon: then at it. Also where lemma 1 does not hold."""
    above = {True: 0, False: 0}
    for seed in range(50):
        problem = some_problem(seed, 4)
        last = horizon(problem)
        there = feasible(problem, last)
        for ii in (last + 1, last + 2, 2 * last + 1):
            later = feasible(problem, ii)
            above[later] += 1
            assert there or not later, (seed, ii)
    assert min(above.values()) >= 25


def test_the_horizon_by_trying_everything() -> None:
    """The same for two operations by brute force, which knows neither engine nor lemma."""
    answers = set()
    for seed in range(40):
        problem = random_problem(seed, 2)
        problem = replace(problem, limits=replace(problem.limits, max_stages=1))
        last = horizon(problem)
        if last > 14:
            continue
        there, later = exists(problem, last), exists(problem, last + 1)
        assert there or not later, seed
        answers.add(later)
    assert answers == {True, False}


# Lemma 9, what a start needs


def test_a_role_holds_at_a_start_what_the_lemma_says() -> None:
    """Schedules of Z3: the role's live registers, counted at the phase of every start."""
    met = over = 0
    for seed in range(150):
        problem = some_problem(seed)
        for ii in (2, 3, 5):
            found = decide(problem, ii).assignment
            if found is None or problem.roles is None:
                continue
            space = build(problem, ii).space
            role = {name: str(r) for name, r in found.role.items()}
            usage = Usage(problem, ii, found.start, role)
            for op in problem.ops:
                arcs = [arc for arc in usage.register_arcs if arc.role == role[op.name]]
                held = sum(arc.at(found.start[op.name] % ii, ii) for arc in arcs)
                least = instant(space, op)
                assert held >= least, (seed, ii, op.name)
                met += 0 < least == held
                over += held > least
    assert min(met, over) >= 20


# Lemma 8, enough stages


def test_more_stages_than_enough_never_help() -> None:
    """Feasible with three stages more than enough: then with enough. Some need several."""
    needed: set[int] = set()
    for seed in range(40):
        problem = some_problem(seed, 4)
        for ii in (1, 2, 3):
            enough = enough_stages(problem, ii)
            if feasible(problem, ii, enough + 3):
                assert feasible(problem, ii, enough), (seed, ii, enough)
                fewer = itertools.takewhile(
                    lambda stages, p=problem, ii=ii: feasible(p, ii, stages),  # type: ignore[misc]
                    range(enough, 0, -1),
                )
                needed.add(min(fewer))
    assert needed >= {1, 2}


def test_enough_stages_by_trying_everything() -> None:
    """Two operations, brute force: a stage more than enough admits nothing new."""
    admitted = 0
    for seed in range(150):
        problem = random_problem(seed, 2)
        for ii in (1, 2):
            enough = enough_stages(problem, ii)
            if enough > 5:
                continue
            more = replace(problem, limits=replace(problem.limits, max_stages=enough + 1))
            if exists(more, ii):
                admitted += 1
                limits = replace(problem.limits, max_stages=enough)
                assert exists(replace(problem, limits=limits), ii), (seed, ii)
    assert admitted >= 10


def chain(count: int) -> Problem:
    """Operations one after the other at II 4, all kept in the slot of the first by its units."""
    names = "ABCDEF"[:count]
    units = tuple(Unit(f"u{name}") for name in names[1:])
    locks = {unit.name: (Reservation(1, 3),) for unit in units}
    ops = (
        Op("A", locks, issue=0),
        *(Op(name, {f"u{name}": (Reservation(0, 1),)}, issue=0) for name in names[1:]),
    )
    ties = tuple(Dependence(u, v, 1, 0, "order") for u, v in itertools.pairwise(names))
    return Problem("chain", ops, ties, units, limits=Limits(max_stages=1))


def test_the_bound_on_stages_is_reached() -> None:
    """One cycle later and in the same slot is a period later: as many stages as operations."""
    for count in (2, 3, 4):
        assert enough_stages(chain(count), 4) == count
        assert [feasible(chain(count), 4, stages) for stages in (count - 1, count)] == [False, True]
