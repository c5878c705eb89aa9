"""What is wrong with starts and roles that contradict no axiom yet: the axioms that forbid it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from twill.accounting import Usage
from twill.check.period import Period
from twill.solver.proof.axioms import Axioms


@dataclass(frozen=True)
class Candidate:
    """Starts and roles of every operation, at the II of the axioms."""

    axioms: Axioms
    start: Mapping[str, int]
    role: Mapping[str, str]

    @property
    def period(self) -> Period:
        """The problem and the II."""
        return self.axioms.period

    @cached_property
    def usage(self) -> Usage:
        """What it uses."""
        return Usage(self.period.problem, self.period.ii, self.start, self.role)

    @cached_property
    def speakers(self) -> dict[str, str]:
        """The widest operation of every role, by role."""
        found: dict[str, str] = {}
        op = self.period.problem.op
        for name, role in self.role.items():
            if role not in found or op[name].warps > op[found[role]].warps:
                found[role] = name
        return found

    def instances(self, at: int, begin: int, end: int) -> Iterable[int]:
        """Every k for which ``at`` lies in [begin + k * II, end + k * II)."""
        k = (at - begin) // self.period.ii
        while at < end + k * self.period.ii:
            yield k
            k -= 1
