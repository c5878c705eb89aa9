"""A normalisation of costs: the image of each count, and what rounding loses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Normalisation:
    """The image of each count in C, the smallest F, and the sum of the images.

    ``weight``: how often each count is in the sum. ``scale``: machine cycles per normalised
    cycle. ``error``: the largest relative error of a count, its image read at that scale; 1
    where a positive count became 0.
    """

    image: Mapping[int, int]
    weight: Mapping[int, int]
    F: int
    total: int

    @property
    def scale(self) -> Fraction:
        """Machine cycles per normalised cycle."""
        cycles = sum(count * self.weight[count] for count in self.image)
        return Fraction(cycles, self.total) if self.total else Fraction(1)

    @property
    def error(self) -> float:
        """The largest relative error of a count in C."""
        errors = [abs(at * self.scale - count) / count for count, at in self.image.items()]
        return float(max(errors, default=Fraction(0)))

    @property
    def vanished(self) -> tuple[int, ...]:
        """The counts that became 0."""
        return tuple(count for count, at in self.image.items() if at == 0)

    def __call__(self, count: int) -> int:
        """The image of any count: its own if it is in C, else rounded at the scale of C."""
        known = self.image.get(count)
        return known if known is not None else math.floor(count / self.scale + Fraction(1, 2))
