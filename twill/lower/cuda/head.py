"""The comment at the top of a kernel: what it is, what is known of its schedule, who does what."""

from __future__ import annotations

from collections.abc import Sequence

from twill.lower.cuda.text import Lines, comment
from twill.lower.program import Barrier, Ring, RoleProgram, WarpProgram


def head(program: WarpProgram, title: str, claims: Sequence[str], arch: str) -> Lines:
    """The comment. ``claims``: lines on the schedule, its proof and what it was made of."""
    gpu = f"arch={arch.replace('sm', 'compute')},code={arch}"
    rings = sorted(program.rings, key=lambda r: (r.memory, r.address))
    lines = [title, "", *claims, ""]
    lines += _table("role warps registers", [_role(role) for role in program.roles])
    lines += ["", *_table("ring memory slots size address", [_ring(ring) for ring in rings])]
    if program.barriers:
        lines += ["", *_table("barrier slots arrivals", [_barrier(b) for b in program.barriers])]
    lines += [
        "",
        f"nvcc -std=c++17 -gencode {gpu} -DTWILL_MAIN kernel.cu -o test  # checks and times it",
    ]
    return comment(lines)


def _table(titles: str, rows: list[tuple[str, ...]]) -> list[str]:
    """Columns as wide as what is in them; numbers to the right."""
    grid = [tuple(titles.split()), *rows]
    widths = [max(len(cell) for cell in column) for column in zip(*grid, strict=True)]
    right = [all(row[n].isdigit() for row in rows) for n in range(len(widths))]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in grid
    ]


def _role(role: RoleProgram) -> tuple[str, ...]:
    registers = "-" if role.registers is None else str(role.registers)
    return role.name, str(role.warps), registers


def _ring(ring: Ring) -> tuple[str, ...]:
    return ring.name, ring.memory, str(ring.slots), str(ring.size), str(ring.address)


def _barrier(barrier: Barrier) -> tuple[str, ...]:
    return barrier.name, str(barrier.slots), ", ".join((*barrier.engines, *barrier.roles))
