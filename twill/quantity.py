"""A number of a machine file, and laws made of such numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

Confidence = Literal["documented", "microbenchmarked", "derived", "estimated", "hypothetical"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a machine file, with its origin.

    ``name`` is its path in the file ("costs.convert.latency"), ``source`` the short keys of
    its sources, ``citation`` what they stand for.
    """

    name: str
    value: int | float
    unit: str
    source: str
    confidence: Confidence
    citation: str = ""
    note: str = ""

    @property
    def exact(self) -> Fraction:
        """The value as written in decimal, so that rounding up never sees binary noise."""
        return Fraction(str(self.value))

    @property
    def whole(self) -> int:
        """The value of a quantity that the reader has checked to be an integer."""
        return int(self.value)

    def __str__(self) -> str:
        """The value with its unit; a bare count has none."""
        return f"{self.value:g}" if self.unit == "1" else f"{self.value:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Point:
    """A measured point of a law: ``cycles`` for a transfer of ``bytes``."""

    bytes: int
    cycles: Quantity


@dataclass(frozen=True, slots=True)
class Law:
    """Cycles as a function of bytes: ``fixed + per_kib * KiB``, or points with lines between.

    Below the first point the law is constant, beyond the last it goes on with the slope of
    the last segment.
    """

    fixed: Quantity | None = None
    per_kib: Quantity | None = None
    points: tuple[Point, ...] = ()

    def cycles(self, size: int) -> int:
        """Cycles for ``size`` bytes, rounded up."""
        return ceil(self._between(size) if self.points else self._affine(size))

    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers that the law consists of."""
        affine = (self.fixed, self.per_kib)
        return (*(q for q in affine if q is not None), *(p.cycles for p in self.points))

    def formula(self, size: int) -> str:
        """The arithmetic for ``size`` bytes, for a reader."""
        if self.points:
            known = ", ".join(f"{p.bytes} B: {p.cycles.value:g}" for p in self.points)
            return f"{size} B between measured points ({known})"
        terms = [f"{self.fixed.value:g}"] if self.fixed else []
        if self.per_kib:
            terms.append(f"{self.per_kib.value:g}/KiB · {size / 1024:g} KiB")
        return " + ".join(terms)

    def _affine(self, size: int) -> Fraction:
        slope = self.per_kib.exact if self.per_kib else Fraction(0)
        return (self.fixed.exact if self.fixed else Fraction(0)) + slope * Fraction(size, 1024)

    def _between(self, size: int) -> Fraction:
        points = self.points
        if size <= points[0].bytes or len(points) == 1:
            return points[0].cycles.exact
        right = next((i for i, p in enumerate(points) if p.bytes >= size), len(points) - 1)
        low, high = points[right - 1], points[right]
        share = Fraction(size - low.bytes, high.bytes - low.bytes)
        return low.cycles.exact + share * (high.cycles.exact - low.cycles.exact)
