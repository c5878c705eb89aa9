"""What every operation of a problem computes: tiles, operands, functions.

A problem says what operations cost; this says what they mean, for the simulator and for code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twill.elaborate.graph import Graph, Index, Node


@dataclass(frozen=True, slots=True)
class TileOperand:
    """What is read at a port (``a``, ``b``, ``accumulate``, ``by``, ``read``).

    ``name`` is an operation, ``distance`` iterations ago, or, if ``invariant``, an input.
    """

    port: str
    name: str
    distance: int = 0
    invariant: bool = False


@dataclass(frozen=True, slots=True)
class TileOp:
    """One operation on one slice of a tile.

    ``kind`` is that of the loop file, or ``moved`` for a copy to another space. ``value`` is
    the loop's value of which it computes a part, ``shape`` the dimensions of that value,
    ``index`` its slices (dimension, which, of how many), the reduced dimensions last, and
    ``extents`` the elements along each. ``type`` is that of the elements of the result.
    ``stated``: the author gave the cost, and perhaps not what it computes.
    """

    name: str
    kind: str
    value: str
    function: str | None
    shape: tuple[str, ...]
    index: Index
    extents: Mapping[str, int]
    type: str
    space: str | None
    operands: tuple[TileOperand, ...]
    reduce_add: bool
    stated: bool

    @property
    def kept(self) -> Index:
        """The slice of the value that the operation holds."""
        return tuple(part for part in self.index if part[0] in self.shape)

    def operand(self, port: str) -> tuple[TileOperand, ...]:
        """The operands at a port, in the order in which the loop file has them."""
        return tuple(o for o in self.operands if o.port == port)


def tiles(graph: Graph) -> dict[str, TileOp]:
    """What each node of a placed graph computes, by name."""
    return {node.name: _tile(graph, node) for node in graph.nodes.values()}


def _tile(graph: Graph, node: Node) -> TileOp:
    return TileOp(
        name=node.name,
        kind=node.kind,
        value=node.value,
        function=node.op.function,
        shape=graph.settings.shapes.get(node.value, ()),
        index=node.index,
        extents=dict(node.extents),
        type=node.op.type,
        space=node.space,
        operands=_operands(graph, node),
        reduce_add=node.op.reduce_add,
        stated=node.op.cost is not None,
    )


def _operands(graph: Graph, node: Node) -> tuple[TileOperand, ...]:
    """As the loop file has them; a slice that accumulates on the one before reads it last."""
    stated = [(o.port, o.reference.name) for o in node.op.operands]
    found = [((port, name), TileOperand(port, name, invariant=True)) for port, name in node.inputs]
    for edge in node.reads:
        value = graph.nodes[edge.node].value
        found.append(((edge.port, value), TileOperand(edge.port, edge.node, edge.distance)))
    found.sort(key=lambda pair: stated.index(pair[0]) if pair[0] in stated else len(stated))
    return tuple(operand for _, operand in found)
