"""Which operations share a role, as a model of axioms says it."""

from __future__ import annotations

import numpy as np

from twill.solver.proof.axioms import Axioms
from twill.solver.proof.support import Mask


class Partition:
    """The atoms ``same u v``, read as a relation that is to be transitive."""

    def __init__(self, axioms: Axioms) -> None:
        self.axioms = axioms
        self.names = [op.name for op in axioms.period.problem.ops]
        self.number = {name: i for i, name in enumerate(self.names)}

    def contradict(self, model: Mask) -> int:
        """Add that roles are shared transitively, where the model denies it; how many are new."""
        shared = self._shared(model)
        between = shared[:, :, None] & shared[None, :, :]
        missing = between.any(axis=1) & ~shared
        return sum(
            self._add(between, int(u), int(w)) for u, w in zip(*np.nonzero(missing), strict=True)
        )

    def _add(self, between: Mask, u: int, w: int) -> int:
        via = int(between[u, :, w].argmax())
        return self.axioms.add("transitive", self.names[u], self.names[via], self.names[w])

    def _shared(self, model: Mask) -> Mask:
        shared = np.eye(len(self.names), dtype=np.bool_)
        for atom, holds in zip(self.axioms.atoms, model, strict=False):
            if holds and atom[0] == "same":
                u, v = (self.number[str(name)] for name in atom[1:])
                shared[u, v] = shared[v, u] = True
        return shared

    def roles(self, model: Mask) -> dict[str, str]:
        """Each operation with the first one of its role."""
        if self.axioms.period.problem.roles is None:
            return {}
        first = self._shared(model).argmax(axis=1)
        return {name: self.names[first[i]] for i, name in enumerate(self.names)}
