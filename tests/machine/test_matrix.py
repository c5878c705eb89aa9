"""Matrix multiplies: the feed rule, coverings by instructions, and what is refused."""

from __future__ import annotations

import pytest

from twill.costs import MatrixMultiply, Unsupported, cost
from twill.machine import Machine
from twill.problem import Reservation


def hopper(m: int, n: int, k: int, a: str = "shared", warps: int = 4) -> MatrixMultiply:
    """A bf16 wgmma tile."""
    return MatrixMultiply(m, n, k, "bf16", a, "shared", "register", warps)


def blackwell(m: int, n: int, k: int, a: str = "shared") -> MatrixMultiply:
    """A bf16 tcgen05 tile."""
    return MatrixMultiply(m, n, k, "bf16", a, "shared", "tensor", 1)


@pytest.mark.parametrize(
    ("n", "cycles"),
    [(8, 18), (16, 20), (32, 24), (64, 32), (96, 48), (128, 64), (192, 96), (256, 128)],
)
def test_wgmma_from_shared_memory(h100: Machine, n: int, cycles: int) -> None:
    """One m64nNk16 takes max(N/2, 16 + N/4) cycles, as microbenchmarks show."""
    assert cost(h100, hopper(64, n, 16)).occupancy == cycles


@pytest.mark.parametrize(("n", "cycles"), [(64, 48), (96, 56), (128, 64), (256, 128)])
def test_tcgen05_from_shared_memory(b200: Machine, n: int, cycles: int) -> None:
    """One m128nNk16 takes max(N/2, 32 + N/4) cycles, as microbenchmarks show."""
    assert cost(b200, blackwell(128, n, 16)).occupancy == cycles


@pytest.mark.parametrize(("rows", "space"), [(64, "shared"), (64, "tensor"), (128, "tensor")])
@pytest.mark.parametrize("n", [64, 96, 128, 256])
def test_tcgen05_that_is_not_bound_by_its_feed(
    b200: Machine, rows: int, space: str, n: int
) -> None:
    """64 rows take as long as 128, and a in tensor memory needs no more than N/2 cycles."""
    assert cost(b200, blackwell(rows, n, 16, space)).occupancy == n // 2


def test_latency_is_the_occupancy_and_a_tail(h100: Machine, b200: Machine) -> None:
    """512 cycles and the published completion tails: 46, 148 and 116."""
    assert cost(h100, hopper(64, 128, 128)).latency == 558
    assert cost(b200, blackwell(128, 128, 128)).latency == 660
    assert cost(b200, blackwell(128, 128, 128, "tensor")).latency == 628


def test_share_of_the_operand_port(h100: Machine, b200: Machine) -> None:
    """6144 B in 64 cycles are 96 B/cycle; without a, 64; a B200 tile at N = 128 takes all 128."""
    expected = {96: cost(h100, hopper(64, 128, 128)), 128: cost(b200, blackwell(128, 128, 128))}
    expected[64] = cost(h100, hopper(64, 128, 128, "register"))
    for amount, found in expected.items():
        assert found.reservations["shared"] == (Reservation(0, 512, amount),)


def test_two_warp_groups_share_rows_and_issue(h100: Machine) -> None:
    """128 rows by 8 warps: twice the tensor core, the issue of one group's 8 instructions."""
    found = cost(h100, hopper(128, 128, 128, warps=8))
    assert (found.occupancy, found.issue, found.warps) == (1024, 8 * 4, 8)
    assert found.asynchronous


def test_one_thread_issues_tcgen05(b200: Machine) -> None:
    """8 instructions of 11 issue cycles on one warp, whatever warps the loop thinks of."""
    request = MatrixMultiply(128, 128, 128, "bf16", "shared", "shared", "tensor", 4)
    found = cost(b200, request)
    assert (found.issue, found.warps) == (88, 1)


def test_mma_sync_holds_its_warps(a100: Machine) -> None:
    """Ordinary instructions: issue lasts as long; 1024 mma of 32 threads are 16 slots/cycle."""
    request = MatrixMultiply(128, 128, 128, "bf16", "register", "register", "register", 4)
    found = cost(a100, request)
    assert (found.occupancy, found.issue, found.latency) == (2048, 2048, 2048 + 17)
    assert found.reservations["issue"] == (Reservation(0, 2048, 16),)
    assert "shared" not in found.reservations
    assert not found.asynchronous


def test_operands_can_be_the_bottleneck_of_mma_sync(a100: Machine) -> None:
    """16 warps of 16 rows each fetch a b of 32 KiB: 512 KiB at 128 B/cycle."""
    request = MatrixMultiply(256, 128, 128, "bf16", "register", "shared", "register", 16)
    assert cost(a100, request).occupancy == 16 * 32 * 1024 // 128 == 4096
    one_row_block = MatrixMultiply(16, 8, 16, "bf16", "shared", "shared", "register", 1)
    assert cost(a100, one_row_block).occupancy == 6  # 768 B / 128, against 2 cycles of MAC


def test_warps_of_mma_sync_form_the_grid_that_fetches_least(a100: Machine) -> None:
    """128 × 256 × 64 by 8 warps as 2 × 4: a of 16 KiB four times, b of 32 KiB twice."""
    request = MatrixMultiply(128, 256, 64, "bf16", "shared", "shared", "register", 8)
    (port,) = cost(a100, request).reservations["shared"]
    assert port.length * port.amount == (4 * 16 + 2 * 32) * 1024
    narrow = MatrixMultiply(64, 256, 64, "bf16", "shared", "shared", "register", 8)
    assert cost(a100, narrow).occupancy == 1024
    with pytest.raises(Unsupported, match="m = 64 is not a multiple of 128"):
        cost(a100, MatrixMultiply(64, 256, 64, "bf16", "register", "shared", "register", 8))


def test_covering_by_several_shapes(h100: Machine, b200: Machine) -> None:
    """N = 320 is 256 + 64 (128 + 32 cycles); m = 192 is 128 + 64 rows on B200."""
    assert cost(h100, hopper(64, 320, 16)).occupancy == 128 + 32
    assert cost(b200, blackwell(192, 128, 16)).occupancy == 64 + 64


@pytest.mark.parametrize(
    ("request_", "message", "help"),
    [
        (hopper(96, 128, 128), "m = 96 is not a multiple of 64", "64 and 128"),
        (hopper(32, 128, 128), "m = 32 is not a multiple of 64", "64"),
        (hopper(64, 100, 128), "n = 100 is not a multiple of 8", "96 and 104"),
        (hopper(64, 128, 24), "k = 24 is not a multiple of 16", "16 and 32"),
        (hopper(64, 128, 128, warps=8), "m = 64 is not a multiple of 128", "128"),
        (hopper(64, 128, 128, warps=2), "groups of 4 warps, not 2", "4"),
        (hopper(64, 128, 128, a="tensor"), "operand a in tensor", "register, shared"),
    ],
)
def test_tiles_that_no_instruction_covers(
    h100: Machine, request_: MatrixMultiply, message: str, help: str
) -> None:
    """A refusal names the size and the nearest legal ones, or the legal spaces."""
    with pytest.raises(Unsupported) as caught:
        cost(h100, request_)
    assert message in caught.value.message
    assert caught.value.help is not None
    assert help in caught.value.help


def test_types_that_the_tensor_core_lacks(a100: Machine) -> None:
    """The types that there are come with the refusal."""
    request = MatrixMultiply(128, 128, 128, "fp8", "shared", "shared", "register", 4)
    with pytest.raises(Unsupported) as caught:
        cost(a100, request)
    assert caught.value.message == "machine 'a100' multiplies no fp8"
    assert caught.value.help is not None
    assert "bf16, fp16, tf32, int8" in caught.value.help
