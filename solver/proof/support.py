"""Which statements about starts a model needs: enough to make every clause true."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twill.solver.proof.axioms import Axioms

Mask = NDArray[np.bool_]

ABOUT_STARTS = frozenset(
    ("handoff", "capacity", "stream", "figure_6", "held", "copied", "deep", "sent")
)
"""The rules whose clauses speak of starts and of something else; circuits follow from starts."""

ROUNDS = 3
"""Rounds in which the most useful statements are chosen; then any that is true."""


@dataclass
class Support:
    """The clauses about starts as rows of literals, filled up with zeros."""

    axioms: Axioms
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 1), dtype=np.int64))
    _read: int = 0
    _about_starts: Mask = field(default_factory=lambda: np.zeros(1, dtype=np.bool_))

    def read(self) -> None:
        """Take in the axioms that are new."""
        new = [
            clause
            for (rule, _), clause in zip(
                self.axioms.steps[self._read :], self.axioms.clauses[self._read :], strict=True
            )
            if rule in ABOUT_STARTS
        ]
        self._read = len(self.axioms.clauses)
        atoms = self.axioms.atoms[len(self._about_starts) - 1 :]
        if atoms:
            kinds = np.array([atom[0] == "after" for atom in atoms])
            self._about_starts = np.concatenate((self._about_starts, kinds))
        if new:
            width = max(self.rows.shape[1], *map(len, new))
            rows = np.zeros((len(self.rows) + len(new), width), dtype=np.int64)
            rows[: len(self.rows), : self.rows.shape[1]] = self.rows
            for row, clause in zip(rows[len(self.rows) :], new, strict=True):
                row[: len(clause)] = clause
            self.rows = rows

    def of(self, model: Mask) -> Mask:
        """The atoms about starts without which some clause would not be true.

        Not the fewest: what more clauses need is taken first.
        """
        value = np.concatenate(([False], model))
        atoms = np.abs(self.rows)
        true = (value[atoms] == (self.rows > 0)) & (self.rows != 0)
        needs_starts = ~(true & ~self._about_starts[atoms]).any(axis=1)
        atoms, true = atoms[needs_starts], true[needs_starts]
        chosen = np.zeros(len(value), dtype=np.bool_)
        only = true.sum(axis=1) == 1
        chosen[atoms[only][true[only]]] = True
        for left in reversed(range(ROUNDS)):
            open_ = ~(chosen[atoms] & true).any(axis=1)
            atoms, true = atoms[open_], true[open_]
            if not len(atoms):
                break
            use = np.bincount(atoms[true], minlength=len(value))
            score = np.where(true, use[atoms], -1)
            best = score.max(axis=1)
            good = best >= best.max() // 2 if left else np.ones(len(best), dtype=np.bool_)
            chosen[atoms[good][np.arange(good.sum()), score[good].argmax(axis=1)]] = True
        return chosen[1:]
