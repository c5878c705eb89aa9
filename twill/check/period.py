"""A problem at one initiation interval: what every rule is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from twill.problem import Dependence, Problem, RoleLimits
from twill.storage import Buffer, buffers, constraint_dependences

Row = Sequence[Any]
"""Names and numbers as a certificate lists them: what they are is found out by using them."""

Rows = Sequence[Row]


class Invalid(Exception):
    """Something that a certificate says is not so; the message says what."""


@dataclass(frozen=True)
class Period:
    """A problem and an II at which it is to be shown to have no schedule.

    ``exchanges`` are pairs (v, w): of equivalent schedules one with start[v] <= start[w] is
    looked at (lemma 5). Whoever makes a Period has checked that they may be asked for.
    """

    problem: Problem
    ii: int
    exchanges: tuple[tuple[str, str], ...] = ()

    @cached_property
    def dependences(self) -> tuple[Dependence, ...]:
        """The stated dependences, then the implied ones; proofs name them by their number."""
        return constraint_dependences(self.problem)

    @cached_property
    def rings(self) -> Mapping[str, Buffer]:
        """The rings by name."""
        return {ring.name: ring for ring in buffers(self.problem)}

    @cached_property
    def flows_from(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the flow dependences of every value."""
        return self._flows("src")

    @cached_property
    def flows_to(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the flow dependences into every reader."""
        return self._flows("dst")

    def _flows(self, end: str) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {op.name: [] for op in self.problem.ops}
        for number, d in enumerate(self.problem.dependences):
            if d.kind == "flow":
                found[getattr(d, end)].append(number)
        return {name: tuple(numbers) for name, numbers in found.items()}

    @property
    def limits(self) -> RoleLimits:
        """The limits of the roles, of a problem that has roles."""
        self.require_roles()
        assert self.problem.roles is not None
        return self.problem.roles

    def dependence(self, number: int) -> Dependence:
        """A dependence by its number; each has one name only."""
        if number < 0:
            raise Invalid(f"{number} is not the number of a dependence")
        return self.dependences[number]

    def require_roles(self) -> None:
        """Raise Invalid where there are no roles, and so no streams and nothing handed off."""
        if self.problem.roles is None:
            raise Invalid("the problem has no roles")

    def flow(self, number: int) -> Dependence:
        """A stated flow dependence by its number."""
        d = self.dependence(number)
        if d.kind != "flow":
            raise Invalid(f"dependence {number} carries no value")
        return d
