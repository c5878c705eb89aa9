"""Axioms turned into those of exchanged operations: what is wrong with one sub-tile is with all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twill.check.period import Period
from twill.solver.proof.axioms import Axioms
from twill.solver.symmetry import Exchange, exchanges, kind_of

DEPENDENCES = {
    "dependence": 0, "handoff": 0, "no_handoff": 0,
    "held": 1, "copied": 0, "sent": 2, "deep": 3, "registers": 2,
}  # fmt: skip
"""The argument of a rule that names dependences by their numbers, alone or within."""

UNMOVED = {"capacity": 0, "memory": 0}
"""The argument of a rule that names a unit or a memory."""


@dataclass(frozen=True)
class Image:
    """An exchange that leaves a problem as it is: of operations, and of dependences by number."""

    op: Exchange
    dependence: Mapping[int, int]

    def of(self, rule: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments of the rule that say the same of the exchanged operations."""
        moved = [self._named(each) for each in arguments]
        if (place := UNMOVED.get(rule)) is not None:
            moved[place] = arguments[place]
        if (place := DEPENDENCES.get(rule)) is not None:
            moved[place] = self._numbered(rule, arguments[place])
        return tuple(moved)

    def _named(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.op.get(value, value)
        if isinstance(value, list):
            return [self._named(each) for each in value]
        return value

    def _numbered(self, rule: str, value: Any) -> Any:
        """A number; rows that begin with one; a word or an operation, perhaps with one."""
        if isinstance(value, int):
            return self.dependence[value]
        if rule == "registers":
            return [[self.dependence[number], k] for number, k in value]
        first, *numbers = value
        first = self._named(first) if rule == "deep" else first
        return [first, *(self.dependence[number] for number in numbers)]


class Images:
    """The axioms of a problem, completed under its exchanges."""

    def __init__(self, axioms: Axioms) -> None:
        self.axioms = axioms
        self.images = list(_images(axioms.period))

    def add(self, since: int) -> None:
        """Add the images of the axioms from the number ``since`` on."""
        for rule, arguments in self.axioms.steps[since:]:
            for image in self.images:
                self.axioms.add(rule, *image.of(rule, arguments))


def _images(period: Period) -> Iterator[Image]:
    numbers: dict[Hashable, list[int]] = defaultdict(list)
    for number, d in enumerate(period.dependences):
        numbers[d.src, d.dst, kind_of(d)].append(number)
    for exchange in exchanges(period.problem):
        moved: dict[int, int] = {}
        for number, d in enumerate(period.dependences):
            place = numbers[d.src, d.dst, kind_of(d)].index(number)
            moved[number] = numbers[exchange[d.src], exchange[d.dst], kind_of(d)][place]
        yield Image(exchange, moved)
