"""Problem to JSON (``twill/problem/v1``).

Fields that hold their default are left out, so a plain modulo-scheduling problem stays plain.
"""

from __future__ import annotations

from twill.problem import (
    Dependence,
    Handoff,
    InPlace,
    Limits,
    Memory,
    Op,
    Problem,
    RegisterRange,
    Requirements,
    Result,
    RoleLimits,
)

PROBLEM_SCHEMA = "twill/problem/v1"

Json = dict[str, object]

_HANDOFF = Handoff()
_LIMITS = Limits()
_REGISTERS = RegisterRange()
_REQUIREMENTS = Requirements()
_ROLES = RoleLimits(1, 1)


def problem_to_json(problem: Problem) -> Json:
    """Return the JSON form of a problem; reading it back gives an equal problem."""
    data: Json = {"schema": PROBLEM_SCHEMA, "name": problem.name}
    parts: Json = {
        "units": {
            unit.name: {"capacity": unit.capacity, **({"fluid": True} if unit.fluid else {})}
            for unit in problem.units
        },
        "memories": {memory.name: _memory(memory) for memory in problem.memories},
        "invariants": {v.name: {"space": v.space, "size": v.size} for v in problem.invariants},
        "limits": _changed(problem.limits, _LIMITS),
    }
    data.update({key: value for key, value in parts.items() if value})
    if problem.roles is not None:
        data["roles"] = _roles(problem.roles)
    if problem.requirements != _REQUIREMENTS:
        data["requirements"] = _requirements(problem.requirements)
    if problem.trips != 1:
        data["trips"] = problem.trips
    if problem.profile != "default":
        data["profile"] = problem.profile
    data["ops"] = [_op(op) for op in problem.ops]
    if problem.dependences:
        data["dependences"] = [_dependence(dependence) for dependence in problem.dependences]
    return data


def _changed(value: object, default: object, skip: tuple[str, ...] = ()) -> Json:
    """Return the fields of a slotted dataclass that differ from the default's."""
    names = [name for name in value.__slots__ if name not in skip]  # type: ignore[attr-defined]
    pairs = ((name, getattr(value, name), getattr(default, name)) for name in names)
    return {name: actual for name, actual, usual in pairs if actual != usual}


def _memory(memory: Memory) -> Json:
    return {
        "capacity": memory.capacity,
        **_changed(memory, Memory(memory.name, memory.capacity)),
    }


def _requirements(wanted: Requirements) -> Json:
    data = _changed(wanted, _REQUIREMENTS, ("other_than",))
    if wanted.other_than:
        data["other_than"] = [dict(labels) for labels in wanted.other_than]
    return data


def _roles(roles: RoleLimits) -> Json:
    return {
        "max_roles": roles.max_roles,
        "max_warps": roles.max_warps,
        **_changed(roles, _ROLES, ("max_roles", "max_warps", "registers")),
        "registers": {
            "min": roles.registers.min,
            "max": roles.registers.max,
            **_changed(roles.registers, _REGISTERS, ("min", "max")),
        },
    }


def _op(op: Op) -> Json:
    data: Json = {"name": op.name}
    if op.reservations:
        data["reservations"] = {
            unit: [[r.offset, r.length, r.amount] for r in reservations]
            for unit, reservations in op.reservations.items()
        }
    plain = ("issue", "latency", "warps", "asynchronous", "variable_latency", "streaming")
    usual = Op(op.name)
    data.update({n: getattr(op, n) for n in plain if getattr(op, n) != getattr(usual, n)})
    if op.latencies:
        data["latencies"] = dict(op.latencies)
    if op.result is not None:
        data["result"] = _result(op.result)
    if op.in_place is not None:
        data["in_place"] = reference(op.in_place)
    if op.handoff != _HANDOFF:
        data["handoff"] = _changed(op.handoff, _HANDOFF)
    return data


def _result(result: Result) -> Json:
    return {"space": result.space, "size": result.size}


def reference(in_place: InPlace) -> str:
    """Return ``S`` for a value of the same iteration, ``O@-1`` for one of the iteration before."""
    return f"{in_place.op}@-{in_place.distance}" if in_place.distance else in_place.op


def _dependence(dependence: Dependence) -> Json:
    usual = Dependence(dependence.src, dependence.dst)
    return {
        "src": dependence.src,
        "dst": dependence.dst,
        **_changed(dependence, usual, ("src", "dst")),
    }
