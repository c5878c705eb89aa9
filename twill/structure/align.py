"""Which exchange of identical sub-tiles makes two structures most alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twill.problem import Problem
from twill.structure.model import Structure
from twill.structure.offsets import unfitting
from twill.structure.orders import disordered
from twill.structure.partition import moved

Exchange = Mapping[str, str]

MOST_IMAGES = 720
"""Of more exchanges (those of seven equal sub-tiles) only the first are looked at."""


def closure(problem: Problem, exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """All that the exchanges make one after the other, the identity first."""
    names = [op.name for op in problem.ops]
    found = {tuple(names): dict(zip(names, names, strict=True))}
    todo = list(found.values())
    while todo and len(found) < MOST_IMAGES:
        image = todo.pop(0)
        for exchange in exchanges:
            after = {name: exchange[image[name]] for name in names}
            key = tuple(after.values())
            if key not in found:
                found[key] = after
                todo.append(after)
    return tuple(found.values())


def aligned(
    problem: Problem, ours: Structure, theirs: Structure, images: Sequence[Exchange]
) -> Structure:
    """Theirs under the exchange with the fewest differences in roles, offsets and orders."""
    candidates = [theirs.renamed(image) for image in images]
    least = min(len(moved(problem, ours, each)) for each in candidates)
    close = [each for each in candidates if len(moved(problem, ours, each)) == least]
    if len(close) == 1:
        return close[0]

    def differences(each: Structure) -> tuple[int, int]:
        return len(unfitting(problem, ours, each)), len(disordered(problem, ours, each))

    return min(close, key=differences)
