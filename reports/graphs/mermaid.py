"""The dependence graph in Mermaid's language, which Markdown of many hosts draws."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twill.reports.content import Content
from twill.reports.graphs.graph import Edge, Graph, Node

_SHAPES = {"load": ("([", "])"), "engine": ("[[", "]]"), "stream": ("[", "]")}
_LINES = {"flow": "-->", "anti": "-.->", "output": "-.->", "order": "-.->", "ring": "-.->"}


def mermaid(content: Content) -> str:
    """The graph, a subgraph per role; the circuit that needs the largest II is bold."""
    return "\n".join(_lines(Graph(content))) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart TB"
    for cluster in graph.clusters:
        if cluster.name:
            yield f'  subgraph {cluster.id}["{_escaped(cluster.name)}"]'
        yield from (f"    {_node(node)}" for node in cluster.nodes)
        if cluster.name:
            yield "  end"
    edges = graph.edges
    yield from (f"  {_edge(edge)}" for edge in edges)
    critical = [node.id for cluster in graph.clusters for node in cluster.nodes if node.critical]
    if critical:
        yield "  classDef critical stroke-width:4px"
        yield f"  class {','.join(critical)} critical"
    bold = [str(number) for number, edge in enumerate(edges) if edge.critical]
    if bold:
        yield f"  linkStyle {','.join(bold)} stroke-width:4px,stroke:firebrick"


def _node(node: Node) -> str:
    left, right = _SHAPES[node.kind]
    text = "<br/>".join(_escaped(line) for line in node.lines)
    return f'{node.id}{left}"{text}"{right}'


def _edge(edge: Edge) -> str:
    return f'{edge.src} {_LINES[edge.kind]}|"{_escaped(edge.label)}"| {edge.dst}'


def _escaped(text: str) -> str:
    """Everything but letters, digits and blanks as a character code, which Mermaid decodes.

    Names could else be read as Markdown, as HTML, as a directive or as the end of the text.
    """
    return re.sub(r"[^A-Za-z0-9 ,]", lambda match: f"#{ord(match[0])};", text)
