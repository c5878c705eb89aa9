"""Tiny proofs for tests: LRAT by splitting on every variable in turn, refutations around them."""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from typing import Any

from twill.check.atoms import Atom
from twill.check.period import Period
from twill.check.rules import RULES

Json = dict[str, Any]
Clauses = Sequence[Sequence[int]]


def lrat(axioms: Clauses, variables: int) -> str:
    """A proof that the axioms contradict each other; raises ValueError where they do not."""
    return _Splitter(axioms, variables).proof()


class _Splitter:
    """Depth-first search with unit propagation; every failed branch is a clause of the proof."""

    def __init__(self, axioms: Clauses, variables: int) -> None:
        self.clauses: list[Sequence[int]] = [(), *axioms]
        self.axioms = len(axioms)
        self.variables = variables
        self.lines: list[str] = []

    def proof(self) -> str:
        self.refute([])
        return "".join(f"{line}\n" for line in self.lines)

    def refute(self, decided: list[int]) -> int:
        """The number of a clause that denies these decisions."""
        value, hints, conflict = self.propagate(decided)
        if not conflict:
            free = next((v for v in range(1, self.variables + 1) if {v, -v}.isdisjoint(value)), 0)
            if not free:
                raise ValueError(f"satisfied by {sorted(value)}")
            hints = [self.refute([*decided, free]), self.refute([*decided, -free])]
            if any(not set(self.clauses[hint]) & {free, -free} for hint in hints):
                return next(h for h in hints if not set(self.clauses[h]) & {free, -free})
        return self.add([-x for x in decided], hints)

    def propagate(self, decided: list[int]) -> tuple[set[int], list[int], bool]:
        value = set(decided)
        hints: list[int] = []
        forced = True
        while forced:
            forced = False
            for number in range(1, self.axioms + 1):
                clause = self.clauses[number]
                left = [x for x in clause if -x not in value]
                if not left:
                    return value, [*hints, number], True
                if len(left) == 1 and left[0] not in value:
                    value.add(left[0])
                    hints.append(number)
                    forced = True
        return value, hints, False

    def add(self, clause: list[int], hints: list[int]) -> int:
        self.clauses.append(clause)
        number = len(self.clauses) - 1
        self.lines.append(" ".join(map(str, [number, *clause, 0, *hints, 0])))
        return number


def refutation(
    period: Period,
    digest: str,
    axioms: Sequence[tuple[str, list[Any]]],
    max_roles: int | None = None,
    exchanges: Sequence[Json] = (),
) -> Json:
    """The content of a refutation file that uses these (rule, arguments)."""
    number: dict[Atom, int] = {}
    stated: list[list[Any]] = []
    for rule, arguments in axioms:
        clause = RULES[rule](period, *arguments)
        literals = [
            number.setdefault(x.atom, len(number) + 1) * (1 if x.holds else -1)
            for x in sorted(clause)
        ]
        stated.append([rule, arguments, literals])
    limits = {"max_stages": period.problem.limits.max_stages}
    return {
        "schema": "twill/refutation/v1",
        "problem": digest,
        "ii": period.ii,
        "limits": limits if max_roles is None else {**limits, "max_roles": max_roles},
        "exchanges": list(exchanges),
        "atoms": [list(atom) for atom in number],
        "axioms": stated,
        "lrat": lrat([literals for _, _, literals in stated], len(number)),
    }


def packed(content: Json) -> bytes:
    """A refutation file."""
    return lzma.compress(json.dumps(content, ensure_ascii=False).encode())
