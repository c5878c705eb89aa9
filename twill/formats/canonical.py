"""One byte sequence for one content, so that hashes name contents."""

from __future__ import annotations

import hashlib
import json

from twill.formats.problem_write import problem_to_json
from twill.problem import Problem
from twill.schedule import Schedule


def canonical_json(data: object) -> str:
    """Return JSON with sorted keys and no white space; equal contents give equal text."""
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def sha256(data: object) -> str:
    """Return the SHA-256 of the canonical JSON of ``data``, in hexadecimal."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()


def problem_digest(problem: Problem) -> str:
    """Return the hash that names a problem in schedules and certificates."""
    return sha256(problem_to_json(problem))


def schedule_digest(schedule: Schedule) -> str:
    """SHA-256 of a schedule as it is written, without how it was found."""
    from twill.formats.schedule_write import schedule_to_json

    document = schedule_to_json(schedule)
    del document["solver"]
    return sha256(document)
