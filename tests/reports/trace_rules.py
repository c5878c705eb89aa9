"""What Perfetto's importer of JSON traces asks for, as checks of a document.

From its documentation and from what it counts as errors or lost data: slices of a thread that
overlap without nesting (``slice_*``, ``misplaced_end_event``), flow events outside of any slice or
without a partner (``flow_no_enclosing_slice``, ``flow_end_without_start``, ``flow_duplicate_id``),
counters that are no numbers or run backwards, events that are no objects with the fields of their
kind (``json_parser_failure``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Event = dict[str, Any]

FIELDS = {
    "M": {"ph", "name", "ts", "pid", "tid", "args"},
    "X": {"ph", "name", "cat", "ts", "dur", "pid", "tid", "args"},
    "C": {"ph", "name", "ts", "pid", "tid", "args"},
    "s": {"ph", "name", "cat", "ts", "pid", "tid", "id"},
    "f": {"ph", "name", "cat", "ts", "pid", "tid", "id", "bp"},
}
LABELS = {"process_name", "process_sort_index", "thread_name", "thread_sort_index"}


def violations(document: Any) -> list[str]:
    """Everything that the importer would complain about, or show otherwise than it is meant."""
    if set(document) != {"displayTimeUnit", "otherData", "traceEvents"}:
        return ["the document has other fields"]
    events: list[Event] = document["traceEvents"]
    found = [f"event {number}: {text}" for number, e in enumerate(events) for text in _fields(e)]
    return found or [
        *_order(events),
        *_names(events),
        *_slices(events),
        *_flows(events),
        *_counters(events),
    ]


def _fields(event: Event) -> Iterator[str]:
    phase = event.get("ph")
    if phase not in FIELDS:
        yield f"no phase {phase}"
        return
    if set(event) != FIELDS[phase]:
        yield f"fields {sorted(event)}"
        return
    if not (isinstance(event["name"], str) and event["name"]):
        yield "no name"
    for key in {"ts", "dur", "pid", "tid", "id"} & set(event):
        if type(event[key]) is not int or event[key] < 0:
            yield f"{key} is {event[key]!r}"
    if phase == "f" and event["bp"] != "e":
        yield "does not bind to the slice around it"
    values = event.get("args", {}).values()
    if not all(type(value) in (int, str) for value in values):
        yield "arguments are neither numbers nor text"
    if phase == "C" and [type(value) for value in values] != [int]:
        yield "a counter is not one number"
    if phase == "M" and event["name"] not in LABELS:
        yield f"no label {event['name']}"


def _order(events: list[Event]) -> Iterator[str]:
    if any(a["ts"] > b["ts"] for a, b in pairwise(events)):
        yield "events are not in order of time"


def _names(events: list[Event]) -> Iterator[str]:
    named = Counter(
        (e["pid"], e["tid"] if e["name"].startswith("thread") else None, e["name"])
        for e in events
        if e["ph"] == "M"
    )
    if any(times > 1 for times in named.values()):
        yield "something is named twice"
    threads = {(e["pid"], e["tid"]) for e in events if e["ph"] in "Xsf"}
    for pid, tid in threads:
        for key in ((pid, None, "process_name"), (pid, tid, "thread_name")):
            if key not in named:
                yield f"{pid}/{tid} has no {key[2]}"
    if len({tid for _, tid in threads}) < len(threads):
        yield "two threads have one number"


def _slices(events: list[Event]) -> Iterator[str]:
    """Stricter than nesting: the slices of a thread are apart and begin at different times."""
    threads: dict[tuple[int, int], list[Event]] = defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            threads[event["pid"], event["tid"]].append(event)
    for where, slices in threads.items():
        for a, b in pairwise(slices):
            if b["ts"] < a["ts"] + max(1, a["dur"]):
                yield f"{where}: {a['name']} and {b['name']} overlap"


def _flows(events: list[Event]) -> Iterator[str]:
    """Read as the importer does: an event belongs to the last slice that began on its thread."""
    last: dict[tuple[int, int], Event] = {}
    open_: set[int] = set()
    seen: set[int] = set()
    for event in events:
        where = event.get("pid", 0), event.get("tid", 0)
        if event["ph"] == "X":
            last[where] = event
        if event["ph"] not in "sf":
            continue
        around = last.get(where)
        if around is None or not around["ts"] <= event["ts"] < around["ts"] + max(1, around["dur"]):
            yield f"flow {event['id']} is in no slice"
        if event["ph"] == "s":
            if event["id"] in seen:
                yield f"flow {event['id']} begins twice"
            seen.add(event["id"])
            open_.add(event["id"])
        elif event["id"] in open_:
            open_.remove(event["id"])
        else:
            yield f"flow {event['id']} ends before it begins"
    for number in sorted(open_):
        yield f"flow {number} does not end"


def _counters(events: list[Event]) -> Iterator[str]:
    samples: dict[tuple[int, str], list[int]] = defaultdict(list)
    for event in events:
        if event["ph"] == "C":
            samples[event["pid"], event["name"]].append(event["ts"])
    for (_, name), times in samples.items():
        if any(a >= b for a, b in pairwise(times)):
            yield f"counter {name} has two values at once"
