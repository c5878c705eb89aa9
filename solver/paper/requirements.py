"""What is demanded beyond the paper: operations on given groups, no value across warps."""

from __future__ import annotations

from itertools import combinations

from twill.problem import Requirements, groups
from twill.solver.paper.figure6 import Places
from twill.solver.paper.unrolled import Unrolled


def requirements(q: Unrolled, places: Places) -> None:
    """REQUIREMENT: roles as fixed, no register value across warps, no partition refused."""
    wanted = q.program.requirements
    if not q.program.places:
        return
    _labels(q, places, wanted)
    if wanted.no_handoff:
        for e in q.program.edges:
            if e.value and q.program.op[e.src].registers:
                q.formula.clause(places.share(e.src, e.dst))
    for labels in wanted.other_than:
        _other_than(q, places, dict(labels))


def _labels(q: Unrolled, places: Places, wanted: Requirements) -> None:
    for one, other in combinations(wanted.roles, 2):
        if wanted.roles[one] == wanted.roles[other]:
            q.formula.clause(places.share(one, other))
        else:
            q.formula.clause(-places.meet(one, other))


def _other_than(q: Unrolled, places: Places, labels: dict[str, str]) -> None:
    """Some two operations are together or apart where the partition has it otherwise."""
    together = {pair for names in groups(labels) for pair in combinations(names, 2)}
    differences = [
        -places.meet(*pair) if pair in together else places.share(*pair)
        for pair in _ordered(labels, together)
    ]
    q.formula.clause(*differences)


def _ordered(labels: dict[str, str], together: set[tuple[str, str]]) -> list[tuple[str, str]]:
    others = [pair for pair in combinations(labels, 2) if labels[pair[0]] != labels[pair[1]]]
    return [*sorted(together), *others]
