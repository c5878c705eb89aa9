"""The dependence graph in Graphviz's language: ``dot -Tsvg graph.dot``."""

from __future__ import annotations

from collections.abc import Iterator

from twill.reports.content import Content
from twill.reports.graphs.graph import Cluster, Edge, Graph, Node

_SHAPES = {"load": "note", "engine": "component", "stream": "box"}
_LINES = {
    "flow": "solid",
    "anti": "dashed",
    "output": "dotted",
    "order": "dotted",
    "ring": "dashed",
}


def dot(content: Content) -> str:
    """The graph, a cluster per role; the circuit that needs the largest II is bold."""
    graph = Graph(content)
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield f"digraph {_quoted(graph.name)} {{"
    yield f"  graph [label={_quoted(graph.caption)}, rankdir=TB, fontname=sans, compound=true];"
    yield "  node [fontname=sans, fontsize=11];"
    yield "  edge [fontname=sans, fontsize=9];"
    for cluster in graph.clusters:
        yield from _cluster(cluster)
    for edge in graph.edges:
        yield f"  {edge.src} -> {edge.dst} [{_edge(edge)}];"
    yield "}"


def _cluster(cluster: Cluster) -> Iterator[str]:
    if not cluster.name:
        yield from (f"  {node.id} [{_node(node)}];" for node in cluster.nodes)
        return
    yield f"  subgraph cluster_{cluster.id} {{"
    yield f"    graph [label={_quoted(cluster.name)}, style=rounded, color=gray];"
    yield from (f"    {node.id} [{_node(node)}];" for node in cluster.nodes)
    yield "  }"


def _node(node: Node) -> str:
    text = "\\n".join(_escaped(line) for line in node.lines)
    bold = ", penwidth=3" if node.critical else ""
    return f'label="{text}", shape={_SHAPES[node.kind]}{bold}'


def _edge(edge: Edge) -> str:
    bold = ", penwidth=3, color=firebrick" if edge.critical else ""
    back = ", constraint=false" if edge.distance else ""
    return f"label={_quoted(edge.label)}, style={_LINES[edge.kind]}{bold}{back}"


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """Text of a label: backslashes and character references have a meaning there, too."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
