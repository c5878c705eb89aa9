"""Operands of a multiply in shared memory: where the part that is read lies, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate import Elaboration
from twill.elaborate.tiles import TileOp, TileOperand
from twill.lower.cuda.family import Iterations
from twill.lower.cuda.shared_memory import SharedMemory

GROUP_ROWS = 64
"""Rows of a result that one of several warp groups computes (PTX, wgmma: M is 64)."""


@dataclass(frozen=True)
class Operands:
    """Says where operands lie. ``groups``: warp groups that share the rows of a result."""

    elaboration: Elaboration
    memory: SharedMemory
    groups: int = 1

    def parts(self, tile: TileOp) -> list[Part]:
        """Operands that lie in several tiles along the contracted dimension, part by part.

        :raises InputError: where the operands are not bf16, or cut in different ways.
        """
        self._check(tile)
        a, b = tile.operand("a"), tile.operand("b")
        count = max(len(a), len(b))
        if any(len(x) not in (1, count) for x in (a, b)):
            raise unsupported(tile, "its operands are cut differently along what they share")
        depth = tile.extents[contracted(tile)] // count
        added = bool(tile.operand("accumulate"))
        return [
            Part(a[i % len(a)], b[i % len(b)], i * depth, depth, added or i > 0)
            for i in range(count)
        ]

    def shared(
        self, tile: TileOp, operand: TileOperand, own: str, skipped: int, at: Iterations
    ) -> str:
        """A ``twill::Operand``. ``own``: the dimension that the operand shares with the result."""
        k = contracted(tile)
        stored = self._stored(operand)
        rows, columns = stored.shape
        k_major = columns == k
        skip = {own: begin(tile, own) - stored.begin(own)}
        skip[k] = begin(tile, k) + skipped - stored.begin(k) if stored.whole(k) else 0
        address = stored.address(at(operand.distance))
        offset = skip[rows] * 128 + skip[columns] // 64 * stored.extents[rows] * 128
        offset += skip[columns] % 64 * 2
        text = f"{address} + {offset}" if offset else address
        if own == tile.shape[0] and self.groups > 1:  # each warp group has rows of its own
            step = GROUP_ROWS * 128 if k_major else stored.extents[rows] * 128
            text += f" + group * {step}"
        kind = f"twill::Operand<{stored.extents[rows]}, {'true' if k_major else 'false'}>"
        return f"{kind}{{{text}}}"

    def space(self, operand: TileOperand) -> str | None:
        """The space in which an operand lies."""
        if operand.invariant:
            return self.memory.memory
        return self.elaboration.tiles[operand.name].space

    def _stored(self, operand: TileOperand) -> Stored:
        elaboration = self.elaboration
        if operand.invariant:
            tile = elaboration.loop.input[operand.name]
            extents = {d: elaboration.parameters[d] for d in tile.shape}
            address = self.memory.resident(operand.name)
            return Stored(tile.shape, extents, dict.fromkeys(tile.shape, 0), lambda _: address)
        source = elaboration.tiles[operand.name]
        begins = {d: which * source.extents[d] for d, which, _ in source.kept}
        extents = {d: source.extents[d] for d in source.shape}
        return Stored(
            source.shape, extents, begins, lambda i: self.memory.slot(operand.name, i),
            sliced={d for d, _, count in source.kept if count > 1},
        )  # fmt: skip

    def _check(self, tile: TileOp) -> None:
        types = {self._type(o) for port in ("a", "b") for o in tile.operand(port)}
        if types != {"bf16"}:
            raise unsupported(tile, f"operands of type {' and '.join(sorted(types))}")

    def _type(self, operand: TileOperand) -> str:
        if operand.invariant:
            return self.elaboration.loop.input[operand.name].type
        return self.elaboration.tiles[operand.name].type


def begin(tile: TileOp, dimension: str) -> int:
    """The first element of a dimension that an operation works on."""
    return next(which * tile.extents[d] for d, which, _ in tile.index if d == dimension)


def contracted(tile: TileOp) -> str:
    """The dimension along which a multiply adds."""
    return next(d for d, _, _ in tile.index if d not in tile.shape)


def unsupported(tile: TileOp, words: str) -> InputError:
    """An operation of a kind or size that no text is written for."""
    return InputError([Diagnostic(f"{tile.name} cannot be emitted: {words}")])


@dataclass(frozen=True, slots=True)
class Part:
    """Operands for a part of the contracted dimension: ``depth`` of it after ``skipped``."""

    a: TileOperand
    b: TileOperand
    skipped: int
    depth: int
    add: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """A tile in shared memory: its dimensions, where its slice begins, its address."""

    shape: tuple[str, ...]
    extents: dict[str, int]
    begins: dict[str, int]
    address: Callable[[str], str]
    sliced: frozenset[str] | set[str] = frozenset()

    def begin(self, dimension: str) -> int:
        """The first element of a dimension that it holds."""
        return self.begins[dimension]

    def whole(self, dimension: str) -> bool:
        """Whether all of a dimension lies in this tile."""
        return dimension not in self.sliced
