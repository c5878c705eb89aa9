"""Operations on a GPU with tensor memory: one thread multiplies, every row of a tile has a thread.

A role that holds a tile in registers has four warps and the tile 128 rows: thread t holds row t,
as tensor memory gives it out. Whoever reads or writes tensor memory and then tells another thread
puts a fence before the message, and who hears it one behind (PTX, tcgen05 memory consistency).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twill.elaborate import Elaboration
from twill.elaborate.tiles import TileOp, TileOperand
from twill.lower.cuda.arithmetic import Arithmetic
from twill.lower.cuda.family import Family, Iterations, RoleFamily
from twill.lower.cuda.frame import Kernel
from twill.lower.cuda.header import header
from twill.lower.cuda.operands import Operands, Part, contracted, unsupported
from twill.lower.cuda.shared_memory import SharedMemory
from twill.lower.cuda.text import Lines, call
from twill.lower.program import Drain, RoleProgram, Run, Signal, Wait

INSTRUCTION = "tcgen05.mma"
"""What a machine file calls the matrix instruction of this family."""

ARCH = "sm_100a"
HEADER = ("barriers.cuh", "tma.cuh", "elements.cuh", "rows.cuh", "tcgen05.cuh")
"""Its parts of ``twill.cuh``, behind those that all kernels have."""

EXPECTED = ("UTCHMMA", "UTCBAR", "LDTM", "UTMALDG", "SYNCS", "USETMAXREG")
SLOW = ("HMMA", "LDL", "STL", "LDGSTS")

LANES = 128
"""Rows of tensor memory (PTX, tensor memory addressing)."""


def tensor_memory(elaboration: Elaboration) -> str:
    """The name of the memory into which the machine multiplies."""
    matrix = elaboration.machine.costs.matrix
    assert matrix is not None
    return matrix.operands.accumulator[0]


@dataclass(frozen=True)
class TensorKernel(Family):
    """Allocates the kernel's columns of tensor memory."""

    kernel: Kernel

    arch = ARCH

    @property
    def elaboration(self) -> Elaboration:
        """What the kernel computes."""
        return self.kernel.elaboration

    @property
    def barriers(self) -> tuple[str, ...]:
        """One for each result that is read when the loop is over."""
        return tuple(self.kernel.done.values())

    @property
    def words(self) -> tuple[str, ...]:
        """Where the address of the columns lies."""
        return ("tensor",)

    @property
    def columns(self) -> int:
        """What is allocated: a power of two, 32 or more (PTX, tcgen05.alloc)."""
        used = self.kernel.program.used.get(tensor_memory(self.elaboration), 0)
        return max(32, 1 << (used - 1).bit_length())

    def role(self, arithmetic: Arithmetic, memory: SharedMemory, role: RoleProgram) -> Tcgen05:
        """The writer of one role."""
        return Tcgen05(arithmetic, memory, role, self.kernel.done)

    def setup(self) -> Lines:
        """The first warp allocates; its address is there for all when they have met."""
        allocate = f"twill::tensor_allocate<{self.columns}>(shared + tensor_AT);"
        return [
            f"if (threadIdx.x / 32 == 0) {allocate}",
            "twill::tensor_before();",
            "__syncthreads();",
            "twill::tensor_after();",
        ]

    def teardown(self) -> Lines:
        """The same warp frees when no role needs it any more; lanes that ended early wait here."""
        free = f"twill::tensor_free<{self.columns}>(twill::tensor_address(shared + tensor_AT));"
        return [
            "__syncwarp();",
            "twill::tensor_before();",
            "__syncthreads();",
            "twill::tensor_after();",
            f"if (threadIdx.x / 32 == 0) {free}",
        ]

    def header(self, elaboration: Elaboration) -> str:
        """The parts of ``twill.cuh``, the same for all loops."""
        assert elaboration is self.elaboration
        return header(HEADER)


@dataclass(frozen=True)
class Tcgen05(RoleFamily):
    """Emits the operations of one role. ``done``: barriers of results, by operation."""

    done: Mapping[str, str]

    @property
    def tensor(self) -> str:
        """The name of tensor memory."""
        return tensor_memory(self.arithmetic.elaboration)

    @property
    def operands(self) -> Operands:
        """Where operands of multiplies lie."""
        return Operands(self.arithmetic.elaboration, self.memory)

    def begin(self) -> Lines:
        """The address of tensor memory, and that of the lanes which the thread's warp reaches."""
        tiles = self.arithmetic.elaboration.tiles
        own = [tiles[i.op] for i in self.role.body if isinstance(i, Run)]
        if not any(self._touches(tile) for tile in own):
            return []
        return [
            "const uint32_t tensor = twill::tensor_address(shared + tensor_AT);",
            "[[maybe_unused]] const uint32_t own = twill::own_lanes(tensor);",
        ]

    def run(self, tile: TileOp, at: Iterations) -> Lines:
        """The statements of an operation."""
        if tile.kind == "mma":
            return self.multiply(tile, at)
        if tile.kind == "moved":
            return self.move(tile, at)
        return self._in_pairs(tile, at) or self.arithmetic.run(tile, at)

    def signal(self, signal: Signal, at: str) -> Lines:
        """The tensor core arrives on a barrier when all that the thread issued is done."""
        barrier = self.memory.names[signal.barrier]
        if not signal.lag:
            return [f"twill::tensor_commit({barrier}.of({at}));"]
        commit = f"twill::tensor_commit({barrier}.of({at} - {signal.lag}));"
        return [f"if ({at} >= {signal.lag}) {commit}"]

    def drain(self, drain: Drain, pending: int) -> Lines:
        """Until a tile has come from tensor memory. PTX waits for all reads of the thread."""
        assert pending >= 0
        return [f"twill::tensor_load_wait({self.variables.written(drain.op)});"]

    def heard(self, wait: Wait) -> Lines:
        """A fence, where the wait orders accesses to tensor memory."""
        tiles, program = self.arithmetic.elaboration.tiles, self.memory.program
        barrier = program.barrier[wait.barrier]
        others = bool(barrier.roles) or any(tiles[op].kind == "mma" for op in barrier.engines)
        ordered = others and wait.before in tiles and self._touches(tiles[wait.before])
        return ["twill::tensor_after();"] if ordered else []

    def tell(self, op: str) -> Lines:
        """Writes to tensor memory are done, and what was done there comes first."""
        tile = self.arithmetic.elaboration.tiles[op]
        if not self._touches(tile):
            return []
        return [*self._stored([op]), "twill::tensor_before();"]

    def before_sync(self, publishes: Sequence[str]) -> Lines:
        """The same, for all that the role did."""
        return [*self._stored(publishes), "twill::tensor_before();"]

    def after_sync(self) -> Lines:
        """What comes next in tensor memory comes after what others did before."""
        return ["twill::tensor_after();"]

    def last(self) -> Lines:
        """Results that the role's multiplies leave in tensor memory are there."""
        issued = [i.op for i in self.role.body if isinstance(i, Run) and i.op in self.done]
        barriers = [f"twill::Barrier<1>{{shared + {self.done[op]}_AT}}" for op in issued]
        return [f"twill::tensor_commit({barrier}.of(0));" for barrier in barriers]

    def finish(self) -> Lines:
        """No read is under way when tensor memory is freed."""
        return ["twill::tensor_load_wait();", "twill::tensor_store_wait();"]

    def column(self, value: str, at: str) -> str:
        """The first column of the slot of a value of an iteration."""
        ring = self.memory.program.ring_of[value]
        if ring.slots == 1:
            return str(ring.address)
        return f"twill::slot<{ring.slots}, {ring.size}>({ring.address}, {at})"

    def _touches(self, tile: TileOp) -> bool:
        """Whether an operation reads or writes tensor memory."""
        tiles = self.arithmetic.elaboration.tiles
        spaces = {tiles[o.name].space for o in tile.operands if not o.invariant}
        return self.tensor in {tile.space, *spaces}

    def _stored(self, values: Sequence[str]) -> Lines:
        tiles = self.arithmetic.elaboration.tiles
        written = any(tiles[value].space == self.tensor for value in values)
        return ["twill::tensor_store_wait();"] if written else []

    # Multiplies

    def multiply(self, tile: TileOp, at: Iterations) -> Lines:
        """One call for each part of the contracted dimension. One thread."""
        self._check(tile)
        d = f"tensor + {self.column(tile.name, at(0))}"
        return [
            line for part in self.operands.parts(tile) for line in self._part(tile, d, part, at)
        ]

    def _part(self, tile: TileOp, d: str, part: Part, at: Iterations) -> Lines:
        n = tile.extents[tile.shape[1]]
        left = self._left(tile, part, at)
        right = self.operands.shared(tile, part.b, tile.shape[1], part.skipped, at)
        add = self._adds(tile, part, at)
        return call(f"twill::multiply<{n}, {part.depth}>", d, left, right, add)

    def _left(self, tile: TileOp, part: Part, at: Iterations) -> str:
        if self.operands.space(part.a) != self.tensor:
            return self.operands.shared(tile, part.a, tile.shape[0], part.skipped, at)
        column = f"tensor + {self.column(part.a.name, at(part.a.distance))}"
        # Two elements of 2 bytes are a column.
        skip = f" + {part.skipped // 2}" if part.skipped and len(tile.operand("a")) == 1 else ""
        return f"twill::TensorOperand{{{column}{skip}}}"

    def _adds(self, tile: TileOp, part: Part, at: Iterations) -> str:
        """Whether to add to what is there: not where an accumulator begins."""
        carried = tile.operand("accumulate")
        if part.skipped or not part.add:
            return "true" if part.add else "false"
        return f"{at(0)} > 0" if carried[0].distance else "true"

    def _check(self, tile: TileOp) -> None:
        rows, columns = (tile.extents[d] for d in tile.shape)
        if rows != LANES:
            raise unsupported(tile, f"it has {rows} rows; tensor memory has {LANES}")
        if columns % 16 or columns > 256 or tile.extents[contracted(tile)] % 16:
            words = f"{columns} columns are not a multiple of 16 up to 256, or its depth is not one"
            raise unsupported(tile, words)

    # Registers

    def move(self, tile: TileOp, at: Iterations) -> Lines:
        """A tile between tensor memory and registers, a row for each thread."""
        (operand,) = tile.operand("read")
        self._check_rows(tile)
        variables = self.variables
        if tile.space == self.tensor:
            value = variables.read(tile.name, operand.name, operand.distance)
            return call("twill::tensor_store", f"own + {self.column(tile.name, at(0))}", value)
        if self.operands.space(operand) != self.tensor:
            raise unsupported(tile, f"it goes from registers to {tile.space}")
        to, column = variables.written(tile.name), self.column(operand.name, at(operand.distance))
        return [*variables.moved_up(tile.name), *call("twill::tensor_load", to, f"own + {column}")]

    def _check_rows(self, tile: TileOp) -> None:
        rows, columns = (tile.extents[d] for d in tile.shape)
        if rows != LANES or self.role.warps != 4:
            words = f"{rows} rows for {self.role.warps} warps; four warps hold {LANES} rows"
            raise unsupported(tile, words)
        if columns % 32:
            raise unsupported(tile, f"{columns} columns are not a multiple of 32")

    def _in_pairs(self, tile: TileOp, at: Iterations) -> Lines:
        """Arithmetic of a tile with a number per row, two elements to an instruction."""
        reads = [*tile.operand("read"), *tile.operand("by")]
        if len(tile.shape) != 2 or len(reads) != 2 or not self._is_row(reads[1], tile):
            return []
        function = "multiply" if tile.kind == "rescale" else tile.function
        scale = {"fma": ["scale"], "multiply": []}.get(str(function))
        if scale is None or tile.stated:
            return []
        to = self.variables.written(tile.name)
        if self.arithmetic.place(tile, reads[0], at) != to:
            return []
        by = self.arithmetic.place(tile, reads[1], at)
        return call(f"twill::row_{function}", to, by, *scale)

    def _is_row(self, operand: TileOperand, tile: TileOp) -> bool:
        """Whether an operand is a number per row, in registers."""
        if operand.invariant:
            return False
        source = self.arithmetic.elaboration.tiles[operand.name]
        return source.space == "register" and source.shape == tile.shape[:1]
