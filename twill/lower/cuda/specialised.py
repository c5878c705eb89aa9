"""The kernel of a program with several roles: a branch for each, meeting only at barriers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from twill.lower.cuda.family import Family
from twill.lower.cuda.frame import Frame, Kernel
from twill.lower.cuda.head import head
from twill.lower.cuda.hooks import hooks
from twill.lower.cuda.role import RoleText, threads_of
from twill.lower.cuda.shared_memory import SharedMemory, parties
from twill.lower.cuda.text import Lines, block, indented
from twill.lower.program import (
    RoleProgram,
)

AFTER_LOOP = 96
"""Registers per thread with which a warp group stores a result, where there is room for them."""


@dataclass(frozen=True)
class Specialised:
    """A warp-specialised kernel, piece by piece."""

    kernel: Kernel
    frame: Frame
    family: Family

    @cached_property
    def memory(self) -> SharedMemory:
        """Where everything lies."""
        problem = self.kernel.elaboration.problem
        program, names = self.kernel.program, self.kernel.names
        return SharedMemory(problem, program, names, self.family.words, self.family.barriers)

    @cached_property
    def first_thread(self) -> dict[str, int]:
        """The first thread of every role."""
        found, at = {}, 0
        for role in self.kernel.program.roles:
            found[role.name] = at
            at += threads_of(role)
        return found

    @property
    def threads(self) -> int:
        """Threads of a block."""
        return sum(threads_of(role) for role in self.kernel.program.roles)

    def text(self) -> str:
        """The file ``kernel.cu``."""
        program = self.kernel.program
        roles = [self.role(role) for role in program.roles]
        called = "\n".join(line for role in roles for line in role)
        parts = [
            head(program, program.name, self.kernel.claims, self.family.arch),
            ['#include "twill.cuh"'],
            self.constants(),
            self.frame.parameters(),
            hooks(called, self.kernel.elaboration.tiles, self.kernel.names),
            *roles,
            self.entry(),
            self.frame.self_test().splitlines(),
        ]
        return "\n\n".join("\n".join(part) for part in parts if part) + "\n"

    def constants(self) -> Lines:
        """Sizes, addresses."""
        sizes = [f"{name} = {value}" for name, value in self.kernel.elaboration.parameters.items()]
        return [
            f"[[maybe_unused]] constexpr int II = {self.kernel.program.ii};  // as scheduled",
            f"constexpr int THREADS = {self.threads};",
            f"[[maybe_unused]] constexpr int {', '.join(sizes)};  // the tile",
            "",
            "// Shared memory, from a multiple of 1024 bytes on.",
            *self.memory.constants(),
        ]

    def entry(self) -> Lines:
        """The kernel: barriers, then a branch for each role."""
        program = self.kernel.program
        arrivals = {b.name: parties(program, b) for b in program.barriers}
        setup = [*self.memory.initialise(arrivals), "twill::barriers_initialised();"]
        inside = [
            "extern __shared__ __align__(1024) unsigned char memory[];",
            "const uint32_t shared = twill::shared_address(memory);",
            "TWILL_BLOCK_STARTS(blockIdx.x);",
            *block("if (threadIdx.x == 0) {", setup),
            *(self.family.setup() or ["__syncthreads();"]),
            "",
            *self._branches(),
            *self.family.teardown(),
        ]
        name = self.kernel.names[program.name]
        head = f"void {name}(const __grid_constant__ Parameters p) {{"
        return ['extern "C" __global__ __launch_bounds__(THREADS, 1)', *block(head, inside)]

    def _branches(self) -> Lines:
        """One role after the other, each with the registers that the schedule gives it."""
        lines: Lines = []
        roles = self.kernel.program.roles
        for role in roles:
            end = self.first_thread[role.name] + threads_of(role)
            inside = [*self._registers(role), f"role_{self.kernel.names[role.name]}(p, shared);"]
            before = "} else " if lines else ""
            test = "" if role is roles[-1] else f"if (threadIdx.x < {end}) "
            lines += [f"{before}{test}{{", *indented(inside)]
        return [*lines, "}"]

    def _registers(self, role: RoleProgram) -> Lines:
        """From what every thread has at launch to what its role has."""
        at_launch = min(255, 65536 // self.threads) // 8 * 8
        if role.registers is None or role.registers == at_launch:
            return []
        change = "take" if role.registers > at_launch else "give"
        return [f"twill::{change}_registers<{role.registers}>();"]

    def more_registers(self, role: RoleProgram) -> Lines:
        """What stores a result needs more registers than one lane that issues a loop."""
        taken = sum(
            (other.registers or 0) * threads_of(other)
            for other in self.kernel.program.roles
            if other is not role
        )
        room = (65536 - taken) // threads_of(role) // 8 * 8
        if role.registers is None or min(room, AFTER_LOOP) <= role.registers:
            return []
        return [f"twill::take_registers<{min(room, AFTER_LOOP)}>();"]

    # A role

    def role(self, role: RoleProgram) -> Lines:
        """The function of one role."""
        return RoleText(self, role).text()
