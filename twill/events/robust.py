"""How a schedule takes latencies that are longer than modelled, its orders and rings kept."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from twill.accounting import Usage, ceil_div
from twill.events.graph import Edge, EventGraph
from twill.events.ratio import max_ratio
from twill.events.schedule import schedule_graph
from twill.problem import Op, Problem
from twill.storage import constraint_dependences, read_end

LONGER = Fraction(1, 4)
"""How much longer asynchronous and hand-off latencies are taken to be."""


@dataclass(frozen=True, slots=True)
class Slack:
    """How many ``cycles`` a latency may grow before the period does; None: without limit.

    ``stated``: the cycles that the model says it takes, the most where it is in several delays.
    ``circuit``: what then sets the period.
    """

    latency: str
    stated: int
    cycles: int | None
    circuit: tuple[Edge, ...] = ()

    @property
    def share(self) -> Fraction | None:
        """The growth as a fraction of the latency."""
        return None if self.cycles is None else Fraction(self.cycles, self.stated)


def robust_ii(usage: Usage, longer: Fraction = LONGER) -> int:
    """Cycles per iteration with every asynchronous and hand-off latency ``longer`` by a fraction.

    Roles, orders on streams and units, and the slots of rings are those of the schedule; never
    below its II, rounded up. Where a circuit without a token takes time then, so that the orders
    cannot be kept, everything in a row: more than any schedule takes whose orders can be kept.
    """
    found = max_ratio(schedule_graph(usage), longer, Fraction(usage.ii)).cycles
    return in_a_row(usage.problem, longer) if found is None else ceil(found)


def in_a_row(problem: Problem, longer: Fraction = LONGER) -> int:
    """What no circuit of any schedule takes longer than: every event once.

    An event (a streaming load has two) is followed by the longest of what can follow it.
    """
    waits = [_waits(problem, op) for op in problem.ops]
    total = 0
    for op in problem.ops:
        ends = [op.latency, op.issue + op.handoff.issue_send + max(waits)]
        ends += [r.offset + r.length for held in op.reservations.values() for r in held]
        for d in constraint_dependences(problem):
            ends += [d.delay + op.handoff.latency] if d.src == op.name else []
            ends += [read_end(problem, d)] if d.dst == op.name else []
        total += 2 * max(ends)
    return ceil(total * (1 + longer))


def _waits(problem: Problem, op: Op) -> int:
    """The most cycles that an operation's waits take."""
    sources = {d.src for d in problem.dependences if d.dst == op.name and d.kind == "flow"}
    costs = [problem.op[source].handoff for source in sources]
    return sum(max(cost.issue_receive, cost.issue_wait) for cost in costs)


def slacks(graph: EventGraph, period: Fraction) -> tuple[Slack, ...]:
    """For every latency of a graph, how far it alone may grow at this period.

    :param period: at least the graph's maximum cycle ratio.
    """
    return tuple(_slack(graph, latency, period) for latency in graph.latencies)


def _slack(graph: EventGraph, latency: str, period: Fraction) -> Slack:
    """From a growth that nothing bears; each circuit that does not bear it says what it would."""
    stated = max(p.cycles for e in graph.edges for p in e.parts if p.latency == latency)
    per, token = period.denominator, period.numerator
    grows = [per * sum(p.latency == latency for p in e.parts) for e in graph.edges]
    room = [token * e.tokens - per * e.delay for e in graph.edges]
    growth, limit = sum(map(abs, room)) + 1, []
    while True:
        weights = [growth * g - r for g, r in zip(grows, room, strict=True)]
        found = graph.positive_circuit(weights)
        if found is None:
            break
        limit = found
        growth = sum(room[n] for n in found) // sum(grows[n] for n in found)
    return Slack(latency, stated, growth if limit else None, graph.walk(limit))


def unit_bound(problem: Problem) -> int:
    """The cycles for which some unit is busy in every iteration, whatever the orders."""
    asked = {unit.name: 0 for unit in problem.units}
    for op in problem.ops:
        for unit, reserved in op.reservations.items():
            asked[unit] += sum(r.length * r.amount for r in reserved)
    return max((ceil_div(asked[u.name], u.capacity) for u in problem.units), default=0)
