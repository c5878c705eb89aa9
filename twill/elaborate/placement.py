"""Where every value lives, and the moves that bring it to where a reader can read it."""

from __future__ import annotations

from collections.abc import Iterable

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.elaborate.abilities import lacking
from twill.elaborate.graph import Graph, Node
from twill.elaborate.moves import Mover
from twill.elaborate.spaces import Spaces
from twill.elaborate.stated import check_stated
from twill.elaborate.storage import Storage
from twill.loop import Operand
from twill.machine import Machine
from twill.problem import REGISTER


def place(graph: Graph, machine: Machine) -> None:
    """Place the results of a graph, insert moves, resolve what takes over which storage.

    :raises InputError: where a machine cannot hold or read a value there.
    """
    placer = _Placer(graph, machine)
    placer.check_machine()
    placer.homes()
    mover = Mover(graph, placer.spaces)
    placer.check_readers()
    mover.run()
    storage = Storage(graph, mover.moves)
    storage.settle()
    _raise(storage.two_takers())


def _raise(faults: Iterable[Diagnostic]) -> None:
    found = list(dict.fromkeys(faults))
    if found:
        raise InputError(
            sorted(found, key=lambda f: (f.span.line, f.span.column) if f.span else ())
        )


class _Placer:
    """Gives every node its space; checks that everybody can read what they read."""

    def __init__(self, graph: Graph, machine: Machine) -> None:
        self.graph, self.machine, self.loop = graph, machine, graph.loop
        self.spaces = Spaces(graph, machine)
        self.faults: list[Diagnostic] = []

    def check_machine(self) -> None:
        """The machine has what the operations need, and the memories of the inputs."""
        for tile in self.loop.inputs:
            if tile.memory not in self.machine.memories:
                self._no_memory(tile.memory, ("inputs", tile.name, "in"), [])
        for op in self.loop.operations:
            self.faults += lacking(self.loop, self.machine, op)
        self.faults += check_stated(self.loop, self.machine)
        _raise(self.faults)

    def homes(self) -> None:
        """Results live where the author or the machine puts them."""
        for node in self.graph.nodes.values():
            node.space = self._home(node)
        _raise(self.faults)

    def _home(self, node: Node) -> str | None:
        op = node.op
        if op.cost is not None:
            return op.cost.result.space if op.cost.result is not None else None
        if op.kind == "store":
            return None
        homes = self.spaces.homes(op)
        if op.memory is None:
            return homes[0] if homes else REGISTER
        if op.memory not in homes:
            self._wrong_home(op.name, op.kind, op.memory, homes)
        return op.memory

    def _wrong_home(self, name: str, kind: str, memory: str, homes: tuple[str, ...]) -> None:
        path = ("operations", name, "in")
        if memory != REGISTER and memory not in self.machine.memories:
            self._no_memory(memory, path, [REGISTER])
            return
        message = f"{name}: a result of kind '{kind}' cannot be in {memory}"
        help_ = f"on '{self.machine.name}' it can be in: {', '.join(homes) or 'nothing'}"
        help_ += "; add an operation of kind 'move'" if kind != "move" else ""
        self.faults.append(self.loop.places.error(path, message, help_))

    def _no_memory(self, memory: str, path: tuple[str, ...], others: list[str]) -> None:
        known = [*others, *self.machine.memories]
        message = f"machine '{self.machine.name}': {unknown('memory', memory, known)}"
        help_ = None if self.machine.memories else "this machine has no memories"
        self.faults.append(self.loop.places.error(path, message, help_))

    def check_readers(self) -> None:
        """Every operand can be read where it is, or moved to where it can be."""
        for node in self.graph.nodes.values():
            for port, name in node.inputs:
                tile = self.loop.input[name]
                allowed = self.spaces.readable(node, port, tile.shape)
                if allowed is not None and tile.memory not in allowed:
                    self._cannot_read(node, port, name, tile.memory)
            for edge in node.reads:
                source = self.graph.nodes[edge.node]
                if source.space is None and node.op.cost is None:
                    self._no_result(node, edge.port, source.value)
                elif self.spaces.route(node, edge) is None:
                    self._cannot_read(node, edge.port, source.value, str(source.space))
        _raise(self.faults)

    def _no_result(self, node: Node, port: str, name: str) -> None:
        operand = self._operand(node, port, name)
        assert operand is not None
        message = f"{node.op.name} reads {name}, whose stated cost has no result"
        help_ = f"add to the cost of {name}: result: {{in: MEMORY, size: N}}"
        self.faults.append(self.loop.places.error(operand.path, message, help_))

    def _cannot_read(self, node: Node, port: str, name: str, space: str) -> None:
        operand = self._operand(node, port, name)
        path = operand.path if operand is not None else ("operations", node.op.name)
        shape = self.graph.settings.shapes.get(name, ())
        readable = ", ".join(self.spaces.readable(node, port, shape) or ())
        what = f"{node.op.name} (kind '{node.op.kind}') cannot read {name} from {space}"
        help_ = f"it can read it from: {readable}" if readable else "it can read it from nowhere"
        help_ += f" on '{self.machine.name}'; move it there (kind: move)"
        self.faults.append(self.loop.places.error(path, what, help_))

    def _operand(self, node: Node, port: str, name: str) -> Operand | None:
        same = [o for o in node.op.operands if o.reference.name == name]
        return next((o for o in same if o.port == port), same[0] if same else None)
