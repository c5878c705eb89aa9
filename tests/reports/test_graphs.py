from __future__ import annotations

import re

import pydot
import pytest
from syrupy.assertion import SnapshotAssertion

from tests.hostile import hostile_content
from tests.reports.hand_made import attention, optimal, vliw
from twill.problem import Dependence, InPlace, Memory, Op, Problem, Result
from twill.reports.content import Content
from twill.reports.context import Context
from twill.reports.graphs import dot, mermaid
from twill.schedule import Optimal, Reason, Unknown
from twill.solver.bounds import bounds

# pydot calls pyparsing by names that it is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated - use:DeprecationWarning")

LABEL = r'"(?:[A-Za-z0-9 ,]|#\d+;|<br/>)*"'
MERMAID = [
    r"flowchart TB",
    rf"  subgraph r\d+\[{LABEL}\]",
    r"  end",
    rf"    n\d+(?:\[{LABEL}\]|\[\[{LABEL}\]\]|\(\[{LABEL}\]\))",
    rf"  n\d+ (?:-->|-\.->)\|{LABEL}\| n\d+",
    r"  classDef critical stroke-width:4px",
    r"  class n\d+(?:,n\d+)* critical",
    r"  linkStyle \d+(?:,\d+)* stroke-width:4px,stroke:firebrick",
]


def content(problem: Problem) -> Content:
    """A problem without a schedule."""
    return Content(problem, Unknown(Reason("stopped"), 1), bounds(problem), Context())


def ping_pong() -> Content:
    """The hand-made attention kernel with its schedule."""
    return Content(attention(), optimal(), bounds(attention()), Context())


def parsed(text: str) -> pydot.Dot:
    """The one graph that a text in Graphviz's language is."""
    graphs = pydot.graph_from_dot_data(text)
    assert graphs is not None
    (graph,) = graphs
    return graph


def lines_of(text: str) -> list[str]:
    """The lines of a Mermaid text, each of which must be one of the forms that we emit."""
    lines = text.splitlines()
    assert text == "".join(f"{line}\n" for line in lines)
    unknown = [line for line in lines if not any(re.fullmatch(form, line) for form in MERMAID)]
    assert unknown == []
    assert sum(line.startswith("  subgraph") for line in lines) == lines.count("  end")
    return lines


def test_dot(snapshot: SnapshotAssertion) -> None:
    """Roles as clusters, distances on edges, the critical circuit bold."""
    assert dot(ping_pong()) == snapshot


def test_mermaid(snapshot: SnapshotAssertion) -> None:
    """The same in Mermaid."""
    assert mermaid(ping_pong()) == snapshot


@pytest.mark.parametrize("made", [ping_pong(), hostile_content()], ids=["plain", "hostile"])
def test_dot_is_one_graph(made: Content) -> None:
    """A parser finds the clusters, operations and dependences that there are, and no more."""
    graph = parsed(dot(made))
    assert len(graph.get_subgraphs()) == 3
    inside = [node.get_name() for part in graph.get_subgraphs() for node in part.get_nodes()]
    assert sorted(n for n in inside if n not in ("graph", "node", "edge")) == sorted(
        f"n{i}" for i in range(12)
    )
    assert len(graph.get_edges()) == len(made.problem.dependences)
    for edge in graph.get_edges():
        assert re.fullmatch(r"n\d+", str(edge.get_source()))
        assert re.fullmatch(r"n\d+", str(edge.get_destination()))


@pytest.mark.parametrize("made", [ping_pong(), hostile_content()], ids=["plain", "hostile"])
def test_mermaid_is_one_graph(made: Content) -> None:
    """Every line has a form that we know; nothing that a name holds is read as syntax."""
    lines = lines_of(mermaid(made))
    assert sum(bool(re.match(r"    n\d", line)) for line in lines) == 12
    assert sum("->|" in line for line in lines) == len(made.problem.dependences)


def test_the_bold_circuit_is_the_slowest() -> None:
    """Its edges close, and their delays over their distances need the II that the caption says."""
    graph = parsed(dot(ping_pong()))
    bold = [edge for edge in graph.get_edges() if edge.get("penwidth")]
    assert {e.get_source() for e in bold} == {e.get_destination() for e in bold}
    delays = [int(edge.get("label").strip('"').split(",")[0]) for edge in bold]
    distances = [int(m[1]) for e in bold if (m := re.search(r"distance (\d+)", e.get("label")))]
    assert sum(delays) / sum(distances) == 760
    assert "needs II 760" in dot(ping_pong())


def test_before_there_is_a_schedule() -> None:
    """Operations without roles, cycles and clusters."""
    problem, _ = vliw()
    graph = parsed(dot(content(problem)))
    assert graph.get_subgraphs() == []
    assert "cycle" not in dot(content(problem))
    assert "subgraph" not in "\n".join(lines_of(mermaid(content(problem))))


def test_a_circuit_through_a_ring() -> None:
    """A ring too small for two slots binds: its way back is drawn, marked as what it is."""
    problem = Problem(
        "ring",
        (
            Op("copy", latency=100, result=Result("shared", 64)),
            Op("use", latency=50),
        ),
        (Dependence("copy", "use", 100),),
        memories=(Memory("shared", 100),),
    )
    text = dot(content(problem))
    back = [e for e in parsed(text).get_edges() if "ring" in e.get("label")]
    assert [(e.get_source(), e.get_destination(), e.get("penwidth")) for e in back] == [
        ("n1", "n0", "3")
    ]
    assert "needs II 150" in text
    assert any("ring" in line and "-.->" in line for line in lines_of(mermaid(content(problem))))


def test_implied_dependences_are_drawn() -> None:
    """Taking over a value's storage waits for its other readers: an edge of kind anti."""
    problem = Problem(
        "in place",
        (
            Op("a", latency=10, result=Result("register", 4)),
            Op("reader", latency=7),
            Op("b", latency=5, result=Result("register", 4), in_place=InPlace("a")),
        ),
        (Dependence("a", "reader", 10), Dependence("a", "b", 10)),
    )
    labels = [edge.get("label") for edge in parsed(dot(content(problem))).get_edges()]
    assert '"7, anti"' in labels


def test_a_schedule_without_roles() -> None:
    """Cycles and stages, no clusters."""
    problem, schedule = vliw()
    made = Content(problem, Optimal(schedule), bounds(problem), Context())
    assert parsed(dot(made)).get_subgraphs() == []
    assert "cycle 2, stage 1" in dot(made)
