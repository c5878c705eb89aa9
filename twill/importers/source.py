"""What an importer is asked for and what it answers, whatever the format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twill.importers.account import Notes, Reading
from twill.importers.graph import Graph, Node
from twill.spec.nodes import Document

_FAMILIES = ("arith.", "math.")
_KINDS = frozenset(
    {
        "tt.addptr",
        "tt.broadcast",
        "tt.descriptor_load",
        "tt.descriptor_store",
        "tt.expand_dims",
        "tt.reduce",
        "tt.reshape",
        "tt.splat",
        "tt.trans",
        "ttg.convert_layout",
        "ttg.local_alloc",
        "ttg.local_load",
        "ttg.memdesc_index",
        "ttg.memdesc_reinterpret",
        "ttg.memdesc_reshape",
        "ttg.memdesc_subslice",
        "ttg.memdesc_subview",
        "ttg.memdesc_trans",
        "ttng.tc_gen5_mma",
        "ttng.tmem_alloc",
        "ttng.tmem_load",
        "ttng.tmem_store",
    }
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a file: which loop, how much of it, and under which name."""

    name: str
    reading: Reading
    loop: int | None = None
    allow_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A graph as it stands in the file, before anything is left out or contracted."""

    graph: Graph
    notes: Notes
    schema: str
    loop: int
    totals: Mapping[str, int]
    idle: Mapping[str, tuple[str, ...]]


def known_kind(kind: str) -> bool:
    """Whether the importers know what operations of this kind do."""
    return kind in _KINDS or kind.startswith(_FAMILIES)


def note_kinds(document: Document, notes: Notes, nodes: Iterable[Node]) -> None:
    """Note every kind of operation that is not known, once, where it first stands."""
    first: dict[str, Node] = {}
    for node in nodes:
        if not known_kind(node.kind):
            first.setdefault(node.kind, node)
    for kind, node in first.items():
        message = f"unknown kind of operation '{kind[:80]}', taken by its numbers alone"
        notes.not_understood.append(document.error((*node.place, "op_kind"), message))
