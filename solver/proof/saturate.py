"""What axioms decide without a search: unit propagation, longest paths, shared roles in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from twill.solver.proof.axioms import Axioms
from twill.solver.proof.ground import Ground, lay_ground
from twill.solver.proof.units import Units


def saturate(axioms: Axioms, units: Units) -> Ground | None:
    """Add what follows from decided statements, as long as something does.

    The longest paths over what is decided then; None where that is a contradiction.
    """
    while True:
        units.read()
        ground = None if units.contradiction else lay_ground(axioms, units.true)
        if ground is None:
            return None
        if not _starts(axioms, ground, units) + _roles(axioms, units.true):
            return ground


def _starts(axioms: Axioms, ground: Ground, units: Units) -> int:
    """Of two operations the strongest statement that paths imply, and the weakest they deny.

    The others follow from these.
    """
    index = {name: i for i, name in enumerate(ground.names)}
    implied: dict[tuple[int, int], int] = {}
    denied: dict[tuple[int, int], int] = {}
    for number, (kind, *rest) in enumerate(axioms.atoms, 1):
        if kind != "after" or number in units.true or -number in units.true:
            continue
        i, j, k = index[str(rest[0])], index[str(rest[1])], int(rest[2])
        if k <= ground.least[i, j]:
            implied[i, j] = max(k, implied.get((i, j), k))
        elif k > -ground.least[j, i]:
            denied[i, j] = min(k, denied.get((i, j), k))
    names = ground.names
    new = 0
    for (i, j), k in implied.items():
        new += axioms.add("circuit", sorted([[names[j], names[i], 1 - k], *ground.path(i, j)]))
    for (i, j), k in denied.items():
        new += axioms.add("circuit", sorted([[names[i], names[j], k], *ground.path(j, i)]))
    return new


def _roles(axioms: Axioms, decided: Iterable[int]) -> int:
    """Who shares a role with whom, and with whom not, since another one does."""
    shared: dict[str, dict[str, bool]] = defaultdict(dict)
    for literal in decided:
        kind, *names = axioms.atoms[abs(literal) - 1]
        if kind == "same":
            u, v = map(str, names)
            shared[u][v] = shared[v][u] = literal > 0
    new = 0
    for u, others in list(shared.items()):
        for v in [v for v, together in others.items() if together]:
            for w, together in shared[v].items():
                if w != u and w not in others:
                    one, via, other = (u, v, w) if together else (v, u, w)
                    new += axioms.add("transitive", one, via, other)
    return new
