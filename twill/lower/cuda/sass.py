"""What a compiled kernel consists of: its machine code, read from ``nvdisasm -lrm narrow``.

Beside each instruction nvdisasm draws one column per register, marked where the register is
alive. From that comes what a stretch of code really needs: the registers alive at once, and
the highest one, which setmaxnreg must have left to the thread.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_LINE = re.compile(r"\s+/\*(?P<address>[0-9a-f]+)\*/\s+(?P<text>[^;]+?)\s*;")
_LABEL = re.compile(r"(?P<label>\.L_\w+):")
_TARGET = re.compile(r"\.L_\w+")
_KERNEL = re.compile(r"\.text\.(?P<name>\w+):")
_LIMIT = re.compile(r"0x(?P<limit>[0-9a-f]+)$")
_MARK = "USETMAXREG"
_ENDS = ("EXIT", "RET", "BRX", "JMX")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One machine instruction. ``text`` has its guard, such as ``@P0 BRA `(.L_x_1)``.

    ``live`` registers of a thread are in use here, ``highest`` is the largest index among them
    (-1: none).
    """

    text: str
    live: int
    highest: int

    @property
    def guarded(self) -> bool:
        """Whether a predicate decides that it is executed."""
        return self.text.startswith("@")

    @property
    def opcode(self) -> str:
        """The operation with its modifiers, such as ``HGMMA.64x128x16.F32.BF16``."""
        words = self.text.split(maxsplit=2)
        return words[1] if self.guarded else words[0]

    @property
    def name(self) -> str:
        """The operation without modifiers, such as ``HGMMA``."""
        return self.opcode.partition(".")[0]

    @property
    def limit(self) -> int | None:
        """The registers per thread that it asks for, where it is setmaxnreg."""
        found = _LIMIT.search(self.text) if self.name == _MARK else None
        return int(found["limit"], 16) if found else None


@dataclass(frozen=True, slots=True)
class Region:
    """The code reached from one setmaxnreg (or, ``limit`` None, from the kernel's first line)."""

    limit: int | None
    code: tuple[Instruction, ...]

    @property
    def used(self) -> int:
        """Registers that a thread must have: the highest index and one."""
        return 1 + max((i.highest for i in self.code), default=-1)

    @property
    def live(self) -> int:
        """The most registers in use at once."""
        return max((i.live for i in self.code), default=0)


@dataclass(frozen=True)
class Sass:
    """A kernel's instructions in order of address, and where each of its labels points."""

    kernel: str
    code: tuple[Instruction, ...]
    labels: dict[str, int]

    def names(self) -> Counter[str]:
        """How often each operation stands in the code."""
        return Counter(i.name for i in self.code)

    def regions(self) -> tuple[Region, ...]:
        """The code before any setmaxnreg, then that behind each, in order of address.

        Code that several reach, such as a common exit, belongs to each of them.
        """
        starts = [n for n, i in enumerate(self.code) if i.limit is not None]
        first = Region(None, self._reached([0]))
        return first, *(Region(self.code[n].limit, self._reached([n + 1])) for n in starts)

    def _reached(self, waiting: list[int]) -> tuple[Instruction, ...]:
        seen: set[int] = set()
        while waiting:
            number = waiting.pop()
            if number in seen or number >= len(self.code) or self.code[number].limit is not None:
                continue
            seen.add(number)
            waiting += self._next(number)
        return tuple(self.code[n] for n in sorted(seen))

    def _next(self, number: int) -> Iterable[int]:
        """What can follow. A BSSY leads to its meeting point too, where its threads go on."""
        instruction = self.code[number]
        for label in _TARGET.findall(instruction.text):
            if label in self.labels:
                yield self.labels[label]
        conditional = instruction.guarded or "," in instruction.text
        jumps = instruction.opcode in {"BRA", "BRA.U"} or instruction.name == "BSYNC"
        if conditional or not (jumps or instruction.name in _ENDS):
            yield number + 1


def read_sass(listing: str) -> Sass:
    """Read a listing of ``nvdisasm -c -lrm narrow`` with one kernel.

    :raises ValueError: where it has none, or more.
    """
    kernels = [found["name"] for found in map(_KERNEL.match, listing.splitlines()) if found]
    if len(kernels) != 1:
        raise ValueError(f"the listing holds {len(kernels)} kernels where one was compiled")
    code: list[Instruction] = []
    labels: dict[str, int] = {}
    first = 0
    for line in listing.splitlines():
        if "//" in line and "#" in line and not _LINE.match(line):
            first = _first_column(line) or first
        if label := _LABEL.match(line):
            labels[label["label"]] = len(code)
        if found := _LINE.match(line):
            code.append(Instruction(found["text"], *_alive(line, first)))
    return Sass(kernels[0], tuple(code), labels)


def _first_column(header: str) -> int | None:
    """Where in the comment register 0 stands: the heading counts ``#`` and then 0, 1, 2 ..."""
    found = re.search(r"#\s+0", header.partition("//")[2])
    return found.end() - 1 if found else None


def _alive(line: str, first: int) -> tuple[int, int]:
    """How many registers are alive in a line, and the highest of them.

    At a call nvdisasm marks as written (``^``) all that some function might write. The few that
    ptxas adds itself (division, traps around tensor memory) are not followed.
    """
    columns = line.partition("//")[2][first:].partition("|")[0]
    if " CALL." in line:
        columns = columns.replace("^", " ")
    columns = columns.rstrip()
    return sum(c != " " for c in columns), len(columns) - 1
