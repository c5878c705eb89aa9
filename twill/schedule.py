"""What a solver answers: a schedule, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from twill.display import Displayed

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
Proof = Literal[
    "proved by arithmetic",
    "proved by a checked refutation",
    "two engines agree",
    "one engine's word",
    "not proved",
]


@dataclass(frozen=True, slots=True)
class Role:
    """A specialised group of warps. ``registers`` is its budget per thread, None if unlimited."""

    name: str
    warps: int
    registers: int | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """When an operation starts, ``start = stage * II + slot``, and on which role, if any."""

    start: int
    stage: int
    slot: int
    role: str | None = None


@dataclass(frozen=True, slots=True)
class BufferUse:
    """A ring in a memory: ``depth`` slots of ``size`` (in the memory's unit) each.

    ``values`` are the results that share it, one taking over the storage of another; the
    buffer has the name of the first. ``accumulator``: one storage, alive throughout.
    """

    name: str
    memory: str
    size: int
    depth: int
    values: tuple[str, ...]
    accumulator: bool = False


@dataclass(frozen=True, slots=True)
class HandoffUse:
    """A value that crosses roles: from ``src`` to each role of ``dst``.

    ``latency`` in cycles; ``bytes`` of hand-off memory per slot, ``depth`` slots.
    """

    value: str
    src: str
    dst: tuple[str, ...]
    latency: int
    bytes: int
    depth: int


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the lexicographic objective; the ones before it are held fixed.

    ``tolerance`` is how far above ``lower_bound`` a value still counts as proved.
    ``lower_bound`` is None where the level was not reached before the time limit.
    """

    name: str
    value: int
    unit: str
    lower_bound: int | None
    proved: bool
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class SolverInfo:
    """How a schedule was found. ``work`` is in the engine's deterministic units."""

    engines: tuple[str, ...]
    seed: int
    workers: int
    wall_s: float
    work: float


@dataclass(frozen=True, slots=True)
class Schedule(Displayed):
    """A modulo schedule with its roles, rings and what is proved about it.

    ``stages`` counts the iterations that a schedule spans, ``length`` the cycles from the
    first start of an iteration to its last result.
    """

    problem_sha256: str
    status: Status
    ii: int
    ii_lower_bound: int
    stages: int
    length: int
    objective: tuple[Level, ...]
    proof: Proof
    roles: tuple[Role, ...]
    ops: Mapping[str, Placement]
    buffers: tuple[BufferUse, ...] = ()
    handoffs: tuple[HandoffUse, ...] = ()
    solver: SolverInfo | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is impossible or unknown, in the reader's terms, with the levers."""

    summary: str
    details: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refutation:
    """A file that shows that no schedule exists at one II (``twill/refutation/v1``).

    ``fewer``: of the problem with this limit lowered to ``limit``, "" for the problem itself.
    """

    ii: int
    file: bytes
    fewer: Literal["", "stages", "roles"] = ""
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Optimal:
    """A verified schedule whose II is proved minimal, with the refutations that were made."""

    schedule: Schedule
    refutations: tuple[Refutation, ...] = ()


@dataclass(frozen=True, slots=True)
class Feasible:
    """A verified schedule; a smaller II, down to ``schedule.ii_lower_bound``, is not excluded."""

    schedule: Schedule
    reason: Reason


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No schedule exists at any II within the limits; ``proof`` says how that is known."""

    reason: Reason
    proof: Proof
    refutations: tuple[Refutation, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither a schedule nor a proof that none exists was found within the limits."""

    reason: Reason
    ii_lower_bound: int


Outcome = Optimal | Feasible | Infeasible | Unknown
