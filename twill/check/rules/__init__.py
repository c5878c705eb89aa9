"""Every axiom that a refutation may use, by name. Each gives the clause that it stands for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from twill.check.atoms import Clause
from twill.check.period import Invalid
from twill.check.rules import registers, roles, storage, streams, timing

Rule = Callable[..., Clause]


def _plain(value: Any) -> bool:
    """Whether something is made of names, whole numbers and lists alone.

    Half a period is none: no instance of an operation is there, and 2.0 passes for 2.
    """
    if isinstance(value, list | tuple):
        return all(map(_plain, value))
    return value is None or isinstance(value, str | int)


def _of_plain(rule: Rule) -> Rule:
    @wraps(rule)
    def stated(period: Any, *arguments: Any) -> Clause:
        if not _plain(arguments):
            raise Invalid("an argument is neither a name nor a whole number")
        return rule(period, *arguments)

    return stated


TRUSTING: dict[str, Rule] = {
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
"""Every rule by its name, for arguments that are known to be names and whole numbers."""

RULES: dict[str, Rule] = {name: _of_plain(rule) for name, rule in TRUSTING.items()}
"""Every rule by its name. Raises Invalid where an argument is not what it may be."""
