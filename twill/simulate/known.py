"""The shipped loops beside textbook formulas: which data they need, what they must come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from twill.simulate.reference import Results
from twill.simulate.rounding import Array
from twill.simulate.textbook import (
    Exact,
    attention,
    attention_gradients,
    log_sum_exp,
    multiply,
    row_sums,
)
from twill.simulate.values import Arrays, Data, Symbol, Tiles


@dataclass(frozen=True, slots=True)
class Comparison:
    """A result beside its textbook formula: the largest error over the largest element."""

    name: str
    error: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the error is within what rounding explains."""
        return self.error <= self.tolerance


@dataclass(frozen=True, slots=True)
class Case:
    """What a loop was run on: ``trips`` iterations with a scale."""

    tiles: Tiles
    data: Data
    scale: float
    trips: int

    def loaded(self, name: str) -> Exact:
        """All tiles that a load loads, one iteration after the other along the first axis."""
        op = next(o for o in self.tiles.op.values() if o.value == name and o.kind == "load")
        shape = tuple(self.tiles.size[d] for d in op.shape)
        found = [self.data.tile(name, i, shape, op.type) for i in range(self.trips)]
        return np.asarray(found, dtype=np.float64)

    def rows(self, name: str) -> Exact:
        """The tiles of a load, iteration under iteration."""
        return np.concatenate(list(self.loaded(name)))

    def given(self, name: str) -> Exact:
        """A loop-invariant input."""
        dimensions, element = self.tiles.inputs[name]
        shape = tuple(self.tiles.size[d] for d in dimensions)
        return self.data.invariant(name, shape, element).astype(np.float64)


def whole(tiles: Tiles, results: Results, value: str, iteration: int) -> Exact | None:
    """A value put together of its slices; None where it is not known what was computed."""
    parts = [op for op in tiles.op.values() if op.value == value and op.kind != "moved"]
    joined = np.full([tiles.size[d] for d in parts[0].shape], np.nan)
    for op in parts:
        part = results[op.name, iteration]
        if isinstance(part, Symbol):
            return None
        cut = {d: (which, count) for d, which, count in op.index}
        where = []
        for d in op.shape:
            which, count = cut[d]
            size = tiles.size[d]
            where.append(slice(size * which // count, size * (which + 1) // count))
        joined[tuple(where)] = part
    return joined


def _matrix_multiply(case: Case, results: Results) -> dict[str, tuple[Exact | None, Exact]]:
    a = np.concatenate(list(case.loaded("A")), axis=1)
    found = whole(case.tiles, results, "C", case.trips - 1)
    return {"C": (found, multiply(a, case.rows("B")))}


def _forward(case: Case, results: Results) -> dict[str, tuple[Exact | None, Exact]]:
    output = whole(case.tiles, results, "O", case.trips - 1)
    sums = whole(case.tiles, results, "l", case.trips - 1)
    found = None if output is None or sums is None else output / sums[:, None]
    exact = attention(case.given("Q"), case.rows("K"), case.rows("V"), case.scale)
    return {"O / l": (found, exact)}


def _backward(case: Case, results: Results) -> dict[str, tuple[Exact | None, Exact]]:
    """The loop leaves the factor of the softmax's scale to whoever stores dQ and dK."""
    exact = attention_gradients(*_operands(case), case.scale)
    factor = case.scale * np.log(2.0)
    blocks = [whole(case.tiles, results, "dQ_sum", i) for i in range(case.trips)]
    known = [block.T for block in blocks if block is not None]
    keys = whole(case.tiles, results, "dK", case.trips - 1)
    return {
        "dQ": (np.concatenate(known) * factor if known else None, exact[0]),
        "dK": (None if keys is None else keys * factor, exact[1]),
        "dV": (whole(case.tiles, results, "dV", case.trips - 1), exact[2]),
    }


def _operands(case: Case) -> tuple[Exact, Exact, Exact, Exact]:
    return case.rows("Q"), case.given("K"), case.given("V"), case.rows("dO")


def _statistics(case: Case) -> Mapping[str, Array]:
    """What the backward loop loads of the forward pass."""
    q, k, v, do = _operands(case)
    lse = log_sum_exp(q, k, case.scale)
    delta = row_sums(q, k, v, do, case.scale)
    shape = (case.trips, -1)
    return {
        "lse": lse.reshape(shape).astype(np.float32),
        "delta": delta.reshape(shape).astype(np.float32),
    }


def _nothing(case: Case) -> Mapping[str, Array]:  # noqa: ARG001
    return {}


@dataclass(frozen=True, slots=True)
class Known:
    """A loop whose meaning is in the textbooks, and how near it comes with its rounding.

    ``tolerance``: of the largest element. bf16 has 8 bits: probabilities and gradients rounded
    to it are off by up to 2^-9 each; sums in fp32 are not.
    """

    results: Callable[[Case, Results], dict[str, tuple[Exact | None, Exact]]]
    tolerance: float
    data: Callable[[Case], Mapping[str, Array]] = _nothing


KNOWN: dict[str, Known] = {
    "gemm": Known(_matrix_multiply, 1e-5),
    "flash_attention_forward": Known(_forward, 5e-3),
    "flash_attention_backward": Known(_backward, 5e-3, _statistics),
}
"""By the name of the shipped loop."""


def arrays_for(name: str, tiles: Tiles, scale: float, seed: int, trips: int) -> Arrays:
    """Values on random data; what a known loop loads of an earlier pass is computed."""
    data = Data(seed)
    if name in KNOWN and trips > 0:
        data = Data(seed, KNOWN[name].data(Case(tiles, data, scale, trips)))
    return Arrays(tiles, data, scale)


def compare(name: str, arrays: Arrays, results: Results, trips: int) -> tuple[Comparison, ...]:
    """The results of a run beside the textbook; nothing for a loop that is not in it."""
    if name not in KNOWN or trips == 0:
        return ()
    known = KNOWN[name]
    case = Case(arrays.tiles, arrays.data, arrays.scale, trips)
    return tuple(
        Comparison(what, _error(found, exact), known.tolerance)
        for what, (found, exact) in known.results(case, results).items()
        if found is not None
    )


def _error(found: Exact, exact: Exact) -> float:
    """The largest difference over the largest element; infinite where something is no number."""
    error = float(np.abs(found - exact).max() / np.abs(exact).max())
    return error if np.isfinite(error) else float("inf")
