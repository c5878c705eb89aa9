"""Barriers as the hardware has them: a phase, a count, and waits that see only a parity."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from twill.lower.program import Barrier

Party = tuple[str, int]
"""A role and one of its warps; an operation's engine and -1."""

ENGINE = -1


@dataclass(slots=True)
class Mbarrier:
    """``phase``: how many phases are complete. ``arrived``: who has how often, in this one."""

    phase: int = 0
    arrived: Counter[Party] = field(default_factory=Counter)


class Mbarriers:
    """The mbarriers of one barrier of a program; instance n is number n mod slots.

    ``parties``: who arrives how often in a phase. A role that is named twice arrives twice.
    """

    def __init__(self, barrier: Barrier, warps: dict[str, int]) -> None:
        self.barrier = barrier
        engines = [(op, ENGINE) for op in barrier.engines]
        roles = [(role, warp) for role in barrier.roles for warp in range(warps[role])]
        self.parties: Counter[Party] = Counter([*engines, *roles])
        self.slots = [Mbarrier() for _ in range(barrier.slots)]

    def slot(self, instance: int) -> tuple[Mbarrier, int]:
        """The mbarrier of an instance, and the phase that the instance is."""
        return self.slots[instance % len(self.slots)], instance // len(self.slots)

    def arrive(self, party: Party, instance: int) -> str | None:
        """One arrival; the reason why no phase takes it, if so."""
        if party not in self.parties:
            return "it is not among those that the barrier counts"
        mbarrier, phase = self.slot(instance)
        if mbarrier.phase != phase or mbarrier.arrived[party] == self.parties[party]:
            missing = ", ".join(named(p) for p in self.missing(instance - len(self.slots)))
            late = "has been completed without it" if mbarrier.phase > phase else "is not its turn"
            return f"phase {phase} of its mbarrier {late}" + (
                f"; {missing} still has to arrive for the phase before" if missing else ""
            )
        mbarrier.arrived[party] += 1
        if mbarrier.arrived == self.parties:
            mbarrier.arrived.clear()
            mbarrier.phase += 1
        return None

    def passes(self, instance: int) -> bool:
        """What ``try_wait.parity`` answers: whether the phase before the present has its parity."""
        mbarrier, phase = self.slot(instance)
        return (mbarrier.phase - 1) % 2 == phase % 2

    def confused(self, instance: int) -> bool:
        """Whether that answer is about another phase than the one waited for."""
        mbarrier, phase = self.slot(instance)
        return not phase <= mbarrier.phase <= phase + 1

    def missing(self, instance: int) -> list[Party]:
        """Who has not arrived for an instance."""
        if instance < 0:
            return []
        mbarrier, phase = self.slot(instance)
        if mbarrier.phase > phase:
            return []
        if mbarrier.phase < phase:
            return sorted(self.parties)
        return sorted(self.parties - mbarrier.arrived)


def named(party: Party) -> str:
    """A party for a reader."""
    name, warp = party
    return f"the engine of {name}" if warp == ENGINE else f"{name} (warp {warp})"
