from __future__ import annotations

import json
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twill.diagnostics import InputError
from twill.formats import (
    json_schema,
    outcome_from_document,
    outcome_to_json,
    schedule_from_document,
    schedule_to_json,
)
from twill.schedule import (
    BufferUse,
    Feasible,
    HandoffUse,
    Infeasible,
    Level,
    Optimal,
    Outcome,
    Placement,
    Proof,
    Reason,
    Role,
    Schedule,
    SolverInfo,
    Status,
    Unknown,
)
from twill.spec.reader import Document, parse_document

_texts = st.text(min_size=1, max_size=6)
_cycles = st.integers(0, 10_000)
_totals = st.integers(-(2**53), 2**53)
_counts = st.integers(1, 1000)
_amounts = st.floats(0, 2**31 - 1)
_tuples = st.lists(_texts, max_size=3).map(tuple)
_roles = st.lists(_texts, unique=True, max_size=3)
_proofs = st.sampled_from(get_args(Proof))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Draw a schedule that uses every field of the format; it need not be a right one."""
    roles = draw(_roles)
    placements = st.builds(
        Placement, st.integers(-9, 9), st.integers(-9, 9), _cycles, st.sampled_from([None, *roles])
    )
    levels = st.builds(
        Level, _texts, _totals, st.text(), st.none() | _totals, st.booleans(), _amounts
    )
    buffers = st.builds(BufferUse, _texts, _texts, _cycles, _counts, _tuples, st.booleans())
    handoffs = st.builds(HandoffUse, _texts, _texts, _tuples, _cycles, _cycles, _counts)
    solver = st.builds(SolverInfo, _tuples, _cycles, _counts, _amounts, _amounts)
    return Schedule(
        problem_sha256=draw(st.binary(min_size=32, max_size=32)).hex(),
        status=draw(st.sampled_from(get_args(Status))),
        ii=draw(_counts),
        ii_lower_bound=draw(_cycles),
        stages=draw(_counts),
        length=draw(_cycles),
        objective=tuple(draw(st.lists(levels, max_size=3))),
        proof=draw(_proofs),
        roles=tuple(Role(n, draw(_counts), draw(st.none() | _cycles)) for n in roles),
        ops=draw(st.dictionaries(_texts, placements, max_size=4)),
        buffers=tuple(draw(st.lists(buffers, max_size=3, unique_by=lambda b: b.name))),
        handoffs=tuple(draw(st.lists(handoffs, max_size=3))),
        solver=draw(st.none() | solver),
    )


_reasons = st.builds(Reason, _texts, _tuples, _tuples)
_outcomes = (
    st.builds(Optimal, schedules())
    | st.builds(Feasible, schedules(), _reasons)
    | st.builds(Infeasible, _reasons, _proofs)
    | st.builds(Unknown, _reasons, _cycles)
)


def _document(data: object) -> Document:
    return parse_document(json.dumps(data, indent=1), "s.json")


@given(schedules())
def test_reading_what_was_written_gives_the_same_schedule(schedule: Schedule) -> None:
    """Nothing is lost or added on the way through a file."""
    assert schedule_from_document(_document(schedule_to_json(schedule))) == schedule


@given(_outcomes)
def test_reading_what_was_written_gives_the_same_outcome(outcome: Outcome) -> None:
    """Each of the four outcomes has its form."""
    assert outcome_from_document(_document(outcome_to_json(outcome))) == outcome


@settings(max_examples=25)
@given(_outcomes)
def test_what_is_written_fits_the_schemas(outcome: Outcome) -> None:
    """Other programs can rely on the published schemas."""
    data = outcome_to_json(outcome)
    jsonschema.validate(data, json_schema("outcome"))
    if "schedule" in data:
        jsonschema.validate(data["schedule"], json_schema("schedule"))


def _sound() -> dict[str, Any]:
    return schedule_to_json(
        Schedule(
            problem_sha256="0" * 64,
            status="optimal",
            ii=2,
            ii_lower_bound=2,
            stages=2,
            length=4,
            objective=(Level("ii", 2, "cycles", 2, True),),
            proof="proved by arithmetic",
            roles=(Role("load", 1, 24), Role("compute", 4, 240)),
            ops={"S": Placement(0, 0, 0, "load"), "O": Placement(3, 1, 1, "compute")},
            buffers=(BufferUse("K", "shared", 8, 2, ("K",)),),
        )
    )


WRONG: dict[str, tuple[tuple[str | int, ...], object, str]] = {
    "role": (("ops", "S", "role"), "laod", "unknown role 'laod'; did you mean 'load'?"),
    "same role": (("roles", 1, "name"), "load", "two roles are called 'load'"),
    "hash": (("problem_sha256",), "abc", "must be a SHA-256 in hexadecimal, found 'abc'"),
    "status": (("status",), "optiml", "unknown value 'optiml'; did you mean 'optimal'?"),
    "ii": (("ii",), 0, "must be at least 1, found 0"),
    "slot": (("ops", "S", "slot"), 0.5, "must be a whole number, found 0.5"),
    "depth": (("buffers", "K", "depth"), -1, "must be at least 1, found -1"),
    "key": (("legnth",), 3, "unknown key 'legnth'; did you mean 'length'?"),
}


@pytest.mark.parametrize(("path", "value", "message"), WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("within", ["schedule", "outcome"])
def test_one_wrong_field_is_reported(
    path: tuple[str | int, ...], value: object, message: str, within: str
) -> None:
    """A schedule written by hand gets the same care as a loop, in either file."""
    data = _sound()
    place: Any = data
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    if within == "outcome":
        data = {"schema": "twill/outcome/v1", "status": "optimal", "schedule": data}
    with pytest.raises(InputError) as caught:
        schedule_from_document(_document(data))
    assert message in [d.message for d in caught.value.diagnostics]


def test_the_schedule_of_an_outcome_can_be_verified_as_it_is() -> None:
    """What `solve --json` prints is what `verify` takes."""
    schedule = schedule_from_document(_document(_sound()))
    document = _document(outcome_to_json(Optimal(schedule)))
    assert schedule_from_document(document) == schedule


def test_an_outcome_without_a_schedule() -> None:
    """There is nothing to verify in a proof that there is no schedule."""
    outcome = Infeasible(Reason("too many registers"), "not proved")
    with pytest.raises(InputError, match="an outcome that is 'infeasible' holds no schedule"):
        schedule_from_document(_document(outcome_to_json(outcome)))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"status": "optiml"}, "unknown value 'optiml'; did you mean 'optimal'?"),
        ({"status": "optimal"}, "missing key 'schedule'"),
        ({"status": "unknown", "reason": {"summary": "time"}}, "missing key 'ii_lower_bound'"),
        ({}, "missing key 'status'"),
    ],
)
def test_a_wrong_outcome(data: dict[str, object], message: str) -> None:
    """The status decides which parts an outcome has."""
    with pytest.raises(InputError) as caught:
        outcome_from_document(_document({"schema": "twill/outcome/v1", **data}))
    assert [d.message for d in caught.value.diagnostics] == [message]
