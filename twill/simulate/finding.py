"""What a run may find wrong, in the words of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twill.lower.program import Arrive, Drain, Instruction, Receive, Run, Send, Sync, Wait

Kind = Literal[
    "read too early",  # the value is not there, or not complete
    "overwritten too early",  # somebody still has to read, or is reading or writing
    "arrival out of turn",  # no phase takes it
    "phases confused",  # a parity wait takes one phase for another
    "hang",  # nobody can go on
    "wrong value",  # another result than in program order
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: where, when, what is the matter, and what would have prevented it.

    ``warp``: which of the role's warps; simulated are the first and one that stands for the rest.
    """

    kind: Kind
    role: str
    warp: int
    cycle: int
    where: str
    iteration: int
    message: str
    help: str

    def __str__(self) -> str:
        place = f"{self.role}, cycle {self.cycle}, {self.where}"
        return f"{self.kind}: {place}: {self.message}; {self.help}"


class Found(Exception):
    """A run ends with what it found."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def spoken(instruction: Instruction, iteration: int) -> str:
    """An instruction with the iteration on which it works."""
    match instruction:
        case Run(op):
            return f"{op} of iteration {iteration}"
        case Wait(barrier=barrier, lag=lag, before=before):
            return f"the wait for {barrier} of iteration {iteration - lag} in front of {before}"
        case Arrive(barrier=barrier, after=after):
            return f"the arrival on {barrier} of iteration {iteration} after {after}"
        case Drain(op=op, lag=lag):
            return f"the drain of {op} of iteration {iteration - lag}"
        case Sync(before=before):
            return f"the sync in front of {before or 'what follows'} of iteration {iteration}"
        case Send(value):
            return f"sending {value} of iteration {iteration}"
        case Receive(value=value, lag=lag, reader=reader):
            return f"receiving {value} of iteration {iteration - lag} for {reader}"
