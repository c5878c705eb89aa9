"""The certificate of an outcome (``twill/certificate/v1``): what is claimed, how it is proved."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections import Counter
from collections.abc import Sequence
from typing import Any

import twill
from twill.check.certificate import limits
from twill.formats.canonical import problem_digest
from twill.lemmas import horizon, monotone
from twill.problem import Problem
from twill.schedule import Infeasible, Level, Optimal, Outcome, Proof, Refutation, Schedule
from twill.solver.bounds import bounds
from twill.solver.proof.arithmetic import Step, bound_step, impossible_step

SCHEMA = "twill/certificate/v1"

CERTIFIED: tuple[Proof, ...] = ("proved by arithmetic", "proved by a checked refutation")
"""The words of proof that a certificate stands behind."""

Files = dict[str, str | bytes]


def certificate_files(
    problem: Problem, outcome: Outcome, sources: Sequence[dict[str, Any]] = ()
) -> Files:
    """``certificate.json`` and refutation files by name; nothing for what is not proved by them.

    ``sources`` name what the problem was made from, with their hashes.
    """
    if not isinstance(outcome, Optimal | Infeasible):
        return {}
    claimed = outcome.schedule if isinstance(outcome, Optimal) else outcome
    if claimed.proof not in CERTIFIED:
        return {}
    lower_bound = _lower_bound(problem, outcome)
    if lower_bound is None:
        return {}
    schedule = outcome.schedule if isinstance(outcome, Optimal) else None
    document = {
        "schema": SCHEMA,
        "twill": twill.__version__,
        "problem": {
            "name": problem.name,
            "file": "problem.json",
            "sha256": problem_digest(problem),
        },
        "sources": list(sources),
        "profile": problem.profile,
        "limits": limits(problem),
        "claim": {"kind": "optimal", "ii": schedule.ii} if schedule else {"kind": "infeasible"},
        "witness": _witness(schedule) if schedule else None,
        "lower_bound": lower_bound,
        "levels": [_level(schedule, level) for level in schedule.objective] if schedule else [],
        "at_ii": [_at_ii(problem, each) for each in outcome.refutations if each.fewer],
    }
    files: Files = {"certificate.json": json.dumps(document, indent=1) + "\n"}
    return files | {file_name(each): each.file for each in outcome.refutations}


def file_name(refutation: Refutation) -> str:
    """The name of a refutation's file in a bundle."""
    fewer = f"-{refutation.limit}-{refutation.fewer}" if refutation.fewer else ""
    return f"refutation-{refutation.ii}{fewer}.json.xz"


def _lower_bound(problem: Problem, outcome: Optimal | Infeasible) -> list[Step] | None:
    """Steps that together leave nothing open: none for II 1. None where they would leave some."""
    known = bounds(problem)
    refuted = [_refutation_step(problem, each) for each in outcome.refutations if not each.fewer]
    best = [bound_step(problem, bound) for bound in known.binding[:1] if bound.ii > 1]
    if isinstance(outcome, Infeasible):
        impossible = impossible_step(problem, known)
        return [impossible] if impossible is not None else best + refuted if refuted else None
    return best + refuted if refuted or known.ii == outcome.schedule.ii else None


def _refutation_step(problem: Problem, refutation: Refutation) -> Step:
    document = json.loads(lzma.decompress(refutation.file))
    used = Counter(axiom[0] for axiom in document["axioms"])
    lemmas = ["monotone"] if monotone(problem) else []
    if refutation.ii >= horizon(problem):
        lemmas.append("horizon")
    return {
        "kind": "refutation",
        "ii": refutation.ii,
        "file": file_name(refutation),
        "sha256": hashlib.sha256(refutation.file).hexdigest(),
        "stages": document["limits"]["max_stages"] if used["stages"] else None,
        "lemmas": lemmas,
        "axioms": dict(sorted(used.items())),
        "steps": document["lrat"].count("\n"),
    }


def _at_ii(problem: Problem, refutation: Refutation) -> dict[str, Any]:
    """Fewer stages or roles than these are refuted at the II of the schedule."""
    step = _refutation_step(problem, refutation) | {"lemmas": []}
    return {"name": refutation.fewer, "at_least": refutation.limit + 1, "step": step}


def _witness(schedule: Schedule) -> dict[str, Any]:
    return {
        "ops": {
            name: {"start": placed.start, "role": placed.role}
            for name, placed in schedule.ops.items()
        },
        "roles": [
            {"name": role.name, "warps": role.warps, "registers": role.registers}
            for role in schedule.roles
        ],
    }


def _level(schedule: Schedule, level: Level) -> dict[str, Any]:
    """A level of the objective; only the II has a proof of its own."""
    proof = "one engine's word" if level.proved else "not proved"
    return {
        "name": level.name,
        "value": level.value,
        "lower_bound": level.lower_bound,
        "proof": schedule.proof if level.name == "ii" else proof,
    }
