"""Rounding to the element types of tiles. Arrays are float32 whatever type their elements have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]


def bf16(values: Array) -> Array:
    """To the nearest bf16, ties to even: the upper 16 bits of the float, rounded."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    rounded = bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))
    kept = (rounded & np.uint32(0xFFFF0000)).view(np.float32)
    return np.asarray(np.where(np.isfinite(values), kept, values), dtype=np.float32)


def tf32(values: Array) -> Array:
    """To 10 bits of mantissa, ties to even."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    rounded = bits + (np.uint32(0xFFF) + ((bits >> np.uint32(13)) & np.uint32(1)))
    kept = (rounded & np.uint32(0xFFFFE000)).view(np.float32)
    return np.asarray(np.where(np.isfinite(values), kept, values), dtype=np.float32)


def fp16(values: Array) -> Array:
    """To the nearest IEEE half, ties to even."""
    with np.errstate(over="ignore"):
        return values.astype(np.float16).astype(np.float32)


def _small(mantissa: int, lowest: int, largest: float) -> Callable[[Array], Array]:
    """A saturating type of few bits; ``lowest``: the exponent of the smallest normal number."""

    def rounding(values: Array) -> Array:
        _, exponent = np.frexp(values)
        step = np.exp2(np.maximum(exponent - 1, lowest) - mantissa)
        nearest = np.rint(values / step) * step
        return np.asarray(np.clip(nearest, -largest, largest), dtype=np.float32)

    return rounding


def _whole(largest: float) -> Callable[[Array], Array]:
    def rounding(values: Array) -> Array:
        return np.asarray(np.clip(np.rint(values), -largest - 1, largest), dtype=np.float32)

    return rounding


ROUNDING: dict[str, Callable[[Array], Array]] = {
    "bf16": bf16,
    "fp16": fp16,
    "tf32": tf32,
    "fp8": _small(3, -6, 448.0),
    "fp4": _small(1, 0, 6.0),
    "int8": _whole(127.0),
    "int32": _whole(2.0**31 - 1),
}
"""How the elements of a type are rounded; fp8 is e4m3, fp4 e2m1. fp32 needs none."""


def rounded(values: Array, element: str) -> Array:
    """Values as elements of a type."""
    rounding = ROUNDING.get(element)
    return values.astype(np.float32) if rounding is None else rounding(values)
