"""What surrounds a loop in a kernel: the part that the loop file does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from twill.elaborate import Elaboration
from twill.elaborate.tiles import TileOp
from twill.lower.cuda.text import Lines
from twill.lower.cuda.variables import Variables
from twill.lower.program import RoleProgram, WarpProgram


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

    @cached_property
    def done(self) -> Mapping[str, str]:
        """Barriers of results that engines compute into a memory, for what follows the loop."""
        tiles = self.elaboration.tiles
        rings = [ring for ring in self.program.rings if ring.accumulator]
        values = [value for ring in rings for value in ring.values if tiles[value].kind == "mma"]
        return {value: self.names[f"{value} done"] for value in values}

    def wait_for_last(self, op: str) -> str:
        """Until an engine has computed a result for the last iteration, whichever that is."""
        return f"twill::Barrier<1>{{shared + {self.done[op]}_AT}}.wait(0);"
