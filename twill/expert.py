"""What an expert wrote by hand: roles, orders, buffers and barriers of a kernel, as data.

An expert's kernel is not a schedule: it has no cycles. What it fixes is its structure. Which
operation runs on which role, in which order, how many iterations apart, through how many slots.
Operations are named after the values of the loop that the kernel is compared with
(``flash_attention_forward``: ``S``, ``m``, ``O_scaled``, ...); sub-tiles as in a problem,
``S[m0]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

BarrierKind = Literal["mbarrier", "named barrier", "block barrier", "async copy wait"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where it is written: a file of a repository at a commit, or a document."""

    what: str
    repository: str = ""
    commit: str = ""
    file: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """An operation in the body of a role, on iteration ``i + offset``.

    ``value`` is a result of the loop, ``index`` the sub-tile (``m0``), empty for every one of the
    role. Written ``S[m0]@+1``.
    """

    value: str
    offset: int = 0
    index: tuple[str, ...] = ()

    def __str__(self) -> str:
        index = f"[{','.join(self.index)}]" if self.index else ""
        sign = "+" if self.offset > 0 else ""
        return f"{self.value}{index}@{sign}{self.offset}"


@dataclass(frozen=True, slots=True)
class ExpertRole:
    """A role: ``warps``, registers per thread (None where the kernel does not set them).

    ``order``: its body, in groups of steps whose order among themselves is not fixed by the
    kernel (what stands between two waits is the compiler's). ``per``: the dimension of whose
    sub-tiles each has such a role of its own; None for one role in all.
    """

    name: str
    warps: int
    registers: int | None
    order: tuple[tuple[Step, ...], ...]
    per: str | None = None


@dataclass(frozen=True, slots=True)
class ExpertBuffer:
    """``slots`` of storage for values that share it, in a memory or in registers.

    ``per``: the dimension of whose sub-tiles each has such a buffer, with so many slots.
    ``alternating``: the values take slots in turn; otherwise a slot holds one of each.
    """

    name: str
    memory: str
    slots: int
    values: tuple[str, ...]
    per: str | None = None
    alternating: bool = False


@dataclass(frozen=True, slots=True)
class ExpertBarrier:
    """A synchronisation: ``before`` runs only once ``after`` has.

    ``note`` says what it is for, or why it has no counterpart; ``after`` and ``before`` are None
    where the barrier belongs to something that the loop does not have (its epilogue, the next
    tile).
    """

    name: str
    kind: BarrierKind
    src: str
    dst: str
    after: Step | None = None
    before: Step | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A loop on a machine that the kernel can be compared on, and how it is cut.

    ``what_if``: changes of the machine, ``roles.register_file=68608``; ``why`` says what for.
    """

    spec: str
    machine: str
    parameters: Mapping[str, int]
    subtile: Mapping[str, int]
    what_if: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Performance:
    """A published speed with its conditions; never compared with what a model says."""

    value: float
    unit: str
    conditions: str
    source: str


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert's kernel.

    ``pairings`` are empty where no loop or machine of ours covers it: ``missing`` then says what
    would be needed. ``tile`` is the kernel's own, per thread block. ``invariants`` are buffered and
    stay the same through the loop. ``scope``: what the kernel does that a loop body cannot show,
    a sentence each. ``notes``: traps.
    """

    name: str
    title: str
    machine: str
    sources: tuple[Citation, ...]
    tile: Mapping[str, int]
    roles: tuple[ExpertRole, ...]
    buffers: tuple[ExpertBuffer, ...]
    barriers: tuple[ExpertBarrier, ...]
    invariants: tuple[str, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    missing: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    performance: tuple[Performance, ...] = ()
