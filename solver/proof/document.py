"""A refutation as the file that ``twill check`` reads (``twill/refutation/v1``)."""

from __future__ import annotations

import json
import lzma
from typing import Any

from twill.formats.canonical import problem_digest
from twill.problem import Problem
from twill.solver.proof.axioms import Axioms
from twill.solver.proof.cadical import prove
from twill.solver.proof.trim import Trimmed, trim
from twill.solver.symmetry import ordered_pairs

SCHEMA = "twill/refutation/v1"

PRESET = 3
"""Compression: a sixth larger than at the default of 6, in a quarter of the time."""


def refutation_file(problem: Problem, axioms: Axioms) -> bytes | None:
    """The proof that axioms contradict each other, trimmed and compressed; None if they do not.

    ``problem`` is what the claim is about; the axioms may be of one with stricter limits.
    """
    trace = prove(axioms.clauses)
    if trace is None:
        return None
    text = json.dumps(_document(problem, axioms, trim(trace)), separators=(",", ":"))
    return lzma.compress(text.encode(), preset=PRESET)


def _document(problem: Problem, axioms: Axioms, proof: Trimmed) -> dict[str, Any]:
    clauses = [axioms.clauses[i] for i in proof.axioms]
    used = sorted({abs(x) for clause in clauses for x in clause})
    number = {variable: i for i, variable in enumerate(used, 1)}
    renamed = {x: number[abs(x)] * (1 if x > 0 else -1) for v in used for x in (v, -v)}
    steps = [axioms.steps[i] for i in proof.axioms]
    return {
        "schema": SCHEMA,
        "problem": problem_digest(problem),
        "ii": axioms.period.ii,
        "limits": _limits(problem, axioms.period.problem),
        "exchanges": _exchanges(axioms, {step[1][0] for step in steps if step[0] == "exchange"}),
        "atoms": [list(axioms.atoms[variable - 1]) for variable in used],
        "axioms": [
            [rule, list(arguments), [renamed[x] for x in clause]]
            for (rule, arguments), clause in zip(steps, clauses, strict=True)
        ],
        "lrat": proof.renamed(renamed).lrat,
    }


def _limits(problem: Problem, stricter: Problem) -> dict[str, int]:
    """The limits that the axioms are made with, where the claim's own are not meant."""
    limits = {"max_stages": stricter.limits.max_stages}
    if problem.roles != stricter.roles and stricter.roles is not None:
        limits["max_roles"] = stricter.roles.max_roles
    return limits


def _exchanges(axioms: Axioms, used: set[int]) -> list[dict[str, Any]]:
    """All exchanges up to the last one that is used: their numbers count."""
    pairs = ordered_pairs(axioms.period.problem)[: max(used, default=-1) + 1]
    return [
        {"first": v, "moves": {a: b for a, b in exchange.items() if a != b}}
        for v, _, exchange in pairs
    ]
