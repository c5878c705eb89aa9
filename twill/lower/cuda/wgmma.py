"""Operations of a role on a GPU with wgmma: multiplies of warp groups, tiles in their registers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate.tiles import TileOp, TileOperand
from twill.lower.cuda.arithmetic import Arithmetic
from twill.lower.cuda.shared_memory import SharedMemory
from twill.lower.cuda.text import Lines, call
from twill.lower.cuda.variables import Variables
from twill.lower.program import Drain

INSTRUCTION = "wgmma"
"""What a machine file calls the matrix instruction of this family."""

ARCH = "sm_90a"
HEADER = ("barriers.cuh", "tma.cuh", "fragments.cuh", "accumulators.cuh", "wgmma.cuh")
"""Its parts of ``twill.cuh``, behind those that all kernels have."""

EXPECTED = ("HGMMA", "UTMALDG", "SYNCS", "USETMAXREG")
SLOW = ("HMMA", "LDL", "STL", "LDGSTS")

GROUP_ROWS = 64
"""Rows of a result that one warp group computes (PTX, wgmma: M is 64)."""

Iterations = Callable[[int], str]
"""The C++ name of the iteration ``distance`` before the one that is worked on."""


@dataclass(frozen=True)
class Wgmma:
    """Emits the operations of one role of ``warps`` warps."""

    arithmetic: Arithmetic
    memory: SharedMemory
    warps: int

    @property
    def variables(self) -> Variables:
        """The role's registers."""
        return self.arithmetic.variables

    @property
    def groups(self) -> int:
        """Warp groups of the role."""
        return max(1, self.warps // 4)

    def run(self, tile: TileOp, at: Iterations) -> Lines:
        """The statements of an operation."""
        if tile.kind == "mma":
            return self.multiply(tile, at)
        if tile.kind in ("moved", "move") and tile.space == self.memory.memory:
            return self.store(tile, at)
        return self.arithmetic.run(tile, at)

    def drain(self, drain: Drain, pending: int) -> Lines:
        """Until a multiply is done: its result can be used, its operands overwritten."""
        lines = [f"twill::wgmma_wait<{pending}>();"]
        op = self.variables.tiles[drain.op]
        lines.append(f"twill::settled({self.variables.written(drain.op)});")
        for operand in op.operand("a"):
            if self._in_registers(operand):
                held = self.variables.name(self.variables.holder(operand.name))
                lines.append(f"twill::settled({held});")
        return lines

    def finish(self) -> Lines:
        """When the loop is over: nothing is under way."""
        return ["twill::wgmma_wait<0>();"]

    # Multiplies

    def multiply(self, tile: TileOp, at: Iterations) -> Lines:
        """Begin, one call for each part of the contracted dimension, commit."""
        self._check(tile)
        d = self.variables.written(tile.name)
        lines = [*self.variables.moved_up(tile.name), f"twill::wgmma_begin({d});"]
        for part in self._parts(tile):
            lines += self._part(tile, d, part, at)
        return [*lines, "twill::wgmma_commit();"]

    def _parts(self, tile: TileOp) -> list[Part]:
        """Operands that lie in several tiles along the contracted dimension, part by part."""
        a, b = tile.operand("a"), tile.operand("b")
        count = max(len(a), len(b))
        if any(len(x) not in (1, count) for x in (a, b)):
            raise self._unsupported(tile, "its operands are cut differently along what they share")
        depth = tile.extents[self._contracted(tile)] // count
        added = bool(tile.operand("accumulate"))
        return [
            Part(a[i % len(a)], b[i % len(b)], i * depth, depth, added or i > 0)
            for i in range(count)
        ]

    def _part(self, tile: TileOp, d: str, part: Part, at: Iterations) -> Lines:
        n, add = tile.extents[tile.shape[1]], "true" if part.add else "false"
        right = self._operand(tile, part.b, tile.shape[1], part.skipped, at)
        function = f"twill::wgmma<{n}, {part.depth}>"
        if self._in_registers(part.a):
            left = self.variables.read(tile.name, part.a.name, part.a.distance)
            first = [str(part.skipped // 16)] if part.skipped else []
            return call(function, d, left, right, add, *first)
        left = self._operand(tile, part.a, tile.shape[0], part.skipped, at)
        return call(function, d, left, right, add)

    def _operand(
        self, tile: TileOp, operand: TileOperand, own: str, skipped: int, at: Iterations
    ) -> str:
        """Where the part of an operand that is multiplied lies, and how it is read."""
        k = self._contracted(tile)
        stored = self._stored(operand)
        rows, columns = stored.shape
        k_major = columns == k
        skip = {own: self._begin(tile, own) - stored.begin(own)}
        skip[k] = self._begin(tile, k) + skipped - stored.begin(k) if stored.whole(k) else 0
        address = stored.address(at(operand.distance))
        offset = skip[rows] * 128 + skip[columns] // 64 * stored.extents[rows] * 128
        offset += skip[columns] % 64 * 2
        text = f"{address} + {offset}" if offset else address
        if own == tile.shape[0] and self.groups > 1:  # each warp group has rows of its own
            step = GROUP_ROWS * 128 if k_major else stored.extents[rows] * 128
            text += f" + thread / 128 * {step}"
        kind = f"twill::Operand<{stored.extents[rows]}, {'true' if k_major else 'false'}>"
        return f"{kind}{{{text}}}"

    def _stored(self, operand: TileOperand) -> Stored:
        elaboration = self.arithmetic.elaboration
        if operand.invariant:
            tile = elaboration.loop.input[operand.name]
            extents = {d: elaboration.parameters[d] for d in tile.shape}
            address = self.memory.resident(operand.name)
            return Stored(tile.shape, extents, dict.fromkeys(tile.shape, 0), lambda _: address)
        source = self.variables.tiles[operand.name]
        begins = {d: which * source.extents[d] for d, which, _ in source.kept}
        extents = {d: source.extents[d] for d in source.shape}
        return Stored(
            source.shape, extents, begins, lambda i: self.memory.slot(operand.name, i),
            sliced={d for d, _, count in source.kept if count > 1},
        )  # fmt: skip

    def _begin(self, tile: TileOp, dimension: str) -> int:
        return next(which * tile.extents[d] for d, which, _ in tile.index if d == dimension)

    def _contracted(self, tile: TileOp) -> str:
        return next(d for d, _, _ in tile.index if d not in tile.shape)

    def _in_registers(self, operand: TileOperand) -> bool:
        return not operand.invariant and self.variables.tiles[operand.name].space == "register"

    def _check(self, tile: TileOp) -> None:
        rows = tile.extents[tile.shape[0]]
        if rows != GROUP_ROWS * self.groups:
            words = f"{rows} rows are not {GROUP_ROWS} for each of {self.groups} warp groups"
            raise self._unsupported(tile, words)
        types = {self._type(o) for port in ("a", "b") for o in tile.operand(port)}
        if types != {"bf16"}:
            raise self._unsupported(tile, f"operands of type {' and '.join(sorted(types))}")

    def _type(self, operand: TileOperand) -> str:
        if operand.invariant:
            return self.arithmetic.elaboration.loop.input[operand.name].type
        return self.variables.tiles[operand.name].type

    def _unsupported(self, tile: TileOp, words: str) -> InputError:
        return InputError([Diagnostic(f"{tile.name} cannot be emitted: {words}")])

    # From registers to shared memory

    def store(self, tile: TileOp, at: Iterations) -> Lines:
        """Part of a tile in registers, stored where engines read it."""
        (operand,) = tile.operand("read")
        source = self.variables.tiles[operand.name]
        value = self.variables.read(tile.name, operand.name, operand.distance)
        rows, columns = (tile.extents[d] for d in tile.shape)
        first = self._begin(tile, tile.shape[0]) - self._begin(source, tile.shape[0])
        slot = self.memory.slot(tile.name, at(0))
        if tile.extents[tile.shape[1]] != source.extents[tile.shape[1]] or self.groups > 1:
            raise self._unsupported(tile, "only whole rows of a warp group's tile can be stored")
        name = "store_panels" if tile.type == "bf16" else "store_rows"
        return call(f"twill::{name}<{rows}, {columns}, {first}>", slot, value, "thread")


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
