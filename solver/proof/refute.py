"""Looks for a refutation of one II: a set of axioms that contradict each other.

Z3 proposes starts and roles that satisfy the axioms stated so far; what is wrong with them
becomes axioms. It ends when nothing is wrong with a proposal: then it is a schedule; or when
there is none. Then what Z3 learned of starts and roles becomes axioms too, and what is still
missing for a propositional contradiction is found (``closing.py``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twill.check.period import Period
from twill.problem import Problem
from twill.solver.proof.axioms import Axioms
from twill.solver.proof.broken import add_broken
from twill.solver.proof.candidate import Candidate
from twill.solver.proof.closing import Closing
from twill.solver.proof.ground import Ground, lay_ground
from twill.solver.proof.images import Images
from twill.solver.proof.stated import state_capacity, state_roles, state_streams, state_timing
from twill.solver.proof.units import Units
from twill.solver.symmetry import ordered_pairs

if TYPE_CHECKING:
    from twill.solver.proof.proposals import Left


@dataclass(frozen=True, slots=True)
class Effort:
    """At most so many ``rounds`` of proposal and answer, and ``seconds`` of wall time.

    ``work``: what Z3 may do, in its own units, of which it does some millions a second.
    """

    rounds: int = 1_000_000
    seconds: float = 60.0
    work: int = 1 << 40


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Axioms that contradict each other, after so many rounds."""

    axioms: Axioms
    rounds: int


@dataclass(frozen=True, slots=True)
class Found:
    """Starts and role numbers of a schedule, the load role 0: there is nothing to refute."""

    start: dict[str, int]
    role: dict[str, int]
    rounds: int


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The effort was spent. This says nothing about the II."""

    rounds: int


Answer = Contradiction | Found | GaveUp


def refute(
    problem: Problem,
    ii: int,
    effort: Effort | None = None,
) -> Answer:
    """Contradictory axioms at one II, or a schedule; the same input and rounds give the same."""
    effort = effort or Effort()
    pairs = tuple((v, w) for v, w, _ in ordered_pairs(problem))
    axioms = Axioms(Period(problem, ii, pairs))
    state_timing(axioms)
    state_roles(axioms)
    units = Units(axioms)
    units.read()
    ground = None if units.contradiction else lay_ground(axioms, units.true)
    if ground is None:
        return Contradiction(axioms, 0)
    state_capacity(axioms, ground)
    state_streams(axioms, ground)
    return _Search(axioms, ground, effort).run()


class _Search:
    """Proposals until there are no more, then the rest of a contradiction."""

    def __init__(self, axioms: Axioms, ground: Ground, effort: Effort) -> None:
        from twill.solver.proof.proposals import Left

        self.axioms, self.ground, self.rounds = axioms, ground, 0
        self.most = effort.rounds
        self.left: Left = Left(time.monotonic() + min(effort.seconds, 1e9), effort.work)

    def run(self) -> Answer:
        """The answer."""
        answer = self._propose()
        if answer is not None:
            return answer
        closing = Closing(self.axioms, self.ground)
        try:
            return self._close(closing)
        finally:
            closing.end()

    def _propose(self) -> Answer | None:
        """Until every proposal is wrong, which is None."""
        from twill.solver.proof.proposals import Proposals

        proposals, images = Proposals(self.axioms), Images(self.axioms)
        role: Mapping[str, str] | None = None
        while self.rounds < self.most:
            proposal = proposals.next(self.left, role)
            if proposal == "unknown":
                break
            if proposal == "contradiction":
                if role is None:
                    return None
                role = None
                continue
            self.rounds += 1
            since = len(self.axioms.steps)
            if not add_broken(Candidate(self.axioms, proposal.start, proposal.role)):
                return self._found(proposal.start, proposal.role)
            images.add(since)
            role = proposal.role
        return GaveUp(self.rounds)

    def _close(self, closing: Closing) -> Answer:
        """Until the axioms contradict each other without any knowledge of starts and roles."""
        from twill.solver.proof.lemmas import learn

        ground = closing.saturate()
        if ground is not None and not learn(self.axioms, ground, self.left):
            return GaveUp(self.rounds)
        while self.rounds < self.most and time.monotonic() < self.left.until:
            if closing.contradiction():
                return Contradiction(self.axioms, self.rounds)
            self.rounds += 1
            candidate = closing.candidate()
            if candidate is not None and not add_broken(candidate):
                return self._found(candidate.start, candidate.role)
        return GaveUp(self.rounds)

    def _found(self, start: Mapping[str, int], role: Mapping[str, str]) -> Found:
        """A schedule, its roles numbered as everywhere: the loads' first, if there are any."""
        op = self.axioms.period.problem.op
        order = sorted(role, key=lambda name: not op[name].variable_latency)
        numbers = {r: i for i, r in enumerate(dict.fromkeys(role[n] for n in order))}
        return Found(
            dict(start), {name: numbers[where] for name, where in role.items()}, self.rounds
        )
