"""Hand-offs between roles, and the room that values take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twill.costs import (
    Unsupported,
    handoff_cost,
    memory_size,
    move_path,
    operand_spaces,
    register_count,
    tensor_columns,
    vector_elements,
)
from twill.machine import Machine
from twill.problem import Handoff, Limits, RegisterRange, RoleLimits
from twill.spec.machine import load_machine


def test_register_value_is_staged(b200: Machine) -> None:
    """32 KiB: 61 + 16.1 · 32 cycles; each stream spends 30 and half of the copying."""
    handoff, lines = handoff_cost(b200, "register", 32768, False, 4)
    stream = 30 + 32768 // 128
    assert handoff == Handoff(577, 32768, stream, stream, named_barriers=2)
    assert {line.quantity for line in lines} == {
        "handoff.latency",
        "handoff.bytes",
        "handoff.issue_send",
        "handoff.issue_receive",
        "handoff.named_barriers",
    }


def test_staged_bytes_are_aligned(h100: Machine) -> None:
    """A row statistic of 100 B takes 112 B, a multiple of 16."""
    assert handoff_cost(h100, "register", 100, False, 4)[0].bytes == 112


def test_waiting_for_an_asynchronous_register_result(h100: Machine) -> None:
    """What a wait on its own role pays is the wait alone; crossing roles is staged as ever."""
    handoff, lines = handoff_cost(h100, "register", 16384, True, 4)
    synchronous, _ = handoff_cost(h100, "register", 16384, False, 4)
    assert (handoff.latency, handoff.bytes, handoff.named_barriers) == (319, 16384, 2)
    assert handoff == replace(synchronous, issue_wait=10)
    assert "handoff.issue_wait" in {line.quantity for line in lines}


def test_results_in_memory_are_announced(b200: Machine) -> None:
    """A synchronous result costs an mbarrier's way; an asynchronous one has arrived already."""
    announced = Handoff(92, 0, 45, 45, mbarriers=2)
    assert handoff_cost(b200, "tensor", 65536, False, 4)[0] == announced
    arrived = Handoff(issue_receive=45, mbarriers=2, issue_wait=45)
    assert handoff_cost(b200, "shared", 65536, True, 1)[0] == arrived


def test_one_role_only_waits(a100: Machine) -> None:
    """A machine with one role pays for waiting on cp.async and for nothing else."""
    assert handoff_cost(a100, "shared", 32768, True, 4)[0] == Handoff(
        issue_receive=30, issue_wait=30
    )
    assert handoff_cost(a100, "shared", 32768, False, 4)[0] == Handoff()
    assert handoff_cost(a100, "register", 32768, False, 4)[0] == Handoff()
    assert handoff_cost(load_machine("figure1"), "register", 1, False, 1) == (Handoff(), ())


def test_role_limits(h100: Machine, a100: Machine) -> None:
    """The limits of a thread block as a problem wants them."""
    assert h100.role_limits() == RoleLimits(
        8, 32, 4, 65536, RegisterRange(24, 248, 8, 24), handoff_memory="shared"
    )
    assert h100.limits(8) == Limits(8, named_barriers=15, mbarrier_bytes=8)
    limits = a100.role_limits()
    assert limits is not None
    assert (limits.max_roles, limits.handoff_memory) == (1, None)
    assert a100.limits(4) == Limits(4)
    assert load_machine("figure1").role_limits() is None


def test_units_and_memories_of_a_problem(b200: Machine) -> None:
    """Capacities come with their names, tensor memory in columns."""
    units = {unit.name: unit.capacity for unit in b200.problem_units()}
    assert (units["tensor"], units["issue"], units["shared"]) == (1, 128, 128)
    memories = {memory.name: (memory.capacity, memory.unit) for memory in b200.problem_memories()}
    assert memories == {"shared": (232448, "bytes"), "tensor": (512, "columns")}


def test_operand_spaces(h100: Machine, b200: Machine) -> None:
    """Where operands can be, most preferred first."""
    assert operand_spaces(h100, "a") == ("register", "shared")
    assert operand_spaces(b200, "a") == ("tensor", "shared")
    assert operand_spaces(h100, "accumulator") == ("register",)
    assert operand_spaces(load_machine("figure1"), "b") == ()


def test_move_paths(h100: Machine, b200: Machine) -> None:
    """Which moves there are."""
    assert move_path(b200, "tensor", "register")
    assert not move_path(h100, "tensor", "register")
    assert not move_path(b200, "shared", "tensor")


def test_registers_of_a_tile(h100: Machine, b200: Machine) -> None:
    """64 × 128 over 128 threads: 64 registers in fp32, 32 in bf16; row statistics by copies."""
    assert register_count(64 * 128, "fp32", 4) == 64
    assert register_count(64 * 128, "bf16", 4) == 32
    assert register_count(vector_elements(h100, 64), "fp32", 4) == 2
    assert register_count(vector_elements(b200, 128), "fp32", 4) == 1
    assert register_count(1, "bf16", 4) == 1


@pytest.mark.parametrize(
    ("rows", "columns", "dtype", "expected"),
    [
        (128, 128, "fp32", 128),
        (64, 128, "fp32", 128),
        (128, 128, "bf16", 64),
        (256, 64, "fp32", 128),
        (128, 1, "bf16", 1),
    ],
)
def test_columns_of_tensor_memory(
    b200: Machine, rows: int, columns: int, dtype: str, expected: int
) -> None:
    """A tile takes whole columns of 128 lanes of 4 B, however few lanes it uses."""
    assert tensor_columns(b200, rows, columns, dtype) == expected


def test_room_in_shared_memory(h100: Machine) -> None:
    """Bytes, and a refusal where there is no such memory."""
    assert memory_size(h100, "shared", 128, 128, "bf16") == 32768
    with pytest.raises(Unsupported, match="no memory 'tensor'"):
        memory_size(h100, "tensor", 128, 128, "fp32")
    with pytest.raises(Unsupported, match="no tensor memory"):
        tensor_columns(h100, 128, 128, "fp32")
