"""What ptxas says about a kernel (``-Xptxas -v``): registers, spills, advice."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENTRY = re.compile(
    r"ptxas info\s*: Compiling entry function '(?P<name>[^']+)' for '(?P<arch>\w+)'"
)
_FRAME = re.compile(
    r"(?P<frame>\d+) bytes stack frame, (?P<stores>\d+) bytes spill stores, "
    r"(?P<loads>\d+) bytes spill loads"
)
_USED = re.compile(r"ptxas info\s*: Used (?P<registers>\d+) registers")
_BARRIERS = re.compile(r"used (\d+) barriers")
_SHARED = re.compile(r"(\d+) bytes smem")
_NOISE = re.compile(
    r"ptxas info\s*: (\d+ bytes gmem.*|Function properties for .*|Compile time = .*|"
    r"Overriding .*|Compiling entry function .*)|\s*"
)


@dataclass(frozen=True, slots=True)
class PtxasReport:
    """One kernel as ptxas describes it; bytes are per thread, ``shared`` per thread block.

    ``registers`` is what a thread starts with, before any setmaxnreg. ``remarks`` is all that
    ptxas or nvcc said beyond the figures: warnings, that instructions were serialised, that
    setmaxnreg was ignored.
    """

    kernel: str
    arch: str
    registers: int
    stack_frame: int
    spill_stores: int
    spill_loads: int
    barriers: int
    shared: int
    remarks: tuple[str, ...]

    @property
    def spills(self) -> int:
        """Bytes per thread that do not fit into registers, stored or loaded."""
        return max(self.spill_stores, self.spill_loads)


def read_ptxas(text: str) -> PtxasReport:
    """Read what nvcc printed while it compiled a file with one kernel.

    :raises ValueError: where it is not about exactly one kernel.
    """
    entries = list(_ENTRY.finditer(text))
    frame, used = _FRAME.search(text), _USED.search(text)
    if len(entries) != 1 or frame is None or used is None:
        raise ValueError(f"ptxas speaks of {len(entries)} kernels where one was compiled")
    figures = text[used.start() :].splitlines()[0]
    return PtxasReport(
        kernel=entries[0]["name"],
        arch=entries[0]["arch"],
        registers=int(used["registers"]),
        stack_frame=int(frame["frame"]),
        spill_stores=int(frame["stores"]),
        spill_loads=int(frame["loads"]),
        barriers=_number(_BARRIERS, figures),
        shared=_number(_SHARED, figures),
        remarks=tuple(line.strip() for line in text.splitlines() if _is_remark(line)),
    )


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


def _is_remark(line: str) -> bool:
    known = (_NOISE.fullmatch(line), _FRAME.fullmatch(line.strip()), _USED.match(line))
    return not any(known)
