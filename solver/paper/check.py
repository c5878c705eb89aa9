"""Figures 4, 5 and 6 to the letter, on concrete answers: expanded, with no engine.

Independent of the encoding: the program is unrolled, liveness is computed backwards from T by
the rules as printed, and every constraint is evaluated at every cycle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import PaperEdge, PaperOp, Program
from twill.solver.paper.solution import Solution


@dataclass(frozen=True)
class Unfolded:
    """A solution of a program with everything that the figures speak of."""

    program: Program
    solution: Solution
    options: PaperOptions

    @property
    def ii(self) -> int:
        """I."""
        return self.solution.ii

    @property
    def copies(self) -> range:
        """The copies i."""
        return range(self.solution.copies)

    @property
    def total(self) -> int:
        """T."""
        return (self.solution.copies - 1) * self.ii + self.solution.length

    def at(self, name: str, copy: int) -> int:
        """The cycle t with op[v, i, t]."""
        return self.solution.start[name] + copy * self.ii

    def apart(self, one: str, other: str) -> bool:
        """Whether a value between two operations is spilled."""
        a, b = set(self.solution.places[one]), set(self.solution.places[other])
        if self.options.warps == "single" and self.options.same == "overlap":
            return not a & b
        if self.options.warps == "single" and self.options.same == "inside":
            return not (a <= b or b <= a)
        return a != b

    def meet(self, one: str, other: str) -> bool:
        """Whether two operations have a warp in common."""
        return bool(set(self.solution.places[one]) & set(self.solution.places[other]))

    @cached_property
    def live(self) -> dict[str, list[list[bool]]]:
        """live[v][i][t] for t from 0 to T, backwards from T by the rules of Figure 5."""
        return {op.name: [self._lived(op, copy) for copy in self.copies] for op in self.program.ops}

    def _lived(self, op: PaperOp, copy: int) -> list[bool]:
        readers = self.program.readers[op.name]
        ends = [
            self.at(e.dst, copy + e.distance) + e.reading
            for e in readers
            if copy + e.distance in self.copies
        ]
        now = copy == self.copies[-1] and any(e.distance > 0 for e in readers)
        live = [now]
        for t in range(self.total, 0, -1):
            now = t != self.at(op.name, copy) if now else t in ends
            live.append(now)
        return live[::-1]

    def held(self, name: str, t: int) -> int:
        """Instances of a value that are charged at t, a cycle of the program or a phase of I."""
        if self.options.liveness == "program":
            return sum(lived[t] for lived in self.live[name])
        born = self.solution.start[name]
        ends = [
            self.solution.start[e.dst] + e.distance * self.ii + e.reading
            for e in self.program.readers[name]
        ]
        return sum(1 for cycle in range(born, max(ends, default=born)) if cycle % self.ii == t)

    @property
    def times(self) -> range:
        """The cycles, or phases, at which memory and registers are counted."""
        return range(self.total + 1 if self.options.liveness == "program" else self.ii)


def violations(program: Program, solution: Solution, options: PaperOptions) -> tuple[str, ...]:
    """Every constraint of the figures that a solution breaks, with the numbers."""
    case = Unfolded(program, solution, options)
    return tuple(text for check in CHECKS for text in check(case))


def _emitted(case: Unfolded, edge: PaperEdge) -> bool:
    return edge.distance in case.copies or case.options.edges == "all"


def uniqueness(case: Unfolded) -> Iterator[str]:
    """UNIQUENESS, CONSISTENCY: each operation has one start within the program."""
    for op in case.program.ops:
        if case.solution.start.get(op.name, -1) < 0:
            yield f"UNIQUENESS: {op.name} has no start"


def completion(case: Unfolded) -> Iterator[str]:
    """COMPLETION: nothing executes, or issues, at T or later."""
    for op in case.program.ops:
        last = case.at(op.name, case.copies[-1])
        if last + max(1, op.cycles) > case.total:
            yield f"COMPLETION: {op.name} ends at {last + op.cycles}, T is {case.total}"


def dependence(case: Unfolded) -> Iterator[str]:
    """DEPENDENCE, CROSS-WARP SPILLS: v at least d (and the spill) after u, where both exist."""
    for e in case.program.edges:
        if not _emitted(case, e):
            continue
        have = case.at(e.dst, e.distance) - case.at(e.src, 0)
        if have < e.delay:
            yield f"DEPENDENCE: {e.dst} is {have} after {e.src}@-{e.distance}, it needs {e.delay}"
        need = e.delay + case.program.op[e.src].spill
        if case.program.places and e.value and case.apart(e.src, e.dst) and have < need:
            yield f"CROSS-WARP SPILLS: {e.dst} is {have} after {e.src}, it needs {need}"


def capacity(case: Unfolded) -> Iterator[str]:
    """CAPACITY: in every cycle of the program, and over the period for fluid units."""
    for unit, available in case.program.units.items():
        load: Counter[int] = Counter()
        for op in case.program.ops:
            for run in op.uses.get(unit, ()):
                for copy in case.copies:
                    begin = case.at(op.name, copy) + run.offset
                    for t in range(begin, begin + run.length):
                        load[t] += run.amount
        most = max(load.values(), default=0)
        if most > available:
            yield f"CAPACITY: {unit} is asked for {most} of {available}"
    for fluid in case.program.fluids:
        if fluid.work > fluid.capacity * case.ii:
            yield f"CAPACITY: {fluid.unit} is asked for {fluid.work} per period"


def memory_capacity(case: Unfolded) -> Iterator[str]:
    """MEMORY CAPACITY: live footprints fit each memory."""
    for memory, available in case.program.memories.items():
        sizes = {op.name: op.footprint.get(memory, 0) for op in case.program.ops}
        peak = max(
            sum(size * case.held(name, t) for name, size in sizes.items() if size)
            for t in case.times
        )
        if peak > available:
            yield f"MEMORY CAPACITY: {memory} holds {peak} of {available}"


def warps(case: Unfolded) -> Iterator[str]:
    """WARP UNIQUENESS, VARIABLE LATENCY: everything placed, and where it may be."""
    if not case.program.places:
        return
    for op in case.program.ops:
        need = op.warps if case.options.warps == "single" else 1
        here = case.solution.places[op.name]
        if len(set(here)) != need or not all(0 <= w < case.program.places for w in here):
            yield f"WARP UNIQUENESS: {op.name} is on {here}, it needs {need}"
        judged = op.variable_latency or case.options.variable_latency == "iff"
        if case.program.designated and judged and (0 in here) != op.variable_latency:
            yield f"VARIABLE LATENCY: {op.name} is on {here}"
    yield from _widths(case)


def _widths(case: Unfolded) -> Iterator[str]:
    most, unit = case.program.max_warps, case.program.warp_group
    if most is None:
        return
    wide = {
        w: max(op.warps for op in case.program.ops if w in case.solution.places[op.name])
        for w in {w for here in case.solution.places.values() for w in here}
    }
    total = sum(-(-width // unit) * unit for width in wide.values())
    if total > most:
        yield f"WARP UNIQUENESS: the groups have {total} warps, there are {most}"


def register_limit(case: Unfolded) -> Iterator[str]:
    """REGISTER LIMIT: live registers of each warp fit."""
    limit = case.program.register_limit
    if limit is None:
        return
    for w in range(case.program.places):
        mine = [op for op in case.program.ops if w in case.solution.places[op.name]]
        peak = max(
            sum(op.registers * case.held(op.name, t) for op in mine if op.registers)
            for t in case.times
        )
        if peak > limit:
            yield f"REGISTER LIMIT: warp {w} holds {peak} of {limit}"


def concurrency(case: Unfolded) -> Iterator[str]:
    """CONCURRENCY, also of spills: nothing of its warp is in flight when a consumer blocks."""
    if not case.program.places:
        return
    for op in case.program.ops:
        if not _blocks(case, op):
            continue
        for other in case.program.ops:
            window = other.cycles if case.options.concurrency == "paper" else other.issue
            if other.name == op.name or not case.meet(op.name, other.name):
                continue
            starts = {case.at(other.name, copy) for copy in case.copies}
            for copy in case.copies:
                t = case.at(op.name, copy)
                if starts & set(range(t - window + 1, t + 1)):
                    yield f"CONCURRENCY: {other.name} is in flight when {op.name} blocks"
                    break


def requirement(case: Unfolded) -> Iterator[str]:
    """REQUIREMENT: roles as fixed, no register value across warps, no partition refused."""
    wanted = case.program.requirements
    if not case.program.places:
        return
    for one, other in combinations(wanted.roles, 2):
        together = wanted.roles[one] == wanted.roles[other]
        if together and case.apart(one, other):
            yield f"REQUIREMENT: {one} and {other} are to be on one group"
        if not together and case.meet(one, other):
            yield f"REQUIREMENT: {one} and {other} are to be on two groups"
    for e in case.program.edges:
        held = e.value and case.program.op[e.src].registers
        if wanted.no_handoff and held and case.apart(e.src, e.dst):
            yield f"REQUIREMENT: {e.dst} reads {e.src} from other warps"
    for labels in wanted.other_than:
        pairs = list(combinations(labels, 2))
        if all(case.meet(*p) if labels[p[0]] == labels[p[1]] else case.apart(*p) for p in pairs):
            yield "REQUIREMENT: the partition was to be avoided"


def _blocks(case: Unfolded, op: PaperOp) -> bool:
    for e in case.program.edges:
        if e.dst != op.name:
            continue
        if e.blocking:
            return True
        crossing = e.value and case.apart(e.src, e.dst)
        spilled = case.program.op[e.src].spill > 0
        rule = case.options.spill_blocks
        if crossing and (rule == "all" or (rule == "spilled" and spilled)):
            return True
    return False


CHECKS = (
    uniqueness,
    completion,
    dependence,
    capacity,
    memory_capacity,
    warps,
    register_limit,
    concurrency,
    requirement,
)
