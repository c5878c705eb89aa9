"""The normalisation of costs against every rounding, and what holds of all."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twill.solver.paper.normalise import NotNormalised, normalise
from twill.solver.paper.options import PaperOptions

SMALL = PaperOptions(U=9)


def error_of(counts: tuple[int, ...], images: tuple[int, ...]) -> int:
    """The largest cross product, by its definition."""
    pairs = itertools.product(zip(counts, images, strict=True), repeat=2)
    return max(abs(a * y - b * x) for (a, x), (b, y) in pairs)


def best(counts: dict[int, int], options: PaperOptions) -> tuple[int, int]:
    """F and the largest sum at it, over all roundings; by enumeration."""
    values = tuple(counts)
    weights = [counts[c] if options.weights == "occurrence" else 1 for c in values]
    found = []
    for images in itertools.product(range(options.U + 1), repeat=len(values)):
        total = sum(w * x for w, x in zip(weights, images, strict=True))
        if options.least <= total <= options.U:
            found.append((error_of(values, images), -total))
    smallest, total = min(found)
    return smallest, -total


COUNTS = st.dictionaries(st.integers(1, 40), st.integers(1, 3), min_size=2, max_size=4)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.sampled_from(["occurrence", "distinct"]), st.integers(1, 4))
def test_no_rounding_is_better(counts: dict[int, int], weights: str, least: int) -> None:
    """F is the smallest, and the sum the largest at it, of all roundings within the bounds."""
    options = replace(SMALL, weights=weights, least=least)  # type: ignore[arg-type]  # sampled
    found = normalise(counts, options)
    smallest, total = best(dict(sorted(counts.items())), options)
    assert found.F == smallest == error_of(tuple(found.image), tuple(found.image.values()))
    if smallest:
        assert found.total == total
    else:
        assert math.gcd(*found.image.values()) == 1


def test_equal_costs_become_one_cycle() -> None:
    """Exact ratios are divided out: Figure 1 stays as it is."""
    found = normalise({1: 3}, PaperOptions())
    assert (found.image, found.F, found.total) == ({1: 1}, 0, 3)


def test_exact_ratios_are_kept() -> None:
    """Where the ratios fit, nothing is lost."""
    found = normalise({256: 4, 512: 2, 128: 1}, PaperOptions())
    assert dict(found.image) == {128: 1, 256: 2, 512: 4}
    assert (found.error, int(found.scale), found.vanished) == (0.0, 128, ())
    assert found(1024) == 8


def test_the_objective_prefers_to_collapse() -> None:
    """F is an absolute error: with close large counts the best rounding drops all others.

    The counts are those of forward attention on the h100 with reservations in the list.
    """
    counts = (2, 6, 16, 34, 64, 68, 123, 128, 146, 187, 410, 512, 530, 558)
    found = normalise(dict.fromkeys(counts, 1), PaperOptions())
    assert found.image == dict.fromkeys(counts[:10], 0) | dict.fromkeys(counts[10:], 1)
    kept = normalise(dict.fromkeys(counts, 1), PaperOptions(least=150))
    assert len(kept.vanished) < len(found.vanished)
    assert kept.F > found.F


def test_tie_break() -> None:
    """Among the best roundings the largest sum, or the smallest."""
    most = normalise({3: 1, 7: 1}, PaperOptions(U=5))
    fewest = normalise({3: 1, 7: 1}, PaperOptions(U=5, tie="fewest"))
    assert most.F == fewest.F
    assert most.total >= fewest.total


def test_bounds_that_cannot_be_met() -> None:
    """A sum that no rounding has is said to be so."""
    with pytest.raises(NotNormalised, match="from 7 to 8"):
        normalise({5: 9}, PaperOptions(U=8, least=7))


def test_no_counts() -> None:
    """A program without durations needs no scale."""
    assert normalise({}, PaperOptions())(0) == 0
