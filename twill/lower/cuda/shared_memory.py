"""Shared memory as constants of the text: where everything lies, and in which slot of its ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twill.lower.cuda.text import Lines
from twill.lower.program import Barrier, Resident, Ring, WarpProgram
from twill.problem import Problem


@dataclass(frozen=True)
class SharedMemory:
    """The memory in which rings and barriers lie; ``names``: an identifier for every value.

    ``words`` of 8 bytes and ``own_barriers``, mbarriers for one arrival, are what a family of
    instructions needs for itself.
    """

    problem: Problem
    program: WarpProgram
    names: Mapping[str, str]
    words: tuple[str, ...] = ()
    own_barriers: tuple[str, ...] = ()

    @property
    def memory(self) -> str:
        """Its name in the problem."""
        assert self.problem.roles is not None
        return self.problem.roles.handoff_memory or ""

    @property
    def arrived_at(self) -> int:
        """Where the barrier for the loop-invariant tiles lies, behind everything else."""
        return -(-self.program.used.get(self.memory, 0) // 8) * 8

    def constants(self) -> Lines:
        """An address for everything, from a multiple of 1024 bytes on."""
        items: list[tuple[int, str, str]] = [
            (resident.address, self.names[resident.name], f"{resident.size} bytes")
            for resident in self._here(self.program.residents)
        ]
        for ring in self._rings():
            note = f"{ring.slots} x {ring.size} bytes"
            items.append((ring.address, self.ring_name(ring), note))
        for barrier in self.program.barriers:
            note = f"{barrier.slots} mbarrier{'s' if barrier.slots > 1 else ''}"
            items.append((barrier.address or 0, self.names[barrier.name], note))
        items.append((self.arrived_at, "inputs_full", "1 mbarrier"))
        end = self.arrived_at + 8
        notes = [(name, "1 mbarrier") for name in self.own_barriers]
        notes += [(name, "8 bytes") for name in self.words]
        items += [(end + 8 * n, name, note) for n, (name, note) in enumerate(notes)]
        end += 8 * len(notes)
        items.sort()
        lines = [f"constexpr uint32_t {name}_AT = {at};  // {note}" for at, name, note in items]
        return [*lines, f"[[maybe_unused]] constexpr uint32_t SHARED_BYTES = {end};"]

    def _here(self, items: tuple[Resident, ...]) -> list[Resident]:
        return [item for item in items if item.memory == self.memory]

    def _rings(self) -> list[Ring]:
        return [ring for ring in self.program.rings if ring.memory == self.memory]

    def ring_name(self, ring: Ring) -> str:
        """The identifier of a ring; a hand-off ring beside the value's own name."""
        return f"{self.names[ring.name]}_sent" if ring.handoff else self.names[ring.name]

    def slot(self, value: str, iteration: str) -> str:
        """The address of the slot that holds a value of an iteration."""
        ring = self._ring(value, handoff=False)
        return self._slot(ring, iteration)

    def sent(self, value: str, iteration: str) -> str:
        """The address of the slot through which a value of an iteration goes to other roles."""
        return self._slot(self._ring(value, handoff=True), iteration)

    def _ring(self, value: str, *, handoff: bool) -> Ring:
        found = (r for r in self._rings() if value in r.values and r.handoff == handoff)
        return next(found)

    def _slot(self, ring: Ring, iteration: str) -> str:
        base = f"shared + {self.ring_name(ring)}_AT"
        if ring.slots == 1:
            return base
        return f"twill::slot<{ring.slots}, {ring.size}>({base}, {iteration})"

    def resident(self, name: str) -> str:
        """The address of a loop-invariant tile."""
        return f"shared + {self.names[name]}_AT"

    def barriers(self, used: list[str]) -> Lines:
        """The barriers that a role uses, as variables."""
        lines = []
        for name in used:
            barrier = self.program.barrier[name]
            text = f"twill::Barrier<{barrier.slots}> {self.names[name]}"
            lines.append(f"const {text}{{shared + {self.names[name]}_AT}};")
        return lines

    def initialise(self, arrivals: Mapping[str, int]) -> Lines:
        """Statements for one thread; ``arrivals``: how many each barrier waits for."""
        lines = [
            f"twill::Barrier<{b.slots}>{{shared + {self.names[b.name]}_AT}}"
            f".init({arrivals[b.name]});"
            for b in self.program.barriers
        ]
        own = ("inputs_full", *self.own_barriers)
        return [*lines, *(f"twill::Barrier<1>{{shared + {name}_AT}}.init(1);" for name in own)]


def parties(program: WarpProgram, barrier: Barrier) -> int:
    """Arrivals that complete an instance: one for each engine, one for each warp of a role."""
    return len(barrier.engines) + sum(program.role[name].warps for name in barrier.roles)
