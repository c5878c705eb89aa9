"""The frame of a matrix product: one block computes one tile of C, its loop walks along K.

All matrices lie row by row: A [m, k], B [k, n], C [m, n], as the loop's shapes have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Template

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate.tiles import TileOp
from twill.lower.cuda.frame import Box, Kernel, Source
from twill.lower.cuda.text import Lines, call
from twill.lower.cuda.variables import Variables
from twill.lower.program import RoleProgram, Run

GROUP = 8
"""Rows of tiles that blocks at work together share: their A and B then come from the L2 cache."""

PANEL = 64
"""Columns of 2-byte elements in 128 bytes, as shared memory holds them."""


@dataclass(frozen=True, slots=True)
class Gemm:
    """A product's operations by name, and its tile."""

    a: str
    b: str
    c: str
    m: int
    n: int
    k: int


def gemm_of(tiles: Mapping[str, TileOp]) -> Gemm | None:
    """The product that a loop computes, None where it is something else.

    :raises InputError: where it is one of a kind that cannot be emitted yet.
    """
    products = [op for op in tiles.values() if op.kind == "mma"]
    loads = {op.name for op in tiles.values() if op.kind == "load"}
    if len(products) != 1 or len(tiles) != 3 or len(loads) != 2:
        return None
    (c,) = products
    a, b = (c.operand(port)[0].name for port in ("a", "b"))
    carried = [(o.name, o.distance) for o in c.operand("accumulate")]
    if {a, b} != loads or carried != [(c.name, 1)]:
        return None
    found = Gemm(a, b, c.name, *_extents(tiles, a, b, c))
    _refuse(found, tiles)
    return found


def _extents(tiles: Mapping[str, TileOp], a: str, b: str, c: TileOp) -> tuple[int, int, int]:
    """The sizes of the tile. The operands' shapes must be [M, K] and [K, N], by these names."""
    (m, n), k = c.shape, tiles[a].shape[-1]
    if tiles[a].shape != (m, k) or tiles[b].shape != (k, n) or (m, n, k) != ("M", "N", "K"):
        shapes = f"{a} {list(tiles[a].shape)} and {b} {list(tiles[b].shape)}"
        message = f"{c.name} {list(c.shape)} of {shapes} is not of the form [M, K] [K, N]"
        raise InputError([Diagnostic(message, help="kernels read both operands row by row")])
    return c.extents[m], c.extents[n], c.extents[k]


def _refuse(gemm: Gemm, tiles: Mapping[str, TileOp]) -> None:
    faults = []
    types = sorted({tiles[name].type for name in (gemm.a, gemm.b)})
    if types != ["bf16"]:
        faults.append(f"operands of type {' and '.join(types)}: kernels are written for bf16")
    faults += [
        f"{size} {name} is no multiple of {PANEL}"
        for name, size in (("columns of C", gemm.n), ("steps along K", gemm.k))
        if size % PANEL
    ]
    if faults:
        raise InputError([Diagnostic(f"this product cannot be emitted: {x}") for x in faults])


OUTPUT = """\
#ifdef TWILL_FP32_OUTPUT
using Output = float;
#else
using Output = bf16;
#endif
"""

POINTERS = """\
// C [m, n] = A [m, k] B [k, n], row by row; m, n, k are tiles_m M, tiles_n N, trips K.
struct Parameters {
  const bf16 *A, *B;
  Output* C;
  int64_t stride_A, stride_B, stride_C;  // elements from row to row, multiples of 8
  int tiles_m, tiles_n, trips;
};
"""

TILE_OF_BLOCK = f"""\
// Row and column of a block's tile. Blocks go through {GROUP} rows of tiles column by column, then
// through the next {GROUP}, so that those at work together read the same rows of A, columns of B.
__device__ __forceinline__ int2 tile_of_block(int block, const Parameters& p) {{
  const int group = block / ({GROUP} * p.tiles_n), within = block % ({GROUP} * p.tiles_n);
  const int rows = min({GROUP}, p.tiles_m - {GROUP} * group);
  return make_int2({GROUP} * group + within % rows, within / rows);
}}
"""

POINTER_ARGUMENTS = (
    "p.A = A, p.B = B, p.C = C;",
    "p.stride_A = k, p.stride_B = n, p.stride_C = n;",
    "p.tiles_m = m / M, p.tiles_n = n / N, p.trips = trips;",
)
"""How the self-test fills POINTERS."""

MAPS = """\
// C [m, n] = A [m, k] B [k, n], row by row; m, n, k are tiles_m M, tiles_n N, trips K.
struct Parameters {
  CUtensorMap A, B;
  Output* C;
  int64_t stride_C;  // elements from row to row, a multiple of 16
  int tiles_m, tiles_n, trips;
};
"""

MAP_ARGUMENTS = (
    "p.A = twill::tensor_map(A, m, k, k, M, K);",
    "p.B = twill::tensor_map(B, k, n, n, K, N);",
    "p.C = C, p.stride_C = n;",
    "p.tiles_m = m / M, p.tiles_n = n / N, p.trips = trips;",
)
"""How the self-test fills MAPS."""


def self_test(kernel: str, arguments: Sequence[str]) -> str:
    """The program behind ``TWILL_MAIN``: it checks the kernel against a plain one and times it.

    ``arguments``: statements that fill the kernel's ``Parameters p``.
    """
    folder = files("twill.lower.cuda.frames")
    source = folder.joinpath("gemm_main.cu.j2").read_text(encoding="utf-8")
    # C++, not HTML: nothing is to be escaped.
    template = Template(source, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return str(template.render(kernel=kernel, arguments=arguments))


@dataclass(frozen=True)
class GemmFrame:
    """A matrix product whose tiles come by the copy engine, its sum in registers or a memory."""

    kernel: Kernel
    gemm: Gemm

    def parameters(self) -> Lines:
        """Tensor maps, the result, and which tile of it a block computes."""
        return f"{OUTPUT}\n{MAPS}\n{TILE_OF_BLOCK}".splitlines()

    def block(self) -> Lines:
        """The block's tile."""
        return ["[[maybe_unused]] const int2 at = tile_of_block(blockIdx.x, p);"]

    def source(self, op: TileOp, iteration: str) -> Source:
        """Tile ``iteration`` of the block's rows of A or columns of B."""
        if op.name == self.gemm.a:
            return Box("A", "at.x * M", f"{iteration} * K")
        return Box("B", f"{iteration} * K", "at.y * N")

    def input(self, name: str) -> Source:
        """A product has none that stays."""
        raise InputError([Diagnostic(f"{name}: a matrix product has no loop-invariant tiles")])

    def target(self, op: TileOp, iteration: str) -> str:
        """Nothing is stored in the loop."""
        message = f"{op.name} of iteration {iteration}: a matrix product stores after its loop"
        raise InputError([Diagnostic(message)])

    def after(self, role: RoleProgram, variables: Variables) -> Lines:
        """The role that computes the sum stores it."""
        if self.gemm.c not in {i.op for i in role.body if isinstance(i, Run)}:
            return []
        if self.kernel.elaboration.tiles[self.gemm.c].space != "register":
            return self._from_tensor()
        to = "p.C + int64_t(at.x) * M * p.stride_C + int64_t(at.y) * N"
        c = variables.written(self.gemm.c)
        return call(f"twill::store_tile<M, N, {role.warps}, 1>", c, to, "p.stride_C", "thread")

    def _from_tensor(self) -> Lines:
        """Each thread stores a row."""
        column = self.kernel.program.ring_of[self.gemm.c].address
        to = "p.C + (int64_t(at.x) * M + thread) * p.stride_C + int64_t(at.y) * N"
        store = call("twill::tensor_store_row<N>", to, f"own + {column}", "1.0f", "trips > 0")
        return [self.kernel.wait_for_last(self.gemm.c), "twill::tensor_after();", *store]

    def self_test(self) -> str:
        """Launcher, reference check and timing."""
        return self_test(self.kernel.names[self.kernel.program.name], MAP_ARGUMENTS)
