"""The sections of a report, in the order in which they are read."""

from __future__ import annotations

from twill.reports.content import Content
from twill.reports.tables import bounds as bounds_words
from twill.reports.tables import (
    explanation,
    objective,
    reason,
    resources,
    roles,
    storage,
    timing,
)
from twill.reports.tables.assumptions import assumptions_section
from twill.reports.tables.circuit import circuit_section
from twill.reports.tables.experts import experts_section
from twill.reports.tables.loop import loop_section
from twill.reports.tables.model import Section, Table, Text
from twill.reports.tables.verdict import verdict_section
from twill.reports.view import View
from twill.schedule import Feasible, Infeasible, Unknown


def sections(content: Content) -> tuple[Section, ...]:
    """Every section that has something to say."""
    made = [verdict_section(content), _reason(content)]
    view = content.view
    ii = content.schedule.ii if content.schedule is not None else None
    if view is not None:
        made.append(_timeline(view))
    made += [_bounds(content), circuit_section(content.bounds, ii)]
    if view is not None:
        made += [_roles(view), _storage(view), _resources(view), _objective(view), _timing(content)]
    made += [
        _sensitivity(content),
        experts_section(content.comparisons),
        loop_section(content),
        assumptions_section(content),
    ]
    return tuple(section for section in made if not section.empty)


def _reason(content: Content) -> Section:
    match content.outcome:
        case Feasible(_, why):
            return reason.reason_section("Why it is not proved", why, summary=True)
        case Infeasible(why, _) | Unknown(why, _):
            return reason.reason_section("Why", why)
    return Section("reason", "Why")


def _bounds(content: Content) -> Section:
    none = bounds_words.impossible(content.bounds)
    ii = content.schedule.ii if content.schedule is not None else None
    table = None if none is not None else bounds_words.bounds_table(content.bounds, ii)
    if none is None and table is None:
        none = Text(bounds_words.NO_BOUND)
    return Section(
        "bounds",
        bounds_words.TITLE,
        bounds_words.NOTE,
        (none,) if none is not None else (),
        (table,) if table is not None else (),
        ("bounds",) if table is not None else (),
    )


def _timeline(view: View) -> Section:
    note = f"one steady-state period of {view.schedule.ii} cycles, then a short run"
    return Section("timeline", "Timeline", note, pictures=("period", "unrolled"))


def _roles(view: View) -> Section:
    plain = not view.schedule.roles
    return Section(
        "roles",
        roles.PLAIN_TITLE if plain else roles.TITLE,
        roles.PLAIN_NOTE if plain else roles.NOTE,
        (Text(roles.STREAMING, "dim"),) if roles.streams(view) else (),
        roles.role_tables(view),
        streams=not plain,
    )


def _storage(view: View) -> Section:
    return Section("storage", storage.TITLE, tables=storage.storage_tables(view))


def _resources(view: View) -> Section:
    found = (resources.register_table(view), resources.memory_table(view))
    tables = tuple(table for table in found if table.rows)
    said = resources.barriers(view)
    pictures = tuple(
        name for name, table in zip(("registers", "memory"), found, strict=True) if table.rows
    )
    return Section(
        "resources",
        resources.TITLE,
        "over one period",
        (Text(said),) if said else (),
        tables,
        pictures,
    )


def _objective(view: View) -> Section:
    table = objective.objective_table(view.schedule)
    return Section(
        "objective", objective.TITLE, objective.NOTE, tables=(table,) if table.rows else ()
    )


def _timing(content: Content) -> Section:
    found = content.timing
    if found is None:
        return Section("timing", timing.TITLE)
    said = [] if found.live else [Text(timing.HANGS, "bad")]
    said += [Text(timing.BARE, "dim")] if content.loop is None else []
    tables = timing.timing_tables(found)
    if found.live:
        facts = timing.facts_table(found)
        tables = (facts, *tables)
    return Section("timing", timing.TITLE, timing.NOTE, tuple(said), tables)


def _sensitivity(content: Content) -> Section:
    found = content.explanation
    if found is None:
        return Section("sensitivity", "Sensitivity")
    said = []
    tables: list[Table] = []
    if found.core is not None:
        said.append(explanation.core_sentence(found.core))
        tables.append(explanation.core_table(content.problem, found))
    if not found.complete:
        said.append(Text(explanation.INCOMPLETE, "warn"))
    tables += [explanation.limits_table(content.problem, found), explanation.speeds_table(found)]
    title = explanation.core_title(found.core) if found.core else "Sensitivity"
    kept = tuple(table for table in tables if table.rows)
    return Section("sensitivity", title, paragraphs=tuple(said), tables=kept)
