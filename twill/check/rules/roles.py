"""Axioms about roles: who may share one, how many there may be, what is required of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from twill.accounting import charged_warps
from twill.check.atoms import Clause, Term, clause, negated, same
from twill.check.period import Invalid, Period
from twill.problem import groups


def transitive(_period: Period, u: str, v: str, w: str) -> Clause:
    """ROLES: what is on one role with v is on one role with each other."""
    return clause(negated(same(u, v)), negated(same(v, w)), same(u, w))


def load(period: Period, u: str, v: str) -> Clause:
    """VARIABLE-LATENCY: loads share a role, and nothing else is on it."""
    period.require_roles()
    together = [period.problem.op[name].variable_latency for name in (u, v)]
    if not any(together):
        raise Invalid(f"neither {u} nor {v} has variable latency")
    return clause(same(u, v) if all(together) else negated(same(u, v)))


def roles(period: Period, names: Sequence[str]) -> Clause:
    """ROLES: these cannot be on a role each; too many roles, or too many warps."""
    limits = period.limits
    warps = sum(charged_warps(period.problem, period.problem.op[name].warps) for name in names)
    if len(set(names)) != len(names):
        raise Invalid("an operation is listed twice")
    if len(names) <= limits.max_roles and warps <= limits.max_warps:
        raise Invalid(f"{len(names)} roles of {warps} warps are allowed")
    return clause(*shared(names))


def shared(names: Sequence[str]) -> list[Term]:
    """The terms of which one holds where two of these are on one role."""
    return [same(u, v) for u, v in combinations(names, 2)]


def required(period: Period, u: str, v: str) -> Clause:
    """REQUIREMENT: equal labels share a role, different ones do not."""
    labels = period.problem.requirements.roles
    together = same(u, v)
    return clause(together if labels[u] == labels[v] else negated(together))


def no_handoff(period: Period, number: int) -> Clause:
    """REQUIREMENT: a value in registers is read on its own role."""
    d = period.flow(number)
    if not period.problem.requirements.no_handoff or not period.problem.op[d.src].in_registers:
        raise Invalid(f"the value of {d.src} may be handed off")
    return clause(same(d.src, d.dst))


def other_than(period: Period, number: int) -> Clause:
    """REQUIREMENT: the partition into roles is not this one."""
    labels = period.problem.requirements.other_than[number]
    together = {frozenset(pair) for names in groups(labels) for pair in combinations(names, 2)}
    pairs = combinations(labels, 2)
    return clause(
        *(negated(same(u, v)) if frozenset((u, v)) in together else same(u, v) for u, v in pairs)
    )
