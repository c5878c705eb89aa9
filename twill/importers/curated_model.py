"""The shape of a ``curated-ddg-0.2`` file: a graph with every attribute stated."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from twill.importers.foreign import Foreign
from twill.spec.fields import Count, Integer, NonNegative, Text


class CurationSource(Foreign):
    """Hashes of what the file was made from."""

    harmless: ClassVar[bool] = True

    baseline_graph_sha256: str | None = None
    curator_sources_sha256: str | None = None
    ddg_sha256: str | None = None


class CuratedNode(Foreign):
    """One operation. ``regs`` in 32-bit words for all its warps, footprints in bytes and columns.

    ``rrt``: per unit, the amount held in each cycle from the start on.
    """

    id: NonNegative
    op_ref: str = ""
    op_kind: Text
    pipeline: Text
    latency: NonNegative
    occupancy: NonNegative
    rrt: dict[Text, tuple[NonNegative, ...]]
    min_warps: Count
    regs: NonNegative
    spill_cost: NonNegative
    smem_footprint: NonNegative
    tmem_footprint: NonNegative
    variable_latency: bool
    streaming: bool


class CuratedEdge(Foreign):
    """A dependence; ``blocking``: the reader waits for it in its instruction stream."""

    src: NonNegative
    dst: NonNegative
    distance: NonNegative
    latency: NonNegative
    blocking: bool


class CuratedDdg(Foreign):
    """The dependence graph of a loop."""

    nodes: tuple[CuratedNode, ...] = Field(min_length=1)
    edges: tuple[CuratedEdge, ...]


class CuratedLoop(Foreign):
    """One loop."""

    loop_id: Integer
    trip_count: Count
    ddg: CuratedDdg


class CuratedFile(Foreign):
    """A whole file."""

    schema_version: Literal["curated-ddg-0.2"]
    curation_source: CurationSource = CurationSource()
    loops: tuple[CuratedLoop, ...] = Field(min_length=1)
