"""Bounds as reports name and group them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from twill.solver.bounds import EXCLUSION, Bound


def distinct_bounds(terms: Iterable[Bound]) -> list[tuple[Bound, int]]:
    """Terms with how many more there are of the same arithmetic, as those of sub-tiles are."""
    groups: dict[tuple[object, ...], list[Bound]] = {}
    for term in terms:
        alone = term.name if term.kind in {"resource", "role"} else None
        alike = re.sub(r"\[[^\]]*\]", "", term.detail)
        groups.setdefault((term.ii, alike, alone), []).append(term)
    return [(group[0], len(group) - 1) for group in groups.values()]


def bound_name(term: Bound) -> str:
    """What bounds the II, in a few words."""
    match term.kind:
        case "resource":
            return "exclusion: one at a time" if term.name == EXCLUSION else term.name
        case "recurrence":
            return f"recurrence {term.name}"
        case "buffer":
            return f"ring {term.name}"
    return f"role: {term.name}"
