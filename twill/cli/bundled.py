"""Reading what ``solve -o`` wrote: the problem, what was found, and what its proof says."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twill.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.reports.context import Context
    from twill.schedule import Outcome, Proof, Schedule

BY_HAND = "its claims of a proof are those of a file, and were not looked at here"


@dataclass(frozen=True, slots=True)
class Bundled:
    """The problem of a bundle with the outcome; ``context``: where the problem came from."""

    model: Model
    outcome: Outcome
    context: Context


def is_bundle(source: str) -> bool:
    """Whether a name on the command line is a folder that ``solve -o`` may have written."""
    return Path(source).is_dir()


def read_bundle(folder: Path) -> Bundled:
    """A bundle whose schedule is verified and whose certificate, if there is one, is checked.

    :raises InputError: where something is missing, or is not what it claims to be.
    """
    from twill.cli.choices import Choices
    from twill.cli.inputs import load_model

    if not (folder / "problem.json").is_file():
        message = f"{folder} has no problem.json"
        help_ = "name a folder that 'twill solve -o' wrote, a SPEC, or a problem.json"
        raise InputError([Diagnostic(message, help=help_)])
    model = load_model(str(folder / "problem.json"), Choices())
    certificate = _certificate(folder)
    outcome = _outcome(model, folder, certificate)
    return Bundled(model, outcome, _context(model, certificate))


def _certificate(folder: Path) -> dict[str, Any] | None:
    """The certificate, checked. Raises InputError where it proves nothing."""
    from twill.check import Invalid, check

    path = folder / "certificate.json"
    if not path.exists():
        return None
    try:
        check(folder)
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (Invalid, OSError) as fault:
        message = f"{path} proves nothing: {fault}"
        help_ = "write the bundle anew with 'twill solve -o'"
        raise InputError([Diagnostic(message, help=help_)]) from None
    return found


def _outcome(model: Model, folder: Path, certificate: dict[str, Any] | None) -> Outcome:
    from twill.cli.scheduled import read_schedule
    from twill.schedule import Infeasible, Optimal, Reason, Unknown
    from twill.solver.bounds import bounds

    if (folder / "schedule.json").exists():
        schedule = read_schedule(model, folder / "schedule.json")
        if certificate is not None or schedule.proof in ("two engines agree", "one engine's word"):
            return Optimal(schedule)
        return outcome_of(model, schedule)
    found = bounds(model.problem)
    if certificate is not None:
        by = "refutation" if _refutes(certificate) else "arithmetic"
        proof: Proof = (
            "proved by a checked refutation" if by == "refutation" else "proved by arithmetic"
        )
        summary = found.impossible or f"the certificate of the bundle excludes every II, by {by}"
        return Infeasible(Reason(summary), proof)
    summary = "the bundle holds neither a schedule nor a proof that there is none"
    levers = ("solve the problem again, with a longer --time-limit",)
    return Unknown(Reason(summary, levers=levers), found.ii or 1)


def outcome_of(model: Model, schedule: Schedule) -> Outcome:
    """What a verified schedule from a file is: optimal only where arithmetic says so here."""
    from twill.schedule import Feasible, Optimal, Reason
    from twill.solver.bounds import bounds

    low = bounds(model.problem).ii or 1
    if low == schedule.ii:
        return Optimal(
            replace(schedule, status="optimal", ii_lower_bound=low, proof="proved by arithmetic")
        )
    reason = Reason(
        f"the schedule is from a file: {BY_HAND}",
        levers=("report the folder that 'twill solve -o' wrote: its certificate is checked",),
    )
    return Feasible(
        replace(schedule, status="feasible", ii_lower_bound=low, proof="not proved"), reason
    )


def _refutes(certificate: dict[str, Any]) -> bool:
    return any(step.get("kind") == "refutation" for step in certificate["lower_bound"])


def _context(model: Model, certificate: dict[str, Any] | None) -> Context:
    """The names and hashes that the certificate states."""
    sources = {s["what"]: s for s in certificate["sources"]} if certificate is not None else {}
    context = model.context()
    for what in ("spec", "machine"):
        if what in sources:
            named = {what: sources[what]["name"], f"{what}_digest": sources[what]["sha256"]}
            context = replace(context, **named)
    return context
