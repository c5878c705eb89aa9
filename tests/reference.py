"""A slow, literal reading of the problem: unroll the loop and count, cycle by cycle.

Shares no code with ``twill.accounting`` or any solver; it is what they are tested against.
Every instance of every operation is laid out in absolute time; a middle period, where all
overlapping iterations are present, is then inspected cycle by cycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twill.problem import Dependence, Op, Problem


@dataclass(frozen=True)
class Reference:
    """One assignment of one problem, looked at cycle by cycle."""

    problem: Problem
    ii: int
    start: Mapping[str, int]
    role: Mapping[str, int]

    # Time

    def at(self, name: str, iteration: int) -> int:
        """Absolute start of an instance."""
        return self.start[name] + iteration * self.ii

    @property
    def window(self) -> range:
        """One period in the steady state, with enough iterations before and after it."""
        return range(self.middle * self.ii, (self.middle + 1) * self.ii)

    @property
    def middle(self) -> int:
        """The period that is inspected."""
        return 60

    @property
    def iterations(self) -> range:
        """Those laid out."""
        return range(2 * self.middle)

    def split(self, a: str, b: str) -> bool:
        """Whether two operations are on different roles."""
        return bool(self.role) and self.role[a] != self.role[b]

    # Dependences, those implied by in-place results included

    def order_holds(self) -> bool:
        """DEPENDENCE and HANDOFF."""
        for d in self.problem.dependences:
            late = self.problem.op[d.src].handoff.latency
            extra = late if d.kind == "flow" and self.split(d.src, d.dst) else 0
            if self.at(d.dst, d.distance) < self.at(d.src, 0) + d.delay + extra:
                return False
        return all(self._overwrites_safely(op) for op in self.problem.ops if op.in_place)

    def _overwrites_safely(self, op: Op) -> bool:
        place = op.in_place
        assert place is not None
        overwritten_at = self.at(op.name, place.distance)
        reads_it = False
        for d in self.problem.dependences:
            if d.kind != "flow" or d.src != place.op:
                continue
            if d.dst == op.name:
                reads_it = reads_it or d.distance == place.distance
            elif self.problem.op[d.dst].in_place == place:
                continue
            elif self.at(d.dst, d.distance) + self.reading(d) > overwritten_at:
                return False
        written = self.problem.op[place.op].latency
        return reads_it or self.at(place.op, 0) + written <= overwritten_at

    def reading(self, d: Dependence) -> int:
        """Cycles for which the reader reads."""
        return self.problem.op[d.dst].latency if d.read_until is None else d.read_until

    def span_holds(self) -> bool:
        """STAGES."""
        span = max(self.start.values()) - min(self.start.values())
        return span < self.problem.limits.max_stages * self.ii

    # Units

    def units_hold(self) -> bool:
        """CAPACITY."""
        for unit in self.problem.units:
            if unit.fluid:
                asked = [r for op in self.problem.ops for r in op.reservations.get(unit.name, ())]
                if sum(r.length * r.amount for r in asked) > unit.capacity * self.ii:
                    return False
                continue
            for cycle in self.window:
                load = 0
                for op in self.problem.ops:
                    for r in op.reservations.get(unit.name, ()):
                        for i in self.iterations:
                            begin = self.at(op.name, i) + r.offset
                            load += r.amount if begin <= cycle < begin + r.length else 0
                if load > unit.capacity:
                    return False
        return True

    # Roles

    def roles_hold(self) -> bool:
        """ROLES and VARIABLE-LATENCY."""
        limits = self.problem.roles
        if limits is None:
            return True
        members: dict[int, list[Op]] = {}
        for op in self.problem.ops:
            members.setdefault(self.role[op.name], []).append(op)
        for ops in members.values():
            kinds = {op.variable_latency for op in ops}
            if len(kinds) > 1:
                return False
        if sum(any(op.variable_latency for op in ops) for ops in members.values()) > 1:
            return False
        warps = sum(self._whole(max(op.warps for op in ops)) for ops in members.values())
        return len(members) <= limits.max_roles and warps <= limits.max_warps

    def _whole(self, warps: int) -> int:
        assert self.problem.roles is not None
        while warps % self.problem.roles.warp_group:
            warps += 1
        return warps

    # Instruction streams

    def incoming(self, name: str) -> list[tuple[str, bool, bool]]:
        """(source, carries a value, needs a wait) of everything an operation waits for."""
        found = []
        for d in self.problem.dependences:
            if d.dst == name:
                waits = d.blocking or self.split(d.src, name)
                found.append((d.src, d.kind == "flow", waits))
        implied = self._implied_sources(name)
        found += [(source, False, self.split(source, name)) for source in implied]
        return found

    def _implied_sources(self, name: str) -> list[str]:
        place = self.problem.op[name].in_place
        if place is None:
            return []
        readers = [d for d in self.problem.dependences if d.kind == "flow" and d.src == place.op]
        found = [
            d.dst for d in readers if d.dst != name and self.problem.op[d.dst].in_place != place
        ]
        if not any(d.dst == name and d.distance == place.distance for d in readers):
            found.append(place.op)
        return found

    def stream(self, name: str) -> tuple[int, int]:
        """Cycles before and after its start for which an operation keeps its role."""
        sources = {source for source, flow, waits in self.incoming(name) if flow and waits}
        before = 0
        for source in sources:
            cost = self.problem.op[source].handoff
            before += cost.issue_receive if self.split(source, name) else cost.issue_wait
        after = self.problem.op[name].issue
        if any(
            d.kind == "flow" and d.src == name and self.split(name, d.dst)
            for d in self.problem.dependences
        ):
            after += self.problem.op[name].handoff.issue_send
        return before, after

    def streams_hold(self) -> bool:
        """CONCURRENCY."""
        if self.problem.roles is None:
            return True
        if any(sum(self.stream(op.name)) > self.ii for op in self.problem.ops):
            return False
        for blocked in self.problem.ops:
            if not any(waits for _, _, waits in self.incoming(blocked.name)):
                continue
            for other in self.problem.ops:
                together = other is not blocked and not self.split(other.name, blocked.name)
                if together and not self._apart(blocked.name, other.name):
                    return False
        return True

    def _apart(self, blocked: str, other: str) -> bool:
        if self.problem.limits.concurrency == "paper":
            op = self.problem.op[other]
            ends = [r.offset + r.length for rs in op.reservations.values() for r in rs]
            busy = max([op.issue, *ends])
            now = self.at(blocked, self.middle)
            begins = [self.at(other, i) for i in self.iterations]
            return not any(begin <= now < begin + busy for begin in begins)
        before, after = self.stream(blocked)
        now = self.at(blocked, self.middle)
        for i in self.iterations:
            lead, tail = self.stream(other)
            then = self.at(other, i)
            if not (now + after <= then - lead or then + tail <= now - before):
                return False
        return True

    # Registers

    def registers_hold(self) -> bool:
        """REGISTERS."""
        limits = self.problem.roles
        if limits is None or limits.register_file is None:
            return True
        total = 0
        for role in set(self.role.values()):
            need = max(self._held(role, cycle) for cycle in self.window) + limits.registers.overhead
            budget = limits.registers.min
            while budget < need:
                budget += limits.registers.step
            if budget > limits.registers.max:
                return False
            width = max(op.warps for op in self.problem.ops if self.role[op.name] == role)
            total += 32 * self._whole(width) * budget
        return total <= limits.register_file

    def _held(self, role: int, cycle: int) -> int:
        held = 0
        for op in self.problem.ops:
            if op.result is None or op.result.space != "register":
                continue
            for i in self.iterations:
                if self.role[op.name] == role:
                    held += op.result.size * self._alive_here(op, i, cycle)
                held += op.result.size * self._copies(op, i, role, cycle)
        return held

    def _takes(self, d: Dependence) -> bool:
        reader = self.problem.op[d.dst]
        return (
            reader.in_place is not None
            and reader.in_place.op == d.src
            and reader.in_place.distance == d.distance
            and reader.result is not None
            and reader.result.space == "register"
        )

    def _flows(self, name: str) -> list[Dependence]:
        return [d for d in self.problem.dependences if d.kind == "flow" and d.src == name]

    def _alive_here(self, op: Op, i: int, cycle: int) -> bool:
        begin = self.at(op.name, i)
        if cycle < begin:
            return False
        taken = False
        for d in self._flows(op.name):
            if self.split(d.src, d.dst):
                end = begin + op.latency + op.handoff.issue_send
            elif self._takes(d):
                taken = True
                end = self.at(d.dst, i + d.distance)
            else:
                end = self.at(d.dst, i + d.distance) + self.reading(d)
            if cycle < end:
                return True
        return not taken and cycle < begin + op.latency

    def _copies(self, op: Op, i: int, role: int, cycle: int) -> int:
        count = 0
        for d in self._flows(op.name):
            if self.split(d.src, d.dst) and self.role[d.dst] == role and not self._takes(d):
                begin = self.at(d.dst, i + d.distance)
                count += begin <= cycle < begin + self.reading(d)
        return count

    # Memory and barriers

    def groups(self) -> list[dict[str, int]]:
        """Results that share storage, with the iterations by which each lags the first."""
        found: list[dict[str, int]] = []
        stored = [o for o in self.problem.ops if o.result and o.result.space != "register"]
        for op in stored:
            chain, lag = self._chain(op)
            head = chain[-1] if not self._loops(op) else min(self._loop(op))
            for group in found:
                if head in group:
                    group[op.name] = lag
                    break
            else:
                group = {head: 0}
                group[op.name] = 0 if op.name == head else lag
                found.append(group)
        return found

    def _parent(self, op: Op) -> Op | None:
        if op.in_place is None or op.result is None:
            return None
        other = self.problem.op[op.in_place.op]
        same = other.result is not None and other.result.space == op.result.space
        return other if same else None

    def _chain(self, op: Op) -> tuple[list[str], int]:
        chain, lag, current = [op.name], 0, op
        while (parent := self._parent(current)) is not None and parent.name not in chain:
            assert current.in_place is not None
            lag += current.in_place.distance
            chain.append(parent.name)
            current = parent
        return chain, lag

    def _loop(self, op: Op) -> list[str]:
        seen: list[str] = []
        current: Op | None = op
        while current is not None and current.name not in seen:
            seen.append(current.name)
            current = self._parent(current)
        return seen[seen.index(current.name) :] if current is not None else []

    def _loops(self, op: Op) -> bool:
        return bool(self._loop(op))

    def memories_hold(self) -> bool:
        """MEMORY and BARRIERS."""
        slots = {name: depth for group, depth in self._depths() for name in group}
        rings = self._handoff_rings()
        channels = self._channels(slots, rings)
        for memory in self.problem.memories:
            total = sum(i.size for i in self.problem.invariants if i.space == memory.name)
            for group, depth in self._depths():
                results = [self.problem.op[name].result for name in group]
                if any(r is not None and r.space == memory.name for r in results):
                    total += depth * max(r.size for r in results if r is not None)
            if self.problem.roles is not None and self.problem.roles.handoff_memory == memory.name:
                total += sum(self.problem.op[n].handoff.bytes * d for n, d in rings.items())
                count = sum(self.problem.op[n].handoff.mbarriers * d for n, d in channels.items())
                total += count * self.problem.limits.mbarrier_bytes
            if total > memory.capacity:
                return False
        limit = self.problem.limits.named_barriers
        named = sum(self.problem.op[n].handoff.named_barriers * d for n, d in channels.items())
        return limit is None or self.problem.roles is None or named <= limit

    def _depths(self) -> list[tuple[dict[str, int], int]]:
        found = []
        for group in self.groups():
            if any(self._loops(self.problem.op[name]) for name in group):
                found.append((group, 1))
                continue
            alive = max(
                sum(self._slot_alive(group, i, cycle) for i in self.iterations)
                for cycle in self.window
            )
            found.append((group, max(1, alive)))
        return found

    def _slot_alive(self, group: dict[str, int], i: int, cycle: int) -> bool:
        begins, ends = [], []
        for name, lag in group.items():
            op = self.problem.op[name]
            start = self.at(name, i + lag)
            begins.append(start - (op.latency if op.streaming else 0))
            ends.append(start + (0 if op.streaming else op.latency))
            ends += [
                self.at(d.dst, i + lag + d.distance) + self.reading(d) for d in self._flows(name)
            ]
        return min(begins) <= cycle < max(ends)

    def _handoff_rings(self) -> dict[str, int]:
        found = {}
        for op in self.problem.ops:
            if op.result is None or op.result.space != "register":
                continue
            crossing = [d for d in self._flows(op.name) if self.split(d.src, d.dst)]
            if not crossing:
                continue
            alive = 0
            for cycle in self.window:
                alive = max(
                    alive,
                    sum(
                        self.at(op.name, i)
                        <= cycle
                        < max(self.at(d.dst, i + d.distance) + self.reading(d) for d in crossing)
                        for i in self.iterations
                    ),
                )
            found[op.name] = max(1, alive)
        return found

    def _channels(self, slots: dict[str, int], rings: dict[str, int]) -> dict[str, int]:
        found = dict(rings)
        for op in self.problem.ops:
            if op.name in slots:
                crossing = any(self.split(d.src, d.dst) for d in self._flows(op.name))
                waited = op.asynchronous and any(d.blocking for d in self._flows(op.name))
                if crossing or waited:
                    found[op.name] = slots[op.name]
        return found

    def requirements_hold(self) -> bool:
        """REQUIREMENT."""
        wanted, names = self.problem.requirements, list(self.problem.op)
        if not wanted.any:
            return True
        if not self._as_labelled(wanted.roles):
            return False
        if any(self._as_labelled(labels) for labels in wanted.other_than):
            return False
        handed = (n for n in names if any(self.split(n, d.dst) for d in self._flows(n)))
        return not wanted.no_handoff or not any(self._in_registers(n) for n in handed)

    def _as_labelled(self, labels: Mapping[str, str]) -> bool:
        """Whether two operations are on one role exactly where they have one label."""
        return all((labels[a] != labels[b]) == self.split(a, b) for a in labels for b in labels)

    def _in_registers(self, name: str) -> bool:
        result = self.problem.op[name].result
        return result is not None and result.space == "register"

    def holds(self) -> bool:
        """Whether the assignment satisfies every constraint (the cheap ones first)."""
        return (
            self.order_holds()
            and self.span_holds()
            and self.roles_hold()
            and self.streams_hold()
            and self.units_hold()
            and self.memories_hold()
            and self.registers_hold()
            and self.requirements_hold()
        )
