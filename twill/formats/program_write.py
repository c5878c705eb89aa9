"""A WarpProgram to JSON (``twill/program/v1``), with what its event graph says."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING

from twill.lower.program import (
    Arrive,
    Drain,
    Instruction,
    Receive,
    RoleProgram,
    Run,
    Send,
    Sync,
    Wait,
    WarpProgram,
)

if TYPE_CHECKING:
    from twill.events.graph import Edge
    from twill.lower.events import Timing

PROGRAM_SCHEMA = "twill/program/v1"

INSTRUCTIONS: dict[str, type[Instruction]] = {
    "run": Run,
    "wait": Wait,
    "arrive": Arrive,
    "drain": Drain,
    "sync": Sync,
    "send": Send,
    "receive": Receive,
}
"""What an instruction does, as files call it."""

_DOES = {kind: name for name, kind in INSTRUCTIONS.items()}

Json = dict[str, object]


def program_to_json(program: WarpProgram, timing: Timing | None = None) -> Json:
    """Return the JSON form of a program; reading it back gives an equal program.

    ``timing``: what follows from its event graph, where that was looked at.
    """
    return {
        "schema": PROGRAM_SCHEMA,
        "name": program.name,
        "problem_sha256": program.problem_sha256,
        "ii": program.ii,
        "trips": program.trips,
        "stages": program.stages,
        "roles": [_role(role) for role in program.roles],
        "rings": [_listed(asdict(ring)) for ring in program.rings],
        "residents": [asdict(resident) for resident in program.residents],
        "barriers": [_listed(asdict(barrier)) for barrier in program.barriers],
        "used": dict(program.used),
        "timing": None if timing is None else timing_to_json(timing),
    }


def _role(role: RoleProgram) -> Json:
    return {
        "name": role.name,
        "warps": role.warps,
        "registers": role.registers,
        "body": [{"do": _DOES[type(i)], **_listed(asdict(i))} for i in role.body],
        "held": [_listed(asdict(held)) for held in role.held],
    }


def _listed(fields: Json) -> Json:
    """Tuples as lists, as JSON has them."""
    return {key: list(v) if isinstance(v, tuple) else v for key, v in fields.items()}


def timing_to_json(timing: Timing) -> Json:
    """What the event graph of a program says; ratios as ``[numerator, denominator]``."""
    return {
        "live": timing.live,
        "cycles": _ratio(timing.cycles),
        "circuit": [_edge(edge) for edge in timing.circuit or timing.dead or ()],
        "model": _ratio(timing.model),
        "longer": _ratio(timing.longer),
        "added": [{"event": a.event, "cycles": _ratio(a.cycles)} for a in timing.added],
        "latencies": [
            {"name": s.latency, "stated": s.stated, "slack": s.cycles} for s in timing.slacks
        ],
    }


def _ratio(value: Fraction | None) -> list[int] | None:
    return None if value is None else [value.numerator, value.denominator]


def _edge(edge: Edge) -> Json:
    return {
        "src": edge.src,
        "dst": edge.dst,
        "delay": edge.delay,
        "tokens": edge.tokens,
        "kind": edge.kind,
        "why": edge.why,
    }
