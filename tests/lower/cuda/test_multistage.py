from __future__ import annotations

import pytest

from tests.lower.cuda.kernels import SHIPPED, emitted
from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.lower.cuda import mma_sync
from twill.lower.cuda.multistage import multistage
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine


def test_a_tile_that_the_warps_cannot_share_is_refused() -> None:
    """In words, with what would do."""
    with pytest.raises(InputError, match="cannot share a tile of 16 x 16"):
        mma_sync.warp_grid(16, 16, 4)
    with pytest.raises(InputError, match="cannot copy a tile of 48 x 64"):
        mma_sync.check_copies(48, 64, 8)


def test_warps_share_a_tile_so_that_little_is_fetched_twice() -> None:
    """Eight warps on 128 x 256 take 64 x 64 each, four on 64 x 128 take 64 x 32."""
    assert mma_sync.warp_grid(128, 256, 8) == mma_sync.WarpGrid(2, 4)
    assert mma_sync.warp_grid(64, 128, 4) == mma_sync.WarpGrid(1, 4)


def test_another_loop_is_refused() -> None:
    """Only products are written for cp.async so far."""
    made = elaborate(load_loop("flash_attention_forward"), load_machine("a100"))
    with pytest.raises(InputError, match="not a matrix product"):
        multistage(made.problem, emitted(SHIPPED[0]).program, made.tiles, [])
