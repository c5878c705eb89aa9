"""Every axiom that a refutation may use, by name. Each gives the clause that it stands for."""

from __future__ import annotations

from collections.abc import Callable

from twill.check.atoms import Clause
from twill.check.rules import registers, roles, storage, streams, timing

RULES: dict[str, Callable[..., Clause]] = {
    "circuit": timing.circuit,
    "dependence": timing.dependence,
    "handoff": timing.handoff,
    "stages": timing.stages,
    "exchange": timing.exchange,
    "capacity": timing.capacity,
    "transitive": roles.transitive,
    "load": roles.load,
    "roles": roles.roles,
    "required": roles.required,
    "no_handoff": roles.no_handoff,
    "other_than": roles.other_than,
    "window": streams.window,
    "stream": streams.stream,
    "figure_6": streams.figure_6,
    "needs_order": registers.needs_order,
    "needs_same": registers.needs_same,
    "file": registers.file,
    "held": registers.held,
    "copied": registers.copied,
    "registers": registers.registers,
    "deep": storage.deep,
    "sent": storage.sent,
    "memory": storage.memory,
    "barriers": storage.barriers,
}
