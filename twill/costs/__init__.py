"""Cost models: what a tile operation costs on a machine, in cycles, with the arithmetic."""

from __future__ import annotations

from twill.costs.copies import load_cost, move_cost, store_cost
from twill.costs.handoff import handoff_cost
from twill.costs.lanes import conversion_cost, elementwise_cost, reduction_cost
from twill.costs.layout import (
    memory_size,
    move_path,
    operand_spaces,
    register_count,
    tensor_columns,
    vector_elements,
)
from twill.costs.matrix import matrix_cost
from twill.costs.requests import (
    TYPE_BITS,
    Conversion,
    CostLine,
    Elementwise,
    Load,
    MatrixMultiply,
    Move,
    OpCost,
    Reduction,
    Request,
    Store,
    Unsupported,
)
from twill.machine import Machine


def cost(machine: Machine, request: Request) -> OpCost:
    """What a request costs on a machine.

    :raises Unsupported: where the machine lacks the unit, the type or the path, or a tile
        is no multiple of an instruction's.
    """
    match request:
        case MatrixMultiply():
            return matrix_cost(machine, request)
        case Elementwise():
            return elementwise_cost(machine, request)
        case Reduction():
            return reduction_cost(machine, request)
        case Conversion():
            return conversion_cost(machine, request)
        case Load():
            return load_cost(machine, request)
        case Store():
            return store_cost(machine, request)
        case Move():
            return move_cost(machine, request)


__all__ = [
    "TYPE_BITS",
    "Conversion",
    "CostLine",
    "Elementwise",
    "Load",
    "MatrixMultiply",
    "Move",
    "OpCost",
    "Reduction",
    "Request",
    "Store",
    "Unsupported",
    "cost",
    "handoff_cost",
    "memory_size",
    "move_path",
    "operand_spaces",
    "register_count",
    "tensor_columns",
    "vector_elements",
]
