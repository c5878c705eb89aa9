"""Cycles of whole kernels per iteration, against arithmetic done by hand.

The expected numbers are written out from the hardware's rates, never computed by the code
under test.
"""

from __future__ import annotations

import pytest

from twill.costs import Elementwise, MatrixMultiply, OpCost, Request, cost
from twill.machine import Machine
from twill.spec.machine import load_machine


def held(cost_: OpCost, unit: str) -> int:
    """Cycles for which an operation holds a unit."""
    return sum(r.length for r in cost_.reservations.get(unit, ()))


def total(machine: Machine, unit: str, *requests: Request) -> int:
    """Cycles of a unit for all requests."""
    return sum(held(cost(machine, request), unit) for request in requests)


def hopper(m: int, n: int, k: int, a: str = "shared", warps: int = 4) -> MatrixMultiply:
    """A bf16 wgmma tile."""
    return MatrixMultiply(m, n, k, "bf16", a, "shared", "register", warps)


def blackwell(m: int, n: int, k: int, a: str = "shared") -> MatrixMultiply:
    """A bf16 tcgen05 tile."""
    return MatrixMultiply(m, n, k, "bf16", a, "shared", "tensor", 1)


def test_attention_forward_on_h100(h100: Machine) -> None:
    """2 × 64 rows, N = d = 128: 4 · 8 wgmma of 64 cycles; 2 · 64 · 128 exp2 at 16/cycle."""
    tiles = [hopper(64, 128, 128), hopper(64, 128, 128, "register")] * 2
    assert total(h100, "tensor", *tiles) == 4 * 8 * 64 == 2048
    assert total(h100, "sfu", *[Elementwise("exp2", 64 * 128, "fp32", 4)] * 2) == 1024


def test_attention_forward_on_b200(b200: Machine) -> None:
    """2 × 128 rows, N = d = 128: 4 · 8 tcgen05.mma of 64 cycles; 2 · 16384 exp2 at 16/cycle."""
    tiles = [blackwell(128, 128, 128), blackwell(128, 128, 128, "tensor")] * 2
    assert total(b200, "tensor", *tiles) == 4 * 8 * 64 == 2048
    assert total(b200, "sfu", *[Elementwise("exp2", 128 * 128, "fp32", 4)] * 2) == 2048


def test_attention_backward_on_h100(h100: Machine) -> None:
    """Five matrix multiplies of 128³, each 2 warp groups · 8 wgmma of 64 cycles."""
    assert total(h100, "tensor", *[hopper(128, 128, 128, warps=8)] * 5) == 5 * 1024 == 5120


@pytest.mark.parametrize("space", ["shared", "tensor"])
def test_attention_backward_on_b200(b200: Machine, space: str) -> None:
    """Five matrix multiplies of 128³, 8 instructions of 64 cycles; N = 128 feeds either way."""
    assert total(b200, "tensor", *[blackwell(128, 128, 128, space)] * 5) == 5 * 512 == 2560


def test_gemm(h100: Machine, b200: Machine, a100: Machine) -> None:
    """128 × 256 × 64 is 2^21 MAC: at 2048, 4096 and 1024 MAC/cycle."""
    assert total(h100, "tensor", hopper(128, 256, 64, warps=8)) == 1024
    assert total(b200, "tensor", blackwell(128, 256, 64)) == 512
    ampere = MatrixMultiply(128, 256, 64, "bf16", "shared", "shared", "register", 8)
    assert total(a100, "tensor", ampere) == 2048


def test_attention_forward_on_a100(a100: Machine) -> None:
    """128 rows in 4 warps: 2 · 128³ MAC at 1024/cycle; ldmatrix reads K and V in each warp."""
    tile = MatrixMultiply(128, 128, 128, "bf16", "register", "shared", "register", 4)
    assert total(a100, "tensor", tile, tile) == 4096
    assert cost(a100, tile).warps == 4
    (port,) = cost(a100, tile).reservations["shared"]
    assert port.length * port.amount == 4 * 128 * 128 * 2  # every warp fetches all of b


PEAKS = [
    (name, dtype)
    for name, dtypes in {
        "a100": ["bf16", "fp16", "tf32", "int8"],
        "h100": ["bf16", "fp16", "tf32", "fp8", "int8"],
        "b200": ["bf16", "fp16", "tf32", "fp8", "int8", "fp4"],
    }.items()
    for dtype in dtypes
]


@pytest.mark.parametrize(("name", "dtype"), PEAKS)
def test_peak_agrees_with_the_vendor(name: str, dtype: str) -> None:
    """2 · rate · SMs · clock is within 1 % of the documented dense peak, in every type."""
    machine = load_machine(name)
    assert machine.costs.matrix is not None
    assert machine.peak_tflops is not None
    assert machine.clock_ghz is not None
    assert machine.sm_count is not None
    rate = machine.costs.matrix.rates[dtype].value
    peak = 2 * rate * machine.sm_count.value * machine.clock_ghz.value / 1000
    assert peak == pytest.approx(machine.peak_tflops[dtype].value, rel=0.01)
    assert machine.tflops(machine.costs.matrix.rates[dtype]) == pytest.approx(peak)
    assert set(machine.peak_tflops) == set(machine.costs.matrix.rates)
