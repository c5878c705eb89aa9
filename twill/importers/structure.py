"""From a graph as it stands in a file to one that a problem can be made of.

Each step notes what it assumes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from twill.importers.account import Notes, Reading
from twill.importers.contraction import contract
from twill.importers.ddg_values import ALLOCATIONS
from twill.importers.graph import Edge, Graph, Node
from twill.problem import InPlace


def prepare(graph: Graph, reading: Reading, contracted: bool, rings: bool, notes: Notes) -> Graph:
    """The graph with all that its reading asks for.

    ``contracted``: views go into their sources; for timing, everything that takes no time.
    ``rings``: an allocation may become a ring, instead of one slot as in the file.
    """
    if reading != "timing":
        graph = _without_addresses(graph, notes)
        graph = _streaming(graph, notes)
        graph = _single_slots(graph, rings, notes)
    if contracted:
        graph = _contracted(graph, reading, notes)
    graph = _arrived(graph, notes)
    if reading == "joint":
        graph = _as_wide_as_sources(graph, notes)
        graph = _elementwise_in_place(graph, notes)
    return graph


def _without_addresses(graph: Graph, notes: Notes) -> Graph:
    gone = [node.name for node in graph.nodes if node.address]
    if not gone:
        return graph
    text = f"{len(gone)} operations are taken out"
    reason = "scalars that depend on scalars alone: the model counts them as each role's overhead"
    notes.assume("address arithmetic", text, reason, gone)
    return replace(
        graph,
        nodes=tuple(node for node in graph.nodes if not node.address),
        edges=tuple(e for e in graph.edges if e.src not in gone and e.dst not in gone),
    )


def _streaming(graph: Graph, notes: Notes) -> Graph:
    """Loads that wait for nothing in the loop run ahead."""
    fed = {edge.dst for edge in graph.edges}
    ahead = [n for n in graph.nodes if n.variable_latency and not n.streaming and n.name not in fed]
    if not ahead:
        return graph
    reason = "nothing in the loop feeds them but addresses, so they run ahead through a ring"
    names = [node.name for node in ahead]
    notes.assume("streaming loads", "their latency does not enter the II", reason, names)
    return graph.changed({n.name: replace(n, streaming=True) for n in ahead})


def _single_slots(graph: Graph, rings: bool, notes: Notes) -> Graph:
    """Edges that say that an allocation has one slot: kept, or left to the ring depth."""
    single = [edge for edge in graph.edges if edge.kind == "anti" and edge.distance]
    if not single:
        return graph
    pairs = [f"{edge.src} -> {edge.dst}" for edge in single]
    if not rings:
        text = "tensor memory is overwritten only when the iteration before has read it"
        reason = f"the file has one allocation and says so by {', '.join(pairs)}"
        notes.assume("single-buffered allocations", text, reason)
        return graph
    text = "the solver chooses how many slots there are"
    reason = f"asked for; this takes out {', '.join(pairs)}, which say that there is one"
    notes.assume("allocations as rings", text, reason)
    return replace(graph, edges=tuple(edge for edge in graph.edges if edge not in single))


def _contracted(graph: Graph, reading: Reading, notes: Notes) -> Graph:
    timing = reading == "timing"
    graph, gone = contract(graph, lambda node: timing or node.view)
    if gone:
        what = "operations of no time" if timing else "views"
        reason = "they take no time: minimal II and length stay the same"
        if not timing:
            reason = "they take no time and have no storage: their readers read their source's"
        notes.assume(what, f"{len(gone)} are contracted into what they read", reason, gone)
    return graph


def _arrived(graph: Graph, notes: Notes) -> Graph:
    """A streaming load starts when its data have arrived: its readers need not wait for it."""
    ahead = {node.name: node.latency for node in graph.nodes if node.streaming}
    if not ahead:
        return graph
    text = "a streaming load's start is when its data must be there"
    reason = "the model's convention; the ring and its depth still count the latency"
    notes.assume("streaming starts", text, reason, ahead)
    edges = tuple(
        replace(e, delay=max(0, e.delay - ahead[e.src])) if e.src in ahead else e
        for e in graph.edges
    )
    return replace(graph, edges=edges)


def _as_wide_as_sources(graph: Graph, notes: Notes) -> Graph:
    """An allocation that holds a value from registers is a store by the warps that have it."""
    into = graph.into()
    known = {node.name: node for node in graph.nodes}
    wide: dict[str, Node] = {}
    for node in graph.nodes:
        if node.kind not in ALLOCATIONS or node.view:
            continue
        sources = [known[edge.src] for edge in into[node.name]]
        warps = max([node.warps, *(s.warps for s in sources if s.result and s.result.in_registers)])
        if warps > node.warps:
            wide[node.name] = replace(node, warps=warps)
    if wide:
        text = "they take as many warps as what they store"
        reason = "each warp stores what its own registers hold"
        notes.assume("stores into allocations", text, reason, wide)
    return graph.changed(wide)


def _elementwise_in_place(graph: Graph, notes: Notes) -> Graph:
    """Elementwise results take over registers of an operand that nothing else reads."""
    readers: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if edge.kind == "flow":
            readers[edge.src].append(edge)
    known = {node.name: node for node in graph.nodes}
    into = graph.into()
    changed: dict[str, Node] = {}
    for node in graph.nodes:
        taken = _operand_to_take(node, into[node.name], readers, known)
        if taken is not None:
            changed[node.name] = replace(node, in_place=InPlace(taken))
    if changed:
        text = "their results take over the registers of an operand"
        reason = "nothing else reads that operand, so this forbids nothing and compilers do it"
        notes.assume("elementwise operations", text, reason, changed)
    return graph.changed(changed)


def _operand_to_take(
    node: Node, into: list[Edge], readers: dict[str, list[Edge]], known: dict[str, Node]
) -> str | None:
    """The largest operand in registers that only ``node`` reads and that is large enough."""
    elementwise = node.kind.startswith(("arith.", "math.")) and node.in_place is None
    if not elementwise or node.result is None or not node.result.in_registers:
        return None
    sizes: dict[str, int] = {}
    for edge in into:
        source = known[edge.src]
        alone = all(e.dst == node.name and not e.distance for e in readers[edge.src])
        same = source.warps == node.warps and source.name != node.name
        if alone and same and source.result is not None and source.result.in_registers:
            sizes[source.name] = source.result.bytes
    fitting = [name for name, size in sizes.items() if size >= node.result.bytes]
    return max(fitting, key=sizes.__getitem__, default=None)
