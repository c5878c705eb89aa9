"""Enough mbarriers for every barrier: a wait for one phase must not see the one after next.

``mbarrier.try_wait.parity`` tells apart only this phase and the last (PTX, mbarrier): the mbarrier
of instance n takes instance n + slots next, and that must not complete while somebody may still
wait for n; nor may a party arrive for it while another has not arrived for n.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twill.lower.order import ALL, ONE, OWN, Node, Order
from twill.lower.program import Arrive, Run, Sync, Wait
from twill.lower.required import Ordering
from twill.lower.streams import Entry, Streams
from twill.lower.synchronise import Parties

MOST = 8
"""Mbarriers of one barrier. Where these do not do, nothing holds the arriving party back."""


def with_safe_phases(streams: Streams, barriers: dict[str, Parties]) -> tuple[Ordering, ...]:
    """Give every barrier the slots that it needs.

    Returns what must be in order besides, where no number of slots would do: the party that
    arrives waits for those who have waited.
    """
    order = _with_warps_together(streams, barriers)
    added: list[Ordering] = []
    for name, parties in barriers.items():
        slots = next(
            (
                n
                for n in range(parties.slots, MOST + 1)
                if not confused(streams, order, name, replace(parties, slots=n))
            ),
            None,
        )
        if slots is None:
            added += _held_back(streams, name, parties)
        else:
            parties.slots = slots
    return tuple(added)


def _with_warps_together(streams: Streams, barriers: dict[str, Parties]) -> Order:
    """Syncs in front of arrivals where nothing else keeps the warps of a role together.

    Where one warp waits for all, the others would run on and arrive for later phases.
    """
    order = Order(streams)
    for role, body in streams.body.items():
        for entry in tuple(body):
            i = entry.instruction
            if not isinstance(i, Arrive) or i.barrier not in barriers:
                continue
            arrival = (role, entry, 0)
            if not _after_arrival(order, arrival, arrival, MOST):
                sync = Sync(i.offset, i.cycle, (), i.after)
                body.insert(body.index(entry), Entry(sync, entry.cycle, entry.rank, entry.place))
                order = Order(streams)
    return order


def _held_back(streams: Streams, name: str, parties: Parties) -> Iterator[Ordering]:
    """Arrivals for an mbarrier's next instance come after the waits for this one."""
    for _, waiting in streams.entries():
        wait = waiting.instruction
        if not (isinstance(wait, Wait) and wait.barrier == name):
            continue
        for _, entry in streams.entries():
            for lag in _arrives(entry, name):
                i = entry.instruction
                first = i.op if isinstance(i, Run) else i.after if isinstance(i, Arrive) else ""
                distance = parties.slots - wait.lag + lag
                yield Ordering(wait.before, first, distance, "reuse", True, name, wait.lag)


def confused(streams: Streams, order: Order, name: str, parties: Parties) -> bool:
    """Whether somebody may take one phase of a barrier's mbarriers for another."""
    arrivals = [(role, e, lag) for role, e in streams.entries() for lag in _arrives(e, name)]
    waits = [
        (role, e)
        for role, e in streams.entries()
        if isinstance(e.instruction, Wait) and e.instruction.barrier == name
    ]
    if any(i.lag <= -parties.slots for _, e in waits if isinstance(i := e.instruction, Wait)):
        return True  # the first wait is for a phase that is not an mbarrier's first
    pairs = [(a, b) for a in arrivals for b in arrivals if a is not b or _by_warps(a[1])]
    return not (
        all(any(_after_wait(order, w, a, parties.slots) for a in arrivals) for w in waits)
        and all(_after_arrival(order, a, b, parties.slots) for a, b in pairs)
    )


def _by_warps(entry: Entry) -> bool:
    """Whether each warp of a role arrives by itself, so that they may overtake each other."""
    return isinstance(entry.instruction, Arrive)


def _arrives(entry: Entry, name: str) -> list[int]:
    """The lags with which an instruction arrives on a barrier."""
    i = entry.instruction
    if isinstance(i, Arrive) and i.barrier == name:
        return [0]
    if isinstance(i, Run):
        return [s.lag for s in i.signals if s.barrier == name]
    return []


def _after_wait(
    order: Order, wait: tuple[str, Entry], arrival: tuple[str, Entry, int], slots: int
) -> bool:
    """Whether a party arrives for the next use of the mbarrier only after the wait."""
    (role, waiting), (other, entry, lag) = wait, arrival
    assert isinstance(waiting.instruction, Wait)
    distance = slots - waiting.instruction.lag + lag
    thread = isinstance(entry.instruction, Arrive) and role == other
    layer = ONE if waiting.instruction.issuer else OWN
    return _reaches(order, (id(waiting), layer), entry, distance, own=thread)


def _after_arrival(
    order: Order, one: tuple[str, Entry, int], two: tuple[str, Entry, int], slots: int
) -> bool:
    """Whether the second party's next arrival comes after the first party's."""
    source: Node = (id(one[1]), OWN)
    if isinstance(one[1].instruction, Run):
        source = one[1].instruction.op
    return _reaches(order, source, two[1], slots - one[2] + two[2], own=False)


def _reaches(order: Order, source: Node, entry: Entry, distance: int, *, own: bool) -> bool:
    reached = order.reach(source, distance, 0)
    others = (ALL,) if _by_warps(entry) else (ONE, ALL)
    layers = (OWN, ONE, ALL) if own else others
    return any(reached.get((id(entry), x), distance + 1) <= distance for x in layers)
