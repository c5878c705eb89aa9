"""Answers of ``structures`` in words: cells of its tables."""

from __future__ import annotations

from typing import Any

from benchmarks.granularity import Granularity
from twill.expert_match import value_of

Row = dict[str, Any]

TIME_TOLERANCE = 0.005
"""As in ``twill.solver.levels``: a few cycles do not decide the roles."""


def ii(row: Row | None) -> str:
    """The smallest II, or the interval in which it lies."""
    if row is None:
        return "not asked"
    match row.get("status"):
        case "optimal":
            return f"{row['ii']}"
        case "feasible":
            return f"{row['ii_lower_bound']} to {row['ii']}"
        case "infeasible":
            return "none"
        case "unknown":
            return f"at least {row['ii_lower_bound']}"
    return "failed"


def with_roles_free(free: Row | None, *narrower: Row | None) -> Row | None:
    """What is known with any roles: a schedule with roles required is a schedule without.

    The II that the narrower answers reach bounds the free problem from above, its own search
    from below.
    """
    if free is None or "failed" in free or free["status"] in {"optimal", "infeasible"}:
        return free
    found = [row for row in (free, *narrower) if row is not None and "ii" in row]
    if not found:
        return free
    best = min(found, key=lambda row: row["ii"])
    low = max(free["ii_lower_bound"], free["bound"] or 0)
    both = {**free, "ii": best["ii"], "ii_lower_bound": low, "tflops": best["tflops"]}
    if low < best["ii"]:
        return {**both, "status": "feasible"}
    how = "proved by arithmetic" if low == free["bound"] else "one engine's word"
    return {**both, "status": "optimal", "proof": how}


def proof(row: Row | None) -> str:
    """How the II is known."""
    if row is None or "failed" in row:
        return ""
    match row["status"]:
        case "unknown":
            return "no schedule found"
        case "feasible":
            return "smallest not proved"
        case "infeasible":
            return f"no schedule at any II: {row['proof']}"
    return str(row["proof"])


def per_keys(row: Row | None, keys: int) -> str:
    """Cycles for 128 keys, so that tiles of different N compare."""
    if row is None or "ii" not in row:
        return ""
    return f"{row['ii'] * 128 / keys:.0f}"


def tflops(row: Row | None) -> str:
    """The rate in the model's steady state."""
    return "" if row is None or not row.get("tflops") else f"{row['tflops']:.0f}"


def bound(row: Row | None) -> str:
    """The highest bound by arithmetic and what sets it."""
    if row is None or not row.get("bounds"):
        return ""
    if row["bound"] is None:
        return "impossible"
    first = row["bounds"][0]
    return f"{first['ii']}: {term(first)}"


def term(found: Row) -> str:
    """A unit, or a circuit of values."""
    if found["kind"] == "resource":
        return str(found["name"])
    kind = "recurrence" if found["kind"] == "recurrence" else "ring"
    return f"{kind} {circuit(found['ops'])}"


def circuit(ops: list[str]) -> str:
    """Values along a circuit, slices of one value once."""
    values: list[str] = []
    for op in ops:
        if not values or values[-1] != value_of(op):
            values.append(value_of(op))
    if len(values) > 1 and values[0] == values[-1]:
        values.pop()
    return " → ".join(values)


def columns(cut: Granularity) -> str:
    """``4, S whole``."""
    if cut.columns == 1:
        return "1"
    return f"{cut.columns}, {'S whole' if cut.whole else 'S cut too'}"


def place(cut: Granularity) -> str:
    """Whether P takes over the storage of S."""
    return "beside S" if cut.beside else "over S"


def tile(cut: Granularity) -> str:
    """A granularity in one cell: ``b200, N 128, columns 4, S whole, P over S``."""
    said = f"{cut.machine}, N {cut.keys}, columns {columns(cut)}, P {place(cut)}"
    said += ", MMA and load share a warp group" if cut.shared else ""
    said += f", O rescaled in {cut.chunks} parts" if cut.chunks > 1 else ""
    return said + (", O never rescaled" if cut.unscaled else "")


def verdict(free: Row | None, expert: Row | None, other: Row | None, name: str) -> str:
    """Whether the expert's roles are among the optima in II, as far as it is decided."""
    if free is None or expert is None or "failed" in free or "failed" in expert:
        return "not asked"
    if expert["status"] == "infeasible":
        return f"{name} does not fit"
    if "ii" not in expert:
        return "not decided"
    least = free.get("ii_lower_bound")
    if least is not None and expert["ii"] == least:
        return _shared_optimum(expert, other, name)
    if free["status"] != "unknown" and expert["ii_lower_bound"] > free["ii"]:
        more = expert["ii_lower_bound"] / free["ii"] - 1
        return f"not optimal: at least {more:.1%} above"
    return "not decided"


def _shared_optimum(expert: Row, other: Row | None, name: str) -> str:
    if other is None:
        return f"{name} is an optimum"
    if other.get("ii") == expert["ii"]:
        return f"{name} is an optimum, not the only one"
    if other["status"] == "infeasible" or other.get("ii_lower_bound", 0) > expert["ii"]:
        return f"{name} is the only optimum"
    return f"{name} is an optimum; whether the only one is not decided"


def levels(row: Row | None) -> dict[str, Row]:
    """The levels of an answer by name."""
    return {level["name"]: level for level in (row or {}).get("levels", ())}


def value(level: Row | None) -> str:
    """A level's value, with its bound where it is not proved."""
    if level is None:
        return ""
    if level["proved"]:
        return str(level["value"])
    least = level["lower_bound"]
    return f"{level['value']} (at least {least})" if least is not None else f"{level['value']} (?)"


def separating(one: Row | None, other: Row | None) -> str:
    """The first level in which an answer differs from another, as far as that is known."""
    theirs = levels(other)
    for name, level in levels(one).items():
        if name not in theirs:
            return f"not decided from {name} on"
        if _above(name, _least(level), theirs[name]["value"]):
            return f"{name}, in which it is worse"
        if _above(name, _least(theirs[name]), level["value"]):
            return f"{name}, in which it is better"
        if not (level["proved"] and theirs[name]["proved"]):
            return f"not decided from {name} on"
    return "none: they tie" if theirs else "no other answer"


def _least(level: Row) -> int | None:
    """What the best schedule with these roles has at least."""
    least: int | None = level["value"] if level["proved"] else level["lower_bound"]
    return least


def _above(name: str, least: int | None, value: int) -> bool:
    slack = TIME_TOLERANCE * value if name == "time" else 0
    return least is not None and least > value + slack
