"""Unit propagation: what axioms decide one after the other."""

from __future__ import annotations

from collections import defaultdict

from twill.solver.proof.axioms import Axioms


class Units:
    """The literals that are true since all others of some clause are false.

    ``contradiction``: all literals of some clause are.
    """

    def __init__(self, axioms: Axioms) -> None:
        self.axioms = axioms
        self.true: dict[int, None] = {}
        self.contradiction = False
        self._read = 0
        self._watching: dict[int, list[list[int]]] = defaultdict(list)
        self._new: list[int] = []

    def read(self) -> None:
        """Take in the axioms that are new, and what follows."""
        for clause in self.axioms.clauses[self._read :]:
            self._watch(clause)
        self._read = len(self.axioms.clauses)
        while self._new and not self.contradiction:
            false = -self._new.pop()
            watching, self._watching[false] = self._watching[false], []
            for clause in watching:
                self._watch(clause)

    def _watch(self, clause: list[int]) -> None:
        """Wait for either of two literals to become false, or see at once what follows."""
        open_: list[int] = []
        for literal in clause:
            if literal in self.true:
                return
            if -literal not in self.true:
                open_.append(literal)
                if len(open_) == 2:
                    break
        if not open_:
            self.contradiction = True
        elif len(open_) == 1:
            self.true[open_[0]] = None
            self._new.append(open_[0])
        else:
            for literal in open_:
                self._watching[literal].append(clause)
