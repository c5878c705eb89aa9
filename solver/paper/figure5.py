"""Figure 5: memory. When results are live, and that live results fit each memory.

``live[v, i, t]`` follows backwards from T by the propagation rules. Copies whose readers are
all in the program live alike, shifted by I, so the variables belong to *lives*: a value with
the readers that one copy of it has. With ``liveness=steady`` values are counted modulo I over
all iterations instead, also those that are carried into the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from twill.solver.paper.formula import FALSE, TRUE
from twill.solver.paper.program import PaperEdge
from twill.solver.paper.unrolled import Unrolled


@dataclass(frozen=True, slots=True)
class Life:
    """A value with the readers of one copy; ``carried``: it is live at T (INIT)."""

    value: str
    readers: tuple[PaperEdge, ...]
    carried: bool


@dataclass
class Lives:
    """The variables live[v, i, t] of a program, shared between copies that live alike."""

    q: Unrolled
    _variables: dict[tuple[Life, int], int] = field(default_factory=dict)

    def of(self, value: str, copy: int) -> Life:
        """The life of a copy's value."""
        readers = self.q.program.readers[value]
        inside = tuple(e for e in readers if copy + e.distance < self.q.copies)
        last = copy == self.q.copies - 1
        return Life(value, inside, last and any(e.distance > 0 for e in readers))

    def at(self, life: Life, cycle: int) -> int:
        """Whether a value is live at a cycle of its own copy."""
        begin, end = self.span(life)
        if cycle >= end:
            return TRUE if life.carried else FALSE
        if cycle < begin:
            if not _may_vanish(life):
                return FALSE
            cycle = -1
        key = (life, cycle)
        if key not in self._variables:
            self._variables[key] = self.q.formula.new()
        return self._variables[key]

    def span(self, life: Life) -> tuple[int, int]:
        """The cycles at which liveness is open; before, nothing is defined, after, INIT holds."""
        q = self.q
        begin = q.earliest[life.value]
        if life.carried:
            return begin, q.length
        ends = [q.latest[e.dst] + e.distance * q.ii + e.reading for e in life.readers]
        return begin, max(ends, default=begin)

    def steps(self, life: Life) -> Iterator[int]:
        """The cycles t whose liveness says something about t - 1."""
        begin, end = self.span(life)
        first = 0 if _may_vanish(life) else begin
        return iter(range(first, end + 1))

    def reads(self, life: Life, cycle: int) -> list[int]:
        """Literals that say that a reader releases the value at a cycle."""
        return [
            self.q.op(e.dst, 0, cycle - e.distance * self.q.ii - e.reading) for e in life.readers
        ]


def _may_vanish(life: Life) -> bool:
    """Whether every reader may be in the cycle of the definition.

    The rules then make the value live from the program's first cycle until its definition.
    """
    edges = life.readers
    return bool(edges) and not life.carried and all(e.delay + e.reading == 0 for e in edges)


def init(lives: Lives, life: Life) -> None:
    """INIT: at T the loop-carried results of the last copy are live, all others dead.

    Holds by construction: ``Lives.at`` is a constant from the end of the span on.
    """


def liveprop_1(lives: Lives, life: Life) -> None:
    """LIVEPROP-1: live at t and defined at t: dead at t - 1."""
    for t in lives.steps(life):
        defined = lives.q.op(life.value, 0, t)
        lives.q.formula.implies(lives.at(life, t), defined, -lives.at(life, t - 1))


def liveprop_2(lives: Lives, life: Life) -> None:
    """LIVEPROP-2: live at t and not defined at t: live at t - 1."""
    for t in lives.steps(life):
        defined = lives.q.op(life.value, 0, t)
        lives.q.formula.implies(lives.at(life, t), -defined, lives.at(life, t - 1))


def deadprop_1(lives: Lives, life: Life) -> None:
    """DEADPROP-1: dead at t and read at t: live at t - 1."""
    for t in lives.steps(life):
        for read in lives.reads(life, t):
            lives.q.formula.implies(-lives.at(life, t), read, lives.at(life, t - 1))


def deadprop_2(lives: Lives, life: Life) -> None:
    """DEADPROP-2: dead at t and not read at t: dead at t - 1."""
    for t in lives.steps(life):
        reads = lives.reads(life, t)
        lives.q.formula.clause(lives.at(life, t), *reads, -lives.at(life, t - 1))


def propagate(lives: Lives, values: list[str]) -> None:
    """The rules, once for each life of the values."""
    copies = range(lives.q.copies)
    for life in dict.fromkeys(lives.of(value, copy) for value in values for copy in copies):
        for rule in (init, liveprop_1, liveprop_2, deadprop_1, deadprop_2):
            rule(lives, life)


def cycles_charged(lives: Lives, values: list[str]) -> range:
    """The cycles t at which memory and registers are counted.

    Where no distance is above 1 and no value may vanish, each life of copy i is also one of copy
    i + 1 or shorter, so a cycle before the steady state holds no more than the same one an
    iteration later.
    """
    q = lives.q
    far = any(e.distance > 1 for e in q.program.edges)
    odd = any(_may_vanish(lives.of(value, copy)) for value in values for copy in range(q.copies))
    return range(0 if far or odd else (q.copies - 1) * q.ii, q.total + 1)


def live_at(lives: Lives, value: str, t: int) -> list[int]:
    """live[v, i, t] of every copy i at a cycle of the program."""
    q = lives.q
    found = [lives.at(lives.of(value, copy), t - copy * q.ii) for copy in range(q.copies)]
    return [literal for literal in found if literal != FALSE]


def live_in_phase(q: Unrolled, value: str, phase: int) -> list[int]:
    """Literals that hold for each iteration whose value is live at a phase of the steady state."""
    found = []
    readers = q.program.readers[value]
    end = max((q.latest[e.dst] + e.distance * q.ii + e.reading for e in readers), default=0)
    for cycle in range(phase, end, q.ii):
        born = q.issued(value, 0, cycle)
        if born == FALSE:
            continue
        literal = q.formula.new()
        for e in readers:
            released = q.issued(e.dst, 0, cycle - e.distance * q.ii - e.reading)
            q.formula.implies(born, -released, literal)
        found.append(literal)
    return found


def live_sets(q: Unrolled, values: list[str]) -> Iterator[dict[str, list[int]]]:
    """For every cycle or phase that counts, the literals of the live instances of each value."""
    if q.options.liveness == "steady":
        for phase in range(q.ii):
            yield {value: live_in_phase(q, value, phase) for value in values}
        return
    lives = Lives(q)
    propagate(lives, values)
    for t in cycles_charged(lives, values):
        yield {value: live_at(lives, value, t) for value in values}


def memory_capacity(q: Unrolled) -> None:
    """MEMORY CAPACITY: the footprints of live results fit each memory at all times."""
    for memory, available in q.program.memories.items():
        size = {op.name: op.footprint.get(memory, 0) for op in q.program.ops}
        values = [name for name in size if size[name]]
        if not values:
            if available < 0:
                q.formula.clause()
            continue
        for live in live_sets(q, values):
            terms = [(size[v], literal) for v, literals in live.items() for literal in literals]
            q.formula.at_most(terms, available)


def figure5(q: Unrolled) -> None:
    """All constraints of Figure 5."""
    memory_capacity(q)
