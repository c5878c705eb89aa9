"""What is known to be in order in a program: paths through streams, engines and barriers.

A node stands for an instruction in a *layer*, which says who knows that something is over: OWN,
each warp of the role for its own part; ONE, the warp that issues for the role; ALL, every warp.
A Sync leads to ALL, and so does a barrier, on which all warps arrive. A path's length is the
difference of iterations from its beginning to its end; the shortest counts.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass

from twill.lower.program import Arrive, Drain, Run, Send, Sync, Wait
from twill.lower.required import Ordering, by_one
from twill.lower.streams import Entry, Streams
from twill.problem import Op, Problem

OWN, ONE, ALL = range(3)

Node = tuple[int, int] | str
"""An entry (its identity) and a layer; or an operation, for its completion."""


@dataclass(frozen=True, slots=True)
class Edge:
    """To ``target``, whose iteration is ``shift`` later. ``hop``: both must be executed.

    ``back``: by how many iterations the instance arrived for is older; there must be one.
    """

    target: Node
    shift: int
    hop: bool = False
    back: int = 0


def queue_of(problem: Problem, name: str) -> str:
    """The engine that works on an asynchronous operation: its first unit."""
    return next(iter(problem.op[name].reservations), "")


class Order:
    """The order that one state of the streams guarantees."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.problem = streams.usage.problem
        self.edges: dict[Node, list[Edge]] = defaultdict(list)
        self.reached: dict[tuple[Node, int, int], dict[Node, int]] = {}
        self.run: dict[str, Entry] = {}
        self.single = self._single_warps()
        for role, body in streams.body.items():
            for entry in body:
                if isinstance(entry.instruction, Run):
                    self.run[entry.instruction.op] = entry
            self._stream(role, body)
        for role, body in streams.body.items():
            self._queues(body)
            for entry in body:
                self._meet(role, entry)
        self._barriers()

    def _single_warps(self) -> set[str]:
        usage = self.streams.usage
        return {role for role in self.streams.body if usage.width(role) == 1}

    # Edges

    def _stream(self, role: str, body: list[Entry]) -> None:
        for i, entry in enumerate(body):
            after = body[(i + 1) % len(body)]
            wrap = 1 if i + 1 == len(body) else 0
            shift = after.instruction.offset - entry.instruction.offset + wrap
            for layer in (OWN, ONE, ALL):
                self._add((id(entry), layer), (id(after), layer), shift)
            if isinstance(entry.instruction, Sync) or role in self.single:
                meets = role not in self.single
                self._add((id(entry), OWN), (id(entry), ALL), 0, hop=meets)
                self._add((id(entry), ONE), (id(entry), ALL), 0, hop=meets)
            if isinstance(entry.instruction, Run):
                self._start(entry, self.problem.op[entry.instruction.op])

    def _start(self, entry: Entry, op: Op) -> None:
        """What one warp issues completes after what that warp knows; else after what any knows."""
        if op.asynchronous:
            for layer in (ONE, ALL) if by_one(op) else (OWN, ONE, ALL):
                self._add((id(entry), layer), op.name, 0)

    def _asynchronous(self, name: str) -> bool:
        return self.problem.op[name].asynchronous

    def _in_order(self, name: str) -> bool:
        """Whether its engine completes operations in order; loads overtake each other."""
        return self._asynchronous(name) and not self.problem.op[name].variable_latency

    def _queues(self, body: list[Entry]) -> None:
        """Operations of one role on one engine complete in the order of their issue."""
        lines: dict[str, list[Run]] = defaultdict(list)
        for entry in body:
            run = entry.instruction
            if isinstance(run, Run) and self._in_order(run.op):
                lines[queue_of(self.problem, run.op)].append(run)
        for line in lines.values():
            for i, run in enumerate(line):
                after = line[(i + 1) % len(line)]
                wrap = 1 if i + 1 == len(line) else 0
                self._add(run.op, after.op, after.offset - run.offset + wrap)

    def _meet(self, role: str, entry: Entry) -> None:
        i = entry.instruction
        if isinstance(i, Drain):
            layer = ALL if role in self.single else ONE if i.issuer else OWN
            self._add(i.op, (id(entry), layer), i.lag, hop=True)

    def _barriers(self) -> None:
        waits: dict[str, list[Entry]] = defaultdict(list)
        for _, entry in self.streams.entries():
            if isinstance(entry.instruction, Wait):
                waits[entry.instruction.barrier].append(entry)
        for _, entry in self.streams.entries():
            i = entry.instruction
            if isinstance(i, Arrive):
                for wait in waits[i.barrier]:
                    for layer in (OWN, ONE, ALL):
                        self._add((id(entry), layer), _after(wait), _lag(wait), hop=True)
            elif isinstance(i, Run):
                for signal in i.signals:
                    for wait in waits[signal.barrier]:
                        shift = _lag(wait) - signal.lag
                        self._add(i.op, _after(wait), shift, hop=True, back=signal.lag)

    def _add(
        self, source: Node, target: Node, shift: int, *, hop: bool = False, back: int = 0
    ) -> None:
        self.edges[source].append(Edge(target, shift, hop, back))

    # Questions

    def holds(self, ordering: Ordering) -> bool:
        """Whether an ordering is guaranteed."""
        if self._one_engine(ordering) or (ordering.src == ordering.dst and not ordering.distance):
            return True  # an operation reads before it writes
        target = self._target(ordering)
        reached = self.reach(self.source(ordering), ordering.distance, ordering.shift)
        return any(
            reached.get((target, layer), ordering.distance + 1) <= ordering.distance
            for layer in self._enough(ordering)
        )

    def _enough(self, ordering: Ordering) -> tuple[int, ...]:
        """The layers in which the target may learn it."""
        issued = by_one(self.problem.op[ordering.dst]) and not ordering.sent
        layers = (ONE, ALL) if issued else (ALL,)
        return layers if ordering.full else (OWN, *layers)

    def source(self, ordering: Ordering) -> Node:
        """Where what must be over is over."""
        if self._asynchronous(ordering.src) and ordering.kind != "turn":
            return ordering.src
        return id(self.run[ordering.src]), OWN

    def _target(self, ordering: Ordering) -> int:
        if not ordering.sent:
            return id(self.run[ordering.dst])
        return next(
            id(e)
            for _, e in self.streams.entries()
            if isinstance(e.instruction, Send) and e.instruction.value == ordering.dst
        )

    def _one_engine(self, ordering: Ordering) -> bool:
        """Whether both work on one engine, fed by one role, in the order of their issue."""
        src, dst = ordering.src, ordering.dst
        role = self.streams.usage.role
        if not ordering.in_order or ordering.sent:
            return False
        if not (self._in_order(src) and self._in_order(dst)):
            return False
        if ordering.full and not (by_one(self.problem.op[src]) and by_one(self.problem.op[dst])):
            return False  # each warp feeds the engine with its share when it gets there
        if role[src] != role[dst] or queue_of(self.problem, src) != queue_of(self.problem, dst):
            return False
        if src == dst:
            return ordering.distance >= 1
        reached = self.reach((id(self.run[src]), OWN), ordering.distance, ordering.shift)
        target = (id(self.run[dst]), OWN)
        return reached.get(target, ordering.distance + 1) <= ordering.distance

    def reach(self, source: Node, distance: int, shift: int) -> dict[Node, int]:
        """The earliest iteration of every node that comes after ``source`` of iteration 0.

        A hop counts where arrival and wait are executed whenever both ends are: at iterations
        from the first to the last of the two.
        """
        question = source, distance, shift
        if question not in self.reached:
            self.reached[question] = self._reach(source, distance, shift)
        return self.reached[question]

    def _reach(self, source: Node, distance: int, shift: int) -> dict[Node, int]:
        low, high = min(0, distance, -shift), max(0, distance)
        best: dict[Node, int] = {}
        counter = 0
        heap: list[tuple[int, int, Node]] = [(0, counter, source)]
        while heap:
            iteration, _, node = heapq.heappop(heap)
            if best.get(node, iteration + 1) <= iteration:
                continue
            best[node] = iteration
            for edge in self.edges[node]:
                at = iteration
                if edge.hop:
                    at = max(at, low + edge.back)
                    if at > high or at + edge.shift > high:
                        continue
                counter += 1
                if best.get(edge.target, at + edge.shift + 1) > at + edge.shift:
                    heapq.heappush(heap, (at + edge.shift, counter, edge.target))
        return best


def _after(wait: Entry) -> Node:
    """Where a wait leads: what it waited for is over for everybody who waits."""
    assert isinstance(wait.instruction, Wait)
    return id(wait), ONE if wait.instruction.issuer else ALL


def _lag(entry: Entry) -> int:
    assert isinstance(entry.instruction, Wait)
    return entry.instruction.lag
