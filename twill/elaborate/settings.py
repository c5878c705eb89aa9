"""Tile sizes, sub-tiling and widths that hold for one elaboration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.loop import Loop, Operation, Shape, Target, reduced_dimensions, shapes_of
from twill.machine import Machine

MOST_OPERATIONS = 2000
"""Beyond this no schedule is found in any time that a user waits."""

LARGEST = 2**31 - 1
"""Solvers work on integers; no size or duration goes beyond this."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The loop's defaults, the target's, and what the user set, in this order of precedence."""

    parameters: Mapping[str, int]
    subtile: Mapping[str, int]
    warps: int
    trips: int
    shapes: Mapping[str, Shape]
    cuts: Mapping[str, Mapping[str, int]]
    """Factors of single operations."""

    def factor(self, op: Operation, dimension: str) -> int:
        """Into how many slices an operation is cut along a dimension that it carries."""
        return self.cuts[op.name].get(dimension, self.subtile.get(dimension, 1))

    def dimensions(self, op: Operation) -> tuple[str, ...]:
        """The dimensions that an operation carries: its result's, then the reduced ones."""
        return (*self.shapes.get(op.name, ()), *reduced_dimensions(op, self.shapes))


def settle(
    loop: Loop, machine: Machine, parameters: Mapping[str, int], subtile: Mapping[str, int]
) -> Settings:
    """Merge defaults, target and the user's settings. Raises InputError."""
    target = _target(loop, machine)
    faults = [*_wrong(loop, "--set", parameters), *_wrong(loop, "--subtile", subtile)]
    if faults:
        raise InputError(faults)
    own = loop.subtile if target.subtile is None else target.subtile
    group = machine.roles.warp_group.whole if machine.roles is not None else 1
    settings = Settings(
        parameters={**loop.parameters, **target.parameters, **parameters},
        subtile={**own, **subtile},
        warps=target.warps or loop.warps or group,
        trips=target.trips or loop.trips,
        shapes=shapes_of(loop),
        cuts={
            op.name: {**op.subtile, **target.operations.get(op.name, {})} for op in loop.operations
        },
    )
    faults = [*_Slices(loop, machine, settings, subtile).faults()]
    if faults:
        raise InputError(dict.fromkeys(faults))
    factors = {
        op.name: [settings.factor(op, d) for d in settings.dimensions(op)] for op in loop.operations
    }
    check_count(loop, {name: prod(cuts) for name, cuts in factors.items()})
    return settings


def check_count(loop: Loop, counts: Mapping[str, int]) -> None:
    """Raise InputError where sub-tiling makes too many operations; ``counts``: by origin."""
    total = sum(counts.values())
    if total <= MOST_OPERATIONS:
        return
    most = max(counts, key=lambda name: counts[name])
    message = f"cut into {total:,} operations, more than {MOST_OPERATIONS:,}"
    message = f"{message}; {counts[most]:,} of them are {most}"
    fault = loop.places.error(("operations", most), message, "use smaller factors", key=True)
    raise InputError([fault])


def _target(loop: Loop, machine: Machine) -> Target:
    name = _target_name(loop, machine)
    return Target({}) if name is None else loop.targets[name]


def _target_name(loop: Loop, machine: Machine) -> str | None:
    return next((name for name in machine.lineage if name in loop.targets), None)


def _wrong(loop: Loop, option: str, given: Mapping[str, int]) -> Iterator[Diagnostic]:
    """What the user set: names that are no tile parameters, and impossible sizes."""
    for name, value in given.items():
        said = f"{option} {name}={value}"
        if not loop.parameters:
            yield Diagnostic(f"{said}: loop '{loop.name}' has no tile parameters")
        elif name not in loop.parameters:
            yield Diagnostic(f"{said}: {unknown('tile parameter', name, loop.parameters)}")
        elif value < 1:
            yield Diagnostic(f"{said}: must be at least 1")
        elif value > LARGEST:
            yield Diagnostic(f"{said[:80]}: must be at most {LARGEST:,}")


@dataclass(frozen=True, slots=True)
class _Slices:
    """Factors must divide the tile, and the factors of a value's writer and readers each other."""

    loop: Loop
    machine: Machine
    settings: Settings
    given: Mapping[str, int]

    def faults(self) -> Iterator[Diagnostic]:
        for op in self.loop.operations:
            for dimension in self.settings.dimensions(op):
                size = self.settings.parameters[dimension]
                if size % self.settings.factor(op, dimension):
                    yield self._remainder(op, dimension, size)
            yield from self._uneven(op)

    def _remainder(self, op: Operation, dimension: str, size: int) -> Diagnostic:
        factor = self.settings.factor(op, dimension)
        message = f"{dimension} = {size} does not divide into {factor} sub-tiles"
        help_ = f"use a divisor of {size}, or another size (--set {dimension}=...)"
        path = self._path(op, dimension)
        if dimension in self.settings.cuts[op.name]:
            return self.loop.places.error(path, f"{op.name}: {message}", help_)
        if dimension in self.given:
            return Diagnostic(f"--subtile {dimension}={factor}: {message}", help=help_)
        return self.loop.places.error(path, message, help_)

    def _path(self, op: Operation, dimension: str) -> tuple[str, ...]:
        """Where the factor stands that holds for an operation."""
        name = _target_name(self.loop, self.machine)
        target = Target({}) if name is None else self.loop.targets[name]
        at = () if name is None else ("targets", name)
        if dimension in target.operations.get(op.name, {}):
            return (*at, "operations", op.name, "subtile", dimension)
        if dimension in op.subtile:
            return ("operations", op.name, "subtile", dimension)
        return (*(at if target.subtile is not None else ()), "subtile", dimension)

    def _uneven(self, op: Operation) -> Iterator[Diagnostic]:
        for operand in op.operands:
            source = self.loop.operation.get(operand.reference.name)
            if source is None:
                continue
            shared = self.settings.dimensions(source)
            for dimension in (d for d in self.settings.dimensions(op) if d in shared):
                a = self.settings.factor(op, dimension)
                b = self.settings.factor(source, dimension)
                if max(a, b) % min(a, b):
                    message = (
                        f"{op.name} is cut into {a} slices along {dimension}, {source.name} into"
                        f" {b}: one must be a multiple of the other"
                    )
                    yield self.loop.places.error(("operations", op.name), message, key=True)
