"""The straight-line program Q of ceil(L / I) copies, and its variables.

``issued(v, i, t)`` says that v of copy i has issued at or before t; ``op(v, i, t)`` that it
issues at t. CONSISTENCY makes every copy the first one shifted by i * I, so only the first has
variables of its own. Variables outside the cycles that dependences leave are constants.
"""

from __future__ import annotations

from twill.solver.paper.formula import FALSE, TRUE, Formula
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import PaperEdge, Program


class Unrolled:
    """Q for one I and a number of copies; lengths up to ``copies * I`` are queried in it."""

    def __init__(self, program: Program, ii: int, copies: int, options: PaperOptions) -> None:
        self.program = program
        self.ii = ii
        self.copies = copies
        self.options = options
        self.length = copies * ii
        self.formula = Formula()
        self.earliest, self.latest = _windows(self)
        self._issued: dict[tuple[str, int], int] = {}
        self._op: dict[tuple[str, int], int] = {}
        self._phase: dict[tuple[str, int], int] = {}
        self._flying: dict[tuple[str, int], int] = {}
        self.possible = all(
            self.earliest[op.name] <= self.latest[op.name] for op in self.program.ops
        )

    @property
    def total(self) -> int:
        """T, the cycles of the whole program."""
        return (self.copies - 1) * self.ii + self.length

    def emitted(self, edge: PaperEdge) -> bool:
        """Whether a constraint on an edge exists: some copy i + distance is in the program."""
        return edge.distance < self.copies or self.options.edges == "all"

    def issued(self, name: str, copy: int, cycle: int) -> int:
        """Whether an operation of a copy has issued at or before a cycle of the program."""
        at = cycle - copy * self.ii
        if at < self.earliest[name]:
            return FALSE
        if at >= self.latest[name]:
            return TRUE
        key = (name, at)
        if key not in self._issued:
            self._issued[key] = self.formula.new()
        return self._issued[key]

    def op(self, name: str, copy: int, cycle: int) -> int:
        """Whether an operation of a copy issues at a cycle of the program: op[v, i, t]."""
        at = cycle - copy * self.ii
        if not self.earliest[name] <= at <= self.latest[name]:
            return FALSE
        now, before = self.issued(name, 0, at), self.issued(name, 0, at - 1)
        if before == FALSE:
            return now
        if now == TRUE:
            return -before
        key = (name, at)
        if key not in self._op:
            literal = self._op[key] = self.formula.new()
            self.formula.clause(-literal, now)
            self.formula.clause(-literal, -before)
            self.formula.clause(literal, -now, before)
        return self._op[key]

    def starts_at_phase(self, name: str, phase: int) -> int:
        """Whether an operation issues at cycles that are ``phase`` modulo I."""
        key = (name, phase)
        if key not in self._phase:
            literal = self._phase[key] = self.formula.new()
            for copy in range(self.copies):
                self.formula.implies(self.op(name, 0, phase + copy * self.ii), literal)
        return self._phase[key]

    def in_flight(self, name: str, phase: int, cycles: int) -> int:
        """Whether an operation started less than ``cycles`` ago, in some copy, at a phase."""
        key = (name, phase)
        if key not in self._flying:
            literal = self._flying[key] = self.formula.new()
            for now, still in self.running(name, phase, cycles):
                self.formula.implies(now, still, literal)
        return self._flying[key]

    def running(self, name: str, at: int, cycles: int, offset: int = 0) -> list[tuple[int, int]]:
        """What says that an operation runs at phase ``at``: pairs of literals, both true.

        It runs from ``offset`` cycles after its start for ``cycles``; one pair per copy.
        """
        pairs = []
        for copy in range(self.copies + 1):
            cycle = at + copy * self.ii - offset
            now = self.issued(name, 0, cycle)
            gone = self.issued(name, 0, cycle - cycles)
            if now != FALSE and gone != TRUE:
                pairs.append((now, -gone))
        return pairs


def _windows(q: Unrolled) -> tuple[dict[str, int], dict[str, int]]:
    """The first and last start that COMPLETION and the emitted dependences leave each operation."""
    ops = q.program.ops
    earliest = {op.name: 0 for op in ops}
    latest = {op.name: q.length - max(1, op.cycles) for op in ops}
    edges = [e for e in q.program.edges if q.emitted(e)]
    for _ in range(len(ops) + 1):
        changed = False
        for e in edges:
            gap = e.delay - e.distance * q.ii
            if earliest[e.src] + gap > earliest[e.dst]:
                earliest[e.dst] = earliest[e.src] + gap
                changed = True
            if latest[e.dst] - gap < latest[e.src]:
                latest[e.src] = latest[e.dst] - gap
                changed = True
        if not changed:
            break
    return earliest, latest
