"""One code path for both: two sides on one problem, criterion by criterion."""

from __future__ import annotations

from dataclasses import dataclass

from twill.comparison import Comparison, Cost, Criterion, Range
from twill.expert import Expert, Performance
from twill.formats.canonical import problem_digest
from twill.problem import Problem
from twill.schedule import Feasible, Outcome, Reason, Schedule
from twill.solver.compare.asked import Asked, at_least, range_of, schedule_of
from twill.solver.compare.costs import controls, parts_of
from twill.solver.compare.model_ii import ii_criterion
from twill.solver.compare.uniqueness import uniqueness_criterion
from twill.solver.compare.verdict import sentence, word
from twill.solver.structured import contradicting
from twill.solver.symmetry import exchanges
from twill.structure import Structure, aligned, closure, of_schedule
from twill.structure.columns import columns
from twill.structure.model import usage_of
from twill.structure.of_expert import of_expert
from twill.structure.offsets import offsets_criterion
from twill.structure.orders import orders_criterion
from twill.structure.partition import computing, roles_criterion
from twill.structure.resources import resources_criterion
from twill.structure.storage import storage_criterion
from twill.structure.sync import sync_criterion
from twill.structure.words import value_of


@dataclass(frozen=True, slots=True)
class _Side:
    """Their side: what it is called, its structure, and what is known of it beforehand.

    ``schedule``: where it is a schedule itself. ``scope``: what it does that a loop body cannot
    show.
    """

    title: str
    structure: Structure
    schedule: Schedule | None = None
    scope: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    expert: str = ""


def compare_with_expert(
    problem: Problem, outcome: Outcome, expert: Expert, asked: Asked, pairing: str = ""
) -> Comparison:
    """Our best schedule beside the structure of an expert's kernel under the same cost model.

    ``pairing`` says in words on what problem. Raises InputError where the kernel's steps and the
    problem's operations do not match, VerificationFailed as a solver does.
    """
    side = _Side(
        expert.title,
        of_expert(problem, expert),
        scope=expert.scope,
        notes=expert.notes,
        published=tuple(map(_quoted, expert.performance)),
        expert=expert.name,
    )
    return _Work(problem, outcome, side, asked, pairing).comparison("our schedule")


def compare_schedules(
    problem: Problem, one: Schedule, other: Schedule, titles: tuple[str, str]
) -> Comparison:
    """Two verified schedules of one problem. Nothing is solved: their IIs are what they are."""
    side = _Side(titles[1], of_schedule(problem, other), other)
    reason = Reason("a schedule's own")
    return _Work(problem, Feasible(one, reason), side, Asked(), "").comparison(titles[0])


def _own(schedule: Schedule | None) -> Range:
    assert schedule is not None
    return Range(schedule.ii, schedule.ii, "a schedule's own")


def _quoted(performance: Performance) -> str:
    value = f"{performance.value:g} {performance.unit}"
    return f"{value}, {performance.conditions} ({performance.source})"


_Solved = tuple[dict[str, tuple[str, ...]], tuple[Cost, ...], Range, Schedule | None]
"""What has no place in their order, costs of parts, the II and the best schedule."""


class _Work:
    """One comparison, its steps in the order in which they need each other."""

    def __init__(
        self, problem: Problem, outcome: Outcome, side: _Side, asked: Asked, pairing: str
    ) -> None:
        self.problem, self.side, self.asked, self.pairing = problem, side, asked, pairing
        self.schedule = schedule_of(outcome)
        self.our_ii = range_of(outcome) if side.schedule is None else _own(self.schedule)
        self.images = closure(problem, exchanges(problem))
        self.ours = of_schedule(problem, self.schedule) if self.schedule else None
        self.theirs = side.structure
        if self.ours is not None:
            self.theirs = aligned(problem, self.ours, side.structure, self.images)

    def comparison(self, title: str) -> Comparison:
        """Everything that is said."""
        free, costs, their_ii, their_schedule = self._solved()
        same = self._structural()
        criteria = (
            *same,
            ii_criterion(self.our_ii, their_ii, self.schedule, their_schedule, costs),
            uniqueness_criterion(
                self.problem, self.theirs, self.images, self.ours, (self.our_ii, their_ii),
                self.schedule, self.asked,
            ),
            resources_criterion(self.problem, self.theirs, their_schedule),
            self._scope(),
        )  # fmt: skip
        verdict = word(self.our_ii, their_ii, same)
        left, right = columns(self.ours, self.theirs) if self.ours else ([], [])
        return Comparison(
            ours=title,
            theirs=self.side.title,
            pairing=self.pairing,
            problem_sha256=problem_digest(self.problem),
            word=verdict,
            sentence=sentence(
                verdict,
                title,
                self.side.title,
                self.our_ii,
                their_ii,
                same,
                trivial=len(computing(self.problem)) == 1,
            ),
            our_ii=self.our_ii,
            their_ii=their_ii,
            criteria=criteria,
            their_schedule=their_schedule,
            notes=(*_contradictions(free), *self.side.notes),
            our_roles=tuple(left),
            their_roles=tuple(right),
            costs=costs,
            controls=self._controls(),
            published=self.side.published,
            expert=self.side.expert,
        )

    def _solved(self) -> _Solved:
        """A schedule has the II that it has; a structure the smallest of its schedules."""
        if self.side.schedule is not None:
            return {}, (), _own(self.side.schedule), self.side.schedule
        free = contradicting(self.problem, self.theirs)
        costs, outcome = parts_of(self.problem, self.theirs, free, self.our_ii, self.asked)
        return free, costs, at_least(range_of(outcome), self.our_ii), schedule_of(outcome)

    def _structural(self) -> tuple[Criterion, ...]:
        """C1 to C5."""
        if self.ours is None or self.schedule is None:
            why = ("there is no schedule of ours to compare",)
            titles = ("roles", "iteration offsets", "orders", "synchronisation", "ring depths")
            return tuple(
                Criterion(f"C{number}", title, "not decided", why)
                for number, title in enumerate(titles, start=1)
            )
        usage = usage_of(self.problem, self.schedule)
        return (
            roles_criterion(self.problem, self.ours, self.theirs),
            offsets_criterion(self.problem, self.ours, self.theirs),
            orders_criterion(self.problem, self.ours, self.theirs),
            sync_criterion(self.problem, usage, self.ours, self.theirs),
            storage_criterion(self.problem, usage, self.theirs),
        )

    def _scope(self) -> Criterion:
        """C9: what the loop cannot show."""
        if self.side.schedule is not None:
            return Criterion("C9", "scope", "same", ("both are schedules of one problem",))
        if not self.side.scope:
            return Criterion(
                "C9", "scope", "same", ("nothing is known to lie outside of the loop",)
            )
        return Criterion("C9", "scope", "not comparable", self.side.scope)

    def _controls(self) -> tuple[Cost, ...]:
        if not self.asked.deep or self.side.schedule is not None:
            return ()
        count = len(self.theirs.bodies)
        return controls(self.problem, count, self.schedule, self.asked)


def _contradictions(free: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What was left out of their order, and why; one circuit for all sub-tiles alike."""
    values: dict[str, tuple[str, ...]] = {}
    for op, circuit in free.items():
        values.setdefault(value_of(op), circuit)
    told: dict[tuple[str, ...], list[str]] = {}
    for value, circuit in values.items():
        told.setdefault(circuit, []).append(value)
    return tuple(
        f"their place of {' and '.join(names)} in the order is left out, since the loop forbids it"
        f" at every II: {'; '.join(circuit)}"
        for circuit, names in told.items()
    )
