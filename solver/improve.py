"""The further levels of the objective at the smallest II, each with the ones before it fixed.

What is fixed narrows the search: the time of a schedule bounds its length, which gives every
start a window; its hand-off cost leaves few role partitions, which are then searched one by
one, with their roles fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from twill.events.robust import LONGER, in_a_row
from twill.problem import Problem
from twill.schedule import Level
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Answer, Assignment, Way
from twill.solver.cpsat.late import add_late
from twill.solver.cpsat.model import build
from twill.solver.cpsat.partition import Partitions
from twill.solver.distances import distances
from twill.solver.levels import ROBUSTNESS, TIME_TOLERANCE, allowed, level_names, level_of, slack
from twill.solver.robust import most_robust
from twill.solver.rounds import ANYHOW, FINDS, Best, Part, Rounds, longest_of, short

RUNGS = 4
"""Steps of its tolerance by which the time is looked for above its floor, before a search."""

RUNG_EFFORTS = (0.05, 0.2, 0.8)
"""Deterministic work of the runs on one such step."""

CHEAPEST_PARTITIONS = 3
"""Role partitions that are looked at from the cheapest on before hand-offs are searched."""

CHEAPEST_EFFORT = 0.015
"""Deterministic work of a run on one of them: twice what most of them need."""

MOST_PARTITIONS = 12
"""Role partitions up to which each is searched by itself."""

LAST = ("roles", "warps", "length")
"""Levels that are small numbers or nearly decided by then: one run minimises all of them."""


def improve(problem: Problem, assignment: Assignment, clock: Clock) -> Best:
    """Minimise level after level; a level that is not proved is fixed at its best value.

    The paper's streams have no model of robustness: there it is only computed in the end.
    """
    wanted = clock.options.levels
    names = [name for name in level_names(problem) if wanted is None or name in wanted]
    if problem.limits.concurrency != "paper" or ROBUSTNESS not in names:
        return Improver(Best(problem, assignment), clock).run(names)
    best = Improver(Best(problem, assignment), clock).run([n for n in names if n != ROBUSTNESS])
    bound = most_robust(best, clock).bound
    level = level_of(ROBUSTNESS, best.values[ROBUSTNESS], bound)
    best.levels.insert(names.index(ROBUSTNESS), level)
    return best


class Improver:
    """Level after level, on parts that together hold every schedule still looked for.

    ``robust``: the period at which schedules must bear longer latencies, once that is decided and
    where it can be demanded. ``late``: models demand it. They do where the schedule at hand was
    found by asking for it, or as soon as a level would otherwise be bought with it.
    """

    def __init__(self, best: Best, clock: Clock) -> None:
        self.problem, self.clock, self.best = best.problem, clock, best
        self.robust: int | None = None
        self.late = False
        self.rounds = Rounds(self.best, clock)
        self.ii = best.assignment.ii
        self.parts: list[Part] = []
        self.partitions: Partitions | None = None
        self.cheapest: list[Part] = []
        self.asked: Part | None = None

    def run(self, names: Sequence[str]) -> Best:
        """These levels, one after the other."""
        left = list(names)
        while left:
            self.rounds.tell(left[0])
            if tuple(left) == LAST and self._at_once():
                break
            self._decide(left.pop(0))
        final = self.best.values
        self.best.levels = [replace(done, value=final[done.name]) for done in self.best.levels]
        return self.best

    def _decide(self, name: str) -> None:
        """One level: its floor by arithmetic, then a search, then what it leaves."""
        if name == "time":
            bound = self._shortest()
            self.best.levels.append(level_of(name, self.best.values[name], bound))
        elif name == ROBUSTNESS:
            self._most_robust()
        else:
            self.parts = self.parts or [self._up_to(longest_of(self.best))]
            self._hold(name, self._least(name))

    def _most_robust(self) -> None:
        """Robustness; whether and when the models of the later levels demand it."""
        before, asked = self.best.assignment, most_robust(self.best, self.clock)
        value = self.best.values[ROBUSTNESS]
        self.best.levels.append(level_of(ROBUSTNESS, value, asked.bound))
        if value < in_a_row(self.problem):
            self.robust = value
            self.late = self.best.assignment is not before
        if self.late and asked.period == value:
            self.asked = asked.part

    def _least(self, name: str) -> int | None:
        """A bound on a level, and a schedule that meets it if one is found.

        Where the one that does is less robust, another among those that are not.
        """
        bound = self.rounds.search(name, self.parts, self._floor(name))
        open_ = bound is not None and bound < self.best.values[name]
        if open_ and any(part.spent for part in self.parts) and self._demand():
            bound = self.rounds.search(name, self.parts, bound)
        return bound

    def _demand(self) -> bool:
        """Leave only robust schedules in every part, unless that is so, or cannot be."""
        if self.robust is None or self.late or self.clock.over:
            return False
        self.late = True
        for part in {id(part): part for part in (*self.parts, *self.cheapest)}.values():
            add_late(part.model, LONGER, self.robust)
            part.late = True
        return True

    def _hold(self, name: str, bound: int | None) -> None:
        level = level_of(name, self.best.values[name], bound)
        self.best.levels.append(level)
        if not self.clock.over:
            self._fix(level)
            if name == "handoff_cost":
                self._split(level)

    def _at_once(self) -> bool:
        """Decide the last levels in one run, where they are several questions to one model."""
        if len(self.parts) != 1 or self.parts[0].fixed or self.clock.over:
            return False
        if not self.rounds.together(LAST, self.parts[0]):
            return False
        values = self.best.values
        self.best.levels += [level_of(name, values[name], values[name]) for name in LAST]
        return True

    # The time

    def _length_of(self, time: int) -> int:
        return time - (self.problem.trips - 1) * self.ii

    def _shortest(self) -> int | None:
        """A bound on the time, and a schedule within its tolerance if one is found.

        Longest paths give a floor. In steps of the tolerance above it a schedule is looked
        for, with windows that narrow; only where that does not end is the length minimised.
        """
        longest = self.best.values["length"]
        known = distances(short(self.problem, self.ii, longest), self.ii, longest)
        floor = self.best.values["time"] if known is None else self._time_of(known.length)
        for _ in range(RUNGS):
            if self._near(floor):
                return floor
            target = int(floor * (1 + TIME_TOLERANCE))
            answer = self._reach(self._length_of(target))
            if answer != "infeasible":
                break
            floor = target + 1
        if self._near(floor):
            return floor
        return self.rounds.search("time", [self._whole(self.best.values["length"])], floor)

    def _near(self, floor: int) -> bool:
        """Whether the time is within its tolerance of the floor."""
        value = self.best.values["time"]
        return value <= floor + slack("time", value)

    def _time_of(self, length: int) -> int:
        return length + (self.problem.trips - 1) * self.ii

    def _reach(self, length: int) -> Answer:
        """Whether there is a schedule of at most this length."""
        part = self.asked = self._whole(length)
        for effort in RUNG_EFFORTS:
            for result in self.rounds.race("time", [(part, FINDS), (part, Way(1))], effort):
                if result.answer == "infeasible":
                    return "infeasible"
                self.best.take(result, "time")
                if result.assignment is not None:
                    return "feasible"
        return "unknown"

    def _up_to(self, longest: int | None) -> Part:
        """The whole model up to that length, which may be the last one asked for."""
        last = self.asked
        if last is None or last.late != self.late or last.model.space.longest != longest:
            return self._whole(longest)
        return last

    def _whole(self, longest: int | None) -> Part:
        return self._part(short(self.problem, self.ii, longest), longest)

    def _part(self, problem: Problem, longest: int | None, *, fixed: bool = False) -> Part:
        model = build(problem, self.ii, longest=longest)
        if self.late:
            assert self.robust is not None
            add_late(model, LONGER, self.robust)
        return Part(model, fixed=fixed, late=self.late)

    # Hand-offs

    def _floor(self, name: str) -> int | None:
        """What the level cannot be below, where roles alone or constants say so."""
        expression = self.parts[0].model.level(name)
        if len(self.parts) == 1 and isinstance(expression, int):
            return expression
        if name == "handoff_cost" and not self.clock.over:
            return self._dearest_excluded()
        return self._anyhow() if name == "registers" and self.late else None

    def _anyhow(self) -> int | None:
        """What registers cannot be below in one role partition, robust or not.

        It is seen sooner, and registers depend little on the orders that make a schedule robust.
        """
        if len(self.parts) != 1 or not self.parts[0].fixed or self.clock.over:
            return None
        space = self.parts[0].model.space
        part = Part(build(space.problem, self.ii, longest=space.longest), fixed=True)
        return self.rounds.search("registers", [part], None, ANYHOW)

    def _dearest_excluded(self) -> int:
        """A floor of the hand-off cost: role partitions are looked at from the cheapest on.

        The first that has a schedule decides the level; what is cheaper has none.
        """
        space = self.parts[0].model.space
        narrow = short(self.problem, self.ii, space.longest)
        self.partitions = Partitions(narrow, self.ii, space.longest, self.clock)
        floor = 0
        for _ in range(CHEAPEST_PARTITIONS):
            cost, problem = self.partitions.cheapest()
            floor = max(floor, cost)
            if problem is None or self.clock.over:
                break
            part = self._fixed(problem)
            if floor >= self.best.values["handoff_cost"]:
                self.cheapest.append(part)
                break
            (result,) = self.rounds.race("handoff_cost", [(part, FINDS)], CHEAPEST_EFFORT)
            self.best.take(result, "handoff_cost")
            if result.answer != "infeasible":
                self.cheapest.append(part)
                break
        return floor

    def _fixed(self, narrowed: Problem) -> Part:
        """The part of one role partition."""
        longest = self.parts[0].model.space.longest
        return self._part(narrowed, longest, fixed=True)

    # What a decided level leaves

    def _fix(self, level: Level) -> None:
        """Hold the level in every part; drop the parts that cannot reach it."""
        most = allowed(level)
        self.parts = [part for part in self.parts if part.bound is None or part.bound <= most]
        for part in self.parts:
            part.bound = None
            cp = part.model.space.cp
            cp.clear_objective()  # type: ignore[no-untyped-call]
            cp.add(part.model.level(level.name) <= most)

    def _split(self, level: Level) -> None:
        """One part for each role partition that the hand-off cost leaves, if they are few."""
        if self.partitions is None:
            return
        narrowed = self.partitions.within(allowed(level), MOST_PARTITIONS)
        if narrowed is None:
            return
        parts = [*self.cheapest, *(self._fixed(each) for each in narrowed)]
        self.parts = [part for part in parts if part.model.space.distances is not None]
