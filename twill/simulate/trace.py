"""What a run did when: instructions of the roles, operations on the engines."""

from __future__ import annotations

from dataclasses import dataclass, field

from twill.lower.program import Instruction


@dataclass(frozen=True, slots=True)
class Span:
    """An instruction of a role's first warp: from when it was reached until it was executed."""

    role: str
    instruction: Instruction
    iteration: int
    begin: int
    end: int


@dataclass(slots=True)
class Trace:
    """``spans``: instructions in the order of execution. ``ops``: begin and end of operations."""

    spans: list[Span] = field(default_factory=list)
    ops: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    def busy(self, name: str, iteration: int, begin: int, end: int) -> None:
        """An operation is at work; the first warp's share counts."""
        self.ops.setdefault((name, iteration), (begin, end))
