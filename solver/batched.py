"""Pieces of a sequence, for what can run side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Pieces of at most ``size`` items, in order; each is taken when it is asked for."""
    rest = iter(items)
    while piece := list(islice(rest, max(1, size))):
        yield piece
