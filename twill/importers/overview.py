"""The part of an account that says what the problem holds, and what it does not and why."""

from __future__ import annotations

from collections import Counter

from twill.importers.account import Notes
from twill.importers.build import Setting
from twill.importers.source import Source
from twill.problem import Problem


def overview(source: Source, problem: Problem, setting: Setting, notes: Notes) -> None:
    """Note what was taken over, and what the reading leaves out."""
    read = len(source.graph.nodes)
    text = f"{len(problem.ops)} of {read} nodes of the graph"
    notes.take("operations", text)
    kinds = Counter(d.kind for d in problem.dependences)
    shown = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    text = f"{len(problem.dependences)} of {len(source.graph.edges)} edges"
    notes.take("dependences", f"{text}: {shown}" if shown else text)
    _take_units(problem, notes)
    notes.take("trip count", str(problem.trips))
    if setting.reading == "timing":
        _leave_storage(source, notes)
    else:
        _take_storage(source, problem, setting, notes)
    if setting.reading == "joint":
        _take_roles(source, problem, setting, notes)
    else:
        _leave_roles(source, setting, notes)
    reason = "the file has no such limit; what is proved holds up to it"
    notes.assume("stages", f"at most {problem.limits.max_stages}", reason)


def _take_units(problem: Problem, notes: Notes) -> None:
    for unit in problem.units:
        users = [op for op in problem.ops if unit.name in op.reservations]
        cycles = sum(r.length * r.amount for op in users for r in op.reservations[unit.name])
        text = f"{cycles} cycles per iteration, by {len(users)} operations"
        notes.take(f"unit {unit.name}", text, [op.name for op in users])


def _take_storage(source: Source, problem: Problem, setting: Setting, notes: Notes) -> None:
    for memory in problem.memories:
        held = [o for o in problem.ops if o.result and o.result.space == memory.name]
        fixed = [i for i in problem.invariants if i.space == memory.name]
        sizes = [f"{o.name} {o.result.size}" for o in held if o.result]
        sizes += [f"{i.name} {i.size} throughout" for i in fixed]
        text = f"{memory.capacity} {memory.unit}; " + (", ".join(sizes) or "nothing lives there")
        notes.take(f"memory {memory.name}", text, [op.name for op in held])
        budget = source.graph.budgets.get(memory.name)
        if setting.machine is not None and budget not in (
            None,
            memory.capacity * memory.unit_bytes,
        ):
            name = setting.machine.name
            text = f"{memory.name}: {memory.capacity} {memory.unit} of {name}"
            notes.assume("capacity of memories", text, f"asked for; the file has {budget} bytes")
    taken = [op.name for op in problem.ops if op.in_place is not None and not op.in_registers]
    if taken:
        text = "results that take over the storage of what they read"
        notes.take("accumulators and views in memory", text, taken)


def _leave_storage(source: Source, notes: Notes) -> None:
    stored = [n.name for n in source.graph.nodes if n.result and not n.result.in_registers]
    reason = "the reading is timing; --reading memory takes them"
    if stored:
        notes.leave("footprints in memories", f"of {len(stored)} results", reason, stored)
    if source.graph.budgets:
        sizes = ", ".join(f"{space} {size}" for space, size in source.graph.budgets.items())
        notes.leave("memory budgets", f"{sizes} bytes", reason)


def _take_roles(source: Source, problem: Problem, setting: Setting, notes: Notes) -> None:
    assert setting.machine is not None
    assert problem.roles is not None
    roles = problem.roles
    name = setting.machine.name
    text = f"at most {roles.max_roles} with {roles.max_warps} warps, as {name} has"
    notes.assume("roles", text, "the file has no such limits")
    registers = [op for op in problem.ops if op.in_registers]
    total = sum(op.result.size for op in registers if op.result)
    names = [op.name for op in registers]
    notes.take("registers", f"{total} per thread, of {len(registers)} results", names)
    reason = "the file has the size of a tile, not how its layout spreads it"
    notes.assume("registers per thread", "tiles are spread evenly over their warps", reason)
    blocking = [f"{d.src} -> {d.dst}" for d in problem.dependences if d.blocking]
    stated = any(edge.blocking is not None for edge in source.graph.edges)
    if stated:
        notes.take("blocking waits", ", ".join(blocking) or "none")
    else:
        reason = "the file does not say; what an engine completes must be waited for"
        text = f"for results of asynchronous engines: {', '.join(blocking) or 'none'}"
        notes.assume("blocking waits", text, reason)
    reason = "an asynchronous reader, and any reader of a memory, reads until its own end"
    notes.assume("end of reading", "registers are read while the reader issues", reason)
    _take_handoffs(source, setting, notes)


def _take_handoffs(source: Source, setting: Setting, notes: Notes) -> None:
    assert setting.machine is not None
    name = setting.machine.name
    stated = sorted({n.handoff_latency for n in source.graph.nodes if n.handoff_latency})
    if not stated:
        notes.assume("hand-offs", f"cost what {name} says", "the file has no such costs")
    elif setting.stated_handoffs:
        values = ", ".join(map(str, stated))
        notes.take("spill costs", f"{values} cycles: the latency of a hand-off of registers")
        text = f"bytes, issue cycles and barriers of a hand-off are those of {name}"
        notes.assume("hand-offs", text, "the file has a latency only")
    else:
        reason = f"asked for: hand-offs cost what {name} says"
        notes.leave("spill costs", ", ".join(map(str, stated)), reason)
    if any(n.asynchronous and n.issue == 1 for n in source.graph.nodes):
        text = "an operation that starts an engine keeps its role's stream for one cycle"
        reason = "the file has no issue time; the engine's occupancy is not the stream's"
        notes.assume("issue of asynchronous operations", text, reason)


def _leave_roles(source: Source, setting: Setting, notes: Notes) -> None:
    reason = "the file limits neither roles nor registers; --machine M takes limits from a machine"
    if setting.machine is not None:
        reason = f"the reading is {setting.reading}"
    parts = ["roles", "warps"]
    if any(n.result and n.result.in_registers for n in source.graph.nodes):
        parts.append("registers")
    if any(n.handoff_latency for n in source.graph.nodes):
        parts.append("spill costs")
    if any(edge.blocking for edge in source.graph.edges):
        parts.append("blocking waits")
    notes.leave("roles and registers", ", ".join(parts), reason)
