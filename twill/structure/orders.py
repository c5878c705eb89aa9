"""C3: what comes before what, in a role's stream and on a unit.

Not every order means something: two operations of one role that share no unit, no buffer and no
dependence, and of which none waits, may change places. The others are compared exactly: not
only which of two comes first in a body, but which iteration of the one comes before which of the
other, so that "S of the next iteration, then O" and "O, then S of the next" are told apart.
"""

from __future__ import annotations

from itertools import combinations

from twill.accounting import buffers, constraint_dependences
from twill.comparison import Criterion
from twill.problem import Problem
from twill.structure.model import Structure
from twill.structure.partition import computing
from twill.structure.words import alike_in, index_of, plural, value_of

MOST_TOLD = 6
Pair = tuple[str, str]


def unit_pairs(problem: Problem) -> set[frozenset[str]]:
    """Pairs of operations that take turns on a unit."""
    found: set[frozenset[str]] = set()
    for unit in problem.units:
        if not unit.fluid:
            held = [op.name for op in problem.ops if op.reservations.get(unit.name)]
            found |= {frozenset(pair) for pair in combinations(held, 2)}
    return found


def stream_pairs(problem: Problem) -> set[frozenset[str]]:
    """Pairs whose order in a stream means something: a dependence, a buffer, a wait."""
    found = {frozenset((d.src, d.dst)) for d in constraint_dependences(problem)}
    for ring in buffers(problem):
        users = {
            d.dst for d in problem.dependences if d.kind == "flow" and d.src in ring.members
        } | set(ring.members)
        found |= {frozenset(pair) for pair in combinations(sorted(users), 2)}
    waits = {d.dst for d in problem.dependences if d.blocking}
    for u, v in combinations((op.name for op in problem.ops), 2):
        if u in waits or v in waits:
            found.add(frozenset((u, v)))
    return found


def compared(problem: Problem, ours: Structure, theirs: Structure) -> list[Pair]:
    """The pairs whose order is compared, in program order."""
    on_unit, in_stream = unit_pairs(problem), stream_pairs(problem)
    found = []
    for u, v in combinations(computing(problem), 2):
        pair = frozenset((u, v))
        shared = ours.together(u, v) and theirs.together(u, v)
        if (shared and pair in in_stream | on_unit) or pair in on_unit:
            found.append((u, v))
    return found


def disordered(problem: Problem, ours: Structure, theirs: Structure) -> list[Pair]:
    """The pairs whose order cannot be the same."""
    found = []
    for u, v in compared(problem, ours, theirs):
        mine, other = ours.lead(u, v), theirs.lead(u, v)
        if mine and other and (mine[1] < other[0] or other[1] < mine[0]):
            found.append((u, v))
    return found


def orders_criterion(problem: Problem, ours: Structure, theirs: Structure) -> Criterion:
    """C3 with its evidence."""
    pairs = compared(problem, ours, theirs)
    said = [(u, v) for u, v in pairs if ours.lead(u, v) and theirs.lead(u, v)]
    wrong = disordered(problem, ours, theirs)
    if not wrong:
        text = f"{plural(len(said), 'pair')} of operations that share a unit, a buffer, a wait"
        return Criterion("C3", "orders", "same", (f"{text} or a dependence: all in one order",))
    evidence = [f"{len(wrong)} of {plural(len(said), 'pair')} in another order"]
    inside = [u for u, v in wrong if index_of(u)[:1] == index_of(v)[:1]]
    if alike := alike_in("order", computing(problem), inside):
        evidence.append(alike)
    told: dict[str, str] = {}
    for u, v in wrong:
        told.setdefault(f"{value_of(u)} {value_of(v)}", _told(u, v, ours, theirs))
    evidence += list(told.values())[:MOST_TOLD]
    if len(told) > MOST_TOLD:
        evidence.append(f"and {len(told) - MOST_TOLD} more of other values")
    return Criterion("C3", "orders", "different", tuple(evidence))


def _told(u: str, v: str, ours: Structure, theirs: Structure) -> str:
    mine, other = ours.lead(u, v), theirs.lead(u, v)
    assert mine is not None
    assert other is not None
    later, first, second = (
        (other[0], "theirs", "ours") if mine[1] < other[0] else (mine[0], "ours", "theirs")
    )
    return f"{v}@{later:+d} comes before {u}@+0 in {first}, after it in {second}"
