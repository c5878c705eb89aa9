"""What each kind of operation computes, on tiles (docs/loops.md, "What each function computes").

``scale`` belongs to the run: it multiplies the difference in ``fma`` and in ``exp2`` of two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from twill.elaborate.tiles import TileOp
from twill.simulate.rounding import Array

_UNARY: dict[str, Callable[[Array], Array]] = {
    "log2": np.log2,
    "reciprocal": np.reciprocal,
    "rsqrt": lambda a: np.asarray(1 / np.sqrt(a), dtype=np.float32),
    "sine": np.sin,
    "cosine": np.cos,
    "tanh": np.tanh,
}

_BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "compare": lambda a, b: (a > b).astype(np.float32),
}

_COMBINED: dict[str, Callable[[Array, Array], Array]] = {"max": np.maximum, "sum": np.add}

Operands = Mapping[str, Sequence[tuple[Array, tuple[str, ...]]]]
"""By port: arrays with the names of their dimensions, in the order of the loop file."""


_TAKES = {"fma": 2, "select": 3, **dict.fromkeys(_UNARY, 1), **dict.fromkeys(_BINARY, 2)}


def computable(op: TileOp, reads: int) -> bool:
    """Whether it is known what an operation computes; of one with a stated cost it is not.

    ``reads``: how many values it reads at the port ``read``.
    """
    if op.stated or op.kind == "custom":
        return False
    return op.kind != "elementwise" or _TAKES.get(str(op.function)) == reads


def compute(op: TileOp, operands: Operands, scale: float) -> Array:
    """The result of an operation before it is rounded to its type."""
    result = _FUNCTIONS[op.kind](op, operands, np.float32(scale))
    return np.asarray(result, dtype=np.float32)


def _mma(op: TileOp, operands: Operands, scale: np.float32) -> Array:  # noqa: ARG001
    """The contracted dimension is the one that the result does not have."""
    (a, of_a), (b, of_b) = operands["a"][0], operands["b"][0]
    rows, columns = op.shape
    left = a if of_a[0] == rows else a.T
    right = b if of_b[1] == columns else b.T
    product: Array = np.matmul(left, right)
    if "accumulate" in operands:
        product = operands["accumulate"][0][0] + product
    return product


def _elementwise(op: TileOp, operands: Operands, scale: np.float32) -> Array:
    given = [along(op.shape, *operand) for operand in operands["read"]]
    if len(given) == 1:
        return _UNARY[str(op.function)](given[0])
    if op.function == "fma":
        return np.asarray((given[0] - given[1]) * scale)
    if op.function == "select":
        return np.asarray(np.where(given[0] != 0, given[1], given[2]))
    return _BINARY[str(op.function)](given[0], given[1])


def _exp2(op: TileOp, operands: Operands, scale: np.float32) -> Array:
    given = [along(op.shape, *operand) for operand in operands["read"]]
    if len(given) == 1:
        return np.exp2(given[0])
    return np.asarray(np.exp2((given[0] - given[1]) * scale))


def _reduce(op: TileOp, operands: Operands, scale: np.float32) -> Array:  # noqa: ARG001
    tile, dimensions = operands["read"][0]
    axes = tuple(i for i, d in enumerate(dimensions) if d not in op.shape)
    result: Array = tile.max(axis=axes) if op.function == "max" else tile.sum(axis=axes)
    if "accumulate" in operands:
        result = _COMBINED[str(op.function)](operands["accumulate"][0][0], result)
    return result


def _rescale(op: TileOp, operands: Operands, scale: np.float32) -> Array:  # noqa: ARG001
    return along(op.shape, *operands["read"][0]) * along(op.shape, *operands["by"][0])


def _copy(op: TileOp, operands: Operands, scale: np.float32) -> Array:  # noqa: ARG001
    return operands["read"][0][0]


_FUNCTIONS: dict[str, Callable[[TileOp, Operands, np.float32], Array]] = {
    "mma": _mma,
    "elementwise": _elementwise,
    "exp2": _exp2,
    "reduce": _reduce,
    "rescale": _rescale,
    "convert": _copy,
    "move": _copy,
    "moved": _copy,
    "store": _copy,
}


def along(shape: tuple[str, ...], tile: Array, dimensions: tuple[str, ...]) -> Array:
    """A tile as it is combined with one of ``shape``: a vector varies along its own dimension."""
    if len(dimensions) == len(shape):
        return tile
    return tile.reshape(tuple(-1 if d in dimensions else 1 for d in shape))
