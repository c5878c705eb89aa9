"""Values of operations: arrays where it is known what is computed, symbols where it is not.

The same operands give the same object, so that "equal" is "the same", also from run to run.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np

from twill.elaborate import Elaboration
from twill.elaborate.graph import Index
from twill.elaborate.tiles import TileOp, TileOperand
from twill.simulate.functions import Operands, computable, compute
from twill.simulate.rounding import Array, rounded


@dataclass(frozen=True, slots=True)
class Symbol:
    """A value of which only its origin is known: a hash of operation and operands."""

    text: str


Value: TypeAlias = Array | Symbol

Source: TypeAlias = tuple[str, int]
"""What is read: an operation and how many iterations ago."""


class Values(Protocol):
    """What operations compute from what they read."""

    def initial(self, name: str) -> Value:
        """What is read of an operation's value from before iteration 0."""

    def result(self, name: str, iteration: int, operands: Mapping[Source, Value]) -> Value:
        """The value of an operation of one iteration."""


class Symbols:
    """Every value a symbol: shows what was computed from what, whatever the operations are."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Symbol] = {}

    def initial(self, name: str) -> Symbol:
        """The symbol of what is there before iteration 0."""
        return self._symbol((name, "before"))

    def result(self, name: str, iteration: int, operands: Mapping[Source, Value]) -> Symbol:
        """The symbol of an operation applied to what it read."""
        read = [(*s, id(v)) for s, v in sorted(operands.items(), key=lambda item: item[0])]
        return self._symbol((name, iteration, *read))

    def _symbol(self, key: tuple[object, ...]) -> Symbol:
        """Keys hold identities of symbols that live as long as the table."""
        found = self._known.get(key)
        if found is None:
            text = hashlib.sha256(f"{len(self._known)} {key[:2]}".encode()).hexdigest()[:12]
            found = self._known[key] = Symbol(text)
        return found


@dataclass(frozen=True)
class Data:
    """What is in global memory: ``given`` by name (loads: per iteration), random elsewhere."""

    seed: int = 0
    given: Mapping[str, Array] = field(default_factory=dict)

    def tile(self, name: str, iteration: int, shape: tuple[int, ...], element: str) -> Array:
        """What a load of an iteration loads."""
        if name in self.given:
            return rounded(self.given[name][iteration], element)
        return self._random((zlib.crc32(name.encode()), iteration), shape, element)

    def invariant(self, name: str, shape: tuple[int, ...], element: str) -> Array:
        """A loop-invariant input."""
        if name in self.given:
            return rounded(self.given[name], element)
        return self._random((zlib.crc32(name.encode()),), shape, element)

    def _random(self, key: tuple[int, ...], shape: tuple[int, ...], element: str) -> Array:
        generator = np.random.default_rng((self.seed, *key))
        return rounded(generator.standard_normal(shape, dtype=np.float32), element)


@dataclass(frozen=True, slots=True)
class Tiles:
    """A loop: operations, inputs (dimensions and type), and elements along each dimension."""

    op: Mapping[str, TileOp]
    inputs: Mapping[str, tuple[tuple[str, ...], str]]
    size: Mapping[str, int]


def tiles_of(elaboration: Elaboration, size: Mapping[str, int] | None = None) -> Tiles:
    """The tiles of a loop; ``size``: other extents than those that the costs are for."""
    inputs = {i.name: (i.shape, i.type) for i in elaboration.loop.inputs}
    return Tiles(elaboration.tiles, inputs, {**elaboration.parameters, **(size or {})})


class Arrays:
    """Values on numpy arrays."""

    def __init__(self, tiles: Tiles, data: Data | None = None, scale: float = 1.0) -> None:
        self.tiles, self.data, self.scale = tiles, data or Data(), scale
        self._symbols = Symbols()
        self._known: dict[tuple[object, ...], Value] = {}

    def initial(self, name: str) -> Value:
        """The identity of the chain that a value belongs to: -inf for a maximum, else 0."""
        key = (name, "before")
        if key not in self._known:
            op = self.tiles.op[name]
            known = self._computable(op)
            shape = tuple(high - low for low, high in self._range(op.shape, op.index))
            filled = np.full(shape, _identity(self.tiles.op, name), dtype=np.float32)
            self._known[key] = filled if known else self._symbols.initial(name)
        return self._known[key]

    def result(self, name: str, iteration: int, operands: Mapping[Source, Value]) -> Value:
        """The value of an operation, rounded to its type."""
        read = sorted(operands.items(), key=lambda item: item[0])
        key = (name, iteration, *((*source, id(value)) for source, value in read))
        if key not in self._known:
            self._known[key] = self._compute(self.tiles.op[name], iteration, operands)
        return self._known[key]

    def _compute(self, op: TileOp, iteration: int, operands: Mapping[Source, Value]) -> Value:
        arrays = {s: v for s, v in operands.items() if not isinstance(v, Symbol)}
        if not self._computable(op) or len(arrays) < len(operands):
            return self._symbols.result(op.name, iteration, operands)
        if op.kind == "load":
            return self._loaded(op, iteration)
        with np.errstate(all="ignore"):
            found = compute(op, self._operands(op, arrays), self.scale)
        return rounded(found, op.type)

    def _computable(self, op: TileOp) -> bool:
        return computable(op, len({(self._value(o), o.distance) for o in op.operand("read")}))

    def _loaded(self, op: TileOp, iteration: int) -> Array:
        shape = tuple(self.tiles.size[d] for d in op.shape)
        whole = self.data.tile(op.value, iteration, shape, op.type)
        return whole[tuple(slice(*part) for part in self._range(op.shape, op.index))]

    def _operands(self, op: TileOp, arrays: Mapping[Source, Array]) -> Operands:
        """At every port the values, each put together of the slices that are read."""
        ports: dict[str, list[tuple[Array, tuple[str, ...]]]] = {}
        for port in dict.fromkeys(o.port for o in op.operands):
            groups: dict[tuple[str, int], list[TileOperand]] = {}
            for operand in op.operand(port):
                groups.setdefault((self._value(operand), operand.distance), []).append(operand)
            ports[port] = [self._joined(op, group, arrays) for group in groups.values()]
        return ports

    def _value(self, operand: TileOperand) -> str:
        return operand.name if operand.invariant else self.tiles.op[operand.name].value

    def _joined(
        self, op: TileOp, slices: list[TileOperand], arrays: Mapping[Source, Array]
    ) -> tuple[Array, tuple[str, ...]]:
        dimensions = self._dimensions(slices[0])
        wanted = self._range(dimensions, op.index)
        joined = np.empty([high - low for low, high in wanted], dtype=np.float32)
        for operand in slices:
            held, array = self._held(operand, arrays)
            both = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(wanted, held, strict=True)]
            to = tuple(slice(a - w, b - w) for (a, b), (w, _) in zip(both, wanted, strict=True))
            of = tuple(slice(a - h, b - h) for (a, b), (h, _) in zip(both, held, strict=True))
            joined[to] = array[of]
        return joined, dimensions

    def _dimensions(self, operand: TileOperand) -> tuple[str, ...]:
        if operand.invariant:
            return self.tiles.inputs[operand.name][0]
        return self.tiles.op[operand.name].shape

    def _held(
        self, operand: TileOperand, arrays: Mapping[Source, Array]
    ) -> tuple[list[tuple[int, int]], Array]:
        if not operand.invariant:
            source = self.tiles.op[operand.name]
            held = self._range(source.shape, source.index)
            return held, arrays[operand.name, operand.distance]
        dimensions, element = self.tiles.inputs[operand.name]
        shape = tuple(self.tiles.size[d] for d in dimensions)
        return self._range(dimensions, ()), self.data.invariant(operand.name, shape, element)

    def _range(self, dimensions: tuple[str, ...], index: Index) -> list[tuple[int, int]]:
        """Along each dimension the elements of a slice; all where it is not cut."""
        cut = {d: (which, count) for d, which, count in index}
        found = []
        for d in dimensions:
            which, count = cut.get(d, (0, 1))
            size = self.tiles.size[d]
            found.append((size * which // count, size * (which + 1) // count))
        return found


def _identity(ops: Mapping[str, TileOp], name: str) -> float:
    """What leaves the chain of a value as it is; copies have the identity of what they copy."""
    seen: set[str] = set()
    op = ops[name]
    while op.kind in ("moved", "move", "convert") and op.name not in seen:
        seen.add(op.name)
        op = ops[op.operands[0].name]
    if op.function in ("max", "maximum"):
        return -np.inf
    return np.inf if op.function == "minimum" else 0.0
