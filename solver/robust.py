"""The level of robustness: the II when asynchronous and hand-off latencies are longer.

It depends on orders, which are no numbers over starts, so it is not minimised like the others.
When they are decided, what all schedules need bounds it. Where the schedule found is above that,
others are looked for with the same roles: those of the problem in which the latencies *are* longer,
at the same II. Nothing comes late in such a schedule even then. The bounds of the other levels
still hold for it, as they hold for every schedule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from twill.accounting import Buffer, buffers, read_end
from twill.events.longer import longer, without_registers
from twill.events.robust import LONGER
from twill.lemmas import enough_stages, monotone
from twill.problem import Problem
from twill.schedule import Level
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Way
from twill.solver.cpsat.model import build
from twill.solver.cpsat.partition import narrowed
from twill.solver.levels import ROBUSTNESS, allowed, level_of, slack
from twill.solver.rounds import Best, Part, Rounds

REFUTE_EFFORT = 0.02
"""Deterministic work of the run that may prove that no schedule is more robust."""

FIND_EFFORT = 0.1
"""Deterministic work of a run that looks for a more robust schedule."""

OF_ROLES = ("handoff_cost", "roles", "warps")
"""Levels that the roles decide, and so are as they were."""

MOST_PARTITIONS = 2
"""Role partitions on which one is looked for."""

FRACTIONS = (LONGER, LONGER / 2)
"""By how much latencies are longer in what is looked for; less where the time leaves no more."""

MOST_ROUNDS = 1
"""Rounds in which a later level of it is brought down to its bound."""


def made_robust(best: Best, clock: Clock, partitions: Sequence[Problem]) -> Best:
    """The best with its level of robustness, or a schedule that is better in it.

    ``partitions``: the problem with roles required that are as good as the best's.
    """
    before, after = _around(best.levels)
    value = best.values[ROBUSTNESS]
    bound = _bound(best, value, clock)
    if value > bound and not clock.over:
        other = _Search(best, before, after, clock).run(_first(best, partitions))
        if other is not None:
            return other.with_levels(bound)
    best.levels = [*before, level_of(ROBUSTNESS, value, bound), *after]
    return best


def _around(levels: list[Level]) -> tuple[list[Level], list[Level]]:
    """The levels before this one, and those after it."""
    cut = sum(level.name == "time" for level in levels)
    return levels[:cut], levels[cut:]


# What no schedule is below


def _bound(best: Best, value: int, clock: Clock) -> int:
    """What arithmetic says, or the value itself where one less is refuted."""
    ii = best.assignment.ii
    if value <= ii:
        return ii
    anyhow = without_registers(longer(best.problem, LONGER, floor))
    bound = max(ii, bounds(anyhow).ii or ii)
    if bound < value and _refuted(anyhow, value - 1, best, clock):
        return value
    return min(bound, value)


def _refuted(problem: Problem, ii: int, best: Best, clock: Clock) -> bool:
    """Whether no schedule exists at an II, and so at no smaller one, with any number of stages."""
    if clock.over or not monotone(problem) or problem.limits.concurrency == "paper":
        return False
    limits = replace(problem.limits, max_stages=enough_stages(problem, ii))
    part = Part(build(replace(problem, limits=limits), ii))
    (result,) = Rounds(best, clock).race("", [(part, Way(0))], REFUTE_EFFORT)
    return result.answer == "infeasible"


# Schedules in which nothing comes late


def _first(best: Best, partitions: Sequence[Problem]) -> list[Problem]:
    """The roles of the best first, then others."""
    own = narrowed(best.problem, best.assignment)
    others = [each for each in partitions if each.requirements != own.requirements]
    return [own, *others][:MOST_PARTITIONS]


class _Search:
    """For a schedule that bears longer latencies, with roles that are as good.

    Its length may be what the time leaves. First one that meets the bounds of all later levels
    is looked for; then any, whose later levels are brought down as far as little work gets them.
    """

    def __init__(self, best: Best, before: list[Level], after: list[Level], clock: Clock) -> None:
        self.problem, self.ii, self.clock = best.problem, best.assignment.ii, clock
        self.before, self.after = before, after
        self.best = Best(best.problem, best.assignment, list(before))
        self.rounds = Rounds(self.best, clock)
        self.longest = None
        if before:
            self.longest = allowed(before[0]) - (best.problem.trips - 1) * self.ii

    def run(self, partitions: Sequence[Problem]) -> _Search | None:
        """Itself, if something better was found."""
        value = self.best.values[ROBUSTNESS]
        self.rounds.tell(ROBUSTNESS)
        for fraction in FRACTIONS:
            for met in (True, False):
                for roles in partitions:
                    part = self._part(roles, fraction, met=met)
                    self._find(part)
                    if self.best.values[ROBUSTNESS] < value:
                        self._lower(part)
                        return self
        return None

    def with_levels(self, bound: int) -> Best:
        """What was found, with every level."""
        final = self.best.values
        bounds = {level.name: level.lower_bound for level in (*self.before, *self.after)}
        names = [level.name for level in self.before], [level.name for level in self.after]
        bounds[ROBUSTNESS] = bound
        self.best.levels = [
            level_of(name, final[name], bounds[name]) for name in (*names[0], ROBUSTNESS, *names[1])
        ]
        return self.best

    def _part(self, roles: Problem, fraction: Fraction, *, met: bool) -> Part:
        """The model; ``met``: later levels but the length are at their bounds."""
        part = Part(build(longer(roles, fraction, ceil), self.ii, longest=self.longest), fixed=True)
        _keep_slots(part, self.problem)
        for level in self.after if met else ():
            if level.name not in {*OF_ROLES, "length"} and level.lower_bound is not None:
                part.model.space.cp.add(part.model.level(level.name) <= level.lower_bound)
        return part

    def _find(self, part: Part) -> None:
        if part.model.space.distances is None or self.clock.over:
            return
        (result,) = self.rounds.race("", [(part, Way(0))], FIND_EFFORT)
        self.best.take(result, ROBUSTNESS)

    def _lower(self, part: Part) -> None:
        """Bring the later levels down to their bounds."""
        self.best.levels.append(level_of(ROBUSTNESS, self.best.values[ROBUSTNESS], None))
        for level in self.after:
            if level.name in OF_ROLES:
                continue
            value, least = self.best.values[level.name], level.lower_bound
            if not self.clock.over and (least is None or value > least + slack(level.name, value)):
                self.rounds.tell(level.name)
                self.rounds.search(level.name, [part], least, MOST_ROUNDS)
            done = level_of(level.name, self.best.values[level.name], least)
            self.best.levels.append(done)
            part.model.space.cp.clear_objective()  # type: ignore[no-untyped-call]
            part.model.space.cp.add(part.model.level(level.name) <= allowed(done))


def _keep_slots(part: Part, problem: Problem) -> None:
    """A ring has the slots that its life as stated needs: that life must be long enough."""
    space, depth = part.model.space, part.model.rings.depth
    for ring in buffers(problem):
        if ring.accumulator:
            continue
        early = problem.op[ring.name].latency if problem.op[ring.name].streaming else 0
        born = space.start[ring.name] - early
        enough = []
        for end, later, after in _ends(problem, ring):
            reaches = space.cp.new_bool_var("")
            life = space.start[end] + later * space.ii + after - born
            space.cp.add(life > (depth[ring.name] - 1) * space.ii).only_enforce_if(reaches)
            enough.append(reaches)
        space.cp.add_bool_or(enough)


def _ends(problem: Problem, ring: Buffer) -> Iterator[tuple[str, int, int]]:
    """What may end a slot's life: an operation, iterations later, and cycles after its start."""
    for name, lag in ring.members.items():
        op = problem.op[name]
        yield name, lag, 0 if op.streaming else op.latency
        for d in problem.dependences:
            if d.kind == "flow" and d.src == name:
                yield d.dst, lag + d.distance, read_end(problem, d)
