"""A minimal set of constraint groups that together forbid an II, by deletion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twill.explanation import Core
from twill.problem import Problem
from twill.relaxation import Group, arrow, constraint_groups, delays, lift
from twill.solver.bounds import bounds
from twill.solver.explain.oracle import Oracle

ALL_DELAYS = Group("delay")

MOST = 3
"""Single delays that may be doubtful; with more of them all delays are one group."""

ABOUT_ROLES = (
    "requirements",
    "barriers",
    "load role",
    "stages",
    "issue",
    "hand-offs",
    "registers",
    "roles",
)


def minimal_core(problem: Problem, ii: int, oracle: Oracle) -> Core:
    """Lift group after group as long as the II stays forbidden; what is left is the answer.

    What is about roles is tried as a whole first: without it the question is a far smaller
    one, and a refutation of that is one of the whole problem too.
    """
    search = _Deletion(problem, ii, oracle)
    groups = constraint_groups(problem)
    search.split([group for group in groups if group.kind in ABOUT_ROLES])
    for group in groups:
        if group.kind not in ABOUT_ROLES:
            search.try_without([group])
    if not search.lifted:
        answer = oracle.answer(problem, ii)
        if answer != "infeasible":
            return Core(ii, answer)
    if ALL_DELAYS in search.needed:
        search = _single_delays(problem, search)
    order = [*groups, *delays(problem)]
    needed = sorted(search.needed, key=order.index)
    return Core(ii, "infeasible", tuple(needed), tuple(g for g in needed if g in search.doubtful))


def _single_delays(problem: Problem, whole: _Deletion) -> _Deletion:
    """The delays one by one; all as one group again where too many stay doubtful."""
    search = whole.copy()
    search.needed.remove(ALL_DELAYS)
    critical = on_circuits(problem)
    for some in ([group for group in delays(problem) if group not in critical], critical):
        search.split(some)
        if search.lost:
            return whole
    return search


def on_circuits(problem: Problem) -> list[Group]:
    """The delays on the circuits that bound the II most: what is left of many, probably."""
    steps = {
        step
        for term in bounds(problem).terms
        for step in zip(term.ops, (*term.ops[1:], *term.ops[:1]), strict=True)
        if term.kind in ("recurrence", "buffer")
    }
    found = [Group("delay", arrow(d)) for d in problem.dependences if (d.src, d.dst) in steps]
    return [group for group in delays(problem) if group in found]


class _Deletion:
    """Groups lifted so far, those needed, and those of which that is not certain."""

    def __init__(self, problem: Problem, ii: int, oracle: Oracle) -> None:
        self.problem, self.ii, self.oracle = problem, ii, oracle
        self.lifted: list[Group] = []
        self.needed: list[Group] = []
        self.doubtful: set[Group] = set()

    def copy(self) -> _Deletion:
        """The same state, to try something out."""
        other = _Deletion(self.problem, self.ii, self.oracle)
        other.lifted, other.needed = [*self.lifted], [*self.needed]
        other.doubtful = {*self.doubtful}
        return other

    @property
    def lost(self) -> bool:
        """Whether so many single delays are doubtful that listing them explains nothing."""
        return sum(bool(group.name) and group.kind == "delay" for group in self.doubtful) > MOST

    def try_without(self, groups: Sequence[Group]) -> bool:
        """Lift these as well if the II stays forbidden; a single one else is needed."""
        answer = self.oracle.answer(lift(self.problem, [*self.lifted, *groups]), self.ii)
        if answer == "infeasible":
            self.lifted += groups
            return True
        if len(groups) == 1:
            self.needed += groups
            if answer == "unknown":
                self.doubtful.add(groups[0])
        return False

    def split(self, groups: Sequence[Group]) -> None:
        """Halve what cannot be lifted as a whole: most dependences do not matter."""
        if not groups or self.lost or self.try_without(groups) or len(groups) == 1:
            return
        for half in _halves(groups):
            self.split(half)


def _halves(groups: Sequence[Group]) -> Iterator[Sequence[Group]]:
    middle = len(groups) // 2
    yield groups[:middle]
    yield groups[middle:]
