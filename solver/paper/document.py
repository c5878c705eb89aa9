"""The JSON form of what profile ``paper`` answers (``twill/paper/v1``)."""

from __future__ import annotations

from dataclasses import asdict

from twill.formats import schedule_to_json
from twill.solver.paper.outcome import PaperOutcome
from twill.solver.paper.program import Program
from twill.solver.paper.replay import Replay
from twill.solver.paper.rounding import Normalisation

PAPER_SCHEMA = "twill/paper/v1"

Json = dict[str, object]


def paper_to_json(outcome: PaperOutcome, digest: str) -> Json:
    """The outcome; times are normalised cycles unless they are called machine cycles."""
    reason = outcome.reason
    return {
        "schema": PAPER_SCHEMA,
        "status": outcome.status,
        "problem_sha256": digest,
        "reason": asdict(reason) if reason is not None else None,
        "options": asdict(outcome.options),
        "notes": list(outcome.program.notes),
        "normalisation": _normalisation(outcome.normalisation),
        "solution": _solution(outcome),
        "admitted": {option: list(texts) for option, texts in outcome.admitted.items()},
        "replay": _replay(outcome.replay),
        "first": dict(zip(("ii", "length"), outcome.first or (), strict=False)) or None,
        "steps": [asdict(step) for step in outcome.steps],
        "phases": asdict(outcome.phases),
        "program": _program(outcome.program),
    }


def _normalisation(to: Normalisation | None) -> Json | None:
    if to is None:
        return None
    return {
        "counts": [
            {"machine_cycles": count, "occurrences": to.weight[count], "image": image}
            for count, image in to.image.items()
        ],
        "F": to.F,
        "sum": to.total,
        "machine_cycles_per_cycle": float(to.scale),
        "largest_relative_error": to.error,
    }


def _solution(outcome: PaperOutcome) -> Json | None:
    found = outcome.solution
    if found is None:
        return None
    return {
        "ii": found.ii,
        "length": found.length,
        "copies": found.copies,
        "total": (found.copies - 1) * found.ii + found.length,
        "machine_cycles": dict(outcome.cycles),
        "ops": {
            name: {"start": start, "places": list(found.places[name])}
            for name, start in found.start.items()
        },
    }


def _replay(replay: Replay | None) -> Json | None:
    if replay is None:
        return None
    return {
        "schedule": schedule_to_json(replay.schedule) if replay.schedule else None,
        "conflict": list(replay.conflict),
        "violations": [
            {"constraint": v.constraint, "message": v.message, "ops": list(v.ops)}
            for v in replay.violations
        ],
    }


def _program(program: Program) -> Json:
    """The paper's input as it was solved, in normalised cycles."""
    return {
        "ops": [asdict(op) for op in program.ops],
        "edges": [asdict(edge) for edge in program.edges],
        "units": dict(program.units),
        "fluids": [asdict(fluid) for fluid in program.fluids],
        "memories": dict(program.memories),
        "register_limit": program.register_limit,
        "places": program.places,
        "designated": program.designated,
    }
