"""Where values can live on a machine and how much room they take there."""

from __future__ import annotations

from math import ceil
from typing import Literal

from twill.costs.arithmetic import choose, type_bits
from twill.costs.requests import Unsupported
from twill.machine import Machine

THREADS_PER_WARP = 32
"""Every CUDA device has warps of 32 threads (CUDA Programming Guide)."""


def operand_spaces(machine: Machine, operand: Literal["a", "b", "accumulator"]) -> tuple[str, ...]:
    """The spaces that an operand of a matrix multiply can be in, most preferred first."""
    model = machine.costs.matrix
    if model is None:
        return ()
    operands = model.operands
    return {"a": operands.a, "b": operands.b, "accumulator": operands.accumulator}[operand]


def move_path(machine: Machine, source: str, target: str) -> bool:
    """Whether there is a move from one space to the other."""
    return target in (machine.costs.move or {}).get(source, {})


def register_count(elements: int, dtype: str, warps: int) -> int:
    """32-bit registers per thread for ``elements`` spread evenly over ``warps`` warps.

    A value of which several threads hold copies (a row statistic) counts every copy:
    pass ``vector_elements`` of it.
    """
    return max(1, ceil(elements * type_bits(dtype) / (32 * warps * THREADS_PER_WARP)))


def vector_elements(machine: Machine, rows: int) -> int:
    """Elements that the threads hold of a vector with one element per row of a tile.

    Each thread that holds a part of a row holds its own copy.
    """
    return rows * (machine.row_threads.whole if machine.row_threads else 1)


def memory_size(machine: Machine, memory: str, rows: int, columns: int, dtype: str) -> int:
    """The room that a tile takes, in the memory's unit (bytes, or columns of tensor memory).

    A tile of tensor memory takes whole columns, however few of its lanes it uses; more
    rows than lanes take further columns.
    """
    message = f"machine '{machine.name}' has no memory '{memory}'"
    model = choose(machine.memories, memory, message)
    bits = type_bits(dtype)
    if model.lanes is None or model.cell_bytes is None:
        return ceil(rows * columns * bits / 8)
    blocks = -(-rows // model.lanes.whole)
    return blocks * -(-columns * bits // (8 * model.cell_bytes.whole))


def tensor_columns(machine: Machine, rows: int, columns: int, dtype: str) -> int:
    """Columns of tensor memory that a tile takes."""
    for name, memory in machine.memories.items():
        if memory.lanes is not None:
            return memory_size(machine, name, rows, columns, dtype)
    raise Unsupported(f"machine '{machine.name}' has no tensor memory")
