"""Joins a loop and a machine into a problem, with the origin of every cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from twill.costs import CostLine, OpCost, Unsupported, handoff_cost, memory_size
from twill.diagnostics import Diagnostic, InputError
from twill.elaborate.costing import Costs
from twill.elaborate.graph import Edge, Graph, Node
from twill.elaborate.limits import too_large
from twill.elaborate.operands import readers_first
from twill.elaborate.placement import place
from twill.elaborate.settings import Settings, settle
from twill.elaborate.tiles import TileOp, tiles
from twill.loop import Loop
from twill.machine import Machine
from twill.problem import REGISTER, Dependence, Handoff, InPlace, Invariant, Op, Problem


@dataclass(frozen=True, slots=True)
class Elaboration:
    """A problem and where it came from.

    ``costs``: per operation, every number with its arithmetic. ``moves``: the operations
    that the author did not write. ``work``: per iteration, ``flop`` of the tensor core.
    ``tiles``: what each operation computes.
    ``hashes``: SHA-256 of ``spec`` and ``machine``.
    """

    problem: Problem
    costs: Mapping[str, tuple[CostLine, ...]]
    loop: Loop
    machine: Machine
    parameters: Mapping[str, int]
    subtile: Mapping[str, int]
    moves: tuple[str, ...]
    work: Mapping[str, int]
    hashes: Mapping[str, str]
    tiles: Mapping[str, TileOp]


def elaborate(
    loop: Loop,
    machine: Machine | None,
    parameters: Mapping[str, int] | None = None,
    subtile: Mapping[str, int] | None = None,
) -> Elaboration:
    """The problem of a loop on a machine.

    ``parameters`` and ``subtile`` override the loop's defaults.

    :raises InputError: with everything in which loop and machine do not go together.
    """
    if machine is None:
        from twill.spec.machine import shipped_machines

        shipped = ", ".join(shipped_machines())
        message = f"loop '{loop.name}' needs a machine: its operations have no costs of their own"
        raise InputError([Diagnostic(message, help=f"--machine NAME; shipped: {shipped}")])
    settings = settle(loop, machine, parameters or {}, subtile or {})
    graph = Graph(loop, settings)
    place(graph, machine)
    return _Builder(graph, machine, settings).build()


class _Builder:
    """Turns placed nodes into operations and edges into dependences."""

    def __init__(self, graph: Graph, machine: Machine, settings: Settings) -> None:
        self.graph, self.machine, self.settings = graph, machine, settings
        self.loop = graph.loop
        self.costs = Costs(graph, machine)
        self.faults: list[Diagnostic] = []
        self.cost: dict[str, OpCost] = {}
        self.lines: dict[str, tuple[CostLine, ...]] = {}

    def build(self) -> Elaboration:
        for node in self.graph.nodes.values():
            self._price(node)
        if self.faults:
            raise InputError(dict.fromkeys(self.faults))
        self._fit_places()
        ops = tuple(self._op(node) for node in self.graph.nodes.values())
        flows = tuple(d for node in self.graph.nodes.values() for d in self._dependences(node))
        problem = Problem(
            name=self.loop.name,
            ops=ops,
            dependences=(*flows, *readers_first(self.graph, self.cost, flows)),
            units=self.machine.problem_units(),
            memories=self.machine.problem_memories(),
            invariants=self._invariants(),
            roles=self.machine.role_limits(),
            limits=self.machine.limits(self.loop.stages),
            trips=self.settings.trips,
        )
        faults = too_large(self.loop, self.graph, problem)
        if faults:
            raise InputError(faults)
        return Elaboration(
            problem=problem,
            costs=self.lines,
            loop=self.loop,
            machine=self.machine,
            parameters=self.settings.parameters,
            subtile=self.settings.subtile,
            moves=tuple(n.name for n in self.graph.nodes.values() if n.kind == "moved"),
            work={"flop": sum(self.costs.flop(n) for n in self.graph.nodes.values())},
            hashes={"spec": self.loop.digest, "machine": self.machine.digest},
            tiles=tiles(self.graph),
        )

    def _fit_places(self) -> None:
        """Slices that take over one storage must fit it together; else they get their own."""
        takers: dict[str, list[Node]] = defaultdict(list)
        for node in self.graph.nodes.values():
            if node.place is not None and node.space != REGISTER:
                takers[node.place[0]].append(node)
        for taken, nodes in takers.items():
            if len(nodes) > 1 and sum(map(self._size, nodes)) > self._storage(taken):
                for node in nodes:
                    node.place = None

    def _size(self, node: Node) -> int:
        result = self.costs.result(node, self.settings.warps)
        return result.size if result is not None else 0

    def _storage(self, name: str) -> int:
        """The size of the storage that a value ends up in: the largest along what it takes over."""
        size, seen = 0, set[str]()
        at: str | None = name
        while at is not None and at not in seen:
            seen.add(at)
            node = self.graph.nodes[at]
            size = max(size, self._size(node))
            at = node.place[0] if node.place is not None else None
        return size

    def _price(self, node: Node) -> None:
        try:
            self.cost[node.name] = self.costs.of(node)
            self._check_warps(node, self.cost[node.name].warps)
        except Unsupported as unsupported:
            path = ("operations", node.op.name)
            where = f" ({node.name})" if node.kind == "moved" else ""
            message = f"{node.op.name}{where}: {unsupported.message}"
            help_ = "; ".join(filter(None, (unsupported.help, self._sizes(node))))
            self.faults.append(self.loop.places.error(path, message, help_ or None, key=True))

    def _sizes(self, node: Node) -> str | None:
        """Which tile parameters the m, n and k of an instruction are."""
        if node.kind != "mma":
            return None
        rows, columns, *depth = self.settings.dimensions(node.op)
        cuts = {d: f" / {count}" for d, _, count in node.index if count > 1}
        names = zip(("m", "n", "k"), (rows, columns, *depth), strict=False)
        return ", ".join(f"{name} is {d}{cuts.get(d, '')}" for name, d in names)

    def _check_warps(self, node: Node, warps: int) -> None:
        roles = self.machine.roles
        if roles is not None and warps > roles.max_warps.whole:
            most = roles.max_warps.whole
            message = f"{node.op.name} takes {warps} warps; a thread block has at most {most}"
            path = ("operations", node.op.name)
            self.faults.append(self.loop.places.error(path, message, key=True))

    def _op(self, node: Node) -> Op:
        cost = self.cost[node.name]
        width = node.op.warps or max(cost.warps, self.settings.warps)
        result = self.costs.result(node, width)
        handoff = Handoff()
        extra: tuple[CostLine, ...] = ()
        if result is not None and node.op.cost is None:
            size = self.costs.bytes(node)
            handoff, extra = handoff_cost(
                self.machine, result.space, size, cost.asynchronous, cost.warps
            )
        self.lines[node.name] = (*cost.lines, *extra)
        place = InPlace(*node.place) if node.place is not None else None
        return Op(
            name=node.name,
            reservations=cost.reservations,
            issue=cost.issue,
            latency=cost.latency,
            warps=cost.warps,
            asynchronous=cost.asynchronous,
            variable_latency=cost.variable_latency,
            streaming=cost.streaming,
            result=result,
            in_place=place,
            handoff=handoff,
            latencies=cost.latencies,
        )

    def _dependences(self, node: Node) -> list[Dependence]:
        return [self._dependence(node, edge) for edge in node.reads]

    def _dependence(self, node: Node, edge: Edge) -> Dependence:
        """A value is read after its latency; a chain in the tensor core after its occupancy."""
        source, reader = self.cost[edge.node], self.cost[node.name]
        until = reader.latency if reader.asynchronous else reader.issue
        if self._chained(node, edge):
            return Dependence(
                edge.node, node.name, source.occupancy, edge.distance, read_until=until
            )
        delay = 0 if source.streaming else source.latency
        return Dependence(
            edge.node, node.name, delay, edge.distance, "flow", source.asynchronous, until
        )

    def _chained(self, node: Node, edge: Edge) -> bool:
        """Whether two multiplies accumulate in one place: the tensor core keeps them in order."""
        source = self.graph.nodes[edge.node]
        return (
            edge.port == "accumulate"
            and node.kind == source.kind == "mma"
            and node.op.cost is None
            and source.op.cost is None
            and node.place == (edge.node, edge.distance)
        )

    def _invariants(self) -> tuple[Invariant, ...]:
        found = []
        for tile in self.loop.inputs:
            extents = [self.settings.parameters[d] for d in tile.shape]
            rows, columns = extents if len(extents) == 2 else (1, extents[0])
            size = memory_size(self.machine, tile.memory, rows, columns, tile.type)
            found.append(Invariant(tile.name, tile.memory, size))
        return tuple(found)
