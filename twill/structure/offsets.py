"""C2: by how many iterations the operations of a role are apart.

Where a body begins is a matter of taste: cut elsewhere, the same stream has other offsets. So
two structures agree if offsets exist that are offsets of both, each with its bodies cut and
numbered in some way. For two operations of one body only two values of their difference are
possible, the lead and one more; the common offsets are a solution of these difference
constraints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from statistics import median_low

from twill.comparison import Criterion
from twill.problem import Problem
from twill.structure.model import Structure
from twill.structure.partition import computing
from twill.structure.words import alike_in, plural, several

Limit = tuple[str, str, int]
"""(u, v, most): offset[v] - offset[u] is at most ``most``."""


def common_offsets(names: Sequence[str], structures: Sequence[Structure]) -> dict[str, int] | None:
    """Offsets of these operations that are offsets of every structure; None if there are none.

    As close to those of the last structure as relaxation leaves them.
    """
    limits = [limit for each in structures for limit in _limits(names, each)]
    offset = {name: structures[-1].offset[name] for name in names}
    for _ in names:
        late = [(u, v, most) for u, v, most in limits if offset[v] > offset[u] + most]
        if not late:
            return offset
        for u, v, most in late:
            offset[v] = min(offset[v], offset[u] + most)
    late = [(u, v, most) for u, v, most in limits if offset[v] > offset[u] + most]
    return None if late else offset


def _limits(names: Sequence[str], structure: Structure) -> Iterator[Limit]:
    for u, v in combinations(names, 2):
        if structure.together(u, v):
            lead = structure.lead(u, v)
            assert lead is not None
            yield u, v, lead[1] + 1
            yield v, u, -lead[0]


def unfitting(problem: Problem, ours: Structure, theirs: Structure) -> list[str]:
    """Operations without which the offsets agree: each that does not fit those before it."""
    names = [n for n in computing(problem) if n in ours.role and n in theirs.role]
    if common_offsets(names, (ours, theirs)) is not None:
        return []
    kept: list[str] = []
    for name in names:
        if common_offsets([*kept, name], (ours, theirs)) is not None:
            kept.append(name)
    return [name for name in names if name not in kept]


def offsets_criterion(problem: Problem, ours: Structure, theirs: Structure) -> Criterion:
    """C2 with its evidence, by sub-tile."""
    names = [n for n in computing(problem) if n in ours.role and n in theirs.role]
    strange = unfitting(problem, ours, theirs)
    if not strange:
        offset = common_offsets(names, (ours, theirs))
        assert offset is not None
        return Criterion("C2", "iteration offsets", "same", (_said(problem, offset),))
    count = f"{plural(len(strange), 'operation')} of {len(names)}"
    told = f"{count} cannot have the same offset however the bodies are cut"
    evidence = [f"{told}: {several(problem, strange)}"]
    evidence.append(alike_in("pipeline", names, strange))
    evidence += [_by_how_much(name, names, strange, ours, theirs) for name in strange[:4]]
    return Criterion("C2", "iteration offsets", "different", tuple(filter(None, evidence)))


def _said(problem: Problem, offset: dict[str, int]) -> str:
    """Offsets as sets of operations, the most common as the zero."""
    values = sorted(offset.values())
    zero = max(set(values), key=values.count)
    ahead: dict[int, list[str]] = {}
    for name, value in offset.items():
        ahead.setdefault(value - zero, []).append(name)
    if len(ahead) == 1:
        return "the operations of a body all work on one iteration"
    told = [
        f"{several(problem, names)} at {shift:+d}"
        for shift, names in sorted(ahead.items())
        if shift
    ]
    return f"in both: {'; '.join(told)}; the others at +0"


def _by_how_much(
    name: str, names: Sequence[str], strange: Sequence[str], ours: Structure, theirs: Structure
) -> str:
    """Of an operation that does not fit, how far it is from where it is in the other."""
    gaps = [
        mine[0] - other[0]
        for fitting in names
        if fitting not in strange and ours.together(fitting, name)
        if theirs.together(fitting, name)
        if (mine := ours.lead(fitting, name)) and (other := theirs.lead(fitting, name))
    ]
    if not gaps or not median_low(gaps):
        return ""
    gap = median_low(gaps)
    iterations = plural(abs(gap), "iteration")
    return f"{name}: ours works {iterations} {'later' if gap > 0 else 'earlier'} than theirs"
