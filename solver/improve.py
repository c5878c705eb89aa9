"""The further levels of the objective at the smallest II, each with the ones before it fixed.

What is fixed narrows the search: the time of a schedule bounds its length, which gives every
start a window; its hand-off cost leaves few role partitions, which are then searched one by
one, with their roles fixed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from twill.problem import Problem
from twill.schedule import Level
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Answer, Assignment, Result, Run, Way, hint, race
from twill.solver.cpsat.model import Model, build
from twill.solver.cpsat.partition import Partitions
from twill.solver.levels import TIME_TOLERANCE, UNITS, allowed, level_names, level_of, slack, values

ROUNDS = (
    ((Way(1, tree=True), Way(0)), 0.15),
    ((Way(0, core=True), Way(1)), 0.15),
    ((Way(1, tree=True), Way(0)), 0.5),
    ((Way(1), Way(0, core=True)), 1.0),
    ((Way(1, tree=True), Way(0)), 2.0),
    ((Way(1), Way(0)), 4.0),
)
"""Ways to search a level and their deterministic work, round by round until it is proved.

No single way does well on every level: bounds on the length come from the tree search,
hand-offs want no relaxation, registers want one (measured on forward attention, h100)."""

RUNGS = 4
"""Steps of its tolerance by which the time is looked for above its floor, before a search."""

RUNG_EFFORTS = (0.2, 0.8)
"""Deterministic work of the runs on one such step."""

MOST_PARTITIONS = 12
"""Role partitions up to which each is searched by itself."""


@dataclass
class Best:
    """The best assignment so far and the levels decided with it."""

    assignment: Assignment
    levels: list[Level]


@dataclass
class Part:
    """A model of some of the schedules still looked for, and what is known of one level there.

    ``bound``: no schedule of this part is better; None where nothing is known.
    """

    model: Model
    bound: int | None = None


def improve(problem: Problem, assignment: Assignment, clock: Clock) -> Best:
    """Minimise level after level; a level that is not proved is fixed at its best value."""
    return Improver(problem, assignment, clock).run()


class Improver:
    """Level after level, on parts that together hold every schedule still looked for."""

    def __init__(self, problem: Problem, assignment: Assignment, clock: Clock) -> None:
        self.problem, self.clock = problem, clock
        self.best = Best(assignment, [])
        self.ii = assignment.ii
        self.parts: list[Part] = []
        self.partitions: Partitions | None = None

    def run(self) -> Best:
        """Every level that the options ask for."""
        wanted = self.clock.options.levels
        for name in level_names(self.problem):
            if wanted is None or name in wanted:
                self._tell(name, "", "")
                self._decide(name)
        final = self._values()
        self.best.levels = [replace(done, value=final[done.name]) for done in self.best.levels]
        return self.best

    def _values(self) -> dict[str, int]:
        return values(self.problem, self.best.assignment)

    def _decide(self, name: str) -> None:
        """One level: its floor by arithmetic, then a search, then what it leaves."""
        if name == "time":
            bound = self._shortest()
        else:
            self.parts = self.parts or [self._whole(None)]
            bound = self._search(name, self._floor(name))
        level = level_of(name, self._values()[name], bound)
        self.best.levels.append(level)
        if self.clock.over:
            return
        if name == "time":
            self.parts = [self._whole(self._length_of(allowed(level)))]
        else:
            self._fix(level)
        if name == "handoff_cost":
            self._split(level)

    # The time

    def _length_of(self, time: int) -> int:
        return time - (self.problem.trips - 1) * self.ii

    def _shortest(self) -> int | None:
        """A bound on the time, and a schedule within its tolerance if one is found.

        Longest paths give a floor. In steps of the tolerance above it a schedule is looked
        for, with windows that narrow; only where that does not end is the length minimised.
        """
        self.parts = [self._whole(self._values()["length"])]
        known = self.parts[0].model.space.distances
        floor = self._values()["time"] if known is None else self._time_of(known.length)
        for _ in range(RUNGS):
            value = self._values()["time"]
            if value <= floor + slack("time", value):
                return floor
            target = int(floor * (1 + TIME_TOLERANCE))
            answer = self._reach(self._length_of(target))
            if answer != "infeasible":
                break
            floor = target + 1
        return self._search("time", floor)

    def _time_of(self, length: int) -> int:
        return length + (self.problem.trips - 1) * self.ii

    def _reach(self, length: int) -> Answer:
        """Whether there is a schedule of at most this length."""
        part = self._whole(length)
        for effort in RUNG_EFFORTS:
            for result in self._race("time", part, (Way(1), Way(0)), effort, 0):
                if result.answer == "infeasible":
                    return "infeasible"
                self._take("time", result)
                if result.assignment is not None:
                    return "feasible"
        return "unknown"

    def _whole(self, longest: int | None) -> Part:
        return Part(build(self._short(self.problem, longest), self.ii, longest=longest))

    def _short(self, problem: Problem, longest: int | None) -> Problem:
        """The problem without the stages that no schedule as short as that has."""
        if longest is None:
            return problem
        stages = min(problem.limits.max_stages, longest // self.ii + 1)
        return replace(problem, limits=replace(problem.limits, max_stages=stages))

    def _floor(self, name: str) -> int | None:
        """What the level cannot be below, where roles alone or constants say so."""
        space = self.parts[0].model.space
        if name == "handoff_cost" and not self.clock.over:
            narrow = self._short(self.problem, space.longest)
            self.partitions = Partitions(narrow, self.ii, space.longest, self.clock)
            return self.partitions.least_cost()
        expression = self.parts[0].model.level(name)
        if len(self.parts) == 1 and isinstance(expression, int):
            return expression
        return None

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
        longest = self.parts[0].model.space.longest
        parts = [Part(build(each, self.ii, longest=longest)) for each in narrowed]
        self.parts = [part for part in parts if part.model.space.distances is not None]

    # Searching a level

    def _search(self, name: str, floor: int | None) -> int | None:
        """Improve one level, round by round; the best bound, None if nothing is known."""
        for part in self.parts:
            part.bound = floor
        for ways, effort in ROUNDS:
            for part in self.parts:
                if self._open(name, part) and not self.clock.over:
                    self._turn(name, part, ways, effort)
            if not any(self._open(name, part) for part in self.parts):
                break
        bounds = [part.bound for part in self.parts]
        known = [bound for bound in bounds if bound is not None]
        return min(known) if len(known) == len(bounds) else None

    def _open(self, name: str, part: Part) -> bool:
        """Whether this part may still hold a better schedule."""
        value = self._values()[name]
        return part.bound is None or value > part.bound + slack(name, value)

    def _turn(self, name: str, part: Part, ways: tuple[Way, ...], effort: float) -> None:
        """One round on one part."""
        cp = part.model.space.cp
        expression = part.model.level(name)
        value = self._values()[name]
        if isinstance(expression, int):
            part.bound = expression
            if expression >= value:
                return
        else:
            cp.minimize(expression)
            cp.add(expression <= value)
            if part.bound is not None:
                cp.add(expression >= part.bound)
        hint(part.model, self.best.assignment)
        for result in self._race(name, part, ways, effort, slack(name, value)):
            if result.answer == "infeasible":
                part.bound = value + 1
            elif result.bound is not None and not isinstance(expression, int):
                part.bound = max(part.bound or 0, result.bound)
            self._take(name, result)

    def _race(
        self, name: str, part: Part, ways: tuple[Way, ...], effort: float, gap: int
    ) -> list[Result]:
        """Two ways of searching, side by side or one after the other."""

        def tell(value: float, bound: float) -> None:
            self._tell(name, f"{value:.0f} {UNITS[name]}", f"{bound:.0f}")

        seed, workers = self.clock.options.seed, self.clock.options.workers
        entries = [(part.model, Run(self.clock.left, effort, seed, way, gap)) for way in ways]
        results: list[Result] = []
        for start in range(0, len(entries), max(1, workers)):
            some = entries[start : start + workers]
            results += race(some, workers, self.clock.stop, on_bound=tell)
            if results[-1].answer in {"optimal", "infeasible"}:
                break
        self.clock.work += sum(result.work for result in results)
        return results

    def _take(self, name: str, result: Result) -> None:
        """Keep a schedule that is better in this level and no worse in the ones before."""
        if result.assignment is None:
            return
        found, known = values(self.problem, result.assignment), self._values()
        held = all(found[done.name] <= allowed(done) for done in self.best.levels)
        if found[name] < known[name] and held:
            self.best.assignment = result.assignment

    def _tell(self, name: str, value: str, bound: str) -> None:
        self.clock.tell(name.replace("_", " "), self.ii, value or "-", bound)
