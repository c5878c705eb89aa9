"""What is asked about the role structures of forward attention: one case, one question.

* free: the smallest II with any roles.
* expert: with the roles of FA3 or FA4.
* other: with any roles but those and their images under exchange of the sub-tiles.
* near: as ``other``, but only row statistics and multiplies may leave their expert's role: a
  small question whose schedule shows another partition, and whose refutation shows nothing more.
* why: which groups of constraints forbid an II: for the free problem the one below its
  smallest, for the expert's roles the smallest of the free problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from benchmarks.granularity import Granularity
from benchmarks.partitions import expert_labels, images
from twill.elaborate import Elaboration
from twill.expert_match import value_of
from twill.problem import Problem, Requirements
from twill.relaxation import constraint_groups, lift

Partition = Literal["free", "expert", "other", "near"]

MOVABLE = ("m", "alpha", "l_scaled", "l", "S", "O")
"""What asks little of the stream of its role, and so may be the first to go elsewhere."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question about one granularity.

    ``levels``: all levels of the objective, not the II alone. ``lifted``: the kind of
    constraints left out. ``why``: what forbids an II instead of the smallest one.
    """

    granularity: Granularity
    partition: Partition = "free"
    levels: bool = False
    lifted: str = ""
    why: bool = False

    @property
    def name(self) -> str:
        """Such as ``b200-64-1/expert-levels`` or ``b200-64-1/expert-without-hand-offs``."""
        words: list[str] = [self.partition]
        words += ["why"] if self.why else []
        words += ["levels"] if self.levels else []
        words += [f"without-{self.lifted}".replace(" ", "-")] if self.lifted else []
        return f"{self.granularity.name}/{'-'.join(words)}"

    @property
    def command(self) -> str:
        """What prints the same answer: plain options where they suffice."""
        if self.granularity.is_plain and self.partition == "free" and not self.lifted:
            return f"twill {'explain' if self.why else 'solve'} {self.granularity.options}"
        return f"python -m benchmarks.structures --case {self.name}"

    def problem(self) -> tuple[Elaboration, Problem]:
        """The elaborated loop, and the problem that is asked about."""
        elaboration = self.granularity.elaborated()
        problem = self._required(elaboration.problem)
        if self.lifted:
            groups = [g for g in constraint_groups(problem) if g.kind == self.lifted]
            problem = lift(problem, groups)
        return elaboration, problem

    def _required(self, problem: Problem) -> Problem:
        if self.partition == "free":
            return problem
        labels = expert_labels(problem, self.granularity.machine)
        if self.partition == "expert":
            return replace(problem, requirements=Requirements(roles=labels))
        kept = {
            name: role
            for name, role in labels.items()
            if self.partition == "near" and value_of(name) not in MOVABLE
        }
        others = Requirements(roles=kept, other_than=images(problem, labels))
        return replace(problem, requirements=others)


def all_cases() -> dict[str, Case]:
    """Every case by name, the cheap ones first."""
    made = [*_table(), *_compared(), *_uniqueness(), *_assumptions(), *_forbidden()]
    return {case.name: case for case in made}


def granularities() -> tuple[Granularity, ...]:
    """The rows of the table of granularities, in its order."""
    return tuple(
        Granularity(machine, keys, columns, whole, beside)
        for machine in ("h100", "b200")
        for keys in (128, 64)
        for beside in (False, True)
        for columns, whole in ((1, False), (2, True), (4, True), (2, False), (4, False))
    )


def compared() -> tuple[Granularity, ...]:
    """Where the expert's roles are compared with the best ones."""
    hopper, blackwell = Granularity("h100"), Granularity("b200")
    halves = replace(blackwell, keys=64)
    return (
        hopper,
        replace(hopper, keys=64),
        replace(hopper, beside=True),
        replace(hopper, columns=2, whole=True),
        replace(hopper, columns=4, whole=True),
        blackwell,
        replace(blackwell, shared=True),
        replace(blackwell, chunks=2),
        replace(blackwell, unscaled=True),
        replace(blackwell, columns=2, whole=True, shared=True),
        replace(blackwell, columns=2, whole=True, unscaled=True),
        replace(blackwell, columns=4, whole=True, shared=True),
        replace(blackwell, columns=4, whole=True, chunks=2),
        replace(blackwell, columns=4, whole=True, unscaled=True),
        halves,
        replace(halves, beside=True),
        replace(halves, chunks=2),
        replace(halves, unscaled=True),
        replace(halves, columns=2, whole=True),
        replace(halves, columns=2, whole=True, chunks=2),
    )


def in_depth() -> tuple[Granularity, ...]:
    """Where the expert's roles reach the smallest II, so that further levels are compared."""
    hopper = Granularity("h100")
    fine = Granularity("b200", 64, columns=2, whole=True, chunks=2)
    return (hopper, replace(hopper, keys=64), fine)


LIFTED = ("hand-offs", "issue", "registers")
"""Kinds of constraints whose cost assumptions may decide between roles."""


def _table() -> Iterator[Case]:
    return (Case(each) for each in granularities())


def _compared() -> Iterator[Case]:
    for each in compared():
        yield Case(each)
        yield Case(each, "expert")


def _uniqueness() -> Iterator[Case]:
    for each in in_depth():
        yield Case(each, "expert", levels=True)
        yield Case(each, "other", levels=True)
        if each.machine == "h100":
            yield Case(each, levels=True)
        else:
            yield Case(each, "near", levels=True)


def _assumptions() -> Iterator[Case]:
    for keys in (128, 64):
        for lifted in LIFTED:
            yield Case(Granularity("b200", keys), lifted=lifted)
            yield Case(Granularity("b200", keys), "expert", lifted=lifted)


def _forbidden() -> Iterator[Case]:
    blackwell = Granularity("b200")
    yield Case(blackwell, why=True)
    yield Case(replace(blackwell, shared=True), "expert", why=True)
    yield Case(replace(blackwell, keys=64), "expert", why=True)
