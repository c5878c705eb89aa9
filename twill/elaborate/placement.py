"""Where every value lives, and the moves that bring it to where a reader can read it."""

from __future__ import annotations

from collections.abc import Iterable

from twill.costs import move_path, operand_spaces
from twill.diagnostics import Diagnostic, InputError, unknown
from twill.elaborate.graph import Edge, Graph, Node, label, overlapping
from twill.loop import Operand
from twill.machine import Machine
from twill.problem import REGISTER


class Placer:
    """Places the results of a graph on a machine; faults are collected."""

    def __init__(self, graph: Graph, machine: Machine) -> None:
        self.graph, self.machine = graph, machine
        self.loop, self.settings = graph.loop, graph.settings
        self.faults: list[Diagnostic] = []
        self.moves: dict[tuple[str, str], list[Node]] = {}
        self.origin: dict[str, tuple[str, int] | None] = {}

    def run(self) -> None:
        """Place, insert moves, and let moved results take over storage. Raises InputError."""
        self._check_inputs()
        for node in self.graph.nodes.values():
            node.space = self._home(node)
        self._raise()
        self.origin = {name: node.place for name, node in self.graph.nodes.items()}
        needs = self._needs()
        self._raise()
        for (value, target), _ in needs.items():
            self._insert(value, target, needs)
        self._redirect()
        for node in self.graph.nodes.values():
            self._settle_place(node)
        self._check_takers()
        self._raise()

    def _check_takers(self) -> None:
        """One storage is taken over by one value: two would overwrite each other."""
        takers: dict[tuple[str, int], Node] = {}
        for node in self.graph.nodes.values():
            if node.place is None:
                continue
            first = takers.setdefault(node.place, node)
            if first.value != node.value:
                message = f"{first.op.name} and {node.op.name} both take over the storage of"
                path = ("operations", node.op.name)
                message = f"{message} {self.graph.nodes[node.place[0]].op.name}"
                help_ = f"let {node.op.name} take over {first.op.name} (in_place)"
                self.faults.append(self.loop.places.error(path, message, help_, key=True))

    def _raise(self) -> None:
        if self.faults:
            raise InputError(dict.fromkeys(self.faults))

    def _check_inputs(self) -> None:
        for tile in self.loop.inputs:
            if tile.memory not in self.machine.memories:
                path = ("inputs", tile.name, "in")
                help_ = "a loop-invariant tile stays in a memory of the machine"
                message = unknown("memory", tile.memory, self.machine.memories)
                self.faults.append(self.loop.places.error(path, message, help_))

    # Homes

    def _home(self, node: Node) -> str | None:
        """Where the result of a node lives: where the author or the machine puts it."""
        op = node.op
        if op.cost is not None:
            return op.cost.result.space if op.cost.result is not None else None
        if op.kind == "store":
            return None
        homes = self._homes(node)
        if op.memory is None:
            return homes[0] if homes else REGISTER
        if op.memory in homes:
            return op.memory
        path = ("operations", op.name, "in")
        if op.memory != REGISTER and op.memory not in self.machine.memories:
            message = unknown("memory", op.memory, [REGISTER, *self.machine.memories])
            message = f"machine '{self.machine.name}': {message}"
            self.faults.append(self.loop.places.error(path, message))
        else:
            message = f"{op.name}: a result of kind '{op.kind}' cannot be in {op.memory}"
            help_ = f"on '{self.machine.name}' it can be in: {', '.join(homes) or 'nothing'}"
            help_ += "; add an operation of kind 'move'" if op.kind != "move" else ""
            self.faults.append(self.loop.places.error(path, message, help_))
        return op.memory

    def _homes(self, node: Node) -> tuple[str, ...]:
        """The spaces in which a result of this kind can be."""
        match node.op.kind:
            case "mma":
                return operand_spaces(self.machine, "accumulator")
            case "load":
                return self.machine.costs.load.memories if self.machine.costs.load else ()
            case "move":
                moves = self.machine.costs.move or {}
                return tuple(dict.fromkeys(t for targets in moves.values() for t in targets))
            case _:
                return (REGISTER,)

    # Readers

    def _allowed(self, node: Node, port: str, shape: tuple[str, ...]) -> tuple[str, ...] | None:
        """The spaces from which a node can read an operand, None for any."""
        if node.op.cost is not None:
            return None
        match node.op.kind:
            case "mma":
                return self._multiply_operand(node, port, shape)
            case "store":
                models = self.machine.costs.store
                model = (models.reduce if node.op.reduce_add else models.plain) if models else None
                return model.memories if model else ()
            case "move":
                moves = self.machine.costs.move or {}
                return tuple(s for s, targets in moves.items() if node.space in targets)
            case _:
                return (REGISTER, *self._vector_memories(node, shape))

    def _vector_memories(self, node: Node, shape: tuple[str, ...]) -> tuple[str, ...]:
        """A row statistic is small: arithmetic on a tile reads it where registers can load it."""
        if len(shape) != 1 or len(self.settings.shapes[node.op.name]) != 2:
            return ()
        return tuple(m for m in self.machine.memories if move_path(self.machine, m, REGISTER))

    def _multiply_operand(self, node: Node, port: str, shape: tuple[str, ...]) -> tuple[str, ...]:
        """Operand a keeps its rows unless it is in the memory that can transpose."""
        if port == "accumulate":
            return (node.space,) if node.space else ()
        spaces = operand_spaces(self.machine, "a" if port == "a" else "b")
        result = self.settings.shapes[node.op.name]
        if port == "a" and shape and shape[0] != result[0]:
            model = self.machine.costs.matrix
            memory = model.operand_memory if model is not None else None
            return tuple(s for s in spaces if s == memory)
        return spaces

    def _needs(self) -> dict[tuple[str, str], dict[str, int]]:
        """(value, target space) -> slices per dimension, for every move that a reader needs."""
        needs: dict[tuple[str, str], dict[str, int]] = {}
        for node in list(self.graph.nodes.values()):
            for port, name in node.inputs:
                tile = self.loop.input[name]
                allowed = self._allowed(node, port, tile.shape)
                if allowed is not None and tile.memory not in allowed:
                    self._cannot_read(node, port, name, tile.memory, allowed)
            for edge in node.reads:
                source = self.graph.nodes[edge.node]
                target = self._target(node, edge, source)
                if target is not None:
                    self._need(needs, node, source, target)
        return needs

    def _target(self, node: Node, edge: Edge, source: Node) -> str | None:
        """Where the source must be moved for the node to read it; None if it is readable."""
        shape = self.settings.shapes.get(source.value, ())
        allowed = self._allowed(node, edge.port, shape)
        if allowed is None or source.space is None or source.space in allowed:
            return None
        placed = source.op.memory is not None or source.op.cost is not None
        reachable = [t for t in allowed if self._path(source.space, t)]
        if placed or not reachable:
            self._cannot_read(node, edge.port, source.value, source.space, allowed)
            return None
        return min(reachable, key=lambda t: len(self._path(source.space or "", t)))

    def _cannot_read(
        self, node: Node, port: str, name: str, space: str, allowed: Iterable[str]
    ) -> None:
        operand = self._operand(node, port, name)
        path = operand.path if operand is not None else ("operations", node.op.name)
        what = f"{node.op.name} (kind '{node.op.kind}') cannot read {name} from {space}"
        readable = ", ".join(allowed)
        help_ = f"it can read it from: {readable}" if readable else "it can read it from nowhere"
        help_ += f" on '{self.machine.name}'; move it there (kind: move)"
        self.faults.append(self.loop.places.error(path, what, help_))

    def _operand(self, node: Node, port: str, name: str) -> Operand | None:
        same = [o for o in node.op.operands if o.reference.name == name]
        return next((o for o in same if o.port == port), same[0] if same else None)

    def _path(self, source: str, target: str) -> list[str]:
        """The spaces on the way from one to another, at most two moves; empty if there is none."""
        if move_path(self.machine, source, target):
            return [target]
        for middle in self.machine.costs.move or {}:
            if move_path(self.machine, source, middle) and move_path(self.machine, middle, target):
                return [middle, target]
        return []

    def _need(
        self, needs: dict[tuple[str, str], dict[str, int]], node: Node, source: Node, target: str
    ) -> None:
        """A move is cut as finely as its finest reader."""
        carried = self.settings.dimensions(node.op)
        for hop in self._path(source.space or "", target):
            slices = needs.setdefault((source.value, hop), {})
            for dimension in self.settings.shapes[source.value]:
                own = self.settings.factor(source.op, dimension)
                theirs = self.settings.factor(node.op, dimension) if dimension in carried else 1
                slices[dimension] = max(slices.get(dimension, 1), own, theirs)

    # Moves

    def _insert(
        self, value: str, target: str, needs: dict[tuple[str, str], dict[str, int]]
    ) -> list[Node]:
        """The nodes that move a value to a space, after those of the hop before."""
        if (value, target) in self.moves:
            return self.moves[value, target]
        sources = self.graph.values[value]
        path = self._path(sources[0].space or "", target)
        if len(path) == 2:
            sources = self._insert(value, path[0], needs)
        made = []
        for index in self._cuts(value, needs[value, target]):
            node = self._move(value, target, index, sources)
            made.append(node)
        self.moves[value, target] = made
        self._place_after(sources, made)
        return made

    def _cuts(self, value: str, slices: dict[str, int]) -> list[tuple[tuple[str, int, int], ...]]:
        cuts: list[tuple[tuple[str, int, int], ...]] = [()]
        for dimension in self.settings.shapes[value]:
            count = slices[dimension]
            cuts = [(*cut, (dimension, i, count)) for cut in cuts for i in range(count)]
        return cuts

    def _move(
        self,
        value: str,
        target: str,
        index: tuple[tuple[str, int, int], ...],
        sources: list[Node],
    ) -> Node:
        op = self.loop.operation[value]
        extents = {d: self.settings.parameters[d] // count for d, _, count in index}
        node = Node(f"{value}.{target}{label(index)}", op, "moved", value, index, extents)
        node.space = target
        read = [s for s in sources if overlapping(index, self._kept(s))]
        node.reads = [Edge("read", s.name, 0) for s in read]
        node.source_space = sources[0].space
        self.origin[node.name] = (read[0].name, 0)
        return node

    def _kept(self, node: Node) -> tuple[tuple[str, int, int], ...]:
        return node.index if node.kind == "moved" else self.graph.kept(node)

    def _place_after(self, sources: list[Node], made: list[Node]) -> None:
        """Program order: a move comes right after the last node that it reads."""
        last = sources[-1].name
        nodes = dict(self.graph.nodes)
        self.graph.nodes.clear()
        for name, node in nodes.items():
            self.graph.nodes[name] = node
            if name == last:
                self.graph.nodes |= {move.name: move for move in made}

    def _redirect(self) -> None:
        """Readers read the moved values."""
        for node in self.graph.nodes.values():
            if node.kind == "moved":
                continue
            edges: dict[Edge, None] = {}
            for edge in node.reads:
                source = self.graph.nodes[edge.node]
                target = self._target(node, edge, source)
                if target is None:
                    edges[edge] = None
                    continue
                for move in self.moves[source.value, target]:
                    shared = overlapping(self._kept(source), move.index)
                    if shared and overlapping(node.index, move.index):
                        edges[Edge(edge.port, move.name, edge.distance)] = None
            node.reads = list(edges)

    def _meets(self, one: Node, other: Node) -> bool:
        return overlapping(self._kept(one), self._kept(other))

    # Storage

    def _settle_place(self, node: Node) -> None:
        """Storage is taken over inside one space; in registers, from an operand only."""
        place = self.origin[node.name]
        if place is None or node.space is None:
            node.place = None
        elif node.space == REGISTER:
            node.place = None if node.kind == "moved" else self._operand_place(node, place)
        else:
            node.place = self._stored_place(node, place)

    def _operand_place(self, node: Node, place: tuple[str, int]) -> tuple[str, int] | None:
        """The operand, or its copy in registers, whose registers the result takes over."""
        value = self.graph.nodes[place[0]].value
        for edge in node.reads:
            source = self.graph.nodes[edge.node]
            if edge.distance == place[1] and source.value == value and source.space == REGISTER:
                return source.name, edge.distance
        return None

    def _stored_place(self, node: Node, place: tuple[str, int]) -> tuple[str, int] | None:
        """Back along what is taken over, to the first value stored in this memory."""
        for edge in node.reads:
            source = self.graph.nodes[edge.node]
            moved = source.kind == "moved" and source.space == node.space
            if moved and source.value == self.graph.nodes[place[0]].value:
                return source.name, edge.distance
        seen: set[str] = set()
        at: tuple[str, int] | None = place
        while at is not None and at[0] not in seen:
            source = self.graph.nodes[at[0]]
            if source.space == node.space:
                return at
            for copy in self.moves.get((source.value, node.space or ""), ()):
                if copy is not node and copy.value != node.value and self._meets(copy, node):
                    return copy.name, at[1]
            seen.add(at[0])
            before = self.origin[at[0]]
            at = (before[0], before[1] + at[1]) if before is not None else None
        return None


