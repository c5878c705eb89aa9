"""Forward attention cut in several ways: one problem per granularity.

Rows are always in two sub-tiles. What plain options of ``twill`` cannot say (scores computed as
a whole, P beside S, no rescaling) is a small change of the shipped loop, made here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from twill.elaborate import Elaboration, elaborate
from twill.loop import Loop, Operand, Operation, Reference
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.what_if import Change

SPEC = "flash_attention_forward"
WHOLE = ("K", "V", "S")
"""What stays one operation where only the softmax is cut in columns."""

GROUP_REGISTERS = 24 * 128
"""Registers that a role without results is charged for a warp group of its own (h100, b200)."""


@dataclass(frozen=True, slots=True)
class Granularity:
    """How the loop is cut on a machine.

    ``keys``: N. ``columns``: into how many slices N is cut. ``whole``: loads and the multiply
    for S are not cut along N. ``beside``: P does not take over the storage of S. ``shared``:
    two of the roles share one warp group, so that the file has the registers of one more.
    ``unscaled``: O is never rescaled in the loop. ``chunks``: into how many parts O is cut along
    D where it is rescaled.
    """

    machine: str
    keys: int = 128
    columns: int = 1
    whole: bool = False
    beside: bool = False
    shared: bool = False
    unscaled: bool = False
    chunks: int = 1

    @property
    def name(self) -> str:
        """Such as ``b200-128-4-whole-beside``."""
        words = ("whole", "beside", "shared", "unscaled")
        marks = [word for word in words if getattr(self, word)]
        marks += [f"chunks{self.chunks}"] if self.chunks > 1 else []
        return "-".join((self.machine, str(self.keys), str(self.columns), *marks))

    @property
    def is_plain(self) -> bool:
        """Whether options of the command line say all of it."""
        return not (self.whole or self.beside or self.unscaled or self.chunks > 1)

    @property
    def options(self) -> str:
        """The options of ``twill`` that make this problem of the shipped loop, if it is plain."""
        said = [f"{SPEC} -m {self.machine} --set N={self.keys}"]
        said += [f"--subtile N={self.columns}"] if self.columns > 1 else []
        said += [f"--what-if {change}" for change in self._texts()]
        return " ".join(said)

    def _texts(self) -> list[str]:
        return [f"{path}={number}" for path, number in self._changes().items()]

    def _changes(self) -> dict[str, int]:
        if not self.shared:
            return {}
        return {"roles.register_file": 65536 + GROUP_REGISTERS}

    def elaborated(self) -> Elaboration:
        """The problem of this granularity."""
        changes = tuple(Change(path, Fraction(n)) for path, n in self._changes().items())
        machine = load_machine(self.machine, changes)
        cuts = {"M": 2, "N": self.columns}
        return elaborate(self.loop(), machine, {"N": self.keys}, cuts)

    def loop(self) -> Loop:
        """The shipped loop with the changes that this granularity asks for."""
        loop = load_loop(SPEC)
        if self.whole:
            loop = scores_whole(loop)
        if self.beside:
            loop = beside_in_tensor(loop) if self.machine == "b200" else beside_in_registers(loop)
        if self.chunks > 1:
            loop = rescaled_in_chunks(loop, self.chunks)
        return unscaled(loop) if self.unscaled else loop


def scores_whole(loop: Loop) -> Loop:
    """``subtile: {N: 1}`` on the loads and on S: only the softmax and O += PV go by slices."""
    return _edited(loop, {name: {"subtile": {"N": 1}} for name in WHOLE})


def beside_in_registers(loop: Loop) -> Loop:
    """P without ``in_place: p``: it has registers of its own while p lives."""
    return _edited(loop, {"P": {"in_place": None}})


def beside_in_tensor(loop: Loop) -> Loop:
    """The move of P to tensor memory written out, without ``in_place``: columns of its own.

    In registers P still takes over p.
    """
    stored = Operation(
        "P.tensor", "move", (Operand("read", Reference("P")),), type="bf16", memory="tensor"
    )
    operands = tuple(
        replace(o, reference=Reference("P.tensor")) if o.port == "a" else o
        for o in loop.operation["O"].operands
    )
    loop = _edited(loop, {"O": {"operands": operands}})
    at = [op.name for op in loop.operations].index("P") + 1
    return replace(loop, operations=(*loop.operations[:at], stored, *loop.operations[at:]))


def rescaled_in_chunks(loop: Loop, count: int) -> Loop:
    """``subtile: {D: count}`` on O_scaled: read, multiplied and written back part by part."""
    return _edited(loop, {"O_scaled": {"subtile": {"D": count}}})


def unscaled(loop: Loop) -> Loop:
    """Without O_scaled: O accumulates onto O@-1, as where the running maximum hardly grows."""
    before = Reference("O", 1)
    operands = tuple(
        replace(o, reference=before) if o.port == "accumulate" else o
        for o in loop.operation["O"].operands
    )
    loop = _edited(loop, {"O": {"operands": operands, "in_place": before}})
    kept = tuple(op for op in loop.operations if op.name != "O_scaled")
    return replace(loop, operations=kept)


def _edited(loop: Loop, changes: dict[str, dict[str, Any]]) -> Loop:
    operations = tuple(replace(op, **changes.get(op.name, {})) for op in loop.operations)
    return replace(loop, operations=operations)
