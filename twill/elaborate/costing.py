"""What every node costs: the machine's model, or what the author stated."""

from __future__ import annotations

from twill.costs import (
    TYPE_BITS,
    Conversion,
    CostLine,
    Elementwise,
    Load,
    MatrixMultiply,
    Move,
    OpCost,
    Reduction,
    Request,
    Store,
    cost,
    memory_size,
    register_count,
    vector_elements,
)
from twill.elaborate.graph import Graph, Node
from twill.loop import Shape, reduced_dimensions
from twill.machine import Machine
from twill.problem import REGISTER, Result


class Costs:
    """Costs and sizes of the nodes of one graph on one machine."""

    def __init__(self, graph: Graph, machine: Machine) -> None:
        self.graph, self.machine = graph, machine
        self.settings = graph.settings

    def of(self, node: Node) -> OpCost:
        """The cost of a node. Raises Unsupported."""
        if node.op.cost is not None:
            return _stated(node)
        return cost(self.machine, self._request(node))

    def result(self, node: Node, width: int) -> Result | None:
        """Where the result lives and its size there, for ``width`` warps."""
        if node.op.cost is not None:
            return node.op.cost.result
        if node.space is None:
            return None
        if node.space == REGISTER:
            elements = self._held(node, self._shape(node))
            return Result(REGISTER, register_count(elements, self._type(node), width))
        rows, columns = self._rows_columns(node)
        size = memory_size(self.machine, node.space, rows, columns, self._type(node))
        return Result(node.space, size)

    def bytes(self, node: Node) -> int:
        """Bytes of a node's result."""
        return self._bytes(node, self._shape(node))

    def flop(self, node: Node) -> int:
        """Floating-point operations of the tensor core."""
        if node.kind != "mma" or node.op.cost is not None:
            return 0
        return 2 * node.elements(self.settings.dimensions(node.op))

    def _shape(self, node: Node) -> Shape:
        return self.settings.shapes.get(node.value, ())

    def _type(self, node: Node) -> str:
        return node.op.type

    def _bytes(self, node: Node, shape: Shape) -> int:
        return -(-node.elements(shape) * TYPE_BITS[self._type(node)] // 8)

    def _held(self, node: Node, shape: Shape) -> int:
        """Elements as the threads hold them: a row statistic has a copy per thread of its row."""
        elements = node.elements(shape)
        return vector_elements(self.machine, elements) if len(shape) == 1 else elements

    def _rows_columns(self, node: Node) -> tuple[int, int]:
        shape = self._shape(node)
        if len(shape) == 1:
            return 1, node.extents[shape[0]]
        return node.extents[shape[0]], node.extents[shape[1]]

    def _warps(self, node: Node) -> int:
        return node.op.warps or self.settings.warps

    def _request(self, node: Node) -> Request:
        shape, warps = self._shape(node), self._warps(node)
        if node.kind == "moved":
            return self._move(node, node.source_space, warps)
        match node.op.kind:
            case "mma":
                return self._multiply(node, warps)
            case "reduce":
                tile = (*shape, *reduced_dimensions(node.op, self.settings.shapes))
                rows = node.elements(shape)
                function, size = str(node.op.function), node.elements(tile)
                return Reduction(function, size, rows, node.op.type, warps)
            case "convert":
                from_type = self._operand_type(node, "read")
                return Conversion(self._held(node, shape), from_type, node.op.type, warps)
            case "load":
                return Load(self.bytes(node), node.space or "")
            case "store":
                return self._store(node)
            case "move":
                return self._move(node, self._operand_space(node, "read"), warps)
            case _:
                names = {"exp2": "exp2", "rescale": "multiply"}
                name = names.get(node.op.kind, str(node.op.function))
                return Elementwise(name, self._held(node, shape), node.op.type, warps)

    def _move(self, node: Node, source: str | None, warps: int) -> Move:
        """A vector moved to registers is read once by every thread that holds a copy."""
        shape = self._shape(node)
        copies = REGISTER in (node.space, source)
        elements = self._held(node, shape) if copies else node.elements(shape)
        size = -(-elements * TYPE_BITS[self._type(node)] // 8)
        return Move(size, source or "", node.space or "", warps)

    def _store(self, node: Node) -> Store:
        elements = node.elements(self.settings.shapes[node.op.name])
        size = -(-elements * TYPE_BITS[self._operand_type(node, "read")] // 8)
        return Store(size, self._operand_space(node, "read"), node.op.reduce_add)

    def _multiply(self, node: Node, warps: int) -> MatrixMultiply:
        rows, columns = self.settings.shapes[node.op.name]
        depth = 1
        for dimension in reduced_dimensions(node.op, self.settings.shapes):
            depth *= node.extents[dimension]
        return MatrixMultiply(
            m=node.extents[rows],
            n=node.extents[columns],
            k=depth,
            dtype=self._operand_type(node, "a"),
            a_space=self._operand_space(node, "a"),
            b_space=self._operand_space(node, "b"),
            accumulator_space=node.space or "",
            warps=warps,
        )

    def _operand_type(self, node: Node, port: str) -> str:
        for edge in node.reads:
            if edge.port == port:
                return self.graph.nodes[edge.node].op.type
        names = [name for at, name in node.inputs if at == port]
        return self.graph.loop.input[names[0]].type

    def _operand_space(self, node: Node, port: str) -> str:
        for edge in node.reads:
            if edge.port == port:
                return self.graph.nodes[edge.node].space or ""
        names = [name for at, name in node.inputs if at == port]
        return self.graph.loop.input[names[0]].memory


def _stated(node: Node) -> OpCost:
    """A cost that the author gave."""
    stated = node.op.cost
    assert stated is not None
    lines = [
        CostLine(f"{unit}.length", r.length, "cycles", "stated in the spec")
        for unit, reserved in stated.reservations.items()
        for r in reserved
    ]
    lines.append(CostLine("issue", stated.issue, "cycles", "stated in the spec"))
    lines.append(CostLine("latency", stated.latency, "cycles", "stated in the spec"))
    ends = [r.offset + r.length for rs in stated.reservations.values() for r in rs]
    return OpCost(
        reservations=stated.reservations,
        issue=stated.issue,
        latency=stated.latency,
        occupancy=max(ends, default=stated.latency),
        warps=stated.warps,
        asynchronous=stated.asynchronous,
        variable_latency=stated.variable_latency,
        streaming=stated.streaming,
        lines=tuple(lines),
    )
