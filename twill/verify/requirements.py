"""REQUIREMENT: what is demanded of a schedule beyond what the machine demands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from twill.problem import groups
from twill.verify.case import Case, Violation

NAME = "REQUIREMENT"


def check_requirement(case: Case) -> Iterator[Violation]:
    """REQUIREMENT: roles as fixed, no hand-off where none is wanted, no partition refused."""
    yield from _roles(case)
    yield from _no_handoff(case)
    yield from _other_than(case)


def _roles(case: Case) -> Iterator[Violation]:
    labels, role = case.problem.requirements.roles, case.usage.role
    for u, v in combinations(labels, 2):
        if labels[u] == labels[v] and role[u] != role[v]:
            text = f"{u} and {v} are to share role {labels[u]}, they are on {role[u]} and {role[v]}"
            yield Violation(NAME, text, (u, v))
        if labels[u] != labels[v] and role[u] == role[v]:
            text = f"{u} is to be on {labels[u]}, {v} on {labels[v]}; both are on {role[u]}"
            yield Violation(NAME, text, (u, v))


def _no_handoff(case: Case) -> Iterator[Violation]:
    if not case.problem.requirements.no_handoff:
        return
    for name, found in case.usage.handed_off.items():
        if case.problem.op[name].in_registers:
            readers = ", ".join(sorted({d.dst for d in found}))
            text = f"{name} is in registers of role {case.usage.role[name]} and read by {readers}"
            yield Violation(NAME, f"{text} elsewhere, no hand-off is allowed", (name,))


def _other_than(case: Case) -> Iterator[Violation]:
    role = case.usage.role
    for labels in case.problem.requirements.other_than:
        wanted = set(map(frozenset, groups(labels)))
        found = set(map(frozenset, groups({name: role[name] for name in labels})))
        if wanted == found:
            text = " | ".join(" ".join(names) for names in groups(labels))
            yield Violation(NAME, f"the partition {text} was to be avoided", tuple(labels))
