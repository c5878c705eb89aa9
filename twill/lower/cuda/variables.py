"""The registers of a role as C++ variables: one array for values that take over each other's.

Where several instances are alive at once the array has several rows: row 0 is the newest, and they
move up before a new one is written. Which row a reader means follows from the body alone: from how
many times the value was written since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate.tiles import TileOp
from twill.lower.cuda.names import comment
from twill.lower.cuda.text import Lines
from twill.lower.program import Held, RoleProgram, Run


@dataclass(frozen=True)
class Variables:
    """The variables of one role. ``names``: an identifier for every value."""

    role: RoleProgram
    tiles: Mapping[str, TileOp]
    names: Mapping[str, str]

    def declare(self) -> Lines:
        """All variables, with what is read from before iteration 0 set to its initial value.

        :raises InputError: where two instances of a multiply's result are alive: registers that a
            multiply writes cannot be moved.
        """
        for held in self.role.held:
            if held.copies > 1 and self.tiles[held.values[0]].kind == "mma":
                name = held.values[0]
                message = f"{held.copies} instances of {name} are alive in registers at once"
                hint = f"fewer registers for its role (--registers-per-role) keep {name} to one"
                raise InputError([Diagnostic(message, help=hint)])
        return [line for held in self.role.held for line in self._declare(held)]

    def _declare(self, held: Held) -> Lines:
        rows = f"[{held.copies}]" if held.copies > 1 else ""
        name, kind = self.name(held), self.kind(held.values[0])
        note = f"  // {comment(' = '.join(held.values))}" if len(held.values) > 1 else ""
        lines = [f"{kind} {name}{rows}[{held.size}];{note}"]
        initial = self._initial(held)
        if initial is not None:
            variables = [f"{name}[{row}]" for row in range(held.copies)] if rows else [name]
            lines += [f"twill::fill({variable}, {initial});" for variable in variables]
        return lines

    def kind(self, value: str) -> str:
        """The type of an element: two of 2 bytes share one."""
        return "float" if self.tiles[value].type == "fp32" else "uint32_t"

    def name(self, held: Held) -> str:
        """The identifier of a variable."""
        return self.names[held.name] if held.name in self.names else self._copy(held)

    def _copy(self, held: Held) -> str:
        value, _, reader = held.name.partition(" for ")
        return f"{self.names[value]}_for_{self.names[reader]}"

    def _initial(self, held: Held) -> str | None:
        """The identity of what the value accumulates, if it is read before it is written."""
        early = {
            o.name for tile in self.tiles.values() for o in tile.operands
            if o.distance > 0 and not o.invariant
        }  # fmt: skip
        if not early & set(held.values):
            return None
        maximum = any(
            self.tiles[v].kind == "reduce" and self.tiles[v].function == "max" for v in held.values
        )
        return "-INFINITY" if maximum else {"float": "0.0f"}.get(self.kind(held.values[0]), "0u")

    def holds(self, value: str) -> bool:
        """Whether a value is one of the role's own."""
        return any(value in h.values and " for " not in h.name for h in self.role.held)

    def holder(self, value: str) -> Held:
        """The variable that holds a value of the role's own."""
        return next(h for h in self.role.held if value in h.values and " for " not in h.name)

    def received(self, value: str, reader: str) -> str:
        """The copy of another role's value that an operation reads."""
        return f"{self.names[value]}_for_{self.names[reader]}"

    def written(self, op: str) -> str:
        """Where an operation's result goes; its variable's newest row."""
        held = self.holder(op)
        return f"{self.name(held)}[0]" if held.copies > 1 else self.name(held)

    def moved_up(self, op: str) -> Lines:
        """What makes room for the result of an operation, where several instances are alive."""
        held = self.holder(op)
        if held.copies == 1 or op != held.values[0]:
            return []
        return [f"twill::move_up({self.name(held)});"]

    def read(self, reader: str, value: str, distance: int) -> str:
        """The variable in which an operation finds a value of ``distance`` iterations ago."""
        if not self.holds(value):
            return self.received(value, reader)
        held = self.holder(value)
        if held.copies == 1:
            return self.name(held)
        body = [i for i in self.role.body if isinstance(i, Run)]
        at = next(n for n, i in enumerate(body) if i.op == reader)
        head = next(n for n, i in enumerate(body) if i.op == held.values[0])
        newest = body[head].offset - (0 if head <= at else 1)
        return f"{self.name(held)}[{newest - (body[at].offset - distance)}]"
