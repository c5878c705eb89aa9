"""Everything that holds values in a run, and the rules of reading and overwriting it."""

from __future__ import annotations

from collections import defaultdict

from twill.simulate.finding import Kind
from twill.simulate.plan import PARTS, Place, Plan
from twill.simulate.storage import Cell, Entry, Part, Reader
from twill.simulate.values import Value, Values


class Hazard(Exception):
    """A value is used in the wrong order; ``value``, ``other``: what it is about, and whom."""

    def __init__(self, kind: Kind, message: str, value: str, other: str, slots: int) -> None:
        super().__init__(message)
        self.kind, self.message, self.value, self.other = kind, message, value, other
        self.slots = slots


class Storage:
    """Slots of rings, registers and hand-offs, each in shares of one warp."""

    def __init__(self, plan: Plan, values: Values) -> None:
        self.plan, self.values = plan, values
        self.cells: dict[tuple[str, str, int, int], Cell] = defaultdict(Cell)
        self._fill()

    def _fill(self) -> None:
        """What circulates in one storage is there before iteration 0; the rest are constants."""
        deepest: dict[str, int] = defaultdict(int)
        for name, readers in self.plan.readers.items():
            place = self.plan.place(name)
            for d in readers if place.accumulator else ():
                if not (place.kind == "registers" and self.plan.crosses(d)):
                    deepest[name] = max(deepest[name], d.distance)
        for name, most in deepest.items():
            for iteration in range(-most, 0):
                for part in range(PARTS):
                    agents = set(self.plan.agents(name, iteration, part))
                    entry = Entry(
                        name, iteration, self.values.initial(name), -1, None, part, agents
                    )
                    cell = self.cell(self.plan.place(name), iteration, part)
                    cell.entries[name, iteration] = entry

    def cell(self, place: Place, iteration: int, part: int) -> Cell:
        """The share of the slot that the value of an iteration takes."""
        slot = iteration - place.lag
        return self.cells[place.kind, place.name, slot % place.slots if place.slots else slot, part]

    def find(self, place: Place, tag: tuple[str, int], part: int, by: Reader) -> Entry:
        """The entry of a value; Hazard if the slot holds something else."""
        name, iteration = tag
        cell = self.cell(place, iteration, part)
        entry = cell.get(tag, by)
        if entry is None:
            slot, wanted = self._slot(place, iteration), f"{name} of iteration {iteration}"
            message = f"{slot} holds {cell.holds()}, not {wanted}"
            raise Hazard("read too early", message, name, "", place.slots)
        return entry

    def read(
        self, place: Place, tag: tuple[str, int], part: int, by: Reader, until: int | Part, now: int
    ) -> Value:
        """Read a value that must be there; ``until``: when the reader is done with it."""
        entry = self.find(place, tag, part, by)
        if not self._complete(entry, by, until, now):
            message = f"{entry.tag} is still being written"
            raise Hazard("read too early", message, tag[0], "", place.slots)
        entry.remaining.discard(by)
        entry.reading[by] = until
        return entry.content

    def _complete(self, entry: Entry, by: Reader, until: int | Part, now: int) -> bool:
        """Whether a value may be read; an engine may chain what it completes in order.

        What a warp stored itself it finds complete: it went on only when it could be used.
        """
        if entry.ready is not None:
            written = (entry.value, entry.iteration, entry.by_warp)
            return entry.ready <= now or self._same_warp(written, by)
        if not isinstance(until, Part) or until.queue is None or entry.writer is None:
            return False
        flow = self.plan.flows[until.op].get((entry.value, until.iteration - entry.iteration))
        return until.queue == entry.writer.queue and flow is not None and not flow.blocking

    def _same_warp(self, one: Reader, other: Reader) -> bool:
        """Whether one warp did both, in program order."""
        role_of = self.plan.role_of_reader
        return one[2] == other[2] and role_of[one[0]] == role_of[other[0]]

    def write(self, place: Place, entry: Entry, part: int, by: Reader, now: int) -> None:
        """Put a value where it belongs; Hazard if somebody still needs what is there."""

        def kills(there: Entry) -> bool:
            return self._overwrites(entry, there, place)

        def busy(reader: Reader, until: int) -> bool:
            return until > now and not self._same_warp(reader, by)

        cell = self.cell(place, entry.iteration, part)
        found = cell.in_the_way(kills, by, entry.writer, busy)
        if found is not None:
            there, reader = found
            slot = self._slot(place, entry.iteration)
            if reader is None:
                message = f"{slot} is still being written with {there.tag}"
                raise Hazard(
                    "overwritten too early", message, there.value, there.value, place.slots
                )
            doing = "still reads" if reader in there.reading else "still has to read"
            message = f"{slot} holds {there.tag}, which {_reader(reader)} {doing}"
            raise Hazard("overwritten too early", message, there.value, reader[0], place.slots)
        cell.put(entry, kills)

    def _overwrites(self, entry: Entry, there: Entry, place: Place) -> bool:
        """Whether a value destroys another in its slot; slices of one storage do not."""
        plan = self.plan
        if place.kind not in ("ring", "registers") or there.value == entry.value:
            return True
        reads = (there.value, entry.iteration - there.iteration) in plan.flows[entry.value]
        taken = reads or there.value in plan.ancestors(entry.value)
        other = plan.place(there.value)
        same = entry.iteration - place.lag == there.iteration - other.lag
        return taken or not (same or place.accumulator)

    def _slot(self, place: Place, iteration: int) -> str:
        if place.kind == "registers":
            return f"the registers of {place.name}"
        if place.kind == "received":
            return f"the copy of {place.name}"
        what = (
            f"the hand-off of {place.name}"
            if place.kind == "hand-off"
            else f"the ring of {place.name}"
        )
        if place.slots <= 1:
            return what
        return f"slot {(iteration - place.lag) % place.slots} of {what}"


def _reader(reader: Reader) -> str:
    return f"{reader[0]} of iteration {reader[1]}"
