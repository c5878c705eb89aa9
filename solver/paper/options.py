"""What the paper leaves open, one option each; ``docs/paper_profile.md`` gives the reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

from twill.diagnostics import did_you_mean, unknown

SOUND: dict[str, Any] = {
    "copies": "any",
    "edges": "all",
    "liveness": "steady",
    "release": "finish",
}
"""The options that repair the accounting where a schedule it admits would be wrong."""


@dataclass(frozen=True, slots=True)
class PaperOptions:
    """Readings of the paper. The defaults are the text, and where it is silent the plainest.

    Costs
      normalise: ``paper`` rounds all counts to a small scale, ``off`` keeps cycles.
      U: upper bound on the sum of the normalised counts. least: lower bound on it.
      members: the list C holds ``cycles`` (one count per operation: how long it executes)
        or ``all`` counts (reservations, edge delays and spill costs too).
      weights: the sum counts every ``occurrence`` or each ``distinct`` count once.
      tie: among equally good roundings, the ``most`` or ``fewest`` cycles.
    The input graph
      cycles: an operation executes for its ``latency`` or while it holds a unit (``occupancy``).
      streaming: streaming operations have no latency on their ``edges``, or take no unit
        either (``all``).
      storage: ``ssa`` gives each value its own storage; ``in_place`` keeps the problem's
        decisions about storage as ordering edges.
      fluid: units shared by interleaving requests bound the ``period`` or ``none``.
      spill: cost of a value that crosses warps in machine cycles, None for the machine's.
    Warps
      warps: Figure 6 places operations on ``groups`` as wide as they need, or on ``single``
        warps, as many as they need.
      places: how many groups or warps there are, None for the machine's.
      same: with single warps, producer and consumer share their warps if the sets are
        ``equal``, one is ``inside`` the other, or they ``overlap``.
      variable_latency: the designated warp takes variable-latency operations ``iff`` or ``if``.
      registers: 32-bit registers per thread of a warp, None for the machine's.
      concurrency: an operation is in flight for its ``paper`` cycles or while it ``issue``s.
      spill_blocks: a consumer blocks on a value from other warps: ``spilled`` ones (with a
        cost), ``all``, or ``none``.
    Accounting
      edges: constraints on copies outside the program are not ``emitted``, or ``all`` edges hold.
      liveness: values live in the straight-line ``program``, or in the ``steady`` state.
      release: an operand is released when its last reader starts (``issue``) or ends (``finish``).
    Search
      length: the modulo schedule of phase 1 has ``minimal`` length, or ``any``.
      copies: lengths with as many copies as phase 1 has (``paper``), or ``any``.
      window: a window of lengths is settled by ``one`` query, or ``each`` length is asked.
      max_copies: with ``copies=any``, the most copies tried.
      max_ii: Algorithm 1 stops above it, None for where a larger I cannot help.
      query_work: Z3's resource units per query, None for no limit.
    """

    normalise: Literal["paper", "off"] = "paper"
    U: int = 300
    least: int = 1
    members: Literal["cycles", "all"] = "cycles"
    weights: Literal["occurrence", "distinct"] = "occurrence"
    tie: Literal["most", "fewest"] = "most"
    cycles: Literal["latency", "occupancy"] = "latency"
    streaming: Literal["edges", "all"] = "edges"
    storage: Literal["ssa", "in_place"] = "ssa"
    fluid: Literal["period", "none"] = "period"
    spill: int | None = None
    warps: Literal["groups", "single"] = "groups"
    places: int | None = None
    same: Literal["equal", "inside", "overlap"] = "equal"
    variable_latency: Literal["iff", "if"] = "iff"
    registers: int | None = None
    concurrency: Literal["paper", "issue"] = "paper"
    spill_blocks: Literal["spilled", "all", "none"] = "spilled"
    edges: Literal["emitted", "all"] = "emitted"
    liveness: Literal["program", "steady"] = "program"
    release: Literal["issue", "finish"] = "issue"
    length: Literal["minimal", "any"] = "minimal"
    copies: Literal["paper", "any"] = "paper"
    window: Literal["one", "each"] = "one"
    max_copies: int = 4
    max_ii: int | None = None
    query_work: int | None = None

    def changed(self) -> dict[str, object]:
        """The options that differ from their defaults."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }


PRESET = "accounting"
"""``accounting=sound`` stands for all options of ``SOUND``."""


def choices() -> dict[str, tuple[str, ...]]:
    """The words that each option takes; none for those that take a whole number."""
    hints = get_type_hints(PaperOptions)
    words = {
        field.name: tuple(word for word in get_args(hints[field.name]) if isinstance(word, str))
        for field in fields(PaperOptions)
    }
    return words | {PRESET: ("paper", "sound")}


def options_from(pairs: Iterable[tuple[str, str]]) -> PaperOptions:
    """Options from names and values as a user writes them; the last word on a name counts.

    Raises ValueError with what is wrong and the nearest name.
    """
    known = choices()
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name not in known:
            raise ValueError(unknown("paper option", name, known))
        if name == PRESET:
            _one_of(name, text, known[name])
            values |= SOUND if text == "sound" else {}
        elif known[name]:
            values[name] = _one_of(name, text, known[name])
        else:
            values[name] = _number(name, text)
    return PaperOptions(**values)


def _one_of(name: str, text: str, words: tuple[str, ...]) -> str:
    if text not in words:
        hint = did_you_mean(text, words)
        listed = " or ".join(words)
        raise ValueError(f"{name} is {listed}, not '{text}'" + (f"; {hint}" if hint else ""))
    return text


def _number(name: str, text: str) -> int:
    least = 0 if name in {"spill", "least"} else 1
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= 10**9):
        raise ValueError(f"{name} is a whole number from {least} to 10^9, not '{text}'")
    return int(text)
