"""Operations of a role on a GPU with wgmma: multiplies of warp groups, tiles in their registers."""

from __future__ import annotations

from dataclasses import dataclass

from twill.elaborate import Elaboration
from twill.elaborate.tiles import TileOp, TileOperand
from twill.lower.cuda.arithmetic import Arithmetic
from twill.lower.cuda.family import Family, Iterations, RoleFamily
from twill.lower.cuda.header import header
from twill.lower.cuda.operands import GROUP_ROWS, Operands, Part, begin, unsupported
from twill.lower.cuda.shared_memory import SharedMemory
from twill.lower.cuda.text import Lines, call
from twill.lower.cuda.wgmma_text import wgmma as wgmma_text
from twill.lower.program import Drain, RoleProgram, Run

INSTRUCTION = "wgmma"
"""What a machine file calls the matrix instruction of this family."""

ARCH = "sm_90a"
HEADER = (
    "barriers.cuh", "tma.cuh", "elements.cuh", "fragments.cuh", "accumulators.cuh", "wgmma.cuh",
)  # fmt: skip
"""Its parts of ``twill.cuh``, behind those that all kernels have."""

EXPECTED = ("HGMMA", "UTMALDG", "SYNCS", "USETMAXREG")
SLOW = ("HMMA", "LDL", "STL", "LDGSTS")


class WgmmaKernel(Family):
    """Has nothing beyond its roles but the instructions that its tiles need."""

    arch = ARCH

    def role(self, arithmetic: Arithmetic, memory: SharedMemory, role: RoleProgram) -> Wgmma:
        """The writer of one role."""
        return Wgmma(arithmetic, memory, role)

    def header(self, elaboration: Elaboration) -> str:
        """The parts of ``twill.cuh``, with the multiplies that the kernel's tiles need."""
        products = [t for t in elaboration.tiles.values() if t.kind == "mma"]
        widths = sorted({t.extents[t.shape[1]] for t in products})
        text = "\n".join(wgmma_text(n) for n in widths)
        return f"{header(HEADER)}\nnamespace twill {{\n\n{text}\n}}  // namespace twill\n"


@dataclass(frozen=True)
class Wgmma(RoleFamily):
    """Emits the operations of one role."""

    @property
    def groups(self) -> int:
        """Warp groups of the role."""
        return max(1, self.role.warps // 4)

    @property
    def operands(self) -> Operands:
        """Where operands of multiplies lie."""
        return Operands(self.arithmetic.elaboration, self.memory, self.groups)

    def run(self, tile: TileOp, at: Iterations) -> Lines:
        """The statements of an operation."""
        if tile.kind == "mma":
            return self.multiply(tile, at)
        if tile.kind in ("moved", "move") and tile.space == self.memory.memory:
            return self.store(tile, at)
        return self.arithmetic.run(tile, at)

    def drain(self, drain: Drain, pending: int) -> Lines:
        """Until a multiply is done: its result can be used, its operands overwritten."""
        done = self.variables.written(drain.op)
        held = [done, *self._registers_of(self.variables.tiles[drain.op])]
        return [f"twill::wgmma_wait<{pending}>();", *(f"twill::settled({x});" for x in held)]

    def finish(self) -> Lines:
        """When the loop is over: nothing is under way, and every result can be used."""
        body = [i.op for i in self.variables.role.body if isinstance(i, Run)]
        products = [op for op in body if self.variables.tiles[op].kind == "mma"]
        held = dict.fromkeys(self.variables.written(op) for op in products if self._is_read(op))
        return ["twill::wgmma_wait<0>();", *(f"twill::settled({name});" for name in held)]

    def _is_read(self, product: str) -> bool:
        """Whether a result is more than one iteration's: what the loop leaves behind."""
        held = self.variables.holder(product).values
        tiles = self.variables.tiles.values()
        return any(o.name in held and o.distance for tile in tiles for o in tile.operands)

    def _registers_of(self, tile: TileOp) -> list[str]:
        """What a multiply reads from registers while it is under way."""
        operands = [o for o in tile.operand("a") if self._in_registers(o)]
        return [self.variables.read(tile.name, o.name, o.distance) for o in operands]

    # Multiplies

    def multiply(self, tile: TileOp, at: Iterations) -> Lines:
        """Begin, one call for each part of the contracted dimension, commit."""
        self._check(tile)
        d = self.variables.written(tile.name)
        new = [f"twill::forget({d});"] if self._idle(tile) else []
        begin_ = call("twill::wgmma_begin", d, *self._registers_of(tile))
        lines = [*self.variables.moved_up(tile.name), *new, *begin_]
        for part in self.operands.parts(tile):
            lines += self._part(tile, d, part, at)
        return [*lines, "twill::wgmma_commit();"]

    def _idle(self, tile: TileOp) -> bool:
        """Whether registers that are overwritten hold nothing for a while before.

        If they do until the operation before, it is best for them to be the same registers.
        """
        if tile.operand("accumulate"):
            return False
        body = [i.op for i in self.variables.role.body if isinstance(i, Run)]
        before = self.variables.tiles[body[body.index(tile.name) - 1]]
        held = self.variables.holder(tile.name).values
        return not {before.name, *(o.name for o in before.operands)} & set(held)

    def _part(self, tile: TileOp, d: str, part: Part, at: Iterations) -> Lines:
        n, add = tile.extents[tile.shape[1]], "true" if part.add else "false"
        right = self.operands.shared(tile, part.b, tile.shape[1], part.skipped, at)
        function = f"twill::wgmma<{n}, {part.depth}>"
        if self._in_registers(part.a):
            left = self.variables.read(tile.name, part.a.name, part.a.distance)
            first = [str(part.skipped // 16)] if part.skipped else []
            return call(function, d, left, right, add, *first)
        left = self.operands.shared(tile, part.a, tile.shape[0], part.skipped, at)
        return call(function, d, left, right, add)

    def _in_registers(self, operand: TileOperand) -> bool:
        return not operand.invariant and self.variables.tiles[operand.name].space == "register"

    def _check(self, tile: TileOp) -> None:
        rows = tile.extents[tile.shape[0]]
        if rows != GROUP_ROWS * self.groups:
            words = f"{rows} rows are not {GROUP_ROWS} for each of {self.groups} warp groups"
            raise unsupported(tile, words)

    # From registers to shared memory

    def store(self, tile: TileOp, at: Iterations) -> Lines:
        """Part of a tile in registers, stored where engines read it."""
        (operand,) = tile.operand("read")
        source = self.variables.tiles[operand.name]
        value = self.variables.read(tile.name, operand.name, operand.distance)
        rows, columns = (tile.extents[d] for d in tile.shape)
        first = begin(tile, tile.shape[0]) - begin(source, tile.shape[0])
        slot = self.memory.slot(tile.name, at(0))
        if tile.extents[tile.shape[1]] != source.extents[tile.shape[1]] or self.groups > 1:
            raise unsupported(tile, "only whole rows of a warp group's tile can be stored")
        name = "store_panels" if tile.type == "bf16" else "store_fragments"
        return call(f"twill::{name}<{rows}, {columns}, {first}>", slot, value, "thread")
