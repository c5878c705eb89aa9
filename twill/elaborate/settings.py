"""Tile sizes, sub-tiling and widths that hold for one elaboration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.loop import Loop, Operation, Shape, Target, reduced_dimensions, shapes_of
from twill.machine import Machine


@dataclass(frozen=True, slots=True)
class Settings:
    """The loop's defaults, the target's, and what the user set, in this order of precedence."""

    parameters: Mapping[str, int]
    subtile: Mapping[str, int]
    warps: int
    trips: int
    shapes: Mapping[str, Shape]

    def factor(self, op: Operation, dimension: str) -> int:
        """Into how many slices an operation is cut along a dimension that it carries."""
        return op.subtile.get(dimension, self.subtile.get(dimension, 1))

    def dimensions(self, op: Operation) -> tuple[str, ...]:
        """The dimensions that an operation carries: its result's, then the reduced ones."""
        return (*self.shapes.get(op.name, ()), *reduced_dimensions(op, self.shapes))


def settle(
    loop: Loop, machine: Machine, parameters: Mapping[str, int], subtile: Mapping[str, int]
) -> Settings:
    """Merge defaults, target and the user's settings. Raises InputError."""
    target = _target(loop, machine)
    faults = [*_unknown(loop, "--set", parameters), *_unknown(loop, "--subtile", subtile)]
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
    )
    faults = list(_indivisible(loop, settings))
    if faults:
        raise InputError(dict.fromkeys(faults))
    return settings


def _target(loop: Loop, machine: Machine) -> Target:
    for name in machine.lineage:
        if name in loop.targets:
            return loop.targets[name]
    return Target({})


def _unknown(loop: Loop, option: str, given: Mapping[str, int]) -> Iterator[Diagnostic]:
    for name, value in given.items():
        if name not in loop.parameters:
            message = f"{option} {name}={value}: {unknown('tile parameter', name, loop.parameters)}"
            yield Diagnostic(message)
        elif value < 1:
            yield Diagnostic(f"{option} {name}={value}: must be at least 1")


def _indivisible(loop: Loop, settings: Settings) -> Iterator[Diagnostic]:
    """Factors must divide the tile, and the factors of a value's writer and readers each other."""
    for op in loop.operations:
        for dimension in settings.dimensions(op):
            size, factor = settings.parameters[dimension], settings.factor(op, dimension)
            if size % factor:
                own = dimension in op.subtile
                path = ("operations", op.name, "subtile") if own else ("subtile",)
                message = (
                    f"{op.name}: {dimension} = {size} does not divide into {factor} sub-tiles"
                )
                help_ = f"use a factor of {size}, or another size (--set {dimension}=...)"
                yield loop.places.error(path, message, help_)
        yield from _uneven(loop, settings, op)


def _uneven(loop: Loop, settings: Settings, op: Operation) -> Iterator[Diagnostic]:
    for operand in op.operands:
        source = loop.operation.get(operand.reference.name)
        if source is None:
            continue
        for dimension in set(settings.dimensions(op)) & set(settings.dimensions(source)):
            a, b = settings.factor(op, dimension), settings.factor(source, dimension)
            if max(a, b) % min(a, b):
                message = (
                    f"{op.name} is cut into {a} slices along {dimension}, {source.name} into {b}:"
                    " one must be a multiple of the other"
                )
                yield loop.places.error(("operations", op.name), message, key=True)
