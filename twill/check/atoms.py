"""The statements about a schedule that proofs are made of, and clauses over them.

A schedule gives every operation a start and a role. An *atom* is a statement that is true or
false of it:

* ``after u v k``: start[v] >= start[u] + k;
* ``same u v``: u and v are on one role;
* ``needs u b``: the role of u has a budget of at least b registers per thread;
* ``held u k w``: when w starts, its role holds in registers the result of the instance of u
  that started at start[u] + k * II;
* ``copied d k w``: when w starts, its role holds the copy of a handed-off value that belongs
  to the reader of dependence number d, for its instance at start[reader] + k * II;
* ``deep r n``: the ring of result r has at least n slots;
* ``sent u n``: the value of u is handed off, in registers through at least n slots.

A *clause* says that at least one of its literals holds.
"""

from __future__ import annotations

from typing import NamedTuple

Atom = tuple[str | int, ...]


class Literal(NamedTuple):
    """An atom, or its negation."""

    atom: Atom
    holds: bool

    def __str__(self) -> str:
        return words(self.atom, self.holds)


Clause = frozenset[Literal]
Term = Literal | bool
"""A literal, or what the problem decides by itself."""


class Event(NamedTuple):
    """The point in time ``start[op] + cycles``."""

    op: str
    cycles: int = 0

    def plus(self, cycles: int) -> Event:
        """This event, some cycles later."""
        return Event(self.op, self.cycles + cycles)


class Trivial(ValueError):
    """A clause that says nothing: one of its literals is true of every schedule."""


def after(u: str, v: str, cycles: int) -> Term:
    """start[v] >= start[u] + cycles, with the operations in one order for one statement."""
    if u == v:
        return cycles <= 0
    if u < v:
        return Literal(("after", u, v, cycles), True)
    return Literal(("after", v, u, 1 - cycles), False)


def late(p: Event, q: Event) -> Term:
    """Say that p is at or after q."""
    return after(q.op, p.op, q.cycles - p.cycles)


def same(u: str, v: str) -> Term:
    """Say that u and v are on one role."""
    return u == v or Literal(("same", min(u, v), max(u, v)), True)


def negated(term: Term) -> Term:
    """The contrary of a term."""
    return not term if isinstance(term, bool) else Literal(term.atom, not term.holds)


def clause(*terms: Term) -> Clause:
    """At least one of these. Raises Trivial where that is true of every schedule."""
    literals = frozenset(term for term in terms if not isinstance(term, bool))
    if True in terms or len({x.atom for x in literals}) < len(literals):
        raise Trivial("true of every schedule")
    return literals


def words(atom: Atom, holds: bool = True) -> str:
    """An atom as a reader would say it."""
    kind, *rest = atom
    if kind == "after":
        u, v, k = rest
        assert isinstance(k, int)
        return _later(u, v, k) if holds else _later(v, u, 1 - k)
    return f"{'' if holds else 'not '}{kind}({', '.join(map(str, rest))})"


def _later(u: str | int, v: str | int, cycles: int) -> str:
    """That v starts so many cycles after u at least; starts are whole numbers."""
    sign = "+" if cycles > 0 else "-"
    return f"{v} >= {u}" + (f" {sign} {abs(cycles)}" if cycles else "")
