from __future__ import annotations

import copy
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import hostile_content
from tests.reports.hand_made import II, attention, optimal, vliw
from tests.reports.test_timeline import schedules
from tests.reports.trace_rules import violations
from twill.problem import Problem
from twill.reports.content import Content
from twill.reports.context import Context
from twill.reports.trace import trace_json
from twill.reports.trace.events import Slice, lanes
from twill.schedule import Optimal, Reason, Schedule, Unknown
from twill.solver.bounds import Bounds, bounds


def of(problem: Problem, schedule: Schedule) -> Content:
    """The content of a report on a schedule."""
    return Content(problem, Optimal(schedule), bounds(problem), Context("ab" * 32))


def ping_pong_trace(iterations: int | None = None) -> Any:
    """The trace of the hand-made attention kernel, read back."""
    problem = attention()
    content = Content(problem, optimal(), bounds(problem), Context("ab" * 32))
    return json.loads(trace_json(content, iterations))


def slices(document: Any, track: str) -> list[tuple[str, int, int]]:
    """Name, begin and end of what is on a track."""
    events = document["traceEvents"]
    named = [e for e in events if e["name"] == "thread_name" and e["args"]["name"] == track]
    (thread,) = {(e["pid"], e["tid"]) for e in named}
    return [
        (e["name"], e["ts"], e["ts"] + e["dur"])
        for e in events
        if e["ph"] == "X" and (e["pid"], e["tid"]) == thread
    ]


def test_the_tensor_core_of_a_run() -> None:
    """Each matrix multiply of each iteration lies where the schedule starts it."""
    starts = {"S0": 24, "S1": 1048, "O0": 2584, "O1": 3608}
    expected = [
        (f"{name} i={i}", start + i * II, start + i * II + 512)
        for name, start in starts.items()
        for i in range(2)
    ]
    found = slices(ping_pong_trace(2), "tensor")
    assert found == sorted(expected, key=lambda item: item[1])


def test_phases_cover_the_run() -> None:
    """Two stages and six iterations: one period fills, five are full, one drains, then a tail."""
    document = ping_pong_trace(6)
    prologue, steady, epilogue = slices(document, "phase")
    assert prologue[2] - prologue[1] == II
    assert steady[2] - steady[1] == 5 * II
    assert (prologue[2], steady[2]) == (steady[1], epilogue[1])
    ends = [e["ts"] + e["dur"] for e in document["traceEvents"] if e["ph"] == "X"]
    assert epilogue[2] == max(ends)


def test_waits_are_slices_of_their_own() -> None:
    """The wait for K stands right before the multiply that it blocks."""
    stream = slices(ping_pong_trace(1), "softmax0")
    names = [name for name, *_ in stream]
    at = names.index("S0 i=0")
    assert stream[at - 1][0] == "wait load_K"
    assert stream[at - 1][2] == stream[at][1]


def test_registers_agree_with_the_accounting() -> None:
    """In the steady state a role's counter peaks at the pressure that the report shows."""
    document = ping_pong_trace(8)
    view = Content(attention(), optimal(), bounds(attention()), Context()).view
    assert view is not None
    for role in ("load", "softmax0", "softmax1"):
        values = [
            e["args"]["per thread"]
            for e in document["traceEvents"]
            if e["ph"] == "C" and e["name"] == f"registers {role}"
        ]
        assert max(values) == view.usage.pressure(role)[0] + 24
        assert values[-1] == 24


def test_memory_is_at_most_what_is_allocated() -> None:
    """What is alive never exceeds the rings, and comes down to what lives throughout."""
    document = ping_pong_trace(8)
    values = [
        e["args"]["bytes"]
        for e in document["traceEvents"]
        if e["ph"] == "C" and e["name"] == "shared"
    ]
    mbarriers = 2 * 4 * 8
    assert max(values) <= 32768 * 5 + mbarriers
    assert values[-1] == 32768 + mbarriers


def test_arrows_join_what_is_handed_off() -> None:
    """K and V go from the load role to both others, in every iteration."""
    events = ping_pong_trace(3)["traceEvents"]
    assert sorted(e["name"] for e in events if e["ph"] == "s") == ["load_K"] * 6 + ["load_V"] * 6


def test_what_it_says_about_itself() -> None:
    """The model's hash, the II and the unit of time are in the file."""
    about = ping_pong_trace()["otherData"]
    assert about["problem_sha256"] == "ab" * 32
    assert about["ii"] == II
    assert "one cycle" in about["time"]
    assert about["iterations"] == 2 + 4 - 1


def test_the_same_schedule_gives_the_same_text() -> None:
    """Nothing in a trace depends on the time or on the order of a set."""
    assert ping_pong_trace() == ping_pong_trace()
    assert trace_json(hostile_content()) == trace_json(hostile_content())


def test_a_plain_problem_has_units_only() -> None:
    """Without roles and memories there are no processes for them."""
    document = json.loads(trace_json(of(*vliw())))
    names = [e["args"]["name"] for e in document["traceEvents"] if e["name"] == "process_name"]
    assert names == ["loop", "units"]
    assert violations(document) == []


@settings(max_examples=60, deadline=None)
@given(schedules(), st.integers(1, 4))
def test_any_schedule_makes_a_sound_trace(case: tuple[Problem, Schedule], iterations: int) -> None:
    """Whatever overlaps, however long: the importer's rules hold, and nothing is left out."""
    problem, schedule = case
    content = Content(problem, Optimal(schedule), Bounds(1, ()), Context())
    document = json.loads(trace_json(content, iterations))
    assert violations(document) == []
    uses = sum(len(used) for op in problem.ops for used in op.reservations.values())
    events = document["traceEvents"]
    assert sum(1 for e in events if e.get("cat") == "unit") == uses * iterations
    roles = sum(1 for place in schedule.ops.values() if place.role is not None)
    assert sum(1 for e in events if e.get("cat") == "issue") == roles * iterations


def test_without_a_schedule_there_is_no_trace() -> None:
    """Nothing to run: an error that says so."""
    problem = attention()
    nothing = Content(problem, Unknown(Reason("stopped"), 1), bounds(problem), Context())
    with pytest.raises(ValueError, match="no schedule"):
        trace_json(nothing)
    with pytest.raises(ValueError, match="at least one iteration"):
        trace_json(of(*vliw()), 0)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=40))
def test_lanes_are_few_and_apart(uses: list[tuple[int, int]]) -> None:
    """As many lanes as slices at once at the busiest cycle, no more."""
    found = lanes(Slice("op", "unit", begin, begin + length) for begin, length in uses)
    for lane in found:
        ends = [max(s.end, s.begin + 1) for s in lane]
        assert all(end <= s.begin for end, s in zip(ends, lane[1:], strict=False))
    busiest = max(
        (sum(1 for b, n in uses if b <= cycle < b + max(1, n)) for cycle in range(80)), default=0
    )
    assert len(found) == busiest


def break_(change: Callable[[list[dict[str, Any]]], object]) -> list[str]:
    """What the rules say of a sound trace after a change."""
    document = copy.deepcopy(ping_pong_trace(2))
    change(document["traceEvents"])
    return violations(document)


def first(events: list[dict[str, Any]], phase: str) -> dict[str, Any]:
    """The first event of a kind."""
    return next(e for e in events if e["ph"] == phase)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda e: first(e, "X").pop("dur"), "fields"),
        (lambda e: first(e, "X").update(dur=0.5), "dur is 0.5"),
        (lambda e: first(e, "X").update(ts=-1), "ts is -1"),
        (lambda e: first(e, "C").update(args={"bytes": "many"}), "not one number"),
        (lambda e: first(e, "M").update(name="thread"), "no label"),
        (lambda e: e.reverse(), "order of time"),
        (lambda e: e.remove(first(e, "M")), "has no process_name"),
        (lambda e: first(e, "X").update(dur=10**6), "overlap"),
        (lambda e: e.remove(first(e, "f")), "does not end"),
        (lambda e: e.remove(first(e, "s")), "ends before it begins"),
        (lambda e: first(e, "s").update(tid=101), "in no slice"),
        (lambda e: e.append(dict(first(e, "C"), ts=10**6)) or e.append(e[-1]), "two values"),
    ],
)  # fmt: skip
def test_the_rules_can_fail(
    change: Callable[[list[dict[str, Any]]], object], complaint: str
) -> None:
    """Each rule finds the fault that it is there for."""
    assert any(complaint in text for text in break_(change))


def shell() -> str | None:
    """Perfetto's trace processor: TRACE_PROCESSOR_SHELL, or on the path."""
    named = os.environ.get("TRACE_PROCESSOR_SHELL")
    return named or shutil.which("trace_processor_shell") or shutil.which("trace_processor")


@pytest.mark.skipif(shell() is None, reason="Perfetto's trace_processor_shell is not installed")
@pytest.mark.parametrize("content", ["attention", "vliw", "hostile"])
def test_perfetto_reads_it_without_a_complaint(content: str, tmp_path: Path) -> None:
    """Its own importer counts no error and no lost data, and finds every slice and track."""
    from perfetto.trace_processor import TraceProcessor, TraceProcessorConfig

    problem = attention()
    made = {
        "attention": Content(problem, optimal(), bounds(problem), Context("ab" * 32)),
        "vliw": of(*vliw()),
        "hostile": hostile_content(),
    }[content]
    path = tmp_path / "trace.json"
    path.write_text(trace_json(made), encoding="utf-8")
    events = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    with TraceProcessor(str(path), config=TraceProcessorConfig(bin_path=shell())) as processor:
        bad = "select name, value from stats where value > 0 and severity in ('error', 'data_loss')"
        assert [(row.name, row.value) for row in processor.query(bad)] == []

        def number(query: str) -> int:
            return int(next(iter(processor.query(query))).n)

        assert number("select count(*) n from slice") == sum(e["ph"] == "X" for e in events)
        assert number("select count(*) n from flow") == sum(e["ph"] == "s" for e in events)
        assert number("select count(*) n from slice where depth > 0") == 0
        counters = {(e["pid"], e["name"]) for e in events if e["ph"] == "C"}
        assert number("select count(*) n from counter_track") == len(counters)
