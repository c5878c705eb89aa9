"""How much of what would make a forbidden II possible: more registers, memory, speed, ..."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, gcd
from typing import TypeVar

from twill.accounting import Usage
from twill.explanation import Core, Remedy
from twill.problem import Dependence, Op, Problem, Reservation
from twill.relaxation import Group, arrow, lift, more_stages
from twill.solver.explain.core import minimal_core
from twill.solver.explain.oracle import Oracle
from twill.storage import buffers

T = TypeVar("T")

FACTORS = tuple(Fraction(n, 20) for n in (21, 22, 25, 30, 35, 40, 50, 60, 80, 160))
"""Speeds of a unit that are tried, as multiples of its own."""

MOST_STEPS = 256
"""Amounts of memory that are told apart at most."""


def remedies(problem: Problem, core: Core, oracle: Oracle) -> Iterator[Remedy]:
    """One per group of the core, as they are found."""
    for group in core.groups:
        oracle.clock.tell(f"without {group.title}", core.ii, "", "")
        lifted = lift(problem, [group])
        answer = oracle.answer(lifted, core.ii)
        if answer == "infeasible":
            yield Remedy(group, answer, also=minimal_core(lifted, core.ii, oracle).groups)
            continue
        ask = _Ask(problem, core.ii, oracle)
        amount, holds = ask.amount(group) if answer == "feasible" else ("", ())
        yield Remedy(group, answer, amount, holds)


@dataclass(frozen=True, slots=True)
class _Ask:
    """A change of one group that makes ``ii`` possible; no smaller one was found to."""

    problem: Problem
    ii: int
    oracle: Oracle

    def amount(self, group: Group) -> tuple[str, tuple[str, ...]]:
        match group.kind:
            case "memory":
                return self._memory(group.name), ()
            case "registers":
                return self._registers()
            case "stages":
                return self._stages(), ()
            case "roles":
                return self._roles(), ()
            case "unit":
                return self._unit(group.name), ()
            case "delay":
                return self._delay(group.name), ()
        return "", ()

    def least(self, candidates: Sequence[T], make: Callable[[T], Problem]) -> T | None:
        """The first candidate that will do; later ones are taken to allow no less."""
        low, high, found = 0, len(candidates), None
        while low < high:
            middle = (low + high) // 2
            if self.oracle.answer(make(candidates[middle]), self.ii) == "feasible":
                found, high = candidates[middle], middle
            else:
                low = middle + 1
        return found

    def _memory(self, name: str) -> str:
        memory = self.problem.memory[name]
        sizes = [ring.size for ring in buffers(self.problem) if ring.memory == name]
        step = gcd(*sizes) or 1
        step *= max(1, ceil(4 * memory.capacity / step / MOST_STEPS))
        amounts = range(memory.capacity + step, 5 * memory.capacity + step, step)

        def make(capacity: int) -> Problem:
            others = (m for m in self.problem.memories if m.name != name)
            more = replace(memory, capacity=capacity)
            return replace(self.problem, memories=(*others, more))

        found = self.least(amounts, make)
        if found is None:
            return ""
        return f"{found} {memory.unit} will do, there are {memory.capacity}"

    def _registers(self) -> tuple[str, tuple[str, ...]]:
        """More per thread, with the file as it is if that is enough."""
        limits = self.problem.roles
        assert limits is not None
        allowed = limits.registers
        budgets = range(allowed.max + allowed.step, 4 * allowed.max, allowed.step)
        for file in (limits.register_file, 16 * (limits.register_file or 0)):

            def make(most: int, file: int | None = file) -> Problem:
                more = replace(allowed, max=most)
                return replace(
                    self.problem, roles=replace(limits, register_file=file, registers=more)
                )

            found = self.least(budgets, make)
            if found is not None:
                self.oracle.answer(make(found), self.ii)
                text = f"{found} registers per thread will do, a role has at most {allowed.max}"
                bigger = "" if file == limits.register_file else ", in a larger file"
                return text + bigger, self._peak(make(found))
        return "", ()

    def _peak(self, problem: Problem) -> tuple[str, ...]:
        """What the fullest role of the schedule just found holds at its fullest."""
        start, numbers = self.oracle.starts, self.oracle.roles
        role = {name: str(number) for name, number in numbers.items()}
        usage = Usage(problem, self.ii, start, role)
        fullest = max(sorted(set(role.values())), key=lambda name: usage.pressure(name)[0])
        _, phase = usage.pressure(fullest)
        held = [(a.at(phase, self.ii), a.value) for a in usage.register_arcs if a.role == fullest]
        return tuple(f"{name} {size}" for size, name in sorted(held, reverse=True) if size)

    def _stages(self) -> str:
        limits = self.problem.limits

        def make(count: int) -> Problem:
            return replace(self.problem, limits=replace(limits, max_stages=count))

        found = self.least(range(limits.max_stages + 1, more_stages(self.problem) + 1), make)
        return f"{found} stages will do, {limits.max_stages} are allowed" if found else ""

    def _roles(self) -> str:
        limits = self.problem.roles
        assert limits is not None
        wide = lift(self.problem, [Group("roles")]).roles
        assert wide is not None

        def make(count: int) -> Problem:
            return replace(self.problem, roles=replace(wide, max_roles=count))

        found = self.least(range(limits.max_roles, wide.max_roles + 1), make)
        if found is None:
            return ""
        return (
            f"{found} roles will do with as many warps as they need, {limits.max_roles} are allowed"
        )

    def _unit(self, name: str) -> str:
        found = self.least(FACTORS, lambda factor: faster(self.problem, name, factor))
        return f"{float(found):g} times as fast will do, latencies as they are" if found else ""

    def _delay(self, name: str) -> str:
        if not name:
            return ""  # all of them at once: there is no one number to ask for
        now = max(d.delay for d in self.problem.dependences if arrow(d) == name)

        def make(delay: int) -> Problem:
            def shorter(d: Dependence) -> Dependence:
                return replace(d, delay=min(d.delay, delay)) if arrow(d) == name else d

            return replace(self.problem, dependences=tuple(map(shorter, self.problem.dependences)))

        found = self.least(range(now - 1, -1, -1), make)
        return f"{found} cycles will do, it takes {now}" if found is not None else ""


def faster(problem: Problem, unit: str, factor: Fraction) -> Problem:
    """The problem with one unit ``factor`` times as fast: its reservations get shorter.

    Latencies stay as they are, which only a change of the machine itself can tell.
    """

    def shorter(held: Reservation) -> Reservation:
        return replace(held, length=ceil(held.length / factor))

    def quicker(op: Op) -> Op:
        held = {
            name: tuple(map(shorter, reserved)) if name == unit else reserved
            for name, reserved in op.reservations.items()
        }
        return replace(op, reservations=held)

    return replace(problem, ops=tuple(map(quicker, problem.ops)))
