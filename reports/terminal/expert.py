"""An expert's kernel as text: roles, buffers, barriers, what it is compared with, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from twill.expert import Citation, Expert, ExpertBarrier, ExpertRole, Pairing
from twill.reports.terminal.layout import Cell, Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, heading, render

_ROLES = (Column("role"), Column("warps", ">"), Column("registers", ">"), Column("body", wrap=True))
_BUFFERS = (
    Column("buffer"),
    Column("memory"),
    Column("slots", ">"),
    Column("each"),
    Column("values", wrap=True),
)
_BARRIERS = (
    Column("barrier", wrap=True),
    Column("kind"),
    Column("from, to", wrap=True),
    Column("runs", wrap=True),
    Column("only after", wrap=True),
)


def expert_report(page: Page, expert: Expert) -> str:
    """The kernel as its file has it."""
    title = (Span(expert.name, "bold"), expert.title)
    lines = [*table(page, (Column(""), Column("", wrap=True)), [title], indent=0), ()]
    lines += fields(page, _summary(expert))
    lines += heading(page, "Roles", "{a, b}: in any order; x@+1: x of the next iteration")
    lines += table(page, _ROLES, [_role(role) for role in expert.roles])
    lines += _buffers(page, expert)
    lines += _barriers(page, expert)
    lines += _compared(page, expert)
    lines += _said(page, "Scope", "what the loop does not show", expert.scope)
    lines += _said(page, "Notes", "", expert.notes)
    lines += _performance(page, expert)
    lines += _said(page, "Sources", "", map(_source, expert.sources))
    return render(page, lines)


def _summary(expert: Expert) -> list[tuple[str, str]]:
    rows = [("machine", expert.machine), ("tile", _pairs(expert.tile))]
    if expert.invariants:
        rows.append(("invariants", ", ".join(expert.invariants)))
    return rows


def _pairs(values: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _role(role: ExpertRole) -> tuple[Cell, ...]:
    name = f"{role.name}, one per {role.per}" if role.per else role.name
    registers = str(role.registers) if role.registers is not None else "-"
    return (Span(name, "name"), str(role.warps), registers, _body(role))


def _body(role: ExpertRole) -> str:
    groups = [", ".join(map(str, group)) for group in role.order]
    marked = [
        f"{{{text}}}" if len(group) > 1 else text
        for text, group in zip(groups, role.order, strict=True)
    ]
    return " → ".join(marked) or "nothing of the loop"


def _buffers(page: Page, expert: Expert) -> list[Line]:
    if not expert.buffers:
        return []
    rows = [
        (
            Span(buffer.name, "name"),
            buffer.memory,
            str(buffer.slots),
            f"part of {buffer.per}" if buffer.per else "",
            ", ".join(buffer.values) + (" in turn" if buffer.alternating else ""),
        )
        for buffer in expert.buffers
    ]
    note = "slots of storage, and the values that share it"
    return [*heading(page, "Buffers", note), *table(page, _BUFFERS, rows)]


def _barriers(page: Page, expert: Expert) -> list[Line]:
    if not expert.barriers:
        return []
    rows = [_barrier(barrier) for barrier in expert.barriers]
    lines = [*heading(page, "Barriers"), *table(page, _BARRIERS, rows)]
    noted = [f"{b.name}: {b.note}" for b in expert.barriers if b.note]
    return [*lines, (), *_bullets(page, noted)] if noted else lines


def _barrier(barrier: ExpertBarrier) -> tuple[Cell, ...]:
    return (
        Span(barrier.name, "name"),
        barrier.kind,
        f"{barrier.src} → {barrier.dst}",
        str(barrier.before or "-"),
        str(barrier.after or "-"),
    )


def _compared(page: Page, expert: Expert) -> list[Line]:
    lines: list[Line] = []
    if expert.pairings:
        lines += heading(page, "Compared with", "a loop on a machine, as options of twill")
        for pairing in expert.pairings:
            lines += paragraph(page, _pairing(pairing), hang=2)
            if pairing.why:
                lines += paragraph(page, pairing.why, indent=4, style="dim")
    return lines + _said(page, "Missing", "what a comparison would need", expert.missing)


def _pairing(pairing: Pairing) -> str:
    """The options with which it is elaborated."""
    words = [pairing.spec, f"-m {pairing.machine}"]
    words += [f"--set {name}={value}" for name, value in pairing.parameters.items()]
    words += [f"--subtile {name}={count}" for name, count in pairing.subtile.items()]
    words += [f"--what-if {change}" for change in pairing.what_if]
    return " ".join(words)


def _said(page: Page, title: str, note: str, sentences: Iterable[str]) -> list[Line]:
    said = list(sentences)
    return [*heading(page, title, note), *_bullets(page, said)] if said else []


def _bullets(page: Page, sentences: Iterable[str]) -> list[Line]:
    return [line for text in sentences for line in paragraph(page, f"• {text}", hang=2)]


def _performance(page: Page, expert: Expert) -> list[Line]:
    said = [f"{p.value:g} {p.unit}: {p.conditions}. Source: {p.source}" for p in expert.performance]
    return _said(page, "Published speed", "measured by others, not comparable with a model", said)


def _source(source: Citation) -> str:
    """``what``: ``repository@commit file:lines``."""
    if not source.file:
        return source.what
    where = f"{source.repository}@{source.commit[:10]} {source.file}"
    lines = f", lines {', '.join(source.lines)}" if source.lines else ""
    return f"{source.what}: {where}{lines}"
