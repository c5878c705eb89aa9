"""Comparisons to JSON (``twill/comparison/v1``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from twill.comparison import Comparison, Range
from twill.expert import Expert
from twill.formats.schedule_write import schedule_to_json

COMPARISON_SCHEMA = "twill/comparison/v1"

Json = dict[str, object]


def comparisons_to_json(found: Sequence[Comparison], missing: Sequence[Expert] = ()) -> Json:
    """The document; ``missing`` are kernels that are compared with nothing."""
    return {
        "schema": COMPARISON_SCHEMA,
        "comparisons": [comparison_to_json(each) for each in found],
        "missing": [
            {"expert": each.name, "title": each.title, "missing": list(each.missing)}
            for each in missing
        ],
    }


def comparison_to_json(found: Comparison) -> Json:
    """One comparison."""
    schedule = found.their_schedule
    return {
        "ours": found.ours,
        "theirs": found.theirs,
        "expert": found.expert,
        "pairing": found.pairing,
        "problem_sha256": found.problem_sha256,
        "word": found.word,
        "sentence": found.sentence,
        "our_ii": _range(found.our_ii),
        "their_ii": _range(found.their_ii),
        "criteria": [asdict(each) for each in found.criteria],
        "our_roles": [asdict(each) for each in found.our_roles],
        "their_roles": [asdict(each) for each in found.their_roles],
        "costs": [{"what": each.what, "ii": _range(each.ii)} for each in found.costs],
        "controls": [{"what": each.what, "ii": _range(each.ii)} for each in found.controls],
        "published": list(found.published),
        "notes": list(found.notes),
        "their_schedule": None if schedule is None else schedule_to_json(schedule),
    }


def _range(found: Range) -> Json:
    return asdict(found)
