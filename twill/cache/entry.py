"""One kept answer as a file: written with a checksum, believed only after every check.

The first line is the SHA-256 of the rest, which is one JSON document. The checksum finds
damage. What a schedule says of itself is verified against the problem again, whatever the
checksum says, and so are refutations by whoever can (``twill.cli.answers``); what one engine
refuted (a bound, that no schedule exists) rests on the checksum.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from twill.cache.questions import Question
from twill.diagnostics import InputError
from twill.formats import outcome_from_document, outcome_to_json
from twill.problem import Problem
from twill.schedule import Feasible, Infeasible, Optimal, Outcome, Proof, Refutation
from twill.spec.fields import Model, NonNegativeNumber, Positive
from twill.spec.reader import Document, parse_document, validate
from twill.verify import verify

if TYPE_CHECKING:
    from twill.formats.schedule_write import Json

SCHEMA = "twill/cached-answer/v1"


class DamagedEntry(Exception):
    """An entry that is not what was once written there; its message says how that shows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An outcome with the time limit it was searched under and the time it took, in seconds."""

    outcome: Outcome
    time_limit: float
    took_s: float

    @property
    def worth_keeping(self) -> bool:
        """Whether a search was needed for it, and found something.

        Arithmetic says again at once what is impossible. An unknown is no knowledge.
        """
        match self.outcome:
            case Optimal() | Feasible():
                return True
            case Infeasible(_, proof):
                return proof != "proved by arithmetic"
        return False

    def answers(self, question: Question, time_limit: float) -> bool:
        """Whether a search of ``time_limit`` seconds is to be spared by this.

        Where all is proved, or every level was looked at before the time was up, more time changes
        nothing: levels take a bounded amount of work. Where something is open, or rests on one
        engine's word and was to be proved or refuted again, it might.
        """
        if time_limit <= self.time_limit:
            return True
        options = question.data["options"]
        assert isinstance(options, Mapping)
        more = options.get("cross_check") or options.get("proof_limit")
        return _settled(self.outcome, self.time_limit) and not (
            more and _proof(self.outcome) == "one engine's word"
        )


class EntryModel(Model):
    """The JSON document of an entry."""

    schema_id: Literal["twill/cached-answer/v1"] = Field(alias="schema")
    question: dict[str, object]
    time_limit: Positive
    took_s: NonNegativeNumber
    outcome: Annotated[dict[str, object], Field(description="twill/outcome/v1")]
    refutations: dict[str, str]


def entry_text(question: Question, entry: Entry) -> str:
    """Return what is written to the file of an entry."""
    document: Json = {
        "schema": SCHEMA,
        "question": dict(question.data),
        "time_limit": entry.time_limit,
        "took_s": entry.took_s,
        "outcome": outcome_to_json(entry.outcome),
        "refutations": {
            str(each.ii): b64encode(each.file).decode() for each in _refutations(entry.outcome)
        },
    }
    body = json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n"
    return f"{_checksum(body.encode())}\n{body}"


def read_entry(raw: bytes, question: Question, problem: Problem) -> Entry:
    """Return the entry that a file holds, if it answers this question about this problem.

    :raises DamagedEntry: for anything else.
    """
    checksum, _, body = raw.partition(b"\n")
    if checksum != _checksum(body).encode():
        raise DamagedEntry("its checksum does not match")
    try:
        document = parse_document(body.decode(), "entry.json")
        model = validate(document, EntryModel)
        inside = Document(document.path, model.outcome, document.text, document.locate)
        outcome = _with(outcome_from_document(inside), model.refutations)
    except (InputError, ValueError):
        raise DamagedEntry("it is not of the form that twill writes") from None
    entry = Entry(outcome, model.time_limit, model.took_s)
    _check(entry, model, question, problem)
    return entry


def _check(entry: Entry, model: EntryModel, question: Question, problem: Problem) -> None:
    """Compare an entry of the right form with what was asked. Raises DamagedEntry."""
    if model.question != question.data:
        raise DamagedEntry("it answers another question")
    if not entry.worth_keeping:
        raise DamagedEntry("twill keeps no such answer")
    if not isinstance(entry.outcome, Optimal | Feasible):
        return
    schedule = entry.outcome.schedule
    if schedule.problem_sha256 != question.data["problem"]:
        raise DamagedEntry("its schedule is of another problem")
    if schedule.status != model.outcome["status"]:
        raise DamagedEntry("its schedule is called by another status")
    violations = verify(problem, schedule)
    if violations:
        raise DamagedEntry(f"its schedule fails verification ({violations[0]})")


def _refutations(outcome: Outcome) -> tuple[Refutation, ...]:
    return outcome.refutations if isinstance(outcome, Optimal | Infeasible) else ()


def _with(outcome: Outcome, files: Mapping[str, str]) -> Outcome:
    """The outcome with its refutations, in base 64. Raises ValueError where they are not that."""
    found = tuple(Refutation(int(ii), b64decode(file, validate=True)) for ii, file in files.items())
    if not isinstance(outcome, Optimal | Infeasible):
        return outcome
    return replace(outcome, refutations=found)


def _settled(outcome: Outcome, time_limit: float) -> bool:
    """Whether the search of an outcome came to its own end."""
    match outcome:
        case Optimal(schedule):
            in_time = schedule.solver is not None and schedule.solver.wall_s < time_limit
            return all(
                level.proved or (in_time and level.lower_bound is not None)
                for level in schedule.objective
            )
        case Infeasible():
            return True
    return False


def _proof(outcome: Outcome) -> Proof | None:
    match outcome:
        case Optimal(schedule) | Feasible(schedule):
            return schedule.proof
        case Infeasible(_, proof):
            return proof
    return None


def _checksum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
