"""What follows from the event graph of a program: is it live, how fast, what does a wait cost."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from twill.accounting import Usage
from twill.events.graph import Edge, EventGraph
from twill.events.ratio import Ratio, dead_circuit, max_ratio
from twill.events.robust import LONGER, Slack, slacks, unit_bound
from twill.lower.events.costs import SyncCosts
from twill.lower.events.program import program_graph
from twill.lower.program import WarpProgram


@dataclass(frozen=True, slots=True)
class AddedWait:
    """A wait that the lowering added, and ``cycles`` per iteration that are saved without it."""

    event: str
    cycles: Fraction


@dataclass(frozen=True, slots=True)
class Timing:
    """What a program does in its steady state.

    ``dead``: a circuit of events that wait for each other in vain, None if the program is live;
    without life there is nothing else. ``cycles`` per iteration, exactly, and the ``circuit`` that
    needs them; or a unit does, and there is none. None where no period is possible with the
    orders that units have in the schedule. ``model``: the same without anything that the lowering
    added. ``added``: which of its waits cost something. ``slacks``: how far each latency may grow
    before the program falls behind ``ii``, or behind itself. ``longer``: cycles per iteration
    with all latencies longer by a quarter.
    """

    ii: int
    dead: tuple[Edge, ...] | None
    cycles: Fraction | None = None
    circuit: tuple[Edge, ...] = ()
    model: Fraction | None = None
    added: tuple[AddedWait, ...] = ()
    slacks: tuple[Slack, ...] = ()
    longer: Fraction | None = None

    @property
    def live(self) -> bool:
        """Whether the program never hangs."""
        return self.dead is None

    @property
    def keeps(self) -> bool:
        """Whether the program is as fast as its schedule promises."""
        return self.cycles is not None and self.cycles <= self.ii


def timing(usage: Usage, program: WarpProgram, costs: SyncCosts | None = None) -> Timing:
    """Analyse a program of the schedule that has this usage."""
    graph = program_graph(usage, program, costs)
    dead = dead_circuit(graph)
    if dead is not None:
        return Timing(usage.ii, dead)
    least = Fraction(unit_bound(usage.problem))
    found = max_ratio(graph, least=least)
    every = frozenset(graph.added)
    bare = max_ratio(program_graph(usage, program, costs, every), least=least).cycles
    if found.cycles is None:
        return Timing(usage.ii, None, None, found.circuit, bare)
    period = max(found.cycles, Fraction(usage.ii))
    return Timing(
        ii=usage.ii,
        dead=None,
        cycles=found.cycles,
        circuit=found.circuit,
        model=bare,
        added=_costly(usage, program, costs, graph, found) if found.cycles != bare else (),
        slacks=slacks(graph, period),
        longer=max_ratio(graph, LONGER, period).cycles,
    )


def _costly(
    usage: Usage, program: WarpProgram, costs: SyncCosts | None, graph: EventGraph, found: Ratio
) -> tuple[AddedWait, ...]:
    """The added waits on the critical circuit without any one of which the program is faster."""
    assert found.cycles is not None
    on_it = {edge.src for edge in found.circuit}
    costly = []
    for event in graph.added:
        if event in on_it:
            rest = max_ratio(program_graph(usage, program, costs, frozenset((event,))))
            if rest.cycles is not None and rest.cycles < found.cycles:
                costly.append(AddedWait(event, found.cycles - rest.cycles))
    return tuple(costly)
