"""The Trace Event Format, as far as a run needs it, such that Perfetto reads it without loss.

Perfetto's importer asks for more than the format does: slices of one thread nest or are apart, a
flow event lies within a slice of its thread that has already begun, and events are best in order
of time. Here the slices of a thread do not even touch in their begin, so that a flow event has
one slice to belong to: where work overlaps, a track becomes several *lanes*, a thread each. One
cycle is one microsecond.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Args = Mapping[str, str | int | None]
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Slice:
    """Something that takes from cycle ``begin`` to ``end``; ``kind`` is its category."""

    name: str
    kind: str
    begin: int
    end: int
    args: Args = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one slice to another that begins no earlier; slices by identity."""

    name: str
    src: Slice
    dst: Slice


@dataclass(frozen=True, slots=True)
class Track:
    """A row of the picture: one role, one unit."""

    name: str
    slices: Sequence[Slice]


@dataclass(frozen=True, slots=True)
class Counter:
    """A number over time: ``samples`` are (cycle, value), in order; ``unit`` names the value."""

    name: str
    unit: str
    samples: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Process:
    """A group of tracks and counters, in the order in which they are to be shown."""

    name: str
    tracks: Sequence[Track] = ()
    counters: Sequence[Counter] = ()


def trace_text(
    processes: Sequence[Process], arrows: Iterable[Arrow], about: Mapping[str, object]
) -> str:
    """The trace as JSON text. Cycle 0 of the text is the earliest begin of a slice."""
    writer = _Writer(processes)
    events = [*writer.names, *writer.in_order(arrows)]
    document = {"displayTimeUnit": "ns", "otherData": about, "traceEvents": events}
    # A viewer may embed the text in a page: no "<" can end its script element.
    return json.dumps(document, indent=None, separators=(",", ":")).replace("<", "\\u003c") + "\n"


def lanes(slices: Iterable[Slice]) -> list[list[Slice]]:
    """Slices that do not overlap to a lane, in as few lanes as first fit gives.

    One without length keeps its cycle to itself, so that no two of a lane begin together.
    """
    found: list[list[Slice]] = []
    for one in sorted(slices, key=lambda s: (s.begin, s.begin - s.end)):
        free = (lane for lane in found if _end(lane[-1]) <= one.begin)
        lane = next(free, None)
        if lane is None:
            found.append([one])
        else:
            lane.append(one)
    return found


def _end(one: Slice) -> int:
    return max(one.end, one.begin + 1)


class _Writer:
    """Gives every lane a thread, and knows where each slice is."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self.names: list[Event] = []
        self._events: list[tuple[tuple[int, int], Event]] = []
        self._thread: dict[int, tuple[int, int]] = {}
        begins = [s.begin for p in processes for t in p.tracks for s in t.slices]
        self._zero = min(begins, default=0)
        self._threads = 0
        for pid, process in enumerate(processes, 1):
            self._describe(process, pid)

    def in_order(self, arrows: Iterable[Arrow]) -> Iterator[Event]:
        """All events by time; at one time slices begin before arrows leave and arrive."""
        for number, arrow in enumerate(arrows, 1):
            self._fly(arrow, number)
        return (event for _, event in sorted(self._events, key=lambda pair: pair[0]))

    def _describe(self, process: Process, pid: int) -> None:
        self._label("process", {"pid": pid, "tid": pid}, process.name, pid)
        for track in process.tracks:
            for number, lane in enumerate(lanes(track.slices) or [[]], 1):
                self._lane(lane, f"{track.name} ({number})" if number > 1 else track.name, pid)
        for counter in process.counters:
            where = {"pid": pid, "tid": self._new_thread()}
            for cycle, value in counter.samples:
                args = {counter.unit: value}
                self._add(cycle, 0, {"ph": "C", "name": counter.name, **where, "args": args})

    def _lane(self, lane: list[Slice], name: str, pid: int) -> None:
        where = {"pid": pid, "tid": self._new_thread()}
        self._label("thread", where, name, where["tid"])
        for one in lane:
            self._thread[id(one)] = (pid, where["tid"])
            args = {key: value for key, value in one.args.items() if value is not None}
            event = {"ph": "X", "name": one.name, "cat": one.kind, "dur": one.end - one.begin}
            self._add(one.begin, 1, event | where | {"args": args})

    def _fly(self, arrow: Arrow, number: int) -> None:
        """An arrow leaves at the end of its slice, or when the other begins if that is earlier."""
        src, dst = arrow.src, arrow.dst
        leaves = max(src.begin, min(src.end - 1, dst.begin))
        for phase, one, cycle, order in (("s", src, leaves, 2), ("f", dst, dst.begin, 3)):
            pid, tid = self._thread[id(one)]
            event = {"ph": phase, "name": arrow.name, "cat": "hand-off", "id": number}
            bound = {"bp": "e"} if phase == "f" else {}
            self._add(cycle, order, event | {"pid": pid, "tid": tid} | bound)

    def _add(self, cycle: int, order: int, event: Event) -> None:
        ts = max(0, cycle - self._zero)
        self._events.append(((ts, order), event | {"ts": ts}))

    def _label(self, what: str, where: Event, name: str, order: int) -> None:
        for kind, args in (("name", {"name": name}), ("sort_index", {"sort_index": order})):
            event = {"ph": "M", "name": f"{what}_{kind}", "ts": 0, **where, "args": args}
            self.names.append(event)

    def _new_thread(self) -> int:
        """Thread numbers from 101 on: none is a process number, whose thread is its main one."""
        self._threads += 1
        return 100 + self._threads
