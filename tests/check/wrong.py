"""Which clauses an assignment violates, and which clauses say what is true of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any

from tests.check.facts import Facts
from twill.check.atoms import Clause, Literal, Trivial
from twill.check.period import Invalid, Period
from twill.check.rules import RULES

Axiom = tuple[str, tuple[Any, ...]]


def stated(period: Period, axiom: Axiom) -> Clause | None:
    """The clause of an axiom, None where it says nothing or is not so."""
    try:
        return RULES[axiom[0]](period, *axiom[1])
    except (Invalid, Trivial, LookupError, TypeError, ValueError):
        return None


def violated(period: Period, facts: Facts) -> Iterator[tuple[Axiom, Clause]]:
    """The axioms, of those that fit an assignment, that it violates."""
    for axiom in fitting(period, facts):
        clause = stated(period, axiom)
        if clause is not None and not facts.satisfies(clause):
            yield axiom, clause


def shifts(facts: Facts) -> range:
    """Shifts that can bring two operations together, and some more."""
    return range(-facts.problem.limits.max_stages - 4, facts.problem.limits.max_stages + 5)


def fitting(period: Period, facts: Facts) -> Iterator[Axiom]:
    """Axioms with arguments taken from an assignment: all constraints that it may break."""
    names = list(facts.start)
    for number in range(len(period.dependences)):
        yield from ((rule, (number,)) for rule in ("dependence", "handoff", "no_handoff"))
    for pair in permutations(names, 2):
        yield from ((rule, pair) for rule in ("stages", "load", "required"))
    for number in range(len(facts.problem.requirements.other_than)):
        yield "other_than", (number,)
    yield from _capacity(facts)
    yield from _streams(facts)
    if facts.problem.roles is not None:
        yield from _roles(facts)
    yield from _storage(facts)


def _capacity(facts: Facts) -> Iterator[Axiom]:
    for unit in facts.problem.units:
        rows = [
            (op.name, index, shift, facts.start[op.name] + r.offset + shift * facts.ii, r.length)
            for op in facts.problem.ops
            for index, r in enumerate(op.reservations.get(unit.name, ()))
            for shift in shifts(facts)
        ]
        for first in (row for row in rows if row[2] == 0):
            others = [r[:3] for r in rows if r is not first and r[3] <= first[3] < r[3] + r[4]]
            for pair in others:
                yield "capacity", (unit.name, [first[:3], pair])
            yield "capacity", (unit.name, [first[:3], *others])


def _streams(facts: Facts) -> Iterator[Axiom]:
    known = [(u, v, facts.holds(("same", u, v))) for u, v in combinations(facts.start, 2)]
    for u in facts.start:
        yield "window", (u, known)
        for v in facts.start:
            for shift in shifts(facts):
                yield "stream", (u, v, shift, known)
                yield "figure_6", (u, v, shift, known)


def _roles(facts: Facts) -> Iterator[Axiom]:
    width = {op.name: op.warps for op in facts.problem.ops}
    members: dict[int, list[str]] = {}
    for name, role in facts.role.items():
        members.setdefault(role, []).append(name)
    widest = {role: max(names, key=width.__getitem__) for role, names in members.items()}
    yield "roles", (list(widest.values()),)
    if facts.budget:
        yield "file", ([(name, facts.budget[role]) for role, name in widest.items()],)
    for at in facts.start:
        values = [a[1:3] for a in held_atoms(facts) if a[3] == at and facts.holds(a)]
        copies = [a[1:3] for a in copied_atoms(facts) if a[3] == at and facts.holds(a)]
        yield "registers", (at, values, copies)


def held_atoms(facts: Facts) -> list[tuple[Any, ...]]:
    """Every atom about a held value that can be true."""
    names = facts.start
    return [("held", u, k, w) for u in names for k in shifts(facts) for w in names]


def copied_atoms(facts: Facts) -> list[tuple[Any, ...]]:
    """Every atom about a copy that can be true."""
    flows = [n for n, d in enumerate(facts.problem.dependences) if d.kind == "flow"]
    return [("copied", n, k, w) for n in flows for k in shifts(facts) for w in facts.start]


def _storage(facts: Facts) -> Iterator[Axiom]:
    depth = {r: n for r in facts.rings for n in range(2, 12) if facts.holds(("deep", r, n))}
    slots = {u: n for u in facts.start for n in range(1, 12) if facts.holds(("sent", u, n))}
    rows = [*depth.items()], [*slots.items()]
    for memory in facts.problem.memories:
        yield "memory", (memory.name, *rows)
    yield "barriers", rows


def reasons(facts: Facts, atom: tuple[Any, ...]) -> Iterator[Axiom]:
    """The axioms that can say that a held, copied, deep or sent atom is true."""
    kind, first, second, *rest = atom
    flows = [n for n, d in enumerate(facts.problem.dependences) if d.kind == "flow"]
    if kind == "held":
        for reason in [["latency"], *([r, n] for n in flows for r in ("read", "sent"))]:
            yield "held", (first, reason, second, *rest)
    elif kind == "copied":
        yield "copied", (first, second, *rest)
    elif kind == "sent":
        yield from (("sent", (first, second, n)) for n in flows)
    else:
        members = facts.rings[first].members
        ends = [[m] for m in members] + [[m, n] for m in members for n in flows]
        yield from (("deep", (first, second, m, e)) for m in members for e in ends)


def forced(period: Period, facts: Facts, atom: tuple[Any, ...]) -> bool:
    """Whether some clause has the atom as its only true literal."""
    mine = Literal(atom, True)
    found = (stated(period, axiom) for axiom in reasons(facts, atom))
    return any(c is not None and mine in c and not facts.satisfies(c - {mine}) for c in found)
