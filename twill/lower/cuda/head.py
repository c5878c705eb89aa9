"""The comment at the top of a kernel: what it is, what is known of its schedule, who does what."""

from __future__ import annotations

from collections.abc import Sequence

from twill.lower.cuda.text import Lines, comment
from twill.lower.program import Barrier, Ring, RoleProgram, WarpProgram


def head(program: WarpProgram, title: str, claims: Sequence[str], arch: str) -> Lines:
    """The comment. ``claims``: lines on the schedule, its proof and what it was made of."""
    gpu = f"arch={arch.replace('sm', 'compute')},code={arch}"
    lines = [title, "", *claims, "", "role       warps  registers"]
    lines += [_role(role) for role in program.roles]
    lines += ["", "ring       memory   slots  bytes of one  address"]
    lines += [_ring(ring) for ring in sorted(program.rings, key=lambda r: (r.memory, r.address))]
    if program.barriers:
        lines += ["", "barrier    slots  who arrives"]
        lines += [_barrier(barrier) for barrier in program.barriers]
    lines += [
        "",
        f"nvcc -std=c++17 -gencode {gpu} -DTWILL_MAIN kernel.cu -o test  # checks and times it",
    ]
    return comment(lines)


def _role(role: RoleProgram) -> str:
    registers = "-" if role.registers is None else str(role.registers)
    return f"{role.name:<10} {role.warps:>5}  {registers:>9}"


def _ring(ring: Ring) -> str:
    where = f"{ring.name:<10} {ring.memory:<8}"
    return f"{where} {ring.slots:>5}  {ring.size:>12}  {ring.address:>7}"


def _barrier(barrier: Barrier) -> str:
    who = ", ".join((*barrier.engines, *barrier.roles))
    return f"{barrier.name:<10} {barrier.slots:>5}  {who}"
