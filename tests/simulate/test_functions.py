from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from twill.elaborate.tiles import TileOp, TileOperand
from twill.simulate.functions import computable, compute
from twill.simulate.rounding import ROUNDING, Array, bf16, rounded


def array(*values: object) -> Array:
    """A small tile."""
    return np.array(values, dtype=np.float32)


def op(kind: str, function: str | None = None, shape: tuple[str, ...] = ("M", "N")) -> TileOp:
    """An operation of two dimensions, 2 by 2."""
    index = tuple((d, 0, 1) for d in shape)
    extents = dict.fromkeys(shape, 2)
    return TileOp(kind, kind, kind, function, shape, index, extents, "fp32", None, (), False, False)


def apply(
    what: TileOp, scale: float = 1.0, **ports: Sequence[tuple[Array, tuple[str, ...]]]
) -> list[object]:
    """The result, as plain numbers."""
    return list(compute(what, ports, scale).tolist())


TILE = array([1.0, 4.0], [2.0, 3.0])
ROWS, BOTH = ("M",), ("M", "N")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1.0, 1.0),
        (1.0 + 2**-8, 1.0),  # a tie goes to the even neighbour, here below
        (1.0 + 3 * 2**-8, 1.0 + 2**-6),  # and here above
        (1.0 + 2**-8 + 2**-20, 1.0 + 2**-7),
        (-1.0 - 2**-8, -1.0),
        (float("inf"), float("inf")),
        (float("-inf"), float("-inf")),
        (3.4e38, float("inf")),
    ],
)
def test_bf16_rounds_to_nearest_even(value: float, wanted: float) -> None:
    """Seven bits of mantissa behind the point."""
    assert bf16(array(value)).tolist() == [wanted]


def test_bf16_keeps_what_is_no_number() -> None:
    """Not a number stays that: rounding up must not carry it over into infinity."""
    assert np.isnan(bf16(array(float("nan")))).all()


@pytest.mark.parametrize(
    ("element", "value", "wanted"),
    [
        ("fp32", 1.0 + 2**-23, 1.0 + 2**-23),
        ("tf32", 1.0 + 2**-11, 1.0),
        ("tf32", 1.0 + 3 * 2**-11, 1.0 + 2**-9),
        ("fp16", 1.0 + 2**-11, 1.0),
        ("fp16", 1e6, float("inf")),
        ("fp8", 17.0, 16.0),
        ("fp8", 1000.0, 448.0),
        ("fp8", 2.0**-10, 0.0),
        ("fp8", 3 * 2.0**-10, 2.0**-8),
        ("fp4", 5.0, 4.0),
        ("fp4", 0.3, 0.5),
        ("int8", 2.5, 2.0),
        ("int8", -200.0, -128.0),
    ],
)
def test_element_types(element: str, value: float, wanted: float) -> None:
    """Each type has its numbers; small ones saturate."""
    assert rounded(array(value), element).tolist() == [wanted]


@pytest.mark.parametrize("element", ROUNDING)
def test_rounding_twice_is_rounding_once(element: str) -> None:
    """What is a number of the type stays as it is."""
    values = np.random.default_rng(0).standard_normal(2000).astype(np.float32) * 8
    once = rounded(values, element)
    assert np.array_equal(rounded(once, element), once)


def test_multiply_accumulates_in_any_layout() -> None:
    """The dimension that the result has not is contracted, wherever it stands."""
    a, b, c = array([1, 2], [3, 4]), array([5, 6], [7, 8]), array([1, 1], [1, 1])
    wanted = [[20.0, 23.0], [44.0, 51.0]]
    for left, of_a in ((a, ("M", "K")), (a.T, ("K", "M"))):
        for right, of_b in ((b, ("K", "N")), (b.T, ("N", "K"))):
            found = apply(
                op("mma"), a=[(left, of_a)], b=[(right, of_b)], accumulate=[(c, ("M", "N"))]
            )
            assert found == wanted


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        ("add", [[2.0, 5.0], [4.0, 5.0]]),
        ("subtract", [[0.0, 3.0], [0.0, 1.0]]),
        ("multiply", [[1.0, 4.0], [4.0, 6.0]]),
        ("maximum", [[1.0, 4.0], [2.0, 3.0]]),
        ("minimum", [[1.0, 1.0], [2.0, 2.0]]),
        ("compare", [[0.0, 1.0], [0.0, 1.0]]),
        ("fma", [[0.0, 1.5], [0.0, 0.5]]),
    ],
)
def test_elementwise_of_a_tile_and_a_vector_of_its_rows(
    function: str, wanted: list[list[float]]
) -> None:
    """A vector varies along the dimension that it has; fma is the scaled difference."""
    read = [(TILE, BOTH), (array(1.0, 2.0), ROWS)]
    assert apply(op("elementwise", function), 0.5, read=read) == wanted


def test_a_vector_of_columns() -> None:
    """The same, along the other dimension."""
    read = [(TILE, BOTH), (array(1.0, 2.0), ("N",))]
    assert apply(op("elementwise", "subtract"), read=read) == [[0.0, 2.0], [1.0, 1.0]]


def test_exp2_of_one_and_of_a_difference() -> None:
    """The scale multiplies differences only."""
    vector = op("exp2", shape=ROWS)
    assert apply(vector, 3.0, read=[(array(1.0, 2.0), ROWS)]) == [2.0, 4.0]
    read = [(array(1.0, 2.0), ROWS), (array(3.0, 2.0), ROWS)]
    assert apply(vector, 0.5, read=read) == [0.5, 1.0]


def test_reductions_of_rows() -> None:
    """With what they accumulate on, and without."""
    read, before = [(TILE, BOTH)], [(array(0.0, 9.0), ROWS)]
    assert apply(op("reduce", "max", ROWS), read=read) == [4.0, 3.0]
    assert apply(op("reduce", "max", ROWS), read=read, accumulate=before) == [4.0, 9.0]
    assert apply(op("reduce", "sum", ROWS), read=read, accumulate=before) == [5.0, 14.0]


def test_rescale_multiplies_rows() -> None:
    """Each row by its element."""
    found = apply(op("rescale"), read=[(TILE, BOTH)], by=[(array(2.0, 10.0), ROWS)])
    assert found == [[2.0, 8.0], [20.0, 30.0]]


@pytest.mark.parametrize("kind", ["convert", "move", "moved", "store"])
def test_copies(kind: str) -> None:
    """They change the type at most."""
    assert apply(op(kind), read=[(TILE, BOTH)]) == TILE.tolist()


@pytest.mark.parametrize(
    ("function", "reads", "known"),
    [("fma", 2, True), ("fma", 3, False), ("tanh", 1, True), ("tanh", 2, False), ("x", 1, False)],
)
def test_what_is_not_known_is_not_computed(function: str, reads: int, known: bool) -> None:
    """A function has its number of operands."""
    assert computable(op("elementwise", function), reads) is known


def test_a_stated_cost_says_nothing_of_what_is_computed() -> None:
    """Neither does a custom operation."""
    stated = TileOp(
        "S", "mma", "S", None, ("M", "N"), (), {}, "fp32", None,
        (TileOperand("a", "A"),), False, True,
    )  # fmt: skip
    assert not computable(stated, 0)
    assert not computable(op("custom"), 1)
