"""Which spaces of a machine a result can live in, and from which an operand can be read."""

from __future__ import annotations

from twill.costs import move_path, operand_spaces
from twill.elaborate.graph import Edge, Graph, Node
from twill.loop import Operation, Shape
from twill.machine import Machine
from twill.problem import REGISTER


class Spaces:
    """What one machine allows for the nodes of one graph."""

    def __init__(self, graph: Graph, machine: Machine) -> None:
        self.graph, self.machine = graph, machine
        self.shapes = graph.settings.shapes

    def homes(self, op: Operation) -> tuple[str, ...]:
        """The spaces in which a result of this kind can be, most preferred first."""
        match op.kind:
            case "mma":
                return operand_spaces(self.machine, "accumulator")
            case "load":
                return self.machine.costs.load.memories if self.machine.costs.load else ()
            case "move":
                moves = self.machine.costs.move or {}
                return tuple(dict.fromkeys(t for targets in moves.values() for t in targets))
            case _:
                return (REGISTER,)

    def readable(self, node: Node, port: str, shape: Shape) -> tuple[str, ...] | None:
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

    def _vector_memories(self, node: Node, shape: Shape) -> tuple[str, ...]:
        """A row statistic is small: arithmetic on a tile reads it where registers can load it."""
        if len(shape) != 1 or len(self.shapes[node.op.name]) != 2:
            return ()
        return tuple(m for m in self.machine.memories if move_path(self.machine, m, REGISTER))

    def _multiply_operand(self, node: Node, port: str, shape: Shape) -> tuple[str, ...]:
        """Operand a keeps its rows unless it is in the memory that can transpose."""
        if port == "accumulate":
            return (node.space,) if node.space else ()
        spaces = operand_spaces(self.machine, "a" if port == "a" else "b")
        result = self.shapes[node.op.name]
        if port == "a" and shape and shape[0] != result[0]:
            model = self.machine.costs.matrix
            memory = model.operand_memory if model is not None else None
            return tuple(s for s in spaces if s == memory)
        return spaces

    def route(self, node: Node, edge: Edge) -> tuple[str, ...] | None:
        """The spaces through which a value must be moved for ``node`` to read it.

        Empty where it can be read as it is, None where it cannot be read at all: there is no
        way, or its author said where it is to be.
        """
        source = self.graph.nodes[edge.node]
        allowed = self.readable(node, edge.port, self.shapes.get(source.value, ()))
        if allowed is None or source.space is None or source.space in allowed:
            return ()
        if source.op.memory is not None or source.op.cost is not None:
            return None
        paths = [self.path(source.space, target) for target in allowed]
        return min((p for p in paths if p), key=len, default=None)

    def path(self, source: str, target: str) -> tuple[str, ...]:
        """The spaces on the way from one to another, at most two moves; empty if there is none."""
        if move_path(self.machine, source, target):
            return (target,)
        for middle in self.machine.costs.move or {}:
            if move_path(self.machine, source, middle) and move_path(self.machine, middle, target):
                return (middle, target)
        return ()
