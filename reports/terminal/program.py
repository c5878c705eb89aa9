"""The listing of a program: every role's instructions along the period, and what they share."""

from __future__ import annotations

from twill.lower.order import queue_of
from twill.lower.program import (
    Arrive,
    Barrier,
    Drain,
    Instruction,
    Receive,
    RoleProgram,
    Run,
    Send,
    Sync,
    Wait,
    WarpProgram,
)
from twill.problem import Problem
from twill.reports.terminal.layout import Cell, Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, heading, render
from twill.reports.words import quantity
from twill.schedule import Schedule

_RULER = 16

_COLUMNS = (
    Column("cycle", ">"),
    Column("of the period"),
    Column("stage", ">"),
    Column("instruction"),
    Column("unit"),
    Column("", wrap=True),
)


def listing(page: Page, problem: Problem, schedule: Schedule, program: WarpProgram) -> str:
    """The program as text, one line per instruction."""
    lines: list[Line] = [
        (
            Span(page.plain(program.name), "bold name"),
            Span(f"  {_many(len(program.roles), 'role')}, II {program.ii} cycles"),
        )
    ]
    note = (
        f"Body t of a role works on iteration t + k where an instruction says @+k, and leaves it "
        f"out if that is not one of the loop. → engines that arrive on barriers when they "
        f"complete; issuer: only the warp that issues the operation waits. {_iterations(program)}"
    )
    lines += paragraph(page, note, style="dim")
    for role in program.roles:
        lines += _role(page, problem, schedule, program, role)
    lines += _rings(page, problem, schedule, program)
    lines += _barriers(page, program)
    lines += _memories(page, problem, program)
    return render(page, lines)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


def _iterations(program: WarpProgram) -> str:
    many = program.stages
    return f"{many} iterations are under way at once." if many > 1 else "One iteration at a time."


def _role(
    page: Page, problem: Problem, schedule: Schedule, program: WarpProgram, role: RoleProgram
) -> list[Line]:
    note = _many(role.warps, "warp")
    if role.registers is not None:
        note += f", {role.registers} registers"
    note += f", bodies t = {role.first} to trips{role.last(0):+d}".replace("trips+0", "trips")
    lines = heading(page, role.name, note)
    rows = [_row(problem, schedule, program, i) for i in role.body]
    lines += table(page, _COLUMNS, rows)
    if role.held:
        held = ", ".join(
            f"{h.name} {h.size}" + (f" × {h.copies}" if h.copies > 1 else "") for h in role.held
        )
        lines += [(), *fields(page, [("registers", held)])]
    return lines


def _row(
    problem: Problem, schedule: Schedule, program: WarpProgram, i: Instruction
) -> tuple[Cell, ...]:
    stage = str(schedule.ops[i.op].stage) if isinstance(i, Run) else ""
    length = problem.op[i.op].issue if isinstance(i, Run) else 0
    style = "name" if isinstance(i, Run) else "dim"
    units = queue_of(problem, i.op) if isinstance(i, Run) else ""
    return (
        str(i.cycle),
        Span(_ruler(i.cycle, length, program.ii), "" if isinstance(i, Run) else "dim"),
        stage,
        Span(_words(i), style),
        units,
        Span(_detail(program, i), "dim"),
    )


def _ruler(cycle: int, length: int, ii: int) -> str:
    """Where in the period an instruction stands, and for how long it is being issued."""
    first = cycle * _RULER // ii
    last = min(_RULER - 1, max(first, (cycle + length) * _RULER // ii - 1))
    mark = "█" * (last - first + 1) if length else "│"
    return "·" * first + mark + "·" * (_RULER - first - len(mark))


def _words(i: Instruction) -> str:
    match i:
        case Run():
            return f"{i.op}{_at(i.offset)}"
        case Wait():
            return f"wait {i.barrier}{_at(i.offset - i.lag)}"
        case Arrive():
            return f"arrive {i.barrier}{_at(i.offset)}"
        case Drain():
            return f"drain {i.op}{_at(i.offset - i.lag)}"
        case Sync():
            return "sync"
        case Send():
            return f"send {i.value}{_at(i.offset)}"
        case Receive():
            return f"receive {i.value}{_at(i.offset - i.lag)}"


def _at(offset: int) -> str:
    return f"@{offset:+d}"


def _detail(program: WarpProgram, i: Instruction) -> str:
    match i:
        case Run():
            arrivals = [f"{s.barrier}{_at(i.offset - s.lag)}" for s in i.signals]
            return f"→ {', '.join(arrivals)}" if arrivals else ""
        case Wait():
            who = "issuer, " if i.issuer else ""
            return f"{who}{_phase(program.barrier[i.barrier].slots, i.offset - i.lag)}"
        case Drain():
            later = f"{i.queue}, {i.pending} later may go on" if i.pending else i.queue
            return f"issuer, {later}" if i.issuer else later
        case Sync():
            return f"publishes {', '.join(i.publishes)}" if i.publishes else "all warps"
        case _:
            return ""


def _phase(slots: int, offset: int) -> str:
    t = f"t{offset:+d}" if offset else "t"
    t = f"({t})" if offset else t
    if slots == 1:
        return f"phase {t} % 2"
    return f"slot {t} % {slots}, phase {t} / {slots} % 2"


def _rings(page: Page, problem: Problem, schedule: Schedule, program: WarpProgram) -> list[Line]:
    columns = (
        Column("ring"), Column("memory"), Column("address", ">"), Column("slots", ">"),
        Column("slot", ">"), Column("", wrap=True),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (r.name, r.memory, str(r.address), "1", quantity(r.size, problem.memory[r.memory].unit),
         "for the whole loop")
        for r in program.residents
    ]  # fmt: skip
    needed = {buffer.name: buffer.depth for buffer in schedule.buffers}
    for ring in program.rings:
        unit = problem.memory[ring.memory].unit
        notes = [" = ".join(ring.values)] if len(ring.values) > 1 else []
        notes += ["accumulator"] if ring.accumulator else []
        notes += ["hand-off"] if ring.handoff else []
        more = ring.slots - needed.get(ring.name, ring.slots)
        notes += [f"{more} more than the schedule needs"] if more > 0 else []
        size = quantity(ring.size, unit)
        rows.append(
            (ring.name, ring.memory, str(ring.address), str(ring.slots), size, ", ".join(notes))
        )
    return [*heading(page, "Memory"), *table(page, columns, rows)] if rows else []


def _barriers(page: Page, program: WarpProgram) -> list[Line]:
    columns = (
        Column("barrier"), Column("mbarriers", ">"), Column("address", ">"),
        Column("who arrives", wrap=True),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (b.name, str(b.slots), "-" if b.address is None else str(b.address), _parties(b))
        for b in program.barriers
    ]
    return [*heading(page, "Barriers"), *table(page, columns, rows)] if rows else []


def _parties(barrier: Barrier) -> str:
    engines = [f"the engine of {op}" for op in barrier.engines]
    return ", ".join([*engines, *(f"all warps of {role}" for role in barrier.roles)])


def _memories(page: Page, problem: Problem, program: WarpProgram) -> list[Line]:
    rows = []
    for name, used in program.used.items():
        memory = problem.memory[name]
        if used:
            of = quantity(memory.capacity, memory.unit)
            rows.append((name, f"{quantity(used, memory.unit)} of {of}"))
    return [(), *fields(page, rows)] if rows else []
