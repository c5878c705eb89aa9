"""What can be asked of a cost model, and what it answers.

Shapes are in elements, sizes in bytes. A request names a mechanism, never an instruction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twill.problem import Reservation
from twill.quantity import Quantity

TYPE_BITS: Mapping[str, int] = {
    "fp32": 32,
    "tf32": 32,
    "int32": 32,
    "fp16": 16,
    "bf16": 16,
    "fp8": 8,
    "int8": 8,
    "fp4": 4,
}
"""The element types and their width in bits. fp8 is e4m3 or e5m2: they cost the same."""


@dataclass(frozen=True, slots=True)
class MatrixMultiply:
    """``accumulator[m, n] += a[m, k] · b[k, n]``; ``dtype`` is the type of a and b.

    ``warps``: the warps that hold the accumulator, where it is in registers.
    """

    m: int
    n: int
    k: int
    dtype: str
    a_space: str
    b_space: str
    accumulator_space: str
    warps: int


@dataclass(frozen=True, slots=True)
class Elementwise:
    """``function`` of each of ``elements``, computed by ``warps`` warps."""

    function: str
    elements: int
    dtype: str
    warps: int


@dataclass(frozen=True, slots=True)
class Reduction:
    """Row-wise "max" or "sum" of a tile of ``elements`` elements in ``rows`` rows."""

    function: str
    elements: int
    rows: int
    dtype: str
    warps: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """Conversion of ``elements`` elements from one type to another."""

    elements: int
    source_type: str
    target_type: str
    warps: int


@dataclass(frozen=True, slots=True)
class Load:
    """Copy of a tile from global memory into ``memory``."""

    bytes: int
    memory: str


@dataclass(frozen=True, slots=True)
class Store:
    """Copy of a tile from ``memory`` to global memory; ``reduce`` adds to what is there."""

    bytes: int
    memory: str
    reduce: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Move of a tile between two memories of the SM ("register" is one)."""

    bytes: int
    source: str
    target: str
    warps: int


Request = MatrixMultiply | Elementwise | Reduction | Conversion | Load | Store | Move


@dataclass(frozen=True, slots=True)
class CostLine:
    """One number of a cost, the arithmetic behind it and the quantities that it used."""

    quantity: str
    value: int
    unit: str
    formula: str
    sources: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True)
class OpCost:
    """What one operation costs; the fields are those of ``twill.problem.Op``.

    ``occupancy``: cycles for which its main unit is held; a next matrix multiply into the
    same accumulator may start after it.
    """

    reservations: Mapping[str, tuple[Reservation, ...]]
    issue: int
    latency: int
    occupancy: int
    warps: int
    asynchronous: bool = False
    variable_latency: bool = False
    streaming: bool = False
    latencies: Mapping[str, int] = field(default_factory=dict)
    lines: tuple[CostLine, ...] = ()


class Unsupported(Exception):
    """The machine cannot do what was asked. ``help`` says what it can."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
