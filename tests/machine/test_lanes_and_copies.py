"""Elementwise functions, reductions, conversions, copies and moves, by hand arithmetic."""

from __future__ import annotations

import pytest

from twill.costs import (
    Conversion,
    Elementwise,
    Load,
    MatrixMultiply,
    Move,
    OpCost,
    Reduction,
    Request,
    Store,
    Unsupported,
    cost,
)
from twill.machine import Machine
from twill.problem import Reservation
from twill.spec.machine import load_machine

TILE = 128 * 128


def reserved(found: OpCost) -> dict[str, tuple[int, int]]:
    """Length and amount by unit; every operation here holds one interval per unit."""
    spans = {unit: held[0] for unit, held in found.reservations.items()}
    assert all(len(held) == 1 for held in found.reservations.values())
    assert all(span.offset == 0 for span in spans.values())
    return {unit: (span.length, span.amount) for unit, span in spans.items()}


@pytest.mark.parametrize(
    ("name", "request_", "unit", "cycles", "slots", "latency"),
    [
        ("h100", Elementwise("multiply", TILE, "fp32", 4), "fma", 128, 128, 4),
        ("b200", Elementwise("fma", TILE, "fp32", 4), "fma", 128, 64, 4),
        ("a100", Elementwise("add", TILE, "fp32", 4), "fma", 256, 64, 4),
        ("h100", Elementwise("maximum", TILE, "fp32", 4), "alu", 256, 64, 4),
        ("b200", Elementwise("maximum", TILE, "fp32", 4), "alu", 128, 128, 4),
        ("h100", Elementwise("exp2", TILE, "fp32", 4), "sfu", 1024, 16, 18),
        ("h100", Elementwise("add", TILE, "bf16", 4), "fma", 64, 128, 4),
        ("h100", Reduction("max", TILE, 128, "fp32", 4), "alu", 256, 64, 4 + 55),
        ("h100", Reduction("sum", TILE, 128, "fp32", 4), "fma", 128, 128, 4 + 55),
        ("b200", Reduction("max", TILE, 128, "fp32", 4), "alu", 128, 64, 4),
        ("h100", Conversion(TILE, "fp32", "bf16", 4), "convert", 256, 32, 18),
        ("a100", Conversion(TILE, "fp32", "bf16", 4), "convert", 512, 16, 18),
    ],
)
def test_a_pass_over_a_tile(
    name: str, request_: Request, unit: str, cycles: int, slots: int, latency: int
) -> None:
    """16384 elements at the documented rate, on their lanes and on the issue slots."""
    found = cost(load_machine(name), request_)
    assert reserved(found) == {unit: (cycles, 1), "issue": (cycles, slots)}
    assert (found.issue, found.occupancy) == (cycles, cycles)
    assert found.latency == cycles + latency
    assert not found.asynchronous


def test_durations_are_rounded_up(h100: Machine) -> None:
    """129 elements at 128/cycle are 2 cycles, and one element is one cycle."""
    assert cost(h100, Elementwise("add", 129, "fp32", 4)).occupancy == 2
    assert cost(h100, Elementwise("add", 1, "fp32", 4)).occupancy == 1


def test_one_warp_reaches_a_quarter_of_the_lanes(h100: Machine) -> None:
    """1024 elements take 8 cycles on four warps, 16 on two and 32 on one."""
    cycles = [cost(h100, Elementwise("add", 1024, "fp32", warps)).issue for warps in (8, 4, 2, 1)]
    assert cycles == [8, 8, 16, 32]


def test_tma_load(h100: Machine, b200: Machine) -> None:
    """32 KiB: 32768/80 and 32768/75 cycles of TMA; 0.3 of the bytes on the shared port."""
    found = cost(h100, Load(32768, "shared"))
    assert reserved(found) == {"tma": (410, 1), "shared": (410, 24)}
    assert found.latencies == {"l2": 633, "dram": 1292, "dram_loaded": 5192}
    assert (found.latency, found.issue, found.warps) == (633, 50, 1)
    assert (found.asynchronous, found.variable_latency, found.streaming) == (True, True, True)
    found = cost(b200, Load(32768, "shared"))
    assert reserved(found) == {"tma": (437, 1), "shared": (437, 23)}
    assert found.latencies == {"l2": 460 + 6 * 32, "dram": 949 + 6 * 32, "dram_loaded": 4586}


def test_large_loads_take_several_instructions(b200: Machine) -> None:
    """64 KiB are two boxes of 32 KiB, 30 cycles each; loaded DRAM is as measured."""
    found = cost(b200, Load(65536, "shared"))
    assert found.issue == 60
    assert found.latencies["dram_loaded"] == 5405


def test_laws_between_and_beyond_their_points(b200: Machine) -> None:
    """Halfway between 4586 at 32 KiB and 5405 at 64 KiB; constant below, the last slope above."""
    loaded = [cost(b200, Load(n, "shared")).latencies["dram_loaded"] for n in (49152, 512, 196608)]
    assert loaded == [4996, 1413, 9559 + 9559 - 5405]


def test_cp_async_takes_issue_and_does_not_stream(a100: Machine) -> None:
    """32 KiB are 64 warp instructions of 4 cycles; L2 gives 35 B/cycle."""
    found = cost(a100, Load(32768, "shared"))
    assert reserved(found) == {"copy": (937, 1), "shared": (937, 11), "issue": (256, 8)}
    assert (found.issue, found.asynchronous) == (256, True)
    assert (found.variable_latency, found.streaming) == (False, False)


def test_reducing_store_frees_its_source_when_read(b200: Machine) -> None:
    """A dQ of 128 × 128 fp32: 64 KiB at 128 B/cycle of TMA and of the shared port."""
    found = cost(b200, Store(65536, "shared", reduce=True))
    assert reserved(found) == {"tma": (512, 1), "shared": (512, 128)}
    assert (found.latency, found.latencies) == (130 + 512, {})
    assert cost(b200, Store(65536, "shared")).latency == 130 + 52 * 64


def test_moves_through_shared_memory(h100: Machine) -> None:
    """32 KiB at 128 B/cycle; a store is fenced for the engines that read it."""
    stored = cost(h100, Move(32768, "register", "shared", 4))
    assert reserved(stored) == {"shared": (256, 128), "issue": (256, 8)}
    assert (stored.issue, stored.latency) == (256, 33 + 256 + 36)
    loaded = cost(h100, Move(32768, "shared", "register", 4))
    assert (loaded.issue, loaded.latency) == (256, 29 + 256)


def test_moves_of_tensor_memory(b200: Machine) -> None:
    """Loads are asynchronous with the measured latencies; stores hold their stream."""
    loaded = cost(b200, Move(65536, "tensor", "register", 4))
    assert reserved(loaded) == {"tensor_read": (287, 1)}
    assert (loaded.asynchronous, loaded.issue, loaded.latency) == (True, 16, 532)
    assert cost(b200, Move(32768, "tensor", "register", 4)).latency == 179
    assert cost(b200, Move(16384, "tensor", "register", 4)).latency == 108
    stored = cost(b200, Move(32768, "register", "tensor", 4))
    assert reserved(stored) == {"tensor_write": (97, 1)}
    assert (stored.asynchronous, stored.issue, stored.latency) == (False, 97, 145)


@pytest.mark.parametrize(
    ("name", "request_", "message", "help"),
    [
        ("figure1", Elementwise("exp2", 1, "fp32", 1), "no unit for 'exp2'", None),
        ("figure1", Load(1, "shared"), "no loads", None),
        ("figure1", Store(1, "shared"), "no stores", None),
        ("figure1", Conversion(1, "fp32", "bf16", 1), "no type conversions", None),
        ("figure1", Reduction("max", 1, 1, "fp32", 1), "no row reduction 'max'", None),
        (
            "figure1",
            MatrixMultiply(1, 1, 1, "bf16", "x", "x", "x", 1),
            "no matrix multiply",
            None,
        ),
        ("h100", Elementwise("exp3", 1, "fp32", 4), "no unit for 'exp3'", "'exp2'"),
        ("h100", Elementwise("exp2", 1, "bf16", 4), "does not compute 'exp2' in bf16", "fp32"),
        ("h100", Reduction("max", 1, 1, "bf16", 4), "row reduction 'max' in bf16", "fp32"),
        ("a100", Conversion(1, "fp32", "fp8", 4), "from fp32 to fp8", "bf16, fp16"),
        ("h100", Move(1, "tensor", "register", 4), "no move from tensor to register", "shared"),
        ("b200", Move(1, "tensor", "register", 2), "takes 4 warps, not 2", "4 warps"),
        ("h100", Load(1, "tensor"), "cannot load into tensor", "shared"),
        ("h100", Store(1, "register"), "cannot store from register", "shared"),
    ],
)
def test_what_a_machine_cannot_do(
    name: str, request_: Request, message: str, help: str | None
) -> None:
    """A refusal names the machine, what it lacks and what it has."""
    with pytest.raises(Unsupported) as caught:
        cost(load_machine(name), request_)
    assert message in caught.value.message
    assert (help or "") in (caught.value.help or "")


def test_every_number_of_a_cost_has_its_arithmetic(h100: Machine) -> None:
    """The lines of a cost name its quantities, with formulas and the numbers they rest on."""
    found = cost(h100, Elementwise("exp2", 8192, "fp32", 4))
    lines = {line.quantity: line for line in found.lines}
    assert set(lines) == {"sfu.length", "issue.amount", "latency", "issue"}
    assert lines["sfu.length"].formula == "8192 elements / 16 elements/cycle"
    assert lines["sfu.length"].sources[0].name == "costs.elementwise.exponential.types.fp32.rate"
    assert lines["latency"].value == found.latency
    assert found.reservations["issue"] == (Reservation(0, 512, lines["issue.amount"].value),)
