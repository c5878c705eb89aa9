"""How long things take: as the model has it, at random, or as badly as an adversary can."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from twill.problem import Problem

MOST_STRETCH = 4.0
"""Random latencies are up to so many times as long as the model's."""

DRIFT = 200
"""Cycles by which a warp is held up at random, now and then."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Everything takes as long as the model says.

    ``scheduled``: units serve operations in the schedule's order, not in that of arrival.
    """

    name: str = "fixed"
    scheduled: bool = False

    def latency(self, cycles: int) -> int:
        """How long an engine, or an arrival on its way to another role, takes."""
        return cycles

    def pause(self) -> int:
        """Cycles for which a warp is held up before an instruction."""
        return 0

    def holds(self, op: str) -> bool:  # noqa: ARG002
        """Whether completions of an operation are kept back as long as anything else can go on."""
        return False

    def holds_warp(self, role: str, warp: int) -> bool:  # noqa: ARG002
        """Whether a warp goes on only when nothing else can."""
        return False


@dataclass(frozen=True, slots=True)
class Random(Fixed):
    """Latencies stretched by random factors, warps that drift apart; the same for one seed."""

    name: str = "random"
    scheduled: bool = False
    seed: int = 0
    generator: random.Random = field(default_factory=random.Random, compare=False)

    def __post_init__(self) -> None:
        self.generator.seed(self.seed)

    def latency(self, cycles: int) -> int:
        """Between the model's latency and a few times as much."""
        return round(cycles * self.generator.uniform(1.0, MOST_STRETCH))

    def pause(self) -> int:
        """Mostly none."""
        if self.generator.random() < 7 / 8:
            return 0
        return self.generator.randrange(DRIFT)


@dataclass(frozen=True, slots=True)
class Adversary(Fixed):
    """Keeps back one class: completions of an operation, or a role, or one warp of it."""

    name: str = "adversary"
    scheduled: bool = False
    op: str | None = None
    role: str | None = None
    warp: int | None = None

    def holds(self, op: str) -> bool:
        """Its own operation."""
        return op == self.op

    def holds_warp(self, role: str, warp: int) -> bool:
        """Its own role, or the one warp."""
        return role == self.role and self.warp in (None, warp)


def adversaries(problem: Problem, warps: dict[str, int]) -> Iterator[Adversary]:
    """Every class that can be kept back.

    Two events that nothing orders come in either order in one of these runs: the adversary that
    keeps back the class of the first lets the second go before it.
    """
    for op in problem.ops:
        if op.asynchronous:
            yield Adversary(f"completions of {op.name} late", op=op.name)
    for role, count in warps.items():
        yield Adversary(f"{role} late", role=role)
        if count > 1:
            for warp in range(count):
                yield Adversary(f"warp {warp} of {role} late", role=role, warp=warp)
