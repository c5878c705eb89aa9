"""Of a proof, the steps and axioms that the contradiction rests on, numbered anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twill.solver.proof.cadical import Step, Trace


@dataclass(frozen=True, slots=True)
class Trimmed:
    """``axioms`` are numbers of the input's clauses; the steps' hints count them first, from 1."""

    axioms: tuple[int, ...]
    steps: tuple[Step, ...]

    def renamed(self, literal: Mapping[int, int]) -> Trimmed:
        """The same proof over other literals."""
        steps = (Step(tuple(literal[x] for x in s.literals), s.hints) for s in self.steps)
        return Trimmed(self.axioms, tuple(steps))

    @property
    def lrat(self) -> str:
        """The steps in the text form of LRAT."""
        lines = []
        for number, step in enumerate(self.steps, len(self.axioms) + 1):
            fields = (number, *step.literals, 0, *step.hints, 0)
            lines.append(" ".join(map(str, fields)))
        return "\n".join(lines) + "\n"


def trim(trace: Trace) -> Trimmed:
    """Go back from the empty clause, keep what is met."""
    last = next(number for number, step in trace.steps.items() if not step.literals)
    met: set[int] = set()
    open_ = [last]
    while open_:
        number = open_.pop()
        if number not in met:
            met.add(number)
            if number in trace.steps:
                open_ += trace.steps[number].hints
    place = {number: axiom for number in met if (axiom := trace.axiom(number)) is not None}
    steps = sorted(number for number in met if number in trace.steps)
    return _renumbered(trace, place, steps)


def _renumbered(trace: Trace, place: Mapping[int, int], steps: list[int]) -> Trimmed:
    axioms = sorted(set(place.values()))
    rank = {axiom: i for i, axiom in enumerate(axioms, 1)}
    new = {number: rank[axiom] for number, axiom in place.items()}
    new |= {number: i for i, number in enumerate(steps, len(axioms) + 1)}
    kept = (trace.steps[number] for number in steps)
    return Trimmed(
        tuple(axioms),
        tuple(Step(step.literals, tuple(new[hint] for hint in step.hints)) for step in kept),
    )
