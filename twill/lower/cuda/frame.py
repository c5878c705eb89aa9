"""What surrounds a loop in a kernel: the part that the loop file does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate import Elaboration
from twill.elaborate.tiles import TileOp
from twill.lower.cuda.text import Lines
from twill.lower.cuda.variables import Variables
from twill.lower.program import RoleProgram, Run, WarpProgram


@dataclass(frozen=True, slots=True)
class Box:
    """A tile of a matrix in global memory: a tensor map of the parameters, row and column."""

    map: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Run1D:
    """Elements that lie in one piece in global memory: a pointer expression."""

    pointer: str


Source = Box | Run1D


class Frame(Protocol):
    """Grid, coordinates, inputs, what happens before and after the loop, and the self-test."""

    def parameters(self) -> Lines:
        """``struct Parameters`` and the functions that the roles use."""
        ...

    def block(self) -> Lines:
        """Statements that say where the block works: variables for the other parts."""
        ...

    def source(self, op: TileOp, iteration: str) -> Source:
        """Where a load finds its tile of an iteration."""
        ...

    def input(self, name: str) -> Source:
        """Where a loop-invariant tile comes from."""
        ...

    def target(self, op: TileOp, iteration: str) -> str:
        """The pointer to which a store adds or writes its tile of an iteration."""
        ...

    def after(self, role: RoleProgram, variables: Variables) -> Lines:
        """What a role does with what it holds when the loop is over."""
        ...

    def self_test(self) -> str:
        """Launcher, reference check and timing, under ``TWILL_MAIN``."""
        ...


@dataclass(frozen=True)
class Kernel:
    """Everything that is known of the kernel to be written."""

    program: WarpProgram
    elaboration: Elaboration
    claims: Sequence[str]
    names: Mapping[str, str]

    def wait_for_last(self, op: str) -> Lines:
        """Until an engine has done the operation for the last iteration of the loop, if any.

        :raises InputError: where the engine tells nobody.
        """
        runs = (i for role in self.program.roles for i in role.body if isinstance(i, Run))
        signals = [s for i in runs if i.op == op for s in i.signals]
        if not signals:
            message = f"{op}: nothing in the loop says when it is done, so nothing can follow it"
            raise InputError([Diagnostic(message)])
        signal = min(signals, key=lambda s: s.lag)
        slots = self.program.barrier[signal.barrier].slots
        barrier = f"twill::Barrier<{slots}>{{shared + {self.names[signal.barrier]}_AT}}"
        return [f"{barrier}.wait(trips - {1 + signal.lag});"]
