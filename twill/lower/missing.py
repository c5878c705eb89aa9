"""Is a program right? Every required order must follow from what the program does.

This looks at the program alone, not at how it was made, so that it also judges one that was
changed by hand or comes from a file.
"""

from __future__ import annotations

from twill.accounting import Usage
from twill.lower.lowering import depths, usage_of
from twill.lower.order import Order
from twill.lower.phases import confused
from twill.lower.program import Run, WarpProgram
from twill.lower.registers import Chain, chains
from twill.lower.required import Ordering, required
from twill.lower.streams import RUN, Entry, Streams
from twill.lower.synchronise import Parties
from twill.problem import Problem
from twill.schedule import Schedule


def missing_orderings(
    problem: Problem, schedule: Schedule, program: WarpProgram
) -> tuple[Ordering, ...]:
    """The required orders that the program does not guarantee; none for a right one.

    Rings have the slots that the program gives them, registers its copies.
    """
    usage = usage_of(problem, schedule)
    depth = {**depths(usage), **{ring.name: ring.slots for ring in program.rings}}
    copies = {held.name: held.copies for role in program.roles for held in role.held}
    found = tuple(_with_copies(chain, copies) for chain in chains(usage))
    order = Order(_streams(usage, program))
    return tuple(o for o in required(usage, depth, found) if not order.holds(o))


def confused_phases(problem: Problem, schedule: Schedule, program: WarpProgram) -> tuple[str, ...]:
    """The barriers that have too few mbarriers to tell their phases apart."""
    streams = _streams(usage_of(problem, schedule), program)
    order = Order(streams)
    parties = {b.name: Parties(b.slots, list(b.engines), list(b.roles)) for b in program.barriers}
    return tuple(name for name, p in parties.items() if confused(streams, order, name, p))


def _with_copies(chain: Chain, copies: dict[str, int]) -> Chain:
    number = copies.get(chain.name, chain.copies)
    return Chain(chain.name, chain.role, chain.members, chain.size, number, chain.accumulator)


def _streams(usage: Usage, program: WarpProgram) -> Streams:
    """The program's bodies, in the order in which they stand."""
    top = max(start // usage.ii for start in usage.start.values())
    body = {
        role.name: [Entry(i, i.cycle, rank, RUN) for rank, i in enumerate(role.body)]
        for role in program.roles
    }
    rank = {
        i.op: n for role in program.roles for n, i in enumerate(role.body) if isinstance(i, Run)
    }
    return Streams(usage, top, body, rank)
