"""``problem.json`` by the standard library: its shape."""

from __future__ import annotations

from typing import Any

from twill.check.period import Invalid
from twill.check.problem_sense import faults
from twill.check.values import (
    Default,
    flag,
    listing,
    mapping,
    maybe,
    one_of,
    record,
    row,
    text,
    whole,
)
from twill.problem import (
    Dependence,
    Handoff,
    InPlace,
    Invariant,
    Limits,
    Memory,
    Op,
    Problem,
    RegisterRange,
    Requirements,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)

_MOST = 2**31 - 1
_COUNT = whole(1, _MOST)
_SIZE = whole(0, _MOST)
_NO = Default(flag, False)
_NONE = Default(_SIZE, 0)
_LABELS = mapping(text)

_REGISTERS = record(
    {"min": Default(_SIZE, 24), "max": Default(_SIZE, 248), "step": Default(_COUNT, 8),
     "overhead": _NONE}
)  # fmt: skip
_ROLES = record(
    {
        "max_roles": _COUNT,
        "max_warps": _COUNT,
        "warp_group": Default(_COUNT, 1),
        "register_file": Default(maybe(_SIZE), None),
        "registers": Default(_REGISTERS, {}),
        "handoff_memory": Default(maybe(text), None),
    }
)
_LIMITS = record(
    {
        "max_stages": Default(_COUNT, 8),
        "named_barriers": Default(maybe(_SIZE), None),
        "mbarrier_bytes": _NONE,
        "concurrency": Default(one_of("issue", "paper"), "issue"),
    }
)
_OP = record(
    {
        "name": text,
        "reservations": Default(mapping(listing(row(_SIZE, _COUNT, _COUNT))), {}),
        "issue": Default(_SIZE, 1),
        "latency": Default(_SIZE, 1),
        "warps": Default(_COUNT, 1),
        "asynchronous": _NO,
        "variable_latency": _NO,
        "streaming": _NO,
        "latencies": Default(mapping(_SIZE), {}),
        "result": Default(maybe(record({"space": text, "size": _NONE})), None),
        "in_place": Default(maybe(text), None),
        "handoff": Default(record(dict.fromkeys(Handoff.__slots__, _NONE)), {}),
    }
)
_DEPENDENCE = record(
    {
        "src": text,
        "dst": text,
        "delay": Default(whole(-_MOST, _MOST), 0),
        "distance": _NONE,
        "kind": Default(one_of("flow", "anti", "output", "order"), "flow"),
        "blocking": _NO,
        "read_until": Default(maybe(_SIZE), None),
    }
)
_REQUIREMENTS = record(
    {
        "roles": Default(_LABELS, {}),
        "no_handoff": _NO,
        "other_than": Default(listing(_LABELS), ()),
    }
)
_UNIT = record({"capacity": Default(_COUNT, 1), "fluid": _NO})
_MEMORY = record(
    {"capacity": _SIZE, "unit": Default(text, "bytes"), "unit_bytes": Default(_COUNT, 1)}
)
_PROBLEM = record(
    {
        "schema": one_of("twill/problem/v1"),
        "name": text,
        "units": Default(mapping(_UNIT), {}),
        "memories": Default(mapping(_MEMORY), {}),
        "invariants": Default(mapping(record({"space": text, "size": _SIZE})), {}),
        "roles": Default(maybe(_ROLES), None),
        "limits": Default(_LIMITS, {}),
        "requirements": Default(_REQUIREMENTS, {}),
        "trips": Default(_COUNT, 1),
        "profile": Default(one_of("default"), "default"),
        "ops": listing(_OP, least=1),
        "dependences": Default(listing(_DEPENDENCE), ()),
    }
)


def read_problem(value: object, at: str) -> Problem:
    """The problem that a JSON value says. Raises Invalid."""
    data = _PROBLEM(value, at)
    roles = data["roles"]
    problem = Problem(
        name=data["name"],
        ops=tuple(_op(op) for op in data["ops"]),
        dependences=tuple(Dependence(**d) for d in data["dependences"]),
        units=tuple(Unit(name, **unit) for name, unit in data["units"].items()),
        memories=tuple(Memory(name, **memory) for name, memory in data["memories"].items()),
        invariants=tuple(Invariant(name, **v) for name, v in data["invariants"].items()),
        roles=roles and RoleLimits(**{**roles, "registers": RegisterRange(**roles["registers"])}),
        limits=Limits(**data["limits"]),
        requirements=Requirements(**data["requirements"]),
        trips=data["trips"],
        profile=data["profile"],
    )
    for fault in faults(problem):
        raise Invalid(f"{at}: {fault}")
    return problem


def _op(data: dict[str, Any]) -> Op:
    result, place = data["result"], data["in_place"]
    held = {unit: tuple(Reservation(*r) for r in rs) for unit, rs in data["reservations"].items()}
    return Op(
        **{
            **data,
            "reservations": held,
            "result": None if result is None or result["space"] == "none" else Result(**result),
            "in_place": None if place is None else _in_place(place),
            "handoff": Handoff(**data["handoff"]),
        }
    )


def _in_place(reference: str) -> InPlace:
    """What ``S`` or ``O@-1`` refers to; anything else keeps its text and names no operation."""
    name, at, offset = reference.rpartition("@")
    if not at or not (name and offset.startswith("-") and offset[1:].isdecimal()):
        return InPlace(reference)
    distance = int(offset[1:]) if len(offset) <= 10 else 0
    return InPlace(name, distance) if distance else InPlace(reference)
