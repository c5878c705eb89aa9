"""Operands that a matrix multiply reads in registers: whatever else reads them goes first.

Until a multiply is known to be over, nothing may touch the registers that it reads, not even to
read them (PTX ISA, wgmma.wait_group). A reader that comes later would have to wait for the whole
multiply; that choice is not left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import networkx as nx

from twill.costs import OpCost
from twill.elaborate.graph import Graph, Node
from twill.problem import REGISTER, Dependence


def readers_first(
    graph: Graph, cost: Mapping[str, OpCost], flows: Sequence[Dependence]
) -> Iterator[Dependence]:
    """An order from each other reader of such an operand to the multiply.

    One that reads it in a later iteration comes after the multiply. One that depends on the
    multiply in its own iteration does so anyway.
    """
    within: nx.DiGraph[str] = nx.DiGraph()
    within.add_nodes_from(graph.nodes)
    within.add_edges_from((d.src, d.dst) for d in flows if d.distance == 0)
    for node in graph.nodes.values():
        for flow in _in_registers(graph, cost, node, flows):
            for other in flows:
                if other.src != flow.src or cost[other.dst].asynchronous:
                    continue
                lag = flow.distance - other.distance
                if lag < 0:
                    yield Dependence(node.name, other.dst, cost[node.name].latency, -lag, "order")
                elif lag > 0 or not nx.has_path(within, node.name, other.dst):
                    yield Dependence(other.dst, node.name, cost[other.dst].issue, lag, "order")


def _in_registers(
    graph: Graph, cost: Mapping[str, OpCost], node: Node, flows: Sequence[Dependence]
) -> Iterator[Dependence]:
    """The values that a multiply reads in registers without taking them over."""
    if node.kind != "mma" or not cost[node.name].asynchronous:
        return
    for flow in flows:
        taken = node.place == (flow.src, flow.distance)
        if flow.dst == node.name and graph.nodes[flow.src].space == REGISTER and not taken:
            yield flow
