"""What a dump holds beyond nodes and edges, and why that is no part of the problem."""

from __future__ import annotations

from collections import Counter

from twill.importers.account import Notes, Reading
from twill.importers.checks import node_name
from twill.importers.ddg_model import DdgFile, DdgLoop
from twill.importers.ddg_values import ALLOCATIONS

_ANSWERS = (
    "loop.cluster",
    "loop.stage",
    "tt.modulo_ii",
    "tt.num_buffers",
    "tt.num_stages",
    "tt.scheduled_max_stage",
    "tt.warp_specialize",
    "ttg.partition",
    "ttg.partition.stages",
    "ttg.partition_num_warps",
    "ttg.warp_specialize.tag",
    "buffer.id",
    "buffer.merge_group_id",
)
"""Attributes with the compiler's own schedule, roles and buffers."""


def note_dump(file: DdgFile, loop: DdgLoop, reading: Reading, notes: Notes) -> None:
    """Note everything in the file that is not of the chosen loop's graph."""
    _note_attributes(file, notes)
    others = [other.loop_id for other in file.loops if other is not loop]
    if others:
        listed = ", ".join(map(str, others))
        notes.leave("other loops", listed, "one loop is imported at a time")
    inside = {node.op_ref for node in loop.ddg.nodes}
    outside = Counter(op.kind for name, op in file.ops.items() if name not in inside)
    if outside:
        most = ", ".join(f"{kind} {count}" for kind, count in outside.most_common(4))
        text = f"{outside.total()} of the function ({most}, ...)"
        notes.leave("operations outside the graph", text, "only the loop's graph is scheduled")
    bounds = [n for n in ("induction_var", "lower_bound", "upper_bound", "step") if _has(loop, n)]
    if bounds:
        reason = "the trip count says how often the loop runs"
        notes.leave("bounds of the loop", ", ".join(bounds), reason)
    if loop.is_outer:
        notes.take("outer loop", "its inner loops are single operations of the graph")
    if loop.trip_count_estimated:
        reason = "the file says that the compiler estimated it"
        notes.assume("trip count", f"{loop.trip_count} iterations", reason)
    if file.config.schedule_algo:
        reason = "how the compiler scheduled, not what it scheduled"
        notes.leave("schedule_algo", file.config.schedule_algo, reason)
    if reading == "timing" and any(op.kind in ALLOCATIONS for op in file.ops.values()):
        notes.leave("allocations", "shared and tensor memory", "the reading is timing")
    _note_supers(loop, notes)


def _has(loop: DdgLoop, name: str) -> bool:
    return getattr(loop, name) is not None


def _note_attributes(file: DdgFile, notes: Notes) -> None:
    found = Counter(name for op in file.ops.values() for name in op.attributes)
    answers = [name for name in found if name in _ANSWERS]
    if answers:
        reason = "the compiler's own schedule, roles and buffers: an answer, not the question"
        notes.leave("attributes of an answer", ", ".join(sorted(answers)), reason)
    rest = sorted(name for name in found if name not in _ANSWERS)
    if rest:
        reason = "they say how an operation computes; its costs are stated beside it"
        notes.leave("other attributes", ", ".join(rest), reason)


def _note_supers(loop: DdgLoop, notes: Notes) -> None:
    supers = [node_name(node) for node in loop.ddg.nodes if node.is_super_node]
    if supers:
        text = "an inner loop is one operation that excludes other inner loops for its latency"
        reason = "the dump counts its latency as a lower bound of the II, and says no more"
        notes.assume("inner loops", text, reason, supers)
