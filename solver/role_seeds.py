"""Schedules for sliced loops: roles first, from a coarser problem, then starts with them fixed.

With many slices the whole model is too large to find anything in. With the roles fixed and
the length limited a run is short; roles are proposed by the problem in which all slices of an
operation are one, and changed a few at a time. This only finds; it never refutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product

from twill.lemmas import horizon
from twill.problem import Problem
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment, Run, Way, run
from twill.solver.cpsat.model import Model, build
from twill.solver.cpsat.partition import narrowed
from twill.solver.families import coarser, families
from twill.solver.paths import critical_path
from twill.solver.restrict import restricted, restrictions
from twill.solver.symmetry import exchanges

COARSE_EFFORT = 0.5
"""Deterministic work of one run on the coarser problem."""

EFFORT = 1.0
"""Deterministic work of one run on the problem itself."""

MOST_SEEDS = 5
"""Role partitions of the coarser problem that are tried."""

MOST_RUNGS = 10
"""IIs at which the coarser problem, or a first schedule, is looked for."""

FIRST_RUNGS = 4
"""Of them, those where a first schedule is looked for."""

Maker = Callable[[int], Model]
"""A model, at an II, of some of the schedules."""


class RoleSeeds:
    """Looks for schedules of one problem with roles taken from a coarser one."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.problem, self.clock = problem, clock
        self.path = critical_path(problem)
        self.families = families(problem) if problem.roles is not None else ()

    @property
    def useful(self) -> bool:
        """Whether anything is sliced at all, and there are roles."""
        return any(len(names) > 1 for names in self.families)

    def below(self, low: int, best: Assignment | None) -> Assignment | None:
        """A schedule with an II from ``low`` up and smaller than that of ``best``, if one is found.

        ``best`` itself if none is.
        """
        if self.problem.requirements.roles:
            own = self._fixed(self.problem.requirements.roles)
            return self._descend(own, low, best, low)
        for at, labels in self._seeds(low):
            best = self._descend(self._fixed(labels), low, best, at)
            if best is not None and best.ii - low < _step(low):
                return best
        for count in (4, 5, 3):
            best = self._descend(self._joined(count), low, best, low)
        return self._changed(low, best)

    def _changed(self, low: int, best: Assignment | None) -> Assignment | None:
        """Two roles at a time divided anew, until no two are left that help."""
        better = best is not None
        while better and best is not None:
            better = False
            for pair in combinations(sorted(set(best.role.values())), 2):
                before = best
                best = self._descend(self._redivided(best, pair), low, best, low)
                assert best is not None
                better = better or best.ii < before.ii
        return best

    def _seeds(self, low: int) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Different role partitions of the coarser problem, with their IIs, at growing IIs.

        At first those that treat equal sub-tiles alike: there are few of them.
        """
        coarse = coarser(self.problem, self.families)
        path, end = critical_path(coarse), horizon(coarse)
        seen: set[tuple[str, ...]] = set()
        for alike, most in ((True, MOST_SEEDS), (False, 2 * MOST_SEEDS)):
            for ii, each in product(_rungs(low, end), (0, 1, 2, 3)):
                if len(seen) >= most or self.clock.over:
                    break
                to = restrictions(coarse, ii, path)[-4:]
                if each >= len(to):
                    continue
                model = restricted(coarse, ii, to[each])
                found = self._run(_alike(model) if alike else model, COARSE_EFFORT)
                if found is None:
                    continue
                labels = self._spread(narrowed(coarse, found).requirements.roles)
                if (key := tuple(labels.values())) not in seen:
                    seen.add(key)
                    yield ii, labels

    def _spread(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels of families given to all their members."""
        return {
            name: labels[names[0]]
            for names in self.families
            for name in names
            if names[0] in labels
        }

    def _fixed(self, labels: Mapping[str, str]) -> Maker:
        asked = replace(self.problem.requirements, roles=labels)
        problem = replace(self.problem, requirements=asked)
        return lambda ii: build(problem, ii, longest=self._longest(ii))

    def _joined(self, count: int) -> Maker:
        """Any roles, at most ``count`` of them, with each family on one."""
        return lambda ii: self._join(build(self.problem, ii, count, longest=self._longest(ii)))

    def _redivided(self, best: Assignment, pair: tuple[int, int]) -> Maker:
        """The roles of a schedule but for two, whose families may be on any role."""
        labels = narrowed(self.problem, best).requirements.roles
        kept = {name: label for name, label in labels.items() if best.role[name] not in pair}
        asked = replace(self.problem.requirements, roles=kept)
        problem = replace(self.problem, requirements=asked)
        count = len(set(best.role.values())) + 1
        return lambda ii: build(problem, ii, count, longest=self._longest(ii))

    def _join(self, model: Model) -> Model:
        on = model.space.on
        for names in self.families:
            for name in names[1:]:
                for r, literal in on[name].items():
                    model.space.cp.add(literal == on[names[0]][r])
        return model

    def _longest(self, ii: int) -> int:
        return self.path + self.path // 4 + ii

    def _descend(
        self, make: Maker, low: int, best: Assignment | None, start: int
    ) -> Assignment | None:
        """Bisect, but only where an II somewhat smaller than the best is found at once.

        Without a best, look upwards from ``start`` at first.
        """
        step = _step(low)
        if best is None:
            end = horizon(self.problem)
            tried = (self._run(make(ii), EFFORT) for ii in _rungs(start, end)[:FIRST_RUNGS])
            best = next((found for found in tried if found is not None), None)
        elif best.ii - step >= low:
            found = self._run(make(best.ii - step), EFFORT)
            if found is None:
                return best
            best = found
        floor = low - 1
        while best is not None and best.ii - floor > _fine(low) and not self.clock.over:
            middle = (floor + best.ii) // 2
            found = self._run(make(middle), EFFORT)
            if found is None:
                floor = middle
            else:
                best = found
        return best

    def _run(self, model: Model, effort: float) -> Assignment | None:
        if self.clock.over:
            return None
        how = Run(self.clock.left, effort, self.clock.options.seed, Way(linear=0))
        result = run(model, how, self.clock.stop)
        self.clock.work += result.work
        return result.assignment


def _step(low: int) -> int:
    """Cycles that are worth looking at other roles."""
    return max(1, low >> 6)


def _fine(low: int) -> int:
    """Cycles that are worth a run with the same roles: the rest is left to what follows."""
    return max(1, low >> 8)


def _rungs(low: int, end: int) -> list[int]:
    """Some IIs from ``low`` on, each an eighth above the one before."""
    found = [low]
    while len(found) < MOST_RUNGS and found[-1] < end:
        found.append(min(end, found[-1] + max(1, found[-1] >> 3)))
    return found


def _alike(model: Model) -> Model:
    """The model with roles that exchanges of equal sub-tiles only rename."""
    space = model.space
    for exchange in exchanges(space.problem):
        for d in space.flows:
            one, two = space.same(d.src, d.dst), space.same(exchange[d.src], exchange[d.dst])
            if one is not two:
                space.cp.add(one == two)
    return model
