"""REGISTERS: live results of every role at every phase, within budgets the solver chooses."""

from __future__ import annotations

from ortools.sat.python import cp_model

from twill.problem import Dependence, Op
from twill.solver.cpsat.roles import Roles
from twill.solver.cpsat.variables import Expr, Literal, Space, negated
from twill.storage import read_end, takes_over


def add_registers(space: Space, roles: Roles) -> list[Held]:
    """REGISTERS: per role, arcs of live values under a cumulative of the role's budget."""
    limits = space.problem.roles
    if limits is None or limits.register_file is None:
        return []
    held = [Held(space, op) for op in space.problem.ops if op.in_registers and size_of(op)]
    copies = [
        (d, negated(space.same(d.src, d.dst)))
        for d in space.flows
        if space.problem.op[d.src].in_registers
        and size_of(space.problem.op[d.src])
        and not takes_over(space.problem, d)
        and read_end(space.problem, d) > 0
    ]
    for r in space.role_numbers:
        profile = Profile(space, roles.registers[r], limits.registers.overhead)
        for value in held:
            if r in space.on[value.op.name]:
                profile.hold(value, space.on[value.op.name][r], r)
        for d, apart in copies:
            if r in space.on[d.dst] and not space.is_false(apart):
                profile.copy(d, apart, space.on[d.dst][r])
        profile.close()
    _add_energy(space, roles, held, limits.registers.overhead)
    add_register_energy(space, roles)
    add_register_instants(space, roles)
    return held


def _add_energy(space: Space, roles: Roles, held: list[Held], overhead: int) -> None:
    """Redundant: all register-cycles of one iteration fit into one period of the file.

    Linear relaxations see little of the cumulatives; this row gives them the sum.
    """
    narrowest = 32 * min((op.warps for op in space.problem.ops), default=1)
    demand = sum(32 * value.op.warps * size_of(value.op) * value.length for value in held)
    supply = sum(
        space.ii * roles.file[r] - space.ii * narrowest * overhead * roles.used[r]
        for r in space.role_numbers
    )
    if held:
        space.cp.add(demand <= supply)


def add_register_energy(space: Space, roles: Roles) -> None:
    """Redundant: the register-cycles that values take at least fit into each role's budget."""
    limits = space.problem.roles
    if limits is None or limits.register_file is None:
        return
    for r in space.role_numbers:
        demand = [
            size_of(op) * shortest_life(space, op) * space.on[op.name][r]
            for op in space.problem.ops
            if op.in_registers and r in space.on[op.name]
        ]
        room = roles.registers[r] - limits.registers.overhead
        if demand:
            space.cp.add(sum(demand) <= space.ii * room)


def add_register_instants(space: Space, roles: Roles) -> None:
    """Redundant: a role holds the result of an operation and its operands when it starts."""
    limits = space.problem.roles
    if limits is None or limits.register_file is None:
        return
    for op in space.problem.ops:
        held = instant(space, op)
        for r, here in space.on[op.name].items():
            budget = held + limits.registers.overhead
            space.cp.add(roles.registers[r] >= budget).only_enforce_if(here)


def instant(space: Space, op: Op) -> int:
    """Registers that an operation's role holds at its start: its result and what it reads.

    An operand is held there whether its own role is the same (until it is read) or another
    (the reader's copy), but for one whose registers the result takes over.
    """
    problem = space.problem
    operands = {
        (d.src, d.distance)
        for d in space.flows
        if d.dst == op.name and not takes_over(problem, d) and read_end(problem, d) > 0
    }
    kept = op.in_registers and shortest_life(space, op) > 0
    read = (problem.op[src] for src, _ in operands)
    return size_of(op) * kept + sum(size_of(value) for value in read if value.in_registers)


def shortest_life(space: Space, op: Op) -> int:
    """The fewest cycles for which a value stays in its own role's registers."""
    sent = op.latency + op.handoff.issue_send
    readers = [d for d in space.flows if d.src == op.name]
    lives = [0 if any(takes_over(space.problem, d) for d in readers) else op.latency]
    for d in readers:
        reading = 0 if takes_over(space.problem, d) else read_end(space.problem, d)
        kept = space.apart_by(d.src, d.dst)[0] + d.distance * space.ii + reading
        same = space.same(d.src, d.dst)
        if space.is_true(same):
            lives.append(kept)
        else:
            lives.append(sent if space.is_false(same) else min(kept, sent))
    return max(lives)


def longest_life(space: Space, op: Op) -> int:
    """The most cycles for which it may have to stay there."""
    lives = [op.latency + op.handoff.issue_send]
    for d in space.flows:
        if d.src == op.name:
            most = space.apart_by(d.src, d.dst)[1] + d.distance * space.ii
            lives.append(most + read_end(space.problem, d))
    return max(lives)


def size_of(op: Op) -> int:
    """Registers per thread that a result takes; 0 for none."""
    return op.result.size if op.result is not None else 0


class Held:
    """How long a value stays in its own role's registers: ``rounds * II + rest`` cycles."""

    def __init__(self, space: Space, op: Op) -> None:
        self.space, self.op = space, op
        readers = [d for d in space.flows if d.src == op.name]
        top = longest_life(space, op)
        self.length = space.cp.new_int_var(0, top, f"life of {op.name}")
        self.rounds = space.cp.new_int_var(0, top // space.ii, f"rounds of {op.name}")
        self.rest = space.cp.new_int_var(0, space.ii - 1, f"rest of {op.name}")
        space.cp.add(self.length == space.ii * self.rounds + self.rest)
        for d in readers:
            self._add_reader(d)
        if not any(takes_over(space.problem, d) for d in readers):
            space.cp.add(self.length >= op.latency)

    def _add_reader(self, d: Dependence) -> None:
        space, op = self.space, self.op
        same = space.same(d.src, d.dst)
        reading = 0 if takes_over(space.problem, d) else read_end(space.problem, d)
        read = space.start[d.dst] + d.distance * space.ii + reading
        if not space.is_false(same):
            space.cp.add(self.length >= read - space.start[op.name]).only_enforce_if(same)
        if not space.is_true(same):
            sent = op.latency + op.handoff.issue_send
            space.cp.add(self.length >= sent).only_enforce_if(negated(same))


class Profile:
    """The registers of one role around the circle."""

    def __init__(self, space: Space, budget: cp_model.IntVar, overhead: int) -> None:
        self.space = space
        self.intervals: list[cp_model.IntervalVar] = []
        self.demands: list[int] = []
        self.room: Expr = budget - overhead
        self.most = max(budget.proto.domain) - overhead

    def hold(self, value: Held, here: Literal, r: int) -> None:
        """A value computed on this role: whole rounds always, the rest as an arc."""
        space, size = self.space, size_of(value.op)
        self._arc(space.slot[value.op.name], value.rest, size, here, value.op.name)
        top = max(value.rounds.proto.domain)
        if top == 0:
            return
        rounds = space.cp.new_int_var(0, top, f"rounds of {value.op.name} on {r}")
        space.cp.add(rounds >= value.rounds).only_enforce_if(here)
        self.room = self.room - size * rounds

    def copy(self, d: Dependence, apart: Literal, here: Literal) -> None:
        """A value received from another role, held while its reader reads it."""
        space = self.space
        size = size_of(space.problem.op[d.src])
        rounds, rest = divmod(read_end(space.problem, d), space.ii)
        received = space.cp.new_bool_var(f"{d.src} received by {d.dst}")
        space.cp.add_bool_or(negated(apart), negated(here), received)
        space.cp.add_implication(received, apart)
        space.cp.add_implication(received, here)
        if rounds:
            self.room = self.room - size * rounds * received
        if rest:
            self._arc(space.slot[d.dst], rest, size, received, f"{d.src} at {d.dst}")

    def _arc(
        self,
        begin: cp_model.IntVar,
        length: Expr,
        size: int,
        here: Literal,
        name: str,
    ) -> None:
        for turn in (0, self.space.ii):
            end = self.space.cp.new_int_var(0, 3 * self.space.ii, f"end of {name} + {turn}")
            self.intervals.append(
                self.space.cp.new_optional_interval_var(begin + turn, length, end, here, name)
            )
            self.demands.append(size)

    def close(self) -> None:
        """At every phase the live values fit."""
        room = self.space.cp.new_int_var(0, max(self.most, 0), "room for live values")
        self.space.cp.add(room <= self.room)
        if self.intervals:
            self.space.cp.add_cumulative(self.intervals, self.demands, room)
