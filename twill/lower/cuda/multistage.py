"""The kernel of a program with one role on a GPU with cp.async: a multistage pipeline.

No warp waits for another but by meeting all of them: a copy is there when each thread has
waited for its own share and all have met, a slot is free when all have met after reading it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate.tiles import TileOp
from twill.lower.cuda import mma_sync
from twill.lower.cuda.bodies import Place, bodies
from twill.lower.cuda.frames import gemm as frame
from twill.lower.cuda.head import head
from twill.lower.cuda.header import header
from twill.lower.cuda.names import identifiers
from twill.lower.cuda.text import Lines, block, call, comment
from twill.lower.order import queue_of
from twill.lower.program import Drain, Instruction, Ring, RoleProgram, Run, Sync, WarpProgram
from twill.problem import Problem

BARRIER = 1
"""The named barrier at which the role's warps meet; 0 is the block's own."""


def multistage(
    problem: Problem, program: WarpProgram, tiles: Mapping[str, TileOp], claims: Sequence[str]
) -> dict[str, str]:
    """The files of a kernel, by name. ``claims``: lines on its schedule for the comment at its top.

    :raises InputError: where the loop is no matrix product, or one that cannot be emitted.
    """
    gemm = frame.gemm_of(tiles)
    if gemm is None:
        message = f"{program.name} is not a matrix product: no other kernel is written for cp.async"
        raise InputError([Diagnostic(message)])
    kernel = _Kernel(problem, program, gemm, claims)
    mma_sync.check_copies(gemm.m, gemm.k, kernel.role.warps)
    mma_sync.check_copies(gemm.k, gemm.n, kernel.role.warps)
    return {"kernel.cu": kernel.text(), "twill.cuh": header(mma_sync.HEADER)}


@dataclass(frozen=True)
class _Kernel:
    """One matrix product for mma.sync, piece by piece."""

    problem: Problem
    program: WarpProgram
    gemm: frame.Gemm
    claims: Sequence[str]

    @property
    def role(self) -> RoleProgram:
        (role,) = self.program.roles
        return role

    @cached_property
    def names(self) -> Mapping[str, str]:
        """An identifier for everything that has a name."""
        g = self.gemm
        return identifiers([self.program.name, self.role.name, g.a, g.b, g.c])

    @property
    def grid(self) -> mma_sync.WarpGrid:
        return mma_sync.warp_grid(self.gemm.m, self.gemm.n, self.role.warps)

    def text(self) -> str:
        parts = [
            head(self.program, self.program.name, self.claims, mma_sync.ARCH),
            ['#include "twill.cuh"'],
            self.constants(),
            self.shared(),
            frame.POINTERS.splitlines(),
            frame.TILE_OF_BLOCK.splitlines(),
            self.role_function(),
            self.entry(),
            frame.self_test(self.names[self.program.name], frame.POINTER_ARGUMENTS).splitlines(),
        ]
        return "\n\n".join("\n".join(part) for part in parts) + "\n"

    def constants(self) -> Lines:
        g = self.gemm
        return [
            f"[[maybe_unused]] constexpr int II = {self.program.ii};  // as scheduled",
            f"constexpr int THREADS = {32 * self.role.warps};",
            f"constexpr int M = {g.m}, N = {g.n}, K = {g.k};  // the tile",
            *frame.OUTPUT.splitlines(),
        ]

    def shared(self) -> Lines:
        """The rings in order of address, with a check that they are where the program has them."""
        rings = sorted(self.program.rings, key=lambda ring: ring.address)
        members = [
            f"alignas(1024) bf16 {self.names[r.name]}[{r.slots}][{self._elements(r)}];"
            for r in rings
        ]
        places = [f"offsetof(Shared, {self.names[r.name]}) == {r.address}" for r in rings]
        return [
            *block("struct Shared {", members)[:-1],
            "};",
            f"static_assert({' && '.join(places)});",
            "[[maybe_unused]] constexpr uint32_t SHARED_BYTES = sizeof(Shared);",
        ]

    def _elements(self, ring: Ring) -> str:
        return "M * K" if ring.name == self.gemm.a else "K * N"

    def role_function(self) -> Lines:
        name = f"role_{self.names[self.role.name]}"
        head = f"__device__ __forceinline__ void {name}(const Parameters& p, Shared& shared) {{"
        loop = bodies(self.role, self.write)
        return block(head, [*self.before(), "", *loop, "", *self.after()])

    def before(self) -> Lines:
        """Where the block's tiles begin in memory and in shared memory; the sum is zero."""
        a, b, c = (self.names[x] for x in (self.gemm.a, self.gemm.b, self.gemm.c))
        return [
            "const int trips = p.trips, thread = threadIdx.x;",
            "const int2 at = tile_of_block(blockIdx.x, p);",
            f"const bf16* from_{a} = p.A + int64_t(at.x) * M * p.stride_A;",
            f"const bf16* from_{b} = p.B + int64_t(at.y) * N;",
            f"const uint32_t ring_{a} = twill::shared_address(shared.{a});",
            f"const uint32_t ring_{b} = twill::shared_address(shared.{b});",
            f"float tile_{c}[M * N / THREADS] = {{}};",
        ]

    def after(self) -> Lines:
        store = f"twill::store_tile<M, N, {self.grid.down}, {self.grid.across}>"
        return [
            "Output* to = p.C + int64_t(at.x) * M * p.stride_C + int64_t(at.y) * N;",
            *call(store, f"tile_{self.names[self.gemm.c]}", "to", "p.stride_C", "thread"),
        ]

    def entry(self) -> Lines:
        role = self.role
        limit = f"__maxnreg__({role.registers})" if role.registers else "__launch_bounds__(THREADS)"
        inside = [
            "extern __shared__ __align__(1024) unsigned char memory[];",
            "TWILL_BLOCK_STARTS(blockIdx.x);",
            f"role_{self.names[role.name]}(p, *reinterpret_cast<Shared*>(memory));",
            "if (threadIdx.x == 0) TWILL_BLOCK_ENDS(blockIdx.x);",
        ]
        head = f"void {self.names[self.program.name]}(const __grid_constant__ Parameters p) {{"
        return [f'extern "C" __global__ {limit}', *block(head, inside)]

    def write(self, instruction: Instruction, place: Place) -> Lines:
        match instruction:
            case Run():
                code = self.run(instruction.op, place.iteration)
                return [*comment([self._note(instruction)]), *code]
            case Drain():
                certain = instruction.pending if place.steady else instruction.certain
                return mma_sync.wait_for_loads(certain)
            case Sync():
                return [f"twill::sync_role<{BARRIER}, THREADS>();"]
            case _:
                raise AssertionError(f"one role has nobody to wait for: {instruction}")

    def _note(self, run: Run) -> str:
        """Where the schedule has an operation: cycle of the period, stage, role, unit."""
        stage, unit = self.role.stage(run, self.program.stages), queue_of(self.problem, run.op)
        what = f"{run.op}@{run.offset:+d}"
        where = f"stage {stage} | {self.role.name} | {unit} | {what}"
        return f"cycle {run.cycle:4} | {where}"

    def run(self, op: str, i: str) -> Lines:
        """An operation on iteration ``i``."""
        g, name = self.gemm, self.names[op]
        if op == g.a:
            return mma_sync.load_tile(
                "M, K", self._slot(op, i), f"from_{name} + {i} * K", "p.stride_A"
            )
        if op == g.b:
            source = f"from_{name} + int64_t({i}) * K * p.stride_B"
            return mma_sync.load_tile("K, N", self._slot(op, i), source, "p.stride_B")
        slots = self._slot(g.a, i), self._slot(g.b, i)
        return mma_sync.multiply(f"tile_{name}", *slots, self.grid)

    def _slot(self, value: str, i: str) -> str:
        ring = self.program.ring_of[value]
        return f"twill::slot<{ring.slots}, {ring.size}>(ring_{self.names[ring.name]}, {i})"
