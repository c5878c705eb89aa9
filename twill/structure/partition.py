"""C1: which operations share a role. Streaming loads count for nothing: their role is given."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from twill.comparison import Criterion
from twill.problem import Problem
from twill.structure.model import Structure
from twill.structure.words import plural, several


def computing(problem: Problem) -> list[str]:
    """The operations whose role is a choice: those that are no loads of variable latency."""
    return [op.name for op in problem.ops if not op.variable_latency]


def parts(problem: Problem, structure: Structure) -> list[set[str]]:
    """The operations of each role, loads left out, roles without others too."""
    found: dict[str, set[str]] = {}
    for name in computing(problem):
        if name in structure.role:
            found.setdefault(structure.role[name], set()).add(name)
    return list(found.values())


def moved(problem: Problem, ours: Structure, theirs: Structure) -> set[str]:
    """The operations that are not where they are in the other, roles paired as well as they go.

    Pairs are made greedily, the largest overlap first.
    """
    mine, other = parts(problem, ours), parts(problem, theirs)
    overlaps = sorted(
        ((len(a & b), i, j) for i, a in enumerate(mine) for j, b in enumerate(other)),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    stay: set[str] = set()
    used: tuple[set[int], set[int]] = (set(), set())
    for size, i, j in overlaps:
        if size and i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            stay |= mine[i] & other[j]
    return set(computing(problem)) & (set(ours.role) & set(theirs.role)) - stay


def rand_index(problem: Problem, ours: Structure, theirs: Structure) -> Fraction:
    """The share of pairs of operations that both put together, or both apart."""
    pairs = list(combinations([n for n in computing(problem) if n in theirs.role], 2))
    if not pairs:
        return Fraction(1)
    agreed = sum(ours.together(u, v) == theirs.together(u, v) for u, v in pairs)
    return Fraction(agreed, len(pairs))


def roles_criterion(problem: Problem, ours: Structure, theirs: Structure) -> Criterion:
    """C1 with its evidence."""
    strange = moved(problem, ours, theirs)
    if not strange:
        count = plural(len(parts(problem, theirs)), "role")
        said = f"the same operations share a role: {count} besides that of loads, which is given"
        if len(computing(problem)) == 1:
            said = "there is only one operation besides loads, whose role is given: no credit"
        return Criterion("C1", "roles", "same", (said,))
    index = rand_index(problem, ours, theirs)
    count = f"{plural(len(strange), 'operation')} of {len(computing(problem))}"
    share = f"of all pairs of operations {float(index):.2f} are together, or apart, in both"
    evidence = (f"{count} on another role: {several(problem, strange)}", f"{share} (Rand index)")
    return Criterion("C1", "roles", "different", evidence)
