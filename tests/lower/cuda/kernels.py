"""The kernels that Twill emits: what the tests compile, compare with golden text, and run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from twill.elaborate import Elaboration, elaborate
from twill.lower import WarpProgram
from twill.lower.cuda import mma_sync, tcgen05, wgmma
from twill.lower.cuda.build import claims, compiled
from twill.lower.cuda.emit import emit, instruction_of
from twill.lower.cuda.measure import Measured
from twill.lower.cuda.toolchain import Toolchain
from twill.lower.events import SyncCosts
from twill.simulate.turns import program_of
from twill.solver import solve
from twill.solver.options import SolveOptions
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.what_if import parse_change

EXPECTED = {x.INSTRUCTION: x.EXPECTED for x in (mma_sync, wgmma, tcgen05)}
SLOW = {x.INSTRUCTION: x.SLOW for x in (mma_sync, wgmma, tcgen05)}
STATED = 24
"""Registers of a role that the machine files add to its results."""


@dataclass(frozen=True)
class Case:
    """A loop on a machine. ``overhead``: the least that ptxas needs, in steps of budgets.

    ``driver``: what runs it on the CPU, with these numbers of iterations.
    """

    loop: str
    machine: str
    overhead: int
    driver: str
    trips: tuple[int, ...] = (0, 1, 2, 3, 5)
    sizes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    warps: int | None = None

    def __str__(self) -> str:
        """The case as pytest names it."""
        sizes = [f"{name}{size}" for name, size in self.sizes.items()]
        return "-".join([self.loop, self.machine, *sizes])

    def __hash__(self) -> int:
        """By what distinguishes the cases."""
        return hash(str(self))


@dataclass(frozen=True)
class Emitted:
    """A case as files, with what they were made of."""

    program: WarpProgram
    elaboration: Elaboration
    files: Mapping[str, str]

    @property
    def instruction(self) -> str:
        """The matrix instruction that the kernel is written with."""
        return instruction_of(self.elaboration)

    def write(self, folder: Path) -> Path:
        """The folder, with the kernel and its header in it."""
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    def measured(self, folder: Path, tools: Toolchain) -> Measured:
        """The kernel as compiled."""
        return compiled(self.write(folder), self.program, self.elaboration, tools)


SHIPPED = (
    Case("gemm", "a100", 56, "gemm.cpp"),
    Case("gemm", "h100", 32, "gemm_tma.cpp"),
    Case("flash_attention_forward", "h100", 24, "attention_forward.cpp"),
    Case("gemm", "b200", 24, "gemm_tma.cpp"),
    Case("flash_attention_forward", "b200", 24, "attention_forward.cpp"),
    Case("flash_attention_backward", "h100", 32, "attention_backward.cpp"),
)
"""The complete kernels, each one line."""

VARIANTS = (
    Case("gemm", "a100", 56, "gemm.cpp", sizes={"M": 128, "N": 128, "K": 128}),
    Case("gemm", "a100", 56, "gemm.cpp", sizes={"M": 64, "N": 128, "K": 64}, warps=4),
    Case("gemm", "h100", 32, "gemm_tma.cpp", sizes={"M": 128, "N": 128, "K": 128}),
    Case("gemm", "h100", 32, "gemm_tma.cpp", sizes={"M": 64, "N": 192, "K": 64}, warps=4),
)
"""Other tiles, which only run on the CPU."""


@cache
def emitted(case: Case, overhead: int | None = None) -> Emitted:
    """Solve, lower, emit, with the overhead of the case or another."""
    stated = case.overhead if overhead is None else overhead
    change = parse_change(f"roles.registers.overhead={stated}")
    changes = [change] if change is not None and stated != STATED else []
    loop = load_loop(case.loop)
    loop = loop if case.warps is None else replace(loop, warps=case.warps)
    made = elaborate(loop, load_machine(case.machine, changes), case.sizes)
    outcome = solve(made.problem, SolveOptions(proof_limit=0))
    costs = SyncCosts.of(made.machine)
    program = program_of(made.problem, outcome.schedule, costs)  # type: ignore[union-attr]
    said = claims(program, made, ["Solved by the tests, which look for no proof."])
    return Emitted(program, made, emit(program, made, said))
