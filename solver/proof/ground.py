"""What bounds the difference of two starts in every schedule at one II."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twill.solver.circuits import Arc as WeightedArc
from twill.solver.circuits import positive_circuit
from twill.solver.proof.axioms import Axioms

Arc = list[str | int]
"""[u, v, k]: start[v] >= start[u] + k, as the rule ``circuit`` wants it."""

Matrix = NDArray[np.int64]

NEVER = -(1 << 40)
"""The weight of an arc that is not there."""


@dataclass(frozen=True)
class Ground:
    """Longest paths over arcs that hold in every schedule.

    ``least[i, j]``: start[j] - start[i] is at least that. ``direct`` are the arcs themselves,
    ``step[i, j]`` is the first operation after i on a longest path to j.
    """

    names: tuple[str, ...]
    direct: Matrix
    least: Matrix
    step: Matrix

    def path(self, i: int, j: int) -> list[Arc]:
        """The arcs of a longest path."""
        arcs: list[Arc] = []
        while i != j:
            k = int(self.step[i, j])
            arcs.append([self.names[i], self.names[k], int(self.direct[i, k])])
            i = k
        return arcs


def lay_ground(axioms: Axioms, decided: Iterable[int]) -> Ground | None:
    """Longest paths over decided literals.

    None where they gain time around a circuit, which then is an axiom.
    """
    names = tuple(op.name for op in axioms.period.problem.ops)
    index = {name: i for i, name in enumerate(names)}
    direct = np.full((len(names), len(names)), NEVER, dtype=np.int64)
    for u, v, cycles in _arcs(axioms, decided):
        i, j = index[u], index[v]
        direct[i, j] = max(direct[i, j], cycles)
    ground = _closed(names, direct)
    if (np.diagonal(ground.least) <= 0).all():
        return ground
    axioms.add("circuit", _circuit(names, direct))
    return None


def _circuit(names: tuple[str, ...], direct: Matrix) -> list[Arc]:
    arcs = [
        WeightedArc(names[i], names[j], int(direct[i, j]), 0, "")
        for i, j in zip(*np.nonzero(direct > NEVER), strict=True)
    ]
    circuit = positive_circuit(list(names), arcs, 0)
    assert circuit is not None
    return sorted([arc.src, arc.dst, arc.delay] for arc in circuit)


def _arcs(axioms: Axioms, decided: Iterable[int]) -> Iterator[tuple[str, str, int]]:
    for literal in decided:
        kind, *rest = axioms.atoms[abs(literal) - 1]
        if kind == "after":
            u, v, cycles = rest
            assert isinstance(u, str)
            assert isinstance(v, str)
            assert isinstance(cycles, int)
            yield (u, v, cycles) if literal > 0 else (v, u, 1 - cycles)


def _closed(names: tuple[str, ...], direct: Matrix) -> Ground:
    """Floyd and Warshall's longest paths."""
    least = direct.copy()
    np.fill_diagonal(least, 0)
    step = np.tile(np.arange(len(names)), (len(names), 1))
    for k in range(len(names)):
        through = least[:, k, None] + least[None, k, :]
        better = through > least
        step = np.where(better, step[:, k, None], step)
        least = np.where(better, through, least)
    return Ground(names, direct, least, step)
