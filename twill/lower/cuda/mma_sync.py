"""Operations of a role on a GPU with cp.async and mma.sync: all warps of the role execute each.

A load is one group of cp.async a thread, so that a wait counts operations.
"""

from __future__ import annotations

from dataclasses import dataclass

from twill.diagnostics import Diagnostic, InputError
from twill.lower.cuda.text import Lines, call

INSTRUCTION = "mma.sync"
"""What a machine file calls the matrix instruction of this family."""

ARCH = "sm_80"
"""Older than any GPU with another family; kernels for it also run on all later ones."""

HEADER = ("sm80.cuh", "accumulators.cuh", "mma_sync.cuh")
"""Its parts of ``twill.cuh``, behind those that all kernels have."""

EXPECTED = ("HMMA", "LDSM", "LDGSTS")
"""Machine instructions that a kernel of this family consists of ..."""

SLOW = ("LDL", "STL", "FFMA", "STS", "LDG")
"""... and some that would be a detour: local memory, or operands that pass through registers."""


@dataclass(frozen=True, slots=True)
class WarpGrid:
    """How the warps of a role share a tile: ``down`` by ``across``."""

    down: int
    across: int


def warp_grid(m: int, n: int, warps: int) -> WarpGrid:
    """The division with the least traffic from shared memory: each warp fetches its operands.

    :raises InputError: where the warps cannot share the tile in pieces of 16 by 16.
    """
    grids = [
        WarpGrid(down, warps // down)
        for down in range(1, warps + 1)
        if warps % down == 0 and m % (16 * down) == 0 and n % (16 * (warps // down)) == 0
    ]
    if not grids:
        message = f"{warps} warps cannot share a tile of {m} x {n} in pieces of 16 x 16"
        raise InputError([Diagnostic(message, help="choose another tile with --set")])
    return min(grids, key=lambda g: (m * g.across + n * g.down, g.down))


def check_copies(rows: int, columns: int, warps: int) -> None:
    """Whether a role's threads can copy a tile in equal shares, eight of them to a row.

    :raises InputError: where they cannot.
    """
    step = 32 * warps // 8
    if step % 8 or rows % step or columns % 64:
        message = f"{warps} warps cannot copy a tile of {rows} x {columns} in equal shares"
        help_ = f"rows in multiples of {step}, columns of 64, and an even number of warps"
        raise InputError([Diagnostic(message, help=help_)])


def load_tile(shape: str, slot: str, source: str, stride: str) -> Lines:
    """Start copying a tile into its slot: it is there after a wait for its group."""
    copy = call(f"twill::copy_tile_async<{shape}, THREADS>", slot, source, stride, "thread")
    return [*copy, "twill::copy_async_commit();"]


def wait_for_loads(pending: int) -> Lines:
    """Wait until at most the ``pending`` latest loads are under way."""
    return [f"twill::copy_async_wait<{pending}>();"]


def multiply(c: str, a: str, b: str, grid: WarpGrid) -> Lines:
    """Add the product of tiles [M, K] and [K, N] in shared memory to c, in registers."""
    sizes = f"M, N, K, {grid.down}, {grid.across}"
    return call(f"twill::mma_tile<{sizes}>", c, a, b, "thread")
