"""What synchronisation costs that the model of a schedule does not price."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from twill.machine import Machine
from twill.quantity import Quantity


@dataclass(frozen=True, slots=True)
class SyncCosts:
    """Cycles that a release of a ring slot, a drain or a sync takes; the lowering adds them.

    ``arrive``, ``wait`` and ``sync`` (all warps of a role meet) keep a stream; ``one_way`` passes
    from an arrival to the next instruction of a role that waits, its wait included. What a
    hand-off and a wait for a result cost is part of the problem.
    """

    arrive: int = 0
    wait: int = 0
    sync: int = 0
    one_way: int = 0

    @staticmethod
    def of(machine: Machine | None) -> SyncCosts:
        """Those of a machine; zero where it, or a number of it, is not known."""
        model = machine.costs.synchronisation if machine is not None else None
        if model is None:
            return SyncCosts()
        ring = model.mbarrier or model.named_barrier
        meet = model.named_barrier
        return SyncCosts(
            arrive=_cycles(ring.arrive if ring else None),
            wait=_cycles(ring.wait if ring else None),
            sync=_cycles(meet.wait if meet else None),
            one_way=_cycles(ring.one_way if ring else None),
        )


def _cycles(quantity: Quantity | None) -> int:
    return ceil(quantity.exact) if quantity is not None else 0
