"""Every schedule of a problem of up to eight operations, as far as the verifier must be asked.

Where ``brute_force`` asks for every assignment there is, this leaves out what cannot become a
schedule whatever comes after it: a dependence that is already broken between two placed
operations, a unit that is already overloaded. Roles are tried as partitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.brute_force import judged
from tests.reference import Reference
from twill.problem import Dependence, Problem
from twill.storage import constraint_dependences

NODES_PER_VERDICT = 20
"""Steps of the enumeration that cost as much as one verdict of the verifier, roughly."""


class TooMany(Exception):
    """More candidates than were to be looked at."""


@dataclass
class Patience:
    """How many steps are left."""

    left: int

    def spend(self, steps: int) -> None:
        """Take some; TooMany where none are left."""
        self.left -= steps
        if self.left < 0:
            raise TooMany


def first_schedule(problem: Problem, ii: int, most: int) -> dict[str, int] | None:
    """Starts of some schedule at ``ii``, None if there is none; TooMany after ``most`` verdicts."""
    patience = Patience(most * NODES_PER_VERDICT)
    for start in placements(problem, ii, patience):
        for role in partitions(problem):
            patience.spend(NODES_PER_VERDICT)
            if Reference(problem, ii, start, role).roles_hold() and not judged(
                problem, ii, start, role
            ):
                return start
    return None


def partitions(problem: Problem) -> Iterator[dict[str, int]]:
    """Every way to share operations out to roles, roles numbered by their first operation."""
    names = [op.name for op in problem.ops]
    if problem.roles is None:
        yield {}
        return
    most = problem.roles.max_roles

    def extend(chosen: list[int]) -> Iterator[list[int]]:
        if len(chosen) == len(names):
            yield chosen
            return
        for role in range(min(most, max(chosen, default=-1) + 2)):
            yield from extend([*chosen, role])

    for chosen in extend([]):
        yield dict(zip(names, chosen, strict=True))


def placements(problem: Problem, ii: int, patience: Patience) -> Iterator[dict[str, int]]:
    """Every placement within the stages, the first start at 0, that keeps the plain rules."""
    names = [op.name for op in problem.ops]
    top = problem.limits.max_stages * ii
    arcs = constraint_dependences(problem)

    def extend(start: dict[str, int]) -> Iterator[dict[str, int]]:
        if len(start) == len(names):
            if min(start.values()) == 0:
                yield start
            return
        name = names[len(start)]
        for at in range(top):
            patience.spend(1)
            placed = start | {name: at}
            if _kept(arcs, placed, ii, name) and _served(problem, placed, ii):
                yield from extend(placed)

    yield from extend({})


def _kept(arcs: tuple[Dependence, ...], start: dict[str, int], ii: int, name: str) -> bool:
    return all(
        start[d.dst] + d.distance * ii >= start[d.src] + d.delay
        for d in arcs
        if name in {d.src, d.dst} and d.src in start and d.dst in start
    )


def _served(problem: Problem, start: dict[str, int], ii: int) -> bool:
    """Whether the units serve the operations placed so far, cycle by cycle."""
    for unit in problem.units:
        load = [0] * ii
        for name, at in start.items():
            for r in problem.op[name].reservations.get(unit.name, ()):
                for cycle in range(at + r.offset, at + r.offset + r.length):
                    load[cycle % ii] += r.amount
        if not unit.fluid and max(load) > unit.capacity:
            return False
    return True
