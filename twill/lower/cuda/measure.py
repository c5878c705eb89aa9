"""A compiled kernel beside what its schedule allowed: registers role by role, and the way back.

The model charges a role for the results alive at once and a flat ``overhead`` for addresses,
counters and barriers. Where ptxas needs more, the role spills or takes more than its budget;
:func:`fitted` then tries larger overheads: the problem is stated with that
(``--what-if roles.registers.overhead=N``), solved, emitted and compiled once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twill.lower.cuda.compile import Compiled
from twill.lower.cuda.ptxas import PtxasReport
from twill.lower.cuda.sass import Region, Sass


@dataclass(frozen=True, slots=True)
class RoleUse:
    """Registers per thread of one role. ``live``: in use at once; ``used``: highest, and one.

    ``budget`` is what the schedule gives the role, None where it gives no number. Roles with
    the same budget are not told apart in machine code: each shows the larger figures of both.
    """

    role: str
    budget: int | None
    used: int
    live: int

    @property
    def over(self) -> int:
        """Registers beyond the budget."""
        return 0 if self.budget is None else max(0, self.used - self.budget)


@dataclass(frozen=True)
class Measured:
    """A kernel as compiled. ``operations`` counts its machine instructions by name."""

    ptxas: PtxasReport
    roles: tuple[RoleUse, ...]
    operations: Mapping[str, int]

    @property
    def faults(self) -> tuple[str, ...]:
        """What keeps it from being the kernel that the schedule means; empty: nothing."""
        p = self.ptxas
        found = [f"{p.spills} bytes per thread are spilled"] if p.spills else []
        found += [f"a stack frame of {p.stack_frame} bytes"] if p.stack_frame else []
        found += [f"{x.role} uses {x.used} registers of {x.budget}" for x in self.roles if x.over]
        return (*found, *p.remarks)


def measure(compiled: Compiled, budgets: Mapping[str, int | None]) -> Measured:
    """Compare a compiled kernel with the register budgets of its roles.

    A kernel that calls setmaxnreg has a region for each budget; without, all roles share the
    registers that ptxas gave the kernel.
    """
    regions = compiled.sass.regions()
    roles = tuple(_use(role, budget, regions) for role, budget in budgets.items())
    return Measured(compiled.ptxas, roles, _sorted(compiled.sass))


def _use(role: str, budget: int | None, regions: tuple[Region, ...]) -> RoleUse:
    """Where no setmaxnreg asks for the budget, the role keeps what it has from the beginning."""
    own = [x for x in regions if x.limit is not None and x.limit == budget] or [regions[0]]
    return RoleUse(role, budget, max(x.used for x in own), max(x.live for x in own))


def _sorted(sass: Sass) -> dict[str, int]:
    return dict(sorted(sass.names().items()))


def lacks_registers(measured: Measured) -> bool:
    """Whether a kernel spills, exceeds a budget, or was compiled as if it had other ones."""
    said = any("register" in remark or "setmaxnreg" in remark for remark in measured.ptxas.remarks)
    over = any(role.over for role in measured.roles)
    return bool(measured.ptxas.spills or measured.ptxas.stack_frame or over or said)


def fitted(
    attempt: Callable[[int], Measured], overhead: int, step: int, most: int
) -> tuple[int, Measured]:
    """The smallest overhead found, from ``overhead`` on, with which a kernel fits its budgets.

    ``attempt`` solves, emits and compiles with an overhead; ``step`` is the granularity of
    budgets. What ptxas spills says little of how many registers it lacks, so that they grow step
    by step. Where none up to ``most`` fits, the last attempt is returned with its faults.
    """
    measured = attempt(overhead)
    while lacks_registers(measured) and overhead + step <= most:
        overhead += step
        measured = attempt(overhead)
    return overhead, measured


def measured_lines(measured: Measured) -> list[str]:
    """What ``twill lower --compile`` prints, a line each."""
    p = measured.ptxas
    head = f"compiled  {p.kernel} for {p.arch}: {p.registers} registers at the start, "
    head += (
        f"{p.spills} bytes spilled, {p.stack_frame} of stack, {p.shared} of static shared memory"
    )
    lines = [head]
    for x in measured.roles:
        of = "" if x.budget is None else f" of {x.budget}"
        lines.append(f"  {x.role:<9} {x.used} registers{of}, {x.live} alive at once")
    return lines + [f"  fault: {fault}" for fault in measured.faults]
