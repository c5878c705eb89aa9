"""Searching one level of the objective, round by round, on models that share out the schedules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from twill.problem import Problem
from twill.schedule import Level
from twill.solver.batched import batched
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Answer, Assignment, Result, Run, Way, hint, race
from twill.solver.cpsat.model import Model
from twill.solver.cpsat.variables import Space
from twill.solver.levels import UNITS, allowed, slack, values

Round = tuple[tuple[Way, ...], float]
"""Ways to search, raced, and their deterministic work."""

FINDS = Way(0, presolve=False, quick=True)
"""How a schedule is found, or refuted, soonest where no level is minimised."""

BETTER, CLIMB = Way(0, quick=True), Way(0, climb=True, quick=True)
"""Ask for better than the best, or for the least not excluded: which is sooner is not known."""

QUICK: Round = ((BETTER, CLIMB), 0.12)
"""The first round: most levels are decided in less than probing would take."""

ROUNDS: tuple[Round, ...] = (
    ((Way(1, tree=True), Way(0)), 0.15),
    ((Way(0, core=True), Way(1)), 0.15),
    ((Way(1, tree=True), Way(0)), 0.5),
    ((Way(1), Way(0, core=True)), 1.0),
    ((Way(1, tree=True), Way(0)), 2.0),
    ((Way(1), Way(0)), 4.0),
)
"""Ways to search a level, round by round until it is proved.

No single way does well on every level: bounds on the length come from the tree search,
hand-offs want no relaxation, registers want one (measured on forward attention, h100)."""

PROBED: Round = ((Way(0), Way(1, tree=True)), 0.4)
"""What follows where quick rounds have not decided a level."""

FIXED: tuple[Round, ...] = (((BETTER, Way(0)), 0.4), PROBED)
"""The first rounds where all roles are fixed: soonest without relaxation, hard ones by probing."""

ANYHOW: tuple[Round, ...] = (((Way(0), CLIMB), 0.4), PROBED)
"""Rounds for a level in one role partition where latencies need not be borne longer."""

MANY: Round = ((BETTER,), 0.1)
"""The first of them where there are several such models, which then run side by side."""

LATE: Round = ((Way(0), Way(1)), 0.4)
"""The round after the first where schedules must bear longer latencies and roles are open."""

TOGETHER: tuple[Round, ...] = (
    ((CLIMB, BETTER), 0.025),
    ((BETTER, CLIMB), 0.2),
    PROBED,
)
"""Rounds that minimise several levels at once: mostly seen soon, else worth all of them."""


@dataclass
class Part:
    """A model of some of the schedules still looked for, and what is known of one level there.

    ``bound``: no schedule of this part is better; None where nothing is known. ``fixed``: all
    of its schedules have the same roles. ``late``: they must bear longer latencies. ``spent``:
    its best in that level is known, but that schedule is worse in the ones before.
    """

    model: Model
    bound: int | None = None
    fixed: bool = False
    late: bool = False
    spent: bool = False


@dataclass
class Best:
    """The best assignment so far and the levels decided with it."""

    problem: Problem
    assignment: Assignment
    levels: list[Level] = field(default_factory=list)

    @cached_property
    def values(self) -> dict[str, int]:
        """Every level's value."""
        return values(self.problem, self.assignment)

    def take(self, result: Result, *names: str) -> bool:
        """Keep a schedule that is better in these levels and no worse in the ones before.

        False for one that is worse in the ones before.
        """
        if result.assignment is None:
            return True
        found = values(self.problem, result.assignment)
        held = all(found[done.name] <= allowed(done) for done in self.levels)
        if held and [found[name] for name in names] < [self.values[name] for name in names]:
            self.assignment, self.values = result.assignment, found
        return held


def longest_of(best: Best) -> int | None:
    """The most cycles that a schedule may be long, if its time is decided."""
    time = next((level for level in best.levels if level.name == "time"), None)
    if time is None:
        return None
    return allowed(time) - (best.problem.trips - 1) * best.assignment.ii


def short(problem: Problem, ii: int, longest: int | None) -> Problem:
    """The problem without the stages that no schedule as short as that has."""
    if longest is None:
        return problem
    stages = min(problem.limits.max_stages, longest // ii + 1)
    return replace(problem, limits=replace(problem.limits, max_stages=stages))


class Rounds:
    """Rounds of runs that improve one level of the best schedule, or prove that none is better."""

    def __init__(self, best: Best, clock: Clock) -> None:
        self.best, self.clock = best, clock

    def search(
        self,
        name: str,
        parts: Sequence[Part],
        floor: int | None,
        rounds: Sequence[Round] | None = None,
    ) -> int | None:
        """Improve one level; the best bound over all parts, None if nothing is known.

        ``rounds``: those to run, instead of all that suit the parts.
        """
        for part in parts:
            part.bound, part.spent = floor, False
        for ways, effort in rounds or _rounds(name, parts):
            beside = 1 if len(ways) > 1 else self.clock.options.workers
            for some in batched((part for part in parts if self._open(name, part)), beside):
                if not self.clock.over:
                    self._turn(name, some, ways, effort)
        bounds = [part.bound for part in parts]
        known = [bound for bound in bounds if bound is not None]
        return min(known) if len(known) == len(bounds) else None

    def together(self, names: Sequence[str], part: Part) -> bool:
        """Minimise several levels at once, earlier ones first; whether the best is proved best.

        One unit of a level weighs more than all that the later ones can amount to.
        """
        space, weights = part.model.space, [1]
        for name in reversed(names[1:]):
            weights.insert(0, weights[0] * (_most(name, space) + 1))
        weighted = list(zip(weights, names, strict=True))
        space.cp.minimize(sum(weight * part.model.level(name) for weight, name in weighted))
        least, held = 0, True
        for ways, effort in TOGETHER:
            hint(part.model, self.best.assignment)
            for result in self.race("", [(part, way) for way in ways], effort):
                held = self.best.take(result, *names) or result.answer != "optimal"
                least = max(least, result.bound or 0)
            if sum(weight * self.best.values[name] for weight, name in weighted) <= least:
                return True
            if not held:
                break
        space.cp.clear_objective()  # type: ignore[no-untyped-call]
        return False

    def _open(self, name: str, part: Part) -> bool:
        """Whether this part may still hold a better schedule."""
        value = self.best.values[name]
        return not part.spent and (part.bound is None or value > part.bound + slack(name, value))

    def _turn(self, name: str, some: list[Part], ways: tuple[Way, ...], effort: float) -> None:
        """One round on one part, or on several side by side."""
        value = self.best.values[name]
        asked = [part for part in some if self._ask(name, part, value)]
        entries = [(part, way) for part in asked for way in ways]
        results = self.race(name, entries, effort, slack(name, value), alone=len(asked) == 1)
        for (part, _), result in zip(entries, results, strict=False):
            if result.answer == "infeasible":
                part.bound = value + 1
            elif result.bound is not None and not isinstance(part.model.level(name), int):
                part.bound = max(part.bound or 0, result.bound)
            held = self.best.take(result, name)
            part.spent = part.spent or (result.answer == "optimal" and not held)

    def _ask(self, name: str, part: Part, value: int) -> bool:
        """Make the model ask for the least value; False where it is known already."""
        cp = part.model.space.cp
        expression = part.model.level(name)
        if isinstance(expression, int):
            part.bound = expression
            if expression >= value:
                return False
        else:
            cp.minimize(expression)
            cp.add(expression <= value)
            if part.bound is not None:
                cp.add(expression >= part.bound)
        hint(part.model, self.best.assignment)
        return True

    def race(
        self,
        name: str,
        entries: Sequence[tuple[Part, Way]],
        effort: float,
        gap: int = 0,
        alone: bool = True,
    ) -> list[Result]:
        """Runs side by side or one after the other; where ``alone``, until one is decisive.

        Progress is told for the level of that name, if any.
        """

        def tell(value: float, bound: float) -> None:
            self.tell(name, f"{value:.0f} {UNITS[name]}", f"{bound:.0f}")

        seed, workers = self.clock.options.seed, self.clock.options.workers
        results: list[Result] = []
        for some in batched(entries, workers):
            runs = [
                (part.model, Run(self.clock.left, effort, seed, way, gap)) for part, way in some
            ]
            decisive: tuple[Answer, ...] = ("optimal", "infeasible") if alone else ()
            results += race(runs, workers, self.clock.stop, decisive, tell if name else None)
            if results[-1].answer in decisive:
                break
        self.clock.work += sum(result.work for result in results)
        return results

    def tell(self, name: str, value: str = "", bound: str = "") -> None:
        """Report progress."""
        phase = name.replace("_", " ")
        self.clock.tell(phase, self.best.assignment.ii, value or "-", bound)


def _most(name: str, space: Space) -> int:
    """The most that the length, or what is counted in roles or warps, can be."""
    if name == "length":
        return int(max(space.length.proto.domain))
    return space.problem.roles.max_warps if space.problem.roles is not None else 0


def _rounds(name: str, parts: Sequence[Part]) -> tuple[Round, ...]:
    """The rounds for these parts, cheapest first."""
    if all(part.fixed for part in parts):
        first = (MANY if len(parts) > 1 else FIXED[0], FIXED[1])
        rounds: tuple[Round, ...] = (*first, *ROUNDS[1:])
    else:
        late = any(part.late for part in parts)
        rounds = (QUICK, *((LATE,) if late else ()), *ROUNDS)
    return tuple(map(_climbing, rounds[:2])) + rounds[2:] if name == "length" else rounds


def _climbing(first: Round) -> Round:
    """The round for the length, which otherwise gets better cycle by cycle."""
    ways, effort = first
    return (ways if len(ways) == 1 else (CLIMB, BETTER)), effort
