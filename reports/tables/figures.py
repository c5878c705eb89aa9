"""The few figures that a reader looks for first."""

from __future__ import annotations

from dataclasses import dataclass

from twill.reports.content import Content
from twill.reports.tables.verdict import proof_word
from twill.reports.verdict import because, plainest
from twill.reports.words import number
from twill.schedule import Infeasible, Optimal, Unknown


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it is of, and a few words more."""

    label: str
    value: str
    unit: str = ""
    note: str = ""


def figures(content: Content) -> tuple[Figure, ...]:
    """What II, proved how, what limits it, how fast, with which roles, how far from experts."""
    found = (
        _interval(content),
        _proof(content),
        _limit(content),
        _speed(content),
        _structure(content),
        _experts(content),
    )
    return tuple(figure for figure in found if figure is not None)


def _interval(content: Content) -> Figure:
    outcome = content.outcome
    if isinstance(outcome, Infeasible):
        return Figure("initiation interval", "none", note="no schedule exists")
    if isinstance(outcome, Unknown):
        note = f"nothing below II {number(outcome.ii_lower_bound)} is possible"
        return Figure("initiation interval", "unknown", note=note)
    schedule = outcome.schedule
    note = "no smaller one exists"
    if not isinstance(outcome, Optimal):
        note = f"nothing below {number(schedule.ii_lower_bound)} is possible"
    return Figure("initiation interval", number(schedule.ii), "cycles", note)


def _proof(content: Content) -> Figure:
    word = proof_word(content)
    short = word.removeprefix("proved by ").removeprefix("a ")
    label = "proved by" if word.startswith("proved by") else "proof"
    notes = {
        "proved by arithmetic": "twill check adds it up again",
        "proved by a checked refutation": "twill check follows every step",
    }
    return Figure(label, short, note=notes.get(word, ""))


_KINDS = {"recurrence": "a recurrence", "buffer": "a ring", "role": "a role"}


def _limit(content: Content) -> Figure | None:
    """The plainest of the bounds that bind; several constraints where the II is above all."""
    schedule, bounds = content.schedule, content.bounds
    if not bounds.binding or bounds.ii is None or isinstance(content.outcome, Infeasible):
        return None
    term = plainest(bounds)
    short = _KINDS.get(term.kind, term.name)
    if schedule is not None and schedule.ii > bounds.ii:
        note = f"{short} alone would allow {number(bounds.ii)}"
        return Figure("limited by", "several together", note=note)
    note = because(term, bounds.ii) if term.kind == "resource" else ""
    return Figure("limited by", short, note=note)


def _speed(content: Content) -> Figure | None:
    schedule = content.schedule
    if schedule is None:
        return None
    tflops = content.context.tflops(schedule.ii)
    if tflops is None:
        return None
    rate = f"{tflops:.0f}" if tflops >= 100 else f"{tflops:.3g}"
    return Figure("in the model", rate, "TFLOPS", "steady state, not a measurement")


def _structure(content: Content) -> Figure | None:
    schedule = content.schedule
    if schedule is None:
        return None
    plural = "stage" if schedule.stages == 1 else "stages"
    long = f"{number(schedule.length)} cycles long"
    if not schedule.roles:
        return Figure("schedule", str(schedule.stages), plural, long)
    warps = sum(role.warps for role in schedule.roles)
    note = f"{schedule.stages} {plural}, {long}"
    return Figure("roles", str(len(schedule.roles)), f"of {warps} warps", note)


def _experts(content: Content) -> Figure | None:
    if not content.comparisons:
        return None
    found = content.comparisons[0]
    more = len(content.comparisons) - 1
    note = found.theirs + (f" and {more} more" if more else "")
    return Figure("against experts", found.word, note=note)
