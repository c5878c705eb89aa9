"""Arithmetic on tiles in registers, as loops over the elements that a thread holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twill.elaborate import Elaboration
from twill.elaborate.tiles import TileOp, TileOperand
from twill.lower.cuda.shared_memory import SharedMemory
from twill.lower.cuda.text import Lines, call
from twill.lower.cuda.variables import Variables

FUNCTIONS = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "fma": "{0} * scale - {1} * scale",
    "maximum": "fmaxf({0}, {1})",
    "minimum": "fminf({0}, {1})",
    "log2": "__log2f({0})",
    "reciprocal": "__frcp_rn({0})",
    "rsqrt": "rsqrtf({0})",
    "sine": "__sinf({0})",
    "cosine": "__cosf({0})",
    "tanh": "tanhf({0})",
}
"""What each function computes, of its operands; ``scale`` is the kernel's argument."""

REDUCTIONS = {"max": "row_max", "sum": "row_sum"}


@dataclass(frozen=True)
class Arithmetic:
    """Emits what a role computes on its registers."""

    elaboration: Elaboration
    variables: Variables
    memory: SharedMemory

    def run(self, tile: TileOp, at: Callable[[int], str]) -> Lines:
        """The statements of an operation; a call of its hook where Twill does not know it."""
        to = self.variables.written(tile.name)
        room = self.variables.moved_up(tile.name)
        if tile.stated:
            return [*room, *self.hook(tile, at)]
        match tile.kind:
            case "reduce" if tile.function in REDUCTIONS:
                return [*room, *self._reduce(tile, to)]
            case "convert":
                (operand,) = tile.operand("read")
                value = self.variables.read(tile.name, operand.name, operand.distance)
                return [*room, *call("twill::convert", to, value)]
        expression = self._expression(tile, at)
        if expression is None:
            return [*room, *self.hook(tile, at)]
        index = "e" if len(tile.shape) == 2 else "r"
        return [*room, *call("twill::each", to, f"[&](int {index}) {{ return {expression}; }}")]

    def _reduce(self, tile: TileOp, to: str) -> Lines:
        (operand,) = tile.operand("read")
        value = self.variables.read(tile.name, operand.name, operand.distance)
        before = [
            self.variables.read(tile.name, o.name, o.distance) for o in tile.operand("accumulate")
        ]
        return call(f"twill::{REDUCTIONS[str(tile.function)]}", to, *before, value)

    def _expression(self, tile: TileOp, at: Callable[[int], str]) -> str | None:
        """The value of one element; None where Twill does not know the function."""
        ports = ("read", "by") if tile.kind == "rescale" else ("read",)
        values = [self._element(tile, o, at) for port in ports for o in tile.operand(port)]
        if tile.kind == "exp2":
            pattern = "twill::exp2({0})" if len(values) == 1 else "twill::exp2(({0} - {1}) * scale)"
        elif tile.kind == "rescale":
            pattern = FUNCTIONS["multiply"]
        else:
            pattern = FUNCTIONS.get(str(tile.function), "")
        wanted = pattern.count("{")
        return pattern.format(*values) if pattern and wanted == len(values) else None

    def _element(self, tile: TileOp, operand: TileOperand, at: Callable[[int], str]) -> str:
        """An operand's element: of a tile, of its row's or of its column's vector."""
        shape, place = self._shape(operand), self.place(tile, operand, at)
        if len(tile.shape) == 1:
            return f"{place}[r]"
        if len(shape) == 2:
            return f"{place}[e]"
        return f"{place}[twill::{'row' if shape[0] == tile.shape[0] else 'column'}_of(e)]"

    def _shape(self, operand: TileOperand) -> tuple[str, ...]:
        if operand.invariant:
            return self.elaboration.loop.input[operand.name].shape
        return self.elaboration.tiles[operand.name].shape

    def place(self, tile: TileOp, operand: TileOperand, at: Callable[[int], str]) -> str:
        """Where an operation finds an operand: its variable, or floats in shared memory."""
        if operand.invariant:
            return f"twill::floats({self.memory.resident(operand.name)})"
        source = self.elaboration.tiles[operand.name]
        if source.space != "register":
            return f"twill::floats({self.memory.slot(operand.name, at(operand.distance))})"
        return self.variables.read(tile.name, operand.name, operand.distance)

    # Hooks

    def hook(self, tile: TileOp, at: Callable[[int], str]) -> Lines:
        """The call of a function that the user writes."""
        arguments = [
            self.place(tile, o, at)
            for o in tile.operands
            if o.invariant or self.elaboration.tiles[o.name].space is not None
        ]
        result = [self.variables.written(tile.name)] if tile.space == "register" else []
        name = self.variables.names[tile.name]
        return call(f"hook_{name}", at(0), *result, *arguments)
