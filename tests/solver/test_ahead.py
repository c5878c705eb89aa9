"""Levels that are decided while the search below still runs."""

from __future__ import annotations

import pytest

from benchmarks.cases import tight
from twill.schedule import Optimal
from twill.solver import SolveOptions, Stop, solve
from twill.solver.ahead import Ahead
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment
from twill.solver.improve import improve
from twill.solver.minimal_ii import Search


def searched(ahead: Ahead | None, clock: Clock) -> Assignment:
    """The smallest II of forward attention with few registers, which the refuter decides."""
    found = Search(tight(2, 3, 160), 2200, clock, None, ahead).run()
    assert found.assignment is not None
    assert (found.assignment.ii, found.lower_bound) == (2206, 2206)
    return found.assignment


@pytest.mark.slow
def test_it_is_the_same_as_one_after_the_other() -> None:
    """Levels, starts, roles and work."""
    clock, other = Clock(SolveOptions(), Stop()), Clock(SolveOptions(), Stop())
    with Ahead(tight(2, 3, 160), clock) as ahead:
        assignment = searched(ahead, clock)
        assert ahead.running is not None
        best = ahead.best(assignment)
    expected = improve(tight(2, 3, 160), searched(None, other), other)
    assert best.assignment == expected.assignment
    assert best.levels == expected.levels
    assert clock.work == pytest.approx(other.work)
    clock.spare.end()
    other.spare.end()


def test_what_is_not_asked_for_is_forgotten() -> None:
    """Another schedule's levels are its own; what runs is ended, with the search and before."""
    problem = tight(1, 8, 248)
    outcome = solve(problem, SolveOptions(levels=(), proof_limit=0))
    assert isinstance(outcome, Optimal)
    schedule, clock = outcome.schedule, Clock(SolveOptions(), Stop())
    start = {name: placed.start for name, placed in schedule.ops.items()}
    names = [role.name for role in schedule.roles]
    role = {name: names.index(placed.role or "") for name, placed in schedule.ops.items()}
    first, second = (Assignment(schedule.ii, start, role) for _ in range(2))
    with Ahead(problem, clock) as ahead:
        ahead.begin(first)
        best = ahead.best(second)
        assert ahead.running is None
        ahead.begin(first)
        running = ahead.running
    assert running is not None
    assert running.clock.stop.requested
    assert running.best.done()
    assert best.levels == improve(problem, first, clock).levels


def test_one_worker_does_one_thing_at_a_time() -> None:
    """Nothing is begun; and a search that is asked to stop ends what is."""
    clock = Clock(SolveOptions(workers=1), Stop())
    with Ahead(tight(1, 8, 248), clock) as ahead:
        ahead.begin(Assignment(1024, {}, {}))
        assert ahead.running is None
    stop = Stop()
    clock = Clock(SolveOptions(), stop)
    with Ahead(tight(1, 8, 248), clock) as ahead:
        stop.request()
        ahead.begin(Assignment(1024, {}, {}))
        assert ahead.running is not None
        assert ahead.running.clock.stop.requested
