"""The frame of backward attention: a block of keys and values stays, its loop walks the queries.

Q, dO, K, V, dK and dV lie row by row, [heads, rows, D] with all heads of all batches one after the
other. dQ is summed up by all blocks of a head, in fp32 and as the blocks hold it in registers; a
small kernel then makes rows of it. Another one computes what the loop needs of every query first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Template

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate.tiles import TileOp
from twill.lower.cuda.frame import Box, Kernel, Run1D, Source
from twill.lower.cuda.text import Lines, call
from twill.lower.cuda.variables import Variables
from twill.lower.program import RoleProgram

WANTED = frozenset({"Q", "dO", "K", "V", "lse", "delta", "dQ", "dK", "dV", "dQ_sum"})
"""The values by which the loop is known."""


@dataclass(frozen=True)
class AttentionBackward:
    """Backward attention without a mask."""

    kernel: Kernel

    def parameters(self) -> Lines:
        """Tensor maps, vectors, results, and the sizes."""
        return PARAMETERS.splitlines()

    def block(self) -> Lines:
        """The rows of the block's keys and of its head's queries."""
        return [
            "[[maybe_unused]] const int row_k = blockIdx.x * N;",
            "[[maybe_unused]] const int row_q = blockIdx.x * N / p.keys * p.queries;",
        ]

    def source(self, op: TileOp, iteration: str) -> Source:
        """Tile ``iteration`` of the head's queries, or of their vectors."""
        row, name = f"row_q + {iteration} * M", self.kernel.names[op.value]
        return Run1D(f"p.{name} + {row}") if len(op.shape) == 1 else Box(name, row, "0")

    def input(self, name: str) -> Source:
        """The block's keys or values."""
        return Box(self.kernel.names[name], "row_k", "0")

    def target(self, op: TileOp, iteration: str) -> str:
        """Where a slice of dQ is summed up: slices of D of a tile of queries follow each other."""
        extent = op.extents["D"]
        first = next(which * extent for d, which, _ in op.index if d == "D")
        if op.value != "dQ_sum" or extent % 16:
            message = f"{op.name} stores {extent} of D: a multiple of 16 can be stored"
            raise InputError([Diagnostic(message)])
        plus = f" + {first} * M" if first else ""
        return f"p.dQ_sum + int64_t(row_q + {iteration} * M) * D{plus}"

    def after(self, role: RoleProgram, variables: Variables) -> Lines:
        """Each role that holds rows of dK or dV stores them."""
        lines: Lines = []
        own = {value for held in role.held for value in held.values}
        for tile in self.kernel.elaboration.tiles.values():
            if tile.value in ("dK", "dV") and tile.name in own:
                first = next(which * tile.extents[d] for d, which, _ in tile.kept if d == "N")
                row = f"row_k + {first}" if first else "row_k"
                factor = "p.scale * 0.693147181f" if tile.value == "dK" else "1.0f"
                to, value = f"p.{tile.value}", variables.written(tile.name)
                lines += call("store_rows", to, value, row, factor, "thread")
        return lines

    def self_test(self) -> str:
        """The kernels before and behind this one; launcher, reference check and timing."""
        source = files("twill.lower.cuda.frames").joinpath("attention_backward_main.cu.j2")
        template = Template(  # C++, not HTML: nothing is to be escaped
            source.read_text("utf-8"), trim_blocks=True, lstrip_blocks=True
        )
        return str(template.render(kernel=self.kernel.names[self.kernel.program.name]))


def is_attention_backward(tiles: Mapping[str, TileOp]) -> bool:
    """Whether a loop has the values of the shipped backward attention."""
    return {tile.value for tile in tiles.values()} | {"K", "V"} >= WANTED


PARAMETERS = """\
// Gradients of O = softmax(s Q K^T) V for every head; scale = s log2(e), so that exponentials are
// powers of 2. lse and delta are what `prepare` makes of the forward pass.
struct Parameters {
  CUtensorMap Q, dO, K, V;   // [heads queries, D] twice, [heads keys, D] twice
  const float *lse, *delta;  // [heads queries]
  float* dQ_sum;             // [heads queries, D], 0 at first; `finish` makes dQ of it
  bf16 *dK, *dV;             // [heads keys, D]
  int queries, keys;         // rows of one head, multiples of M and N
  int trips;                 // queries / M
  float scale;
};

// Rows of dK or dV, times a factor: those of a warp group from `first` on.
__device__ __forceinline__ void store_rows(bf16* to, const float (&x)[D / 2], int first,
                                           float factor, int thread) {
  to += int64_t(first + thread / 32 * 16 + thread % 32 / 4) * D;
#pragma unroll
  for (int e = 0; e < D / 2; e += 2)
    *reinterpret_cast<uint32_t*>(to + twill::row_of(e) * 8 * D + twill::column_of(e)) =
        twill::pack(x[e] * factor, x[e + 1] * factor);
}
"""
