"""What a trace says about itself: the model that it is of, by name and hash."""

from __future__ import annotations

from twill.reports.context import Context
from twill.text import visible

CYCLE = "one microsecond of this trace is one cycle of the SM clock"


def about(name: str, context: Context, ii: int, **more: object) -> dict[str, object]:
    """The model and the II, and what else there is to say; what is not known is left out."""
    known: dict[str, object] = {
        "schema": "twill/trace/v1",
        "time": CYCLE,
        "problem": name,
        "problem_sha256": context.problem_digest,
        "spec": context.spec,
        "spec_sha256": context.spec_digest,
        "machine": context.machine,
        "machine_sha256": context.machine_digest,
        "tile": context.tile,
        "ii": ii,
    }
    known |= more
    shown = {k: visible(v) if isinstance(v, str) else v for k, v in known.items()}
    return {key: value for key, value in shown.items() if value not in (None, "")}
