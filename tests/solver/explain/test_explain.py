"""What forbids an II and what would lift it, against brute force and by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.attention import attention
from tests.brute_force import exists
from tests.random_problems import random_problem
from twill.explanation import COUNTS, SPEEDS, Answer, Core, Explanation, Interval
from twill.problem import Dependence, Op, Problem, Reservation, Unit
from twill.relaxation import Group, keep, lift
from twill.schedule import Infeasible, Optimal
from twill.solver import SolveOptions, Stop, solve
from twill.solver.clock import Clock
from twill.solver.explain import (
    Oracle,
    Question,
    explain,
    faster,
    minimal_core,
    remedies,
    what_each_allows,
)

OPTIONS = SolveOptions(60, levels=())


def oracle() -> Oracle:
    """One with enough time."""
    return Oracle(Clock(OPTIONS, Stop()))


def two_units() -> Problem:
    """Three operations in a row; II 5 by unit a, 4 by the recurrence, 3 by unit b."""
    ops = (
        Op("load", {"a": (Reservation(0, 3),)}, latency=3),
        Op("scale", {"a": (Reservation(0, 2),)}, latency=2),
        Op("add", {"b": (Reservation(0, 3),)}, latency=4),
    )
    dependences = (
        Dependence("load", "scale", 3),
        Dependence("scale", "add", 2),
        Dependence("add", "add", 4, 1),
    )
    return Problem("two units", ops, dependences, (Unit("a"), Unit("b")))


@pytest.mark.parametrize("batch", range(6))
def test_a_core_forbids_and_none_of_it_can_go(batch: int) -> None:
    """By brute force: the groups of a core together exclude the II, any of them left out do not."""
    seen = 0
    for seed in range(batch * 15, batch * 15 + 15):
        problem = random_problem(seed)
        for ii in (1, 2):
            core = minimal_core(problem, ii, oracle())
            assert (core.answer == "feasible") == exists(problem, ii), (seed, ii)
            if core.answer == "feasible":
                continue
            assert core.doubtful == ()
            seen += 1
            assert not exists(keep_only(problem, core), ii), (seed, ii, core)
            for group in core.groups:
                others = replace(core, groups=tuple(g for g in core.groups if g != group))
                less = keep_only(problem, others)
                if less.limits.max_stages <= 2:
                    assert exists(less, ii), (seed, ii, core, group)
    assert seen


def keep_only(problem: Problem, core: Core) -> Problem:
    """The problem with nothing but the groups of a core; single delays count as they are."""
    single = [group for group in core.groups if group.kind == "delay" and group.name]
    if not single:
        return keep(problem, core.groups)
    kept = keep(problem, [*core.groups, Group("delay")])
    names = {group.name for group in single}
    others = [d for d in _delays(problem) if d.name not in names]
    return lift(kept, others)


def _delays(problem: Problem) -> tuple[Group, ...]:
    from twill.relaxation import delays

    return delays(problem)


def test_a_unit_is_the_core_of_what_it_alone_forbids() -> None:
    """Figures by hand: 5 cycles of unit a; then the circuit of add; then unit b."""
    problem = two_units()
    assert minimal_core(problem, 4, oracle()).groups == (Group("unit", "a"),)
    free = lift(problem, [Group("unit", "a")])
    assert minimal_core(free, 3, oracle()).groups == (Group("delay", "add -> add@+1"),)
    assert minimal_core(problem, 5, oracle()).answer == "feasible"


def test_remedies_say_how_much_and_what_else_forbids() -> None:
    """Unit a must be 5/4 as fast for II 4; at II 3 the recurrence still forbids."""
    problem = two_units()
    [remedy] = remedies(problem, minimal_core(problem, 4, oracle()), oracle())
    assert (remedy.answer, remedy.amount) == (
        "feasible",
        "1.5 times as fast will do, latencies as they are",
    )
    assert minimal_core(faster(problem, "a", Fraction(5, 4)), 4, oracle()).answer == "infeasible"
    [remedy] = remedies(problem, minimal_core(problem, 3, oracle()), oracle())
    assert remedy.answer == "infeasible"
    assert remedy.also == (Group("delay", "add -> add@+1"),)


class Undecided(Oracle):
    """An oracle that decides nothing where single delays are lifted."""

    def answer(self, problem: Problem, ii: int) -> Answer:
        """Unknown for what is between the whole and no delay at all."""
        times = sum(d.delay > 0 for d in problem.dependences)
        if 0 < times < sum(d.delay > 0 for d in attention().dependences):
            return "unknown"
        return super().answer(problem, ii)


def test_delays_that_stay_doubtful_are_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of dependences that may or may not matter explains nothing."""
    monkeypatch.setattr("twill.solver.explain.core.MOST", 1)
    undecided = Undecided(Clock(OPTIONS, Stop()))
    core = minimal_core(attention(), 11, undecided)
    assert Group("delay") in core.groups
    assert core.doubtful == ()
    found = {remedy.group: remedy for remedy in remedies(attention(), core, oracle())}
    assert found[Group("delay")].answer == "feasible"
    assert found[Group("delay")].amount == ""


def test_registers_barriers_and_streams_together() -> None:
    """No single one forbids II 11 of the small attention loop, all five together do."""
    problem = attention()
    core = minimal_core(problem, 11, oracle())
    kinds = {group.kind for group in core.groups}
    assert kinds == {"barriers", "issue", "hand-offs", "registers", "delay"}
    assert core.doubtful == ()
    found = {remedy.group.kind: remedy for remedy in remedies(problem, core, oracle())}
    assert all(remedy.answer == "feasible" for remedy in found.values())
    assert found["registers"].amount == "88 registers per thread will do, a role has at most 72"
    assert found["registers"].holds == ("S 64", "P 16")
    for most, answer in ((80, "infeasible"), (88, "feasible")):
        assert oracle().answer(with_registers(problem, most), 11) == answer


def with_registers(problem: Problem, most: int) -> Problem:
    """The problem with other budgets."""
    assert problem.roles is not None
    registers = replace(problem.roles.registers, max=most)
    return replace(problem, roles=replace(problem.roles, registers=registers))


@pytest.mark.parametrize("seed", [1, 2, 9, 26, 36])
def test_limits_hold_the_smallest_ii(seed: int) -> None:
    """Each interval of the table holds the value that solving the lifted problem gives."""
    problem = random_problem(seed)
    outcome = solve(problem, OPTIONS)
    if isinstance(outcome, Infeasible):
        pytest.fail("choose a seed with a schedule")
    assert isinstance(outcome, Optimal)
    best = outcome.schedule
    for row in what_each_allows(problem, best, Clock(OPTIONS, Stop())):
        assert row.without is not None
        assert row.without.exact
        assert row.without.low <= best.ii
        again = solve(lift(problem, [row.group]), OPTIONS)
        assert isinstance(again, Optimal)
        assert again.schedule.ii == row.without.low
        if row.group.kind not in COUNTS:
            assert row.alone is not None
            assert row.alone.exact
            assert row.alone.low <= best.ii


def explained(problem: Problem, question: Question) -> Explanation:
    """With every unit made faster by its reservations."""
    return explain(problem, question, OPTIONS)


def test_the_table_of_faster_units() -> None:
    """By hand: a binds until 5/4 (II 4 by the recurrence needs 4 of a's cycles), b never."""
    problem = two_units()
    question = Question(None, ("a", "b"), lambda unit, speed: faster(problem, unit, speed))
    found = explained(problem, question)
    assert found.complete
    rows = {row.unit: row.at for row in found.speeds}
    assert rows["b"] == tuple(Interval(5, 5) for _ in SPEEDS)
    # ceil(3/s) + ceil(2/s) cycles of a, and 4 by the recurrence
    assert rows["a"] == (Interval(5, 5), Interval(4, 4), Interval(4, 4), Interval(4, 4))


def test_the_question_is_the_ii_below_the_best() -> None:
    """Unless another one is asked about; then nothing else is answered."""
    problem = two_units()
    found = explained(problem, Question())
    assert isinstance(found.outcome, Optimal)
    assert found.core is not None
    assert (found.core.ii, found.core.answer) == (4, "infeasible")
    assert {row.group.kind for row in found.rows} == {"stages", "delay", "unit"}
    asked = explained(problem, Question(5))
    assert asked.core == Core(5, "feasible")
    assert asked.rows == ()


def test_without_time_nothing_is_claimed() -> None:
    """What was not answered is unknown or missing, never wrong."""
    stop = Stop()
    stop.request()
    found = explain(attention(), Question(), OPTIONS, stop=stop)
    assert not found.complete
    assert found.rows == ()
    assert found.core is None
    asked = explain(attention(), Question(11), OPTIONS, stop=stop)
    assert asked.core is not None
    assert asked.core.answer == "unknown"
