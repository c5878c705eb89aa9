"""What a schedule looks like, whichever profile made it, and the properties that claims name.

All times of one structure are in one unit: machine cycles or normalised ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twill.problem import Problem
from twill.schedule import Schedule
from twill.solver.paper import PaperOutcome


@dataclass(frozen=True, slots=True)
class Structure:
    """Starts, groups and what holds which unit when: (offset, length) from the start."""

    ii: int
    start: Mapping[str, int]
    group: Mapping[str, str]
    held: Mapping[str, Mapping[str, tuple[tuple[int, int], ...]]]

    def stage(self, op: str) -> int:
        """The iteration offset of an operation: how many periods after the first start."""
        return (self.start[op] - min(self.start.values())) // self.ii

    @property
    def span(self) -> int:
        """Periods that one iteration's starts are spread over."""
        return max(self.stage(op) for op in self.start) + 1

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The operations of each group, in the order of their starts."""
        found: dict[str, list[str]] = {}
        for op in sorted(self.start, key=lambda name: (self.start[name], name)):
            found.setdefault(self.group[op], []).append(op)
        return tuple(tuple(found[name]) for name in sorted(found))

    def phases(self, op: str, unit: str) -> frozenset[int]:
        """The cycles of the period in which an operation holds a unit."""
        begin = self.start[op]
        runs = self.held.get(op, {}).get(unit, ())
        return frozenset(
            (begin + offset + k) % self.ii for offset, length in runs for k in range(length)
        )

    def busy(self, ops: Iterable[str], unit: str) -> frozenset[int]:
        """The cycles of the period in which one of some operations holds a unit."""
        return frozenset().union(*(self.phases(op, unit) for op in ops))


def of_schedule(problem: Problem, schedule: Schedule) -> Structure:
    """The structure of a schedule of the default profile."""
    return Structure(
        schedule.ii,
        {name: placed.start for name, placed in schedule.ops.items()},
        {name: placed.role or "" for name, placed in schedule.ops.items()},
        {
            op.name: {
                unit: tuple((r.offset, r.length) for r in runs)
                for unit, runs in op.reservations.items()
            }
            for op in problem.ops
        },
    )


def of_paper(outcome: PaperOutcome) -> Structure:
    """The structure of an answer of profile ``paper``."""
    found = outcome.solution
    assert found is not None
    return Structure(
        found.ii,
        found.start,
        {name: ",".join(map(str, places)) for name, places in found.places.items()},
        {
            op.name: {
                unit: tuple((r.offset, r.length) for r in runs) for unit, runs in op.uses.items()
            }
            for op in outcome.program.ops
        },
    )


def value_of(op: str) -> str:
    """``P.tensor`` of ``P.tensor[m0]``."""
    return op.partition("[")[0]


def tile_of(op: str) -> str:
    """``m0`` of ``P.tensor[m0]``; empty where an operation has none."""
    return op.partition("[")[2].rstrip("]")


def tiles(structure: Structure) -> tuple[str, ...]:
    """The row sub-tiles, in order."""
    return tuple(sorted({tile_of(op) for op in structure.start if value_of(op) == "S"}))


def named(value: str, tile: str) -> str:
    """The operation of a value on a sub-tile."""
    return f"{value}[{tile}]" if tile else value


def fa3_pipelined(structure: Structure) -> tuple[str, ...]:
    """The sub-tiles on which S of the next iteration issues before O of this one."""
    return tuple(
        tile
        for tile in tiles(structure)
        if structure.start[named("S", tile)] + structure.ii < structure.start[named("O", tile)]
    )


def exp_under_multiplies(structure: Structure, tile: str, of: Iterable[str]) -> float:
    """The share of a sub-tile's exponential during which some sub-tiles hold the tensor core."""
    exp = structure.phases(named("p", tile), "sfu")
    tensor = structure.busy((named(v, t) for t in of for v in ("S", "O")), "tensor")
    return len(exp & tensor) / len(exp) if exp else 0.0


def ping_pong(structure: Structure) -> Mapping[str, float]:
    """By sub-tile: the share of its exponential under the other sub-tiles' multiplies."""
    every = tiles(structure)
    return {
        tile: exp_under_multiplies(structure, tile, [t for t in every if t != tile])
        for tile in every
    }


def has_ping_pong(structure: Structure) -> bool:
    """Whether each sub-tile's exponential runs mostly during the others' multiplies."""
    return len(tiles(structure)) > 1 and min(ping_pong(structure).values()) >= 0.5
