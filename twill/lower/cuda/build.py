"""An emitted kernel on disk: what its head says of the schedule, and what compiling it shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twill.elaborate import Elaboration
from twill.lower.cuda.compile import compile_kernel, compile_program
from twill.lower.cuda.emit import ARCHES, instruction_of
from twill.lower.cuda.measure import Measured, measure
from twill.lower.cuda.toolchain import Toolchain, find_toolchain
from twill.lower.program import WarpProgram

KERNEL = "kernel.cu"
"""The file of an emitted kernel that the compiler is given."""

_DIGITS = 8


def claims(program: WarpProgram, elaboration: Elaboration, proof: Sequence[str]) -> list[str]:
    """Lines for the top of a kernel. ``proof``: what is known of the II, in words."""
    loop, machine = elaboration.loop, elaboration.machine
    spec, gpu = (elaboration.hashes[x][:_DIGITS] for x in ("spec", "machine"))
    changes = f" with {', '.join(map(str, machine.changes))}" if machine.changes else ""
    problem = program.problem_sha256[:_DIGITS]
    sizes = ", ".join(f"{name} = {size}" for name, size in elaboration.parameters.items())
    cuts = [f"{name} in {count}" for name, count in elaboration.subtile.items() if count > 1]
    return [
        f"II {program.ii} cycles an iteration. {' '.join(proof)}".rstrip(),
        f"spec {loop.name} {spec}, machine {machine.name} {gpu}{changes}, problem {problem}",
        f"tile {'; '.join([sizes, *cuts])}",
    ]


def compiled(
    folder: Path, program: WarpProgram, elaboration: Elaboration, tools: Toolchain | None = None
) -> Measured:
    """Compile the kernel in a folder, and compare it with the budgets of the program's roles.

    ``tools``: where they are looked for unless given.

    :raises InputError: where the compiler is missing or refuses the kernel.
    """
    arch = ARCHES[instruction_of(elaboration)]
    found = compile_kernel(folder / KERNEL, arch, tools or find_toolchain())
    return measure(found, {role.name: role.registers for role in program.roles})


def self_test(
    folder: Path, program: Path, elaboration: Elaboration, tools: Toolchain | None = None
) -> None:
    """Compile the kernel in a folder into a program that checks and times it.

    :raises InputError: where the compiler is missing or refuses the kernel.
    """
    arch = ARCHES[instruction_of(elaboration)]
    compile_program(folder / KERNEL, arch, tools or find_toolchain(), program)
