"""Small programs by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from twill.problem import Reservation
from twill.solver.clock import Clock
from twill.solver.options import SolveOptions, Stop
from twill.solver.paper.algorithm1 import search
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.outcome import PaperOutcome
from twill.solver.paper.program import PaperEdge, PaperOp, Program

RAW = PaperOptions(normalise="off")
NOTHING = PaperOp("", 1, {}, 1, {}, 0, 0, variable_latency=False, warps=1)


def op(name: str, unit: str = "", cycles: int = 1, **more: Any) -> PaperOp:
    """An operation that holds a unit for all its cycles."""
    uses = {unit: (Reservation(0, cycles, 1),)} if unit and cycles else {}
    return replace(NOTHING, name=name, cycles=cycles, uses=uses, issue=min(cycles, 1), **more)


def edge(src: str, dst: str, delay: int = 1, distance: int = 0, **more: Any) -> PaperEdge:
    """An edge that carries a value and does not block."""
    return replace(PaperEdge(src, dst, delay, distance, blocking=False, value=True), **more)


def program(ops: Iterable[PaperOp], edges: Iterable[PaperEdge] = (), **more: Any) -> Program:
    """A program with two exclusive units, TC and SFU."""
    plain = Program("small", tuple(ops), tuple(edges), {"TC": 1, "SFU": 1}, {})
    return replace(plain, **more)


def clock() -> Clock:
    """A budget that does not strike."""
    return Clock(SolveOptions(), Stop())


def solved(of: Program, options: PaperOptions = RAW) -> PaperOutcome:
    """Algorithm 1 on a program."""
    return search(of, options, clock())


FIGURE_1 = program(
    [op("S", "TC"), op("P", "SFU"), op("O", "TC")],
    [edge("S", "P"), edge("P", "O"), edge("O", "O", 1, 1)],
)
