"""A tile-level loop as its author wrote it: operations on tiles, and who reads what from when.

Shapes are tuples of dimension names, which are tile parameters. The YAML form is described
in ``docs/loops.md`` and read by ``twill.spec.loop``; ``twill.elaborate`` joins a loop and a
machine into a problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from twill.diagnostics import Diagnostic
from twill.display import Displayed
from twill.problem import Reservation, Result

Shape = tuple[str, ...]
Path = tuple[str | int, ...]


class Places(Protocol):
    """Where the parts of a loop stand in its file."""

    def error(
        self, path: Path, message: str, help: str | None = None, *, key: bool = False
    ) -> Diagnostic:
        """Return a diagnostic that points at ``path``."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of this iteration, or of ``distance`` iterations ago (``NAME@-2``)."""

    name: str
    distance: int = 0

    def __str__(self) -> str:
        return f"{self.name}@-{self.distance}" if self.distance else self.name


@dataclass(frozen=True, slots=True)
class Input:
    """A loop-invariant tile that lives in a memory for the whole loop."""

    name: str
    shape: Shape
    type: str
    memory: str


@dataclass(frozen=True, slots=True)
class ExplicitCost:
    """Costs that the author states instead of a machine's model."""

    reservations: Mapping[str, tuple[Reservation, ...]]
    issue: int
    latency: int
    warps: int
    asynchronous: bool = False
    variable_latency: bool = False
    streaming: bool = False
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Operand:
    """What an operation reads, and as what: ``a``, ``b``, ``accumulate``, ``by`` or ``read``.

    ``path`` is where it stands in the file.
    """

    port: str
    reference: Reference
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One tile operation; its name is the name of the value that it computes.

    ``shape`` is None where the author left it to be that of the largest operand, or where
    there is no tile. ``memory`` is where the author placed the result, None to let the
    machine choose. ``type`` is the element type of the result.
    """

    name: str
    kind: str
    operands: tuple[Operand, ...] = ()
    shape: Shape | None = None
    type: str = "fp32"
    function: str | None = None
    memory: str | None = None
    in_place: Reference | None = None
    subtile: Mapping[str, int] = field(default_factory=dict)
    warps: int | None = None
    reduce_add: bool = False
    cost: ExplicitCost | None = None

    def operand(self, port: str) -> Operand | None:
        """Return the operand at a port, None if there is none."""
        return next((o for o in self.operands if o.port == port), None)


@dataclass(frozen=True, slots=True)
class Target:
    """Defaults of a loop on one machine, or on a machine that extends it.

    ``operations``: sub-tile factors of single operations, over those of the operation.
    """

    parameters: Mapping[str, int]
    subtile: Mapping[str, int] | None = None
    warps: int | None = None
    trips: int | None = None
    operations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loop(Displayed):
    """A loop: tile parameters, loop-invariant inputs and operations in program order.

    ``trips`` is the nominal trip count, ``stages`` the most iterations that a schedule may
    span, ``warps`` over how many warps a register tile is spread (None: one warp group of
    the machine). ``digest`` is the SHA-256 of the content.
    """

    name: str
    title: str
    digest: str
    parameters: Mapping[str, int]
    operations: tuple[Operation, ...]
    places: Places
    description: str = ""
    inputs: tuple[Input, ...] = ()
    trips: int = 64
    stages: int = 8
    warps: int | None = None
    subtile: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)

    @property
    def operation(self) -> dict[str, Operation]:
        """The operations by name."""
        return {op.name: op for op in self.operations}

    @property
    def input(self) -> dict[str, Input]:
        """The inputs by name."""
        return {tile.name: tile for tile in self.inputs}


def shapes_of(loop: Loop) -> dict[str, Shape]:
    """Return the shape of every value: stated, or that of the largest operand.

    Operands of earlier iterations may be computed further down, hence the repetition.
    """
    shapes: dict[str, Shape] = {tile.name: tile.shape for tile in loop.inputs}
    shapes |= {op.name: op.shape or () for op in loop.operations}
    unstated = [op for op in loop.operations if op.shape is None and op.kind != "custom"]
    for _ in unstated:
        for op in unstated:
            found = [shapes.get(o.reference.name, ()) for o in op.operands if o.port == "read"]
            shapes[op.name] = max((shapes[op.name], *found), key=len)
    return shapes


def reduced_dimensions(op: Operation, shapes: Mapping[str, Shape]) -> Shape:
    """Return the dimensions that an operation contracts or reduces: read, not in its result."""
    result = shapes.get(op.name, ())
    if op.kind not in ("mma", "reduce"):
        return ()
    read = [d for o in op.operands for d in shapes.get(o.reference.name, ())]
    return tuple(dict.fromkeys(d for d in read if d not in result))
