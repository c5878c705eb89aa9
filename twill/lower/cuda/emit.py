"""A program as CUDA: which kind of kernel, with which frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate import Elaboration
from twill.lower.cuda import mma_sync, tcgen05, wgmma
from twill.lower.cuda.family import Family
from twill.lower.cuda.frame import Frame, Kernel
from twill.lower.cuda.frames.attention_backward import AttentionBackward, is_attention_backward
from twill.lower.cuda.frames.attention_forward import AttentionForward, is_attention_forward
from twill.lower.cuda.frames.gemm import GemmFrame, gemm_of
from twill.lower.cuda.frames.generic import Generic
from twill.lower.cuda.multistage import multistage
from twill.lower.cuda.names import identifiers
from twill.lower.cuda.specialised import Specialised
from twill.lower.program import WarpProgram

ARCHES: Mapping[str, str] = {m.INSTRUCTION: m.ARCH for m in (mma_sync, wgmma, tcgen05)}
"""The GPU to compile for, by the matrix instruction of the machine file."""

FAMILIES: Mapping[str, Callable[[Kernel], Family]] = {
    wgmma.INSTRUCTION: lambda _: wgmma.WgmmaKernel(),
    tcgen05.INSTRUCTION: tcgen05.TensorKernel,
}
"""Who writes the operations of warp-specialised kernels, by the matrix instruction."""


def emit(program: WarpProgram, elaboration: Elaboration, claims: Sequence[str]) -> dict[str, str]:
    """The files of a kernel, by name. ``claims``: lines on its schedule and proof.

    :raises InputError: where a loop, a machine or an operation cannot be emitted, in words.
    """
    instruction = instruction_of(elaboration)
    if instruction == mma_sync.INSTRUCTION:
        return multistage(elaboration.problem, program, elaboration.tiles, claims)
    kernel = Kernel(program, elaboration, claims, _names(program, elaboration))
    family = FAMILIES[instruction](kernel)
    text = Specialised(kernel, _frame(kernel), family).text()
    return {"kernel.cu": text, "twill.cuh": family.header(elaboration)}


def instruction_of(elaboration: Elaboration) -> str:
    """The matrix instruction of the machine, which decides how a kernel is written.

    :raises InputError: where there is none, or none that Twill writes kernels with.
    """
    matrix = elaboration.machine.costs.matrix if elaboration.machine else None
    name = matrix.instruction if matrix is not None else None
    if name not in ARCHES:
        known = ", ".join(ARCHES)
        said = f"'{name}'" if name else "none"
        message = f"kernels are written with {known}; the machine's matrix instruction is {said}"
        raise InputError([Diagnostic(message)])
    return str(name)


def _names(program: WarpProgram, elaboration: Elaboration) -> dict[str, str]:
    values = [*elaboration.loop.input, *elaboration.tiles, *program.barrier]
    done = [f"{value} done" for value in elaboration.tiles]
    return identifiers([program.name, *program.role, *values, *done])


def _frame(kernel: Kernel) -> Frame:
    tiles = kernel.elaboration.tiles
    if is_attention_forward(tiles):
        return AttentionForward(kernel)
    if is_attention_backward(tiles):
        return AttentionBackward(kernel)
    if gemm := gemm_of(tiles):
        return GemmFrame(kernel, gemm)
    return Generic(kernel)
