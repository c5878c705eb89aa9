"""A role's bodies as text: prologue, steady state and epilogue, right for any trip count.

With offsets from k to K, body t works on iterations t + k to t + K. Bodies before -k lack
iterations at their start (prologue); from trips - K on at their end (epilogue). Those between
are the steady state, a loop. Where there are fewer trips than bodies in the prologue, these
lack some at both ends, and each instruction asks for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from twill.lower.cuda.text import Lines, block
from twill.lower.program import Instruction, RoleProgram


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands. ``iteration``: the name it works on; ``steady``: in the loop.

    ``number``: which iteration that is, where it is always the same.
    """

    iteration: str
    steady: bool
    number: int | None = None


Write = Callable[[Instruction, Place], Lines]
"""The statements of one instruction. Empty: nothing is to be done, and nothing is said."""


def bodies(role: RoleProgram, write: Write) -> Lines:
    """All bodies of a role, over ``trips`` iterations (a variable of the text)."""
    offsets = [i.offset for i in role.body]
    least, most = min(offsets, default=0), max(offsets, default=0)
    lines: Lines = []
    for t in range(-most, -least):
        lines += _prologue(role, t, write)
    lines += _steady(role, least, most, write)
    for left in range(most - least):
        lines += _epilogue(role, least, most, left, write)
    return lines


def iteration(offset: int) -> str:
    """The name of iteration t + offset in a body: ``i0``, ``i1``; ``p1`` is the one before t."""
    return f"i{offset}" if offset >= 0 else f"p{-offset}"


def _prologue(role: RoleProgram, t: int, write: Write) -> Lines:
    """Body t of the first ones: what works on iterations 0 and later, if they exist."""
    inside: Lines = []
    begun = [i for i in role.body if t + i.offset >= 0]
    for number, group in groupby(begun, lambda i: t + i.offset):
        places = ((i, Place(iteration(i.offset), False, number)) for i in group)
        inside += block(
            f"if ({number} < trips) {{", [line for i, at in places for line in write(i, at)]
        )
    return block(f"{{  // body {t}: iterations begin, none ends", _named(role, t, inside))


def _steady(role: RoleProgram, least: int, most: int, write: Write) -> Lines:
    inside: Lines = []
    for i in role.body:
        inside += write(i, Place(iteration(i.offset), True))
    head = f"for (int t = {-least}; t < trips{_less(most)}; ++t) {{"
    return block(head, _named(role, "t", inside))


def _epilogue(role: RoleProgram, least: int, most: int, left: int, write: Write) -> Lines:
    """Body trips - most + left: what works on iterations before ``trips``."""
    inside: Lines = []
    for i in role.body:
        if i.offset < most - left:
            inside += write(i, Place(iteration(i.offset), False))
    t = f"trips{_less(most - left)}"
    head = f"if ({t} >= {-least}) {{  // body {t}: iterations end, none begins"
    return block(head, _named(role, t, inside))


def _named(role: RoleProgram, t: str | int, inside: Lines) -> Lines:
    """Names for the iterations of a body, in front of the statements that use them."""
    text = "\n".join(inside)
    offsets = sorted({i.offset for i in role.body})
    used = [o for o in offsets if iteration(o) in text]
    if not used:
        return inside
    names = ", ".join(f"{iteration(o)} = {_sum(t, o)}" for o in used)
    return [f"const int {names};", *inside]


def _sum(t: str | int, offset: int) -> str:
    if isinstance(t, int):
        return str(t + offset)
    return t if offset == 0 else f"{t} {'+' if offset > 0 else '-'} {abs(offset)}"


def _less(count: int) -> str:
    return "" if count == 0 else f" - {count}" if count > 0 else f" + {-count}"
