"""Time points, differences of two of them, and sums of weighted literals, in Z3.

Everything is stated over three kinds of things: atoms ``p - q >= c`` for two points in time,
free literals, and sums of weighted literals that stay below a bound. A literal that the input
decides is a plain ``bool`` and disappears.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import z3

from twill.problem import Problem
from twill.solver.smt.storage import orders

Literal = Any
"""A Boolean term of Z3, or a bool."""


@dataclass(frozen=True, slots=True)
class Point:
    """The time ``of`` + ``offset``, where the variable ``of`` is within [low, high]."""

    of: str
    low: int
    high: int
    offset: int = 0

    def plus(self, cycles: int) -> Point:
        """This point, some cycles later."""
        return Point(self.of, self.low, self.high, self.offset + cycles)


@dataclass
class Space:
    """One Z3 model under construction. Each has its own context: runs never affect each other."""

    problem: Problem
    ii: int
    context: z3.Context = field(default_factory=z3.Context)
    claims: list[Any] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    possible: bool = True

    def __post_init__(self) -> None:
        self.orders = orders(self.problem)
        self.flows = tuple(d for d in self.problem.dependences if d.kind == "flow")
        last = self.problem.limits.max_stages * self.ii - 1
        self._atoms: dict[tuple[str, str, int], Literal] = {}
        self._count = 0
        self.start = {op.name: self.point(f"start {op.name}", 0, last) for op in self.problem.ops}
        self._same = self._pairs()

    # Points

    def point(self, name: str, low: int, high: int) -> Point:
        """A new variable in time, within bounds."""
        variable = z3.Int(name, self.context)
        self.variables[name] = variable
        self.claims += [variable >= low, variable <= high]
        return Point(name, low, high)

    def late(self, p: Point, q: Point, cycles: int = 0) -> Literal:
        """Whether ``p >= q + cycles``."""
        cycles += q.offset - p.offset
        if p.of == q.of:
            return cycles <= 0
        if p.low - q.high >= cycles:
            return True
        if p.high - q.low < cycles:
            return False
        key = (p.of, q.of, cycles)
        if key not in self._atoms:
            self._atoms[key] = self.variables[p.of] - self.variables[q.of] >= cycles
        return self._atoms[key]

    def turns(self, p: Point, q: Point, before: int, after: int) -> Iterator[int]:
        """Every k for which ``p - (q + k * II)`` can lie within (-before, after)."""
        shift = p.offset - q.offset
        low, high = p.low - q.high + shift, p.high - q.low + shift
        if p.of == q.of:
            low = high = shift
        yield from range((low - after) // self.ii, (high + before) // self.ii + 2)

    # Clauses and sums

    def literal(self, name: str) -> Literal:
        """A new free literal."""
        self._count += 1
        return z3.Bool(f"{name} #{self._count}", self.context)

    def claim(self, *literals: Literal) -> None:
        """At least one of these holds."""
        open_ = [x for x in literals if x is not False]
        if any(x is True for x in open_):
            return
        if not open_:
            self.possible = False
            return
        self.claims.append(z3.Or(*open_) if len(open_) > 1 else open_[0])

    def forced(self, name: str, *causes: Literal) -> Literal:
        """A literal that holds wherever all causes hold. It only ever makes things harder."""
        if any(x is False for x in causes):
            return False
        open_ = [x for x in causes if x is not True]
        if not open_:
            return True
        if len(open_) == 1:
            return open_[0]
        result = self.literal(name)
        self.claim(result, *(negated(x) for x in open_))
        return result

    def forced_by_any(self, name: str, causes: Iterable[Literal]) -> Literal:
        """A literal that holds wherever one of the causes holds."""
        open_ = [x for x in causes if x is not False]
        if any(x is True for x in open_):
            return True
        if len(open_) < 2:
            return open_[0] if open_ else False
        result = self.literal(name)
        for cause in open_:
            self.claim(result, negated(cause))
        return result

    def at_most(self, terms: Iterable[tuple[int, Literal]], bound: int) -> None:
        """The weights of the literals that hold sum to at most ``bound``."""
        some = [(weight, x) for weight, x in terms if weight and x is not False]
        bound -= sum(weight for weight, x in some if x is True)
        free = [(x, weight) for weight, x in some if x is not True]
        if bound < 0:
            self.possible = False
        elif sum(weight for _, weight in free) > bound:
            self.claims.append(z3.PbLe(free, bound))

    # Roles

    def _pairs(self) -> dict[tuple[str, str], Literal]:
        """Per pair of operations: are they on the same role? Without roles all are."""
        names = [op.name for op in self.problem.ops]
        if self.problem.roles is None:
            return {(u, v): True for u in names for v in names}
        found: dict[tuple[str, str], Literal] = {(u, u): True for u in names}
        for i, u in enumerate(names):
            for v in names[i + 1 :]:
                found[u, v] = found[v, u] = self.literal(f"{u} with {v}")
        return found

    def same(self, u: str, v: str) -> Literal:
        """Whether two operations are on one role."""
        return self._same[u, v]

    def apart(self, u: str, v: str) -> Literal:
        """Whether two operations are on different roles."""
        return negated(self._same[u, v])

    def decide_pair(self, u: str, v: str, together: bool) -> None:
        """What the input says of a pair, before anything else is stated."""
        self._same[u, v] = self._same[v, u] = together


def negated(literal: Literal) -> Literal:
    """The negation of a literal."""
    return not literal if isinstance(literal, bool) else z3.Not(literal)
