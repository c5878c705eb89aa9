"""Compiling a kernel that Twill wrote: to a cubin that is read, or to a program that tests it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from twill.diagnostics import Diagnostic, InputError
from twill.lower.cuda.ptxas import PtxasReport, read_ptxas
from twill.lower.cuda.sass import Sass, read_sass
from twill.lower.cuda.toolchain import Toolchain

MAIN = "TWILL_MAIN"
"""The macro that adds launcher, reference check and timing to a kernel's file."""

ALONE = "TWILL_KERNEL_ALONE"
"""The macro that leaves out the small kernels in front of some kernels and behind them."""

_OPTIONS = ("-std=c++17", "-O3")
_SECONDS = 600


@dataclass(frozen=True)
class Compiled:
    """A kernel as the compiler left it: ptxas's figures and the machine code."""

    ptxas: PtxasReport
    sass: Sass


def compile_kernel(
    source: Path, arch: str, tools: Toolchain, defines: tuple[str, ...] = ()
) -> Compiled:
    """Compile a file with one kernel for ``arch`` (such as ``sm_90a``) and read what came out.

    :raises InputError: where the compiler refuses the file, with its words.
    """
    with TemporaryDirectory(prefix="twill-") as folder:
        cubin = Path(folder, "kernel.cubin")
        macros = [f"-D{name}" for name in (ALONE, *defines)]
        options = [*_OPTIONS, *target(arch), "-cubin", "-Xptxas", "-v", *macros]
        said = _run(tools.nvcc, *options, "-o", str(cubin), str(source)).stderr
        listing = _run(tools.nvdisasm, "-c", "-lrm", "narrow", str(cubin)).stdout
    return Compiled(read_ptxas(said), read_sass(listing))


def compile_program(source: Path, arch: str, tools: Toolchain, program: Path) -> None:
    """Compile and link the file's self-test (``TWILL_MAIN``) for ``arch``, as ``program``.

    It needs no driver to link: what it asks of the driver it finds when it runs.

    :raises InputError: where the compiler refuses the file, with its words.
    """
    options = [*_OPTIONS, *target(arch), f"-D{MAIN}"]
    _run(tools.nvcc, *options, "-o", str(program), str(source))


def target(arch: str) -> tuple[str, str]:
    """The option that compiles for one GPU alone.

    ``-arch=sm_90a`` would not do: nvcc 13.5 then also compiles for plain compute_90, which has no
    wgmma and no setmaxnreg.
    """
    return "-gencode", f"arch={arch.replace('sm', 'compute')},code={arch}"


def _run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the tools. nvcc hands on what ptxas says on stderr."""
    try:
        done = subprocess.run(  # noqa: S603
            [program, *arguments], capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError([Diagnostic(f"{program.name} gave no answer: {error}")]) from None
    if done.returncode:
        words = (done.stderr or done.stdout).strip()
        message = f"{program.name} refused {Path(arguments[-1]).name}:\n{words}"
        raise InputError([Diagnostic(message, help=f"it was called as: {_command(done)}")])
    return done


def _command(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join(str(word) for word in done.args)
