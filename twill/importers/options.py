"""How a graph is imported."""

from __future__ import annotations

from dataclasses import dataclass

from twill.importers.account import Reading
from twill.problem import Limits


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one import; the command line has an option for each.

    ``format``: the schema that the file must have, None for any known one. ``loop``: its
    number, None where the file has one only. ``reading``: None for ``joint`` with a machine
    and ``timing`` without. ``contract``: None to contract views except in timing.
    ``rings``: allocations may become rings. ``stated_handoffs``: hand-off latencies that the
    file states come before the machine's. ``allow_unknown``: unknown keys, units and
    pipelines are noted instead of refused.
    """

    format: str | None = None
    loop: int | None = None
    reading: Reading | None = None
    contract: bool | None = None
    rings: bool = False
    stated_handoffs: bool = True
    allow_unknown: bool = False
    max_stages: int = Limits().max_stages
