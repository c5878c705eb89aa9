"""The frame of forward attention: a block of queries stays, its loop walks along keys and values.

Q, K, V and O lie row by row, [heads, rows, D] with all heads of all batches one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Template

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate.tiles import TileOp
from twill.lower.cuda.frame import Box, Kernel, Source
from twill.lower.cuda.text import Lines, call
from twill.lower.cuda.variables import Variables
from twill.lower.program import RoleProgram

WANTED = frozenset({"Q", "K", "V", "O", "l", "m"})
"""The values by which the loop is known."""


@dataclass(frozen=True)
class AttentionForward:
    """Forward attention without a mask."""

    kernel: Kernel

    def parameters(self) -> Lines:
        """Tensor maps, the result, and the sizes."""
        store = STORE_FROM_TENSOR if self._in_tensor() else STORE
        return [*PARAMETERS.splitlines(), "", *store.splitlines()]

    def block(self) -> Lines:
        """The rows of the block's queries and of its head's keys."""
        return [
            "[[maybe_unused]] const int row_q = blockIdx.x * M;",
            "[[maybe_unused]] const int row_k = blockIdx.x * M / p.queries * p.keys;",
        ]

    def source(self, op: TileOp, iteration: str) -> Source:
        """Tile ``iteration`` of the head's keys or values."""
        return Box(self.kernel.names[op.value], f"row_k + {iteration} * N", "0")

    def input(self, name: str) -> Source:
        """The block's queries."""
        return Box(self.kernel.names[name], "row_q", "0")

    def target(self, op: TileOp, iteration: str) -> str:
        """Nothing is stored in the loop."""
        message = f"{op.name} of iteration {iteration}: forward attention stores after its loop"
        raise InputError([Diagnostic(message)])

    def after(self, role: RoleProgram, variables: Variables) -> Lines:
        """Rows of O are divided by their sums and stored."""
        lines: Lines = []
        for tile in self._results(role):
            suffix = tile.name.removeprefix(tile.value)
            state = [self._newest(variables, f"{name}{suffix}") for name in ("m", "l")]
            first = next(which * tile.extents[d] for d, which, _ in tile.kept if d == "M")
            row = f"row_q + {first}" if first else "row_q"
            if self._in_tensor():
                lines += [self.kernel.wait_for_last(tile.name), "twill::tensor_after();"]
                value = f"own + {self.kernel.program.ring_of[tile.name].address}"
            else:
                value = self._newest(variables, tile.name)
            lines += call("store_rows", "p", value, *state, row, "thread")
        return lines

    def _in_tensor(self) -> bool:
        """Whether O lies in a memory, and not in the registers of a role."""
        return any(tile.space != "register" for tile in self._products())

    def _products(self) -> list[TileOp]:
        tiles = self.kernel.elaboration.tiles.values()
        return [t for t in tiles if t.value == "O" and t.kind == "mma"]

    def _results(self, role: RoleProgram) -> list[TileOp]:
        """The parts of O that a role stores: those it holds; in a memory, those whose sums."""
        own = {value for held in role.held for value in held.values}
        if self._in_tensor():
            return [t for t in self._products() if f"l{t.name.removeprefix(t.value)}" in own]
        return [t for t in self._products() if t.name in own]

    def _newest(self, variables: Variables, value: str) -> str:
        own = {v for held in variables.role.held for v in held.values}
        if value not in own:
            message = f"role {variables.role.name} holds rows of O but not {value}"
            hint = f"--fix-role {value}=x --fix-role O=x keeps them together"
            raise InputError([Diagnostic(message, help=hint)])
        return variables.written(value)

    def self_test(self) -> str:
        """Launcher, reference check and timing."""
        source = files("twill.lower.cuda.frames").joinpath("attention_forward_main.cu.j2")
        template = Template(  # C++, not HTML: nothing is to be escaped
            source.read_text("utf-8"), trim_blocks=True, lstrip_blocks=True
        )
        return str(template.render(kernel=self.kernel.names[self.kernel.program.name]))


def is_attention_forward(tiles: Mapping[str, TileOp]) -> bool:
    """Whether a loop has the values of the shipped forward attention."""
    return {tile.value for tile in tiles.values()} | {"Q"} >= WANTED and "dO" not in tiles


PARAMETERS = """\
// O = softmax(s Q K^T) V for every head; scale = s log2(e), so that exponentials are powers of 2.
// The logarithm of each row's sum, to the base 2 and of scaled scores, goes to lse.
struct Parameters {
  CUtensorMap Q, K, V;  // [heads queries, D], [heads keys, D], [heads keys, D]
  bf16* O;              // [heads queries, D]
  float* lse;           // [heads queries]
  int queries, keys;    // rows of one head, multiples of M and N
  int trips;            // keys / N
  float scale;
};
"""

STORE = """\
// Rows of O: divided by their sums and stored, those of a warp group from `first` on.
__device__ __forceinline__ void store_rows(const Parameters& p, const float (&O)[D / 2],
                                           const float (&m)[2], const float (&l)[2], int first,
                                           int thread) {
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    const int row = first + thread / 32 * 16 + thread % 32 / 4 + 8 * r;
    const float sum = twill::quad_sum(l[r]), factor = sum > 0.0f ? 1.0f / sum : 0.0f;
    bf16* to = p.O + int64_t(row) * D;
#pragma unroll
    for (int e = 2 * r; e < D / 2; e += 4)
      *reinterpret_cast<uint32_t*>(to + twill::column_of(e)) =
          twill::pack(O[e] * factor, O[e + 1] * factor);
    if (thread % 4 == 0) p.lse[row] = m[r] * p.scale + __log2f(sum);
  }
}
"""

STORE_FROM_TENSOR = """\
// Rows of O: divided by their sums and stored, 128 from `first` on, a row by each thread. `own`:
// the columns of O, in the lanes of the thread's warp.
__device__ __forceinline__ void store_rows(const Parameters& p, uint32_t own, const float (&m)[1],
                                           const float (&l)[1], int first, int thread) {
  const int row = first + thread;
  const float factor = l[0] > 0.0f ? 1.0f / l[0] : 0.0f;
  twill::tensor_store_row<D>(p.O + int64_t(row) * D, own, factor, p.trips > 0);
  p.lse[row] = m[0] * p.scale + __log2f(l[0]);
}
"""
