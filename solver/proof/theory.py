"""Which sets of statements about differences of starts contradict each other: circuits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twill.solver.proof.axioms import Axioms
from twill.solver.proof.ground import NEVER, Arc, Ground, Matrix

Mask = NDArray[np.bool_]
Step = tuple[int, int]
Steps = tuple[tuple[int, int, int], ...]
"""Of a circuit: from an operation, by a statement to another, over the ground to a third."""


@dataclass
class Differences:
    """The atoms ``after u v k`` met so far, and the circuits between them."""

    axioms: Axioms
    ground: Ground
    cycles: dict[Step, list[int]] = field(default_factory=lambda: defaultdict(list))
    _table: Matrix = field(default_factory=lambda: np.zeros((4, 0), dtype=np.int64))
    _new: list[tuple[int, int, int, int]] = field(default_factory=list)
    _closed: set[Steps] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.index = {name: i for i, name in enumerate(self.ground.names)}

    def meet(self, number: int) -> None:
        """A new atom: place it among those of the same two operations and against the ground."""
        kind, *rest = self.axioms.atoms[number]
        if kind != "after":
            return
        u, v, k = rest
        assert isinstance(u, str)
        assert isinstance(v, str)
        assert isinstance(k, int)
        i, j = self.index[u], self.index[v]
        if k <= self.ground.least[i, j]:
            self._close([[v, u, 1 - k], *self.ground.path(i, j)])
        if k > -self.ground.least[j, i]:
            self._close([[u, v, k], *self.ground.path(j, i)])
        known = self.cycles[i, j]
        at = bisect_left(known, k)
        for less in known[max(at - 1, 0) : at]:
            self._close([[u, v, k], [v, u, 1 - less]])
        for more in known[at : at + 1]:
            self._close([[u, v, more], [v, u, 1 - k]])
        insort(known, k)
        self._new.append((number, i, j, k))

    def _close(self, arcs: list[Arc]) -> int:
        return self.axioms.add("circuit", sorted(arcs))

    def longest(self, model: Mask, some: Mask | None = None) -> Matrix:
        """The longest arc from operation to operation that the model (or some of it) states."""
        if self._new:
            self._table = np.concatenate((self._table, np.array(self._new).T), axis=1)
            self._new.clear()
        table = self._table if some is None else self._table[:, some[self._table[0]]]
        number, i, j, k = table
        holds = model[number]
        found = np.full_like(self.ground.least, NEVER)
        ends = np.where(holds, i, j), np.where(holds, j, i)
        np.maximum.at(found, ends, np.where(holds, k, 1 - k))
        return found

    def contradict(self, longest: Matrix, most: int) -> int:
        """Add circuits of the fewest arcs, up to ``most``, that gain time; how many are new.

        Those of one arc more are added as well: that halves the rounds.
        """
        one, by = _compose(longest, self.ground.least)
        path, via, new = one, [by], 0
        for _ in range(2, most + 1):
            longer, by = _compose(path, one)
            via.append(by)
            hits = np.nonzero(np.diag(longer) > 0)[0]
            last = new > 0
            circuits = dict.fromkeys(tuple(sorted(_steps(via, int(i)))) for i in hits)
            new += sum(self._add(longest, steps) for steps in circuits)
            if last or (not new and (longer <= path).all()):
                break
            path = longer
        return new

    def _add(self, longest: Matrix, steps: Steps) -> int:
        """The circuit of steps (from, by an arc to, over the ground to), as weak as it may be."""
        least = self.ground.least
        slack = sum(int(longest[i, z] + least[z, j]) for i, z, j in steps) - 1
        weak: list[tuple[int, int, int]] = []
        for i, z, _ in steps:
            cycles = int(longest[i, z])
            weaker = self._weaker(i, z, cycles, slack)
            slack -= cycles - weaker
            weak.append((i, z, weaker))
        if (key := tuple(weak)) in self._closed:
            return 0
        self._closed.add(key)
        names = self.ground.names
        arcs: list[Arc] = []
        for (i, z, cycles), (_, _, j) in zip(weak, steps, strict=True):
            arcs += [[names[i], names[z], cycles], *self.ground.path(z, j)]
        return self._close(arcs)

    def _weaker(self, i: int, j: int, cycles: int, slack: int) -> int:
        """The weakest known statement on an arc that is at most ``slack`` cycles weaker."""
        if (i, j) in self.cycles:
            known = self.cycles[i, j]
            return known[bisect_left(known, cycles - slack)]
        known = self.cycles[j, i]
        return 1 - known[bisect_right(known, 1 - cycles + slack) - 1]

    def starts(self, longest: Matrix) -> dict[str, int]:
        """The earliest starts that satisfy arcs which do not contradict each other."""
        reach = np.maximum(longest, self.ground.least)
        for k in range(len(reach)):
            reach = np.maximum(reach, reach[:, k, None] + reach[None, k, :])
        earliest = reach.max(axis=0)
        earliest -= earliest.min()
        return {name: int(at) for name, at in zip(self.ground.names, earliest, strict=True)}


def _compose(a: Matrix, b: Matrix) -> tuple[Matrix, Matrix]:
    """The longest of one path after another, and where they meet."""
    sums = a[:, :, None] + b[None, :, :]
    return sums.max(axis=1), sums.argmax(axis=1)


def _steps(via: list[Matrix], start: int) -> list[tuple[int, int, int]]:
    """The steps of a circuit through ``start``, read back from where paths met."""
    steps = []
    j = start
    for by in reversed(via[1:]):
        i = int(by[start, j])
        steps.append((i, int(via[0][i, j]), j))
        j = i
    steps.append((start, int(via[0][start, j]), j))
    return steps
