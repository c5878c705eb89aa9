"""Robustness at most a given period, exactly: a second time for every event, latencies longer.

The level of robustness is the largest ratio of any circuit of the schedule's event graph with
longer latencies (``docs/problem.md``). It is at most R if and only if the events have times that
repeat every R cycles and keep every edge. So a model gets these times beside the starts; what
both share is what the schedule decides: roles, who comes before whom and how many iterations
later, how many slots a ring has. Times are in parts of a cycle, so that longer latencies are
whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations

from ortools.sat.python import cp_model

from twill.accounting import ceil_div
from twill.events.schedule import is_late, issued, varies
from twill.problem import Op, Reservation
from twill.solver.cpsat.concurrency import Streams
from twill.solver.cpsat.model import Model
from twill.solver.cpsat.variables import Expr, Literal, negated
from twill.storage import Buffer, buffers, read_end

When = tuple[Literal, ...]


def add_late(model: Model, longer: Fraction, most: int) -> None:
    """ROBUSTNESS at most ``most`` with latencies ``longer`` by a fraction.

    Of two windows that begin in the same cycle and do not block either may come first: that is
    left open, so what is refuted is refuted, and what is found is judged by accounting.
    """
    _Late(model, longer, most).add()


class _Late:
    """The second times of one model, and every edge of the event graph over them."""

    def __init__(self, model: Model, longer: Fraction, most: int) -> None:
        self.model, self.space = model, model.space
        self.problem, self.cp, self.ii = model.space.problem, model.space.cp, model.space.ii
        self.more, self.parts = longer.numerator, longer.denominator
        self.period = most * self.parts
        events = dict.fromkeys(e for op in self.problem.ops for e in (op.name, issued(op)))
        reach = self._reach(len(events))
        self.time = {e: self.cp.new_int_var(-reach, reach, f"{e}, late") for e in events}
        self.cp.add(self.time[next(iter(events))] == 0)

    def _reach(self, events: int) -> int:
        """No two times need be further apart: every edge once, each as long as the longest."""
        ends = [op.latency + op.issue for op in self.problem.ops]
        ends += [d.delay + self.problem.op[d.src].handoff.latency for d in self.space.dependences]
        ends += [read_end(self.problem, d) for d in self.space.dependences]
        tokens = 2 * (self.problem.limits.max_stages + 2 + ceil_div(max(ends), self.ii))
        return events * (2 * self.parts * max(ends) + tokens * self.period)

    def add(self) -> None:
        """Every edge."""
        self._data()
        self._dependences()
        self._units()
        if self.problem.roles is not None:
            self._streams()
        self._rings()

    def _edge(self, src: str, dst: str, delay: Expr, tokens: Expr, when: When = ()) -> None:
        """``dst`` of ``tokens`` iterations on comes ``delay`` parts of a cycle after ``src``."""
        if any(self.space.is_false(literal) for literal in when):
            return
        apart = 0 if src == dst else self.time[dst] - self.time[src]
        self._if(when, apart + tokens * self.period - delay >= 0)

    def _if(self, when: When, kept: cp_model.BoundedLinearExpression | bool) -> None:
        """Under these literals; what the input decides is a plain truth value."""
        open_ = [literal for literal in when if not self.space.is_true(literal)]
        if isinstance(kept, bool):
            if not kept:
                self.cp.add_bool_or([negated(literal) for literal in open_])
            return
        constraint = self.cp.add(kept)
        if open_:
            constraint.only_enforce_if(*open_)

    def _grown(self, cycles: int, *, late: bool) -> int:
        """Cycles in parts of a cycle, longer where they are a latency that may be."""
        return cycles * (self.parts + (self.more if late and cycles > 0 else 0))

    # What holds whatever the program is like

    def _data(self) -> None:
        """A streaming load is issued its latency before its data is there."""
        for op in self.problem.ops:
            if op.streaming:
                self._edge(issued(op), op.name, self._grown(op.latency, late=True), 0)

    def _dependences(self) -> None:
        for d in self.space.dependences:
            src = self.problem.op[d.src]
            delay = self._grown(d.delay, late=varies(self.problem, d))
            self._edge(d.src, d.dst, delay, d.distance)
            handoff = src.handoff.latency
            if d.kind == "flow" and handoff:
                delay += self._grown(handoff, late=True)
                self._edge(d.src, d.dst, delay, d.distance, (self.space.apart(d.src, d.dst),))

    # Orders

    def _rounds(self, u: str, v: str, pad: int) -> Expr:
        """How many iterations later the first instance of v is that comes after one of u."""
        least, most = self.space.apart_by(u, v)
        low, high = -ceil_div(most + pad, self.ii), ceil_div(pad - least, self.ii)
        return low if low == high else self.cp.new_int_var(low, high, f"{v} after {u}")

    def _units(self) -> None:
        """Reservations that cannot overlap keep their order."""
        for unit in self.problem.units:
            if unit.fluid:
                continue
            held = [
                (op, r)
                for op in self.problem.ops
                for r in op.reservations.get(unit.name, ())
                if r.length
            ]
            for (u, a), (v, b) in combinations(held, 2):
                if a.amount + b.amount > unit.capacity:
                    self._turns(u, a, v, b)

    def _turns(self, u: Op, a: Reservation, v: Op, b: Reservation) -> None:
        """Two reservations of one unit, the second ``rounds`` iterations after the first."""
        there, back = a.offset + a.length - b.offset, b.offset + b.length - a.offset
        if u is v:
            self._edge(u.name, u.name, there * self.parts, ceil_div(there, self.ii))
            self._edge(u.name, u.name, back * self.parts, ceil_div(back, self.ii))
            return
        rounds = self._rounds(u.name, v.name, abs(there) + abs(back))
        start = self.space.start
        self.cp.add(start[v.name] + rounds * self.ii >= start[u.name] + there)
        self.cp.add(start[u.name] + (1 - rounds) * self.ii >= start[v.name] + back)
        self._edge(u.name, v.name, there * self.parts, rounds)
        self._edge(v.name, u.name, back * self.parts, 1 - rounds)

    def _streams(self) -> None:
        """Windows of one role keep the order in which they begin."""
        streams = Streams(self.space)
        for u, v in combinations(self.problem.ops, 2):
            same = self.space.same(u.name, v.name)
            if not self.space.is_false(same):
                self._stream(streams, u, v, same)

    def _stream(self, streams: Streams, u: Op, v: Op, same: Literal) -> None:
        one, two = self._begin(streams, u), self._begin(streams, v)
        rounds = self._rounds(u.name, v.name, self._pad(u) + self._pad(v) + self.ii)
        later = two + rounds * self.ii - one
        self._if((same,), later >= 0)
        self._if((same,), later <= self.ii)
        self._follow(streams, u, v, rounds, (same,))
        self._follow(streams, v, u, 1 - rounds, (same,))

    def _follow(self, streams: Streams, u: Op, v: Op, rounds: Expr, when: When) -> None:
        """One is issued after the other, and after its window where either of the two blocks."""
        tail = (u.issue + streams.send[u.name]) * self.parts
        lead = streams.wait[v.name] * self.parts
        self._edge(issued(u), issued(v), 0, rounds, when)
        for cause in (streams.blocks[u.name], streams.blocks[v.name]):
            self._edge(issued(u), issued(v), tail + lead, rounds, (*when, cause))

    def _begin(self, streams: Streams, op: Op) -> Expr:
        """Where its window begins, at the issue of what runs ahead."""
        ahead = op.latency if op.streaming else 0
        return self.space.start[op.name] - ahead - streams.wait[op.name]

    def _pad(self, op: Op) -> int:
        """The most by which a window may begin before the start."""
        waits = sum(
            max(h.issue_receive, h.issue_wait)
            for d in self.space.flows
            if d.dst == op.name
            for h in [self.problem.op[d.src].handoff]
        )
        return waits + (op.latency if op.streaming else 0)

    # Rings

    def _rings(self) -> None:
        for ring in buffers(self.problem):
            if not ring.accumulator:
                self._reuse(ring)
        for name, depth in self.model.rings.handoff.items():
            self._handoff(name, depth)

    def _reuse(self, ring: Buffer) -> None:
        """Each slot is written when all that was in it has been read."""
        depth = self.model.rings.depth[ring.name]
        self._no_deeper(depth, ((*life, ()) for life in _lives(self, ring)))
        for member, lag in ring.members.items():
            op = self.problem.op[member]
            if not op.streaming:
                self._release(member, ring.name, op.latency, depth - lag)
            for d in self.space.flows:
                if d.src == member:
                    tokens = depth - lag - d.distance
                    self._release(d.dst, ring.name, read_end(self.problem, d), tokens)

    def _handoff(self, name: str, depth: Expr) -> None:
        """The ring through which a value in registers goes to other roles."""
        start, lives = self.space.start, list[tuple[Expr, Expr, When]]()
        for d in self.space.flows:
            if d.src == name:
                when = (self.space.apart(d.src, d.dst),)
                end = read_end(self.problem, d)
                self._release(d.dst, name, end, depth - d.distance, when)
                lives.append((start[name], start[d.dst] + d.distance * self.ii + end, when))
        self._no_deeper(depth, lives)

    def _release(self, user: str, ring: str, end: int, tokens: Expr, when: When = ()) -> None:
        op, first = self.problem.op[user], self.problem.op[ring]
        self._edge(user, issued(first), self._grown(end, late=is_late(op)), tokens, when)

    def _no_deeper(self, depth: Expr, lives: Iterable[tuple[Expr, Expr, When]]) -> None:
        """No more slots than are needed: one, or some life is longer than fewer would last."""
        one = self.cp.new_bool_var("")
        self.cp.add(depth <= 1).only_enforce_if(one)
        enough = [one]
        for born, end, when in lives:
            reaches = self.cp.new_bool_var("")
            self.cp.add(end - born > (depth - 1) * self.ii).only_enforce_if(reaches)
            for literal in when:
                self.cp.add_implication(reaches, literal)
            enough.append(reaches)
        self.cp.add_bool_or(enough)


def _lives(late: _Late, ring: Buffer) -> Iterator[tuple[Expr, Expr]]:
    """Every beginning of a slot's life with every end."""
    problem, start, ii = late.problem, late.space.start, late.ii
    begins: list[Expr] = []
    ends: list[Expr] = []
    for name, lag in ring.members.items():
        op, at = problem.op[name], start[name] + lag * ii
        begins.append(at - (op.latency if op.streaming else 0))
        ends.append(at + (0 if op.streaming else op.latency))
        ends += [
            start[d.dst] + (lag + d.distance) * ii + read_end(problem, d)
            for d in late.space.flows
            if d.src == name
        ]
    return ((born, end) for born in begins for end in ends)
