from __future__ import annotations

import pytest

from twill.lower.cuda.ptxas import read_ptxas

SAID = """\
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'gemm' for 'sm_90a'
ptxas info    : Function properties for gemm
    16 bytes stack frame, 24 bytes spill stores, 32 bytes spill loads
ptxas info    : Used 168 registers, used 9 barriers, 1024 bytes smem, 16 bytes cumulative stack size
ptxas info    : Compile time = 40.290 ms
"""


def test_figures_are_read() -> None:
    """Registers, stack, spills, barriers and shared memory are what ptxas says."""
    report = read_ptxas(SAID)
    assert (report.kernel, report.arch, report.registers) == ("gemm", "sm_90a", 168)
    assert (report.stack_frame, report.spill_stores, report.spill_loads) == (16, 24, 32)
    assert (report.spills, report.barriers, report.shared) == (32, 9, 1024)
    assert report.remarks == ()


@pytest.mark.parametrize(
    "line",
    [
        "ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async is serialized",
        "ptxas info    : setmaxnreg ignored; unable to determine register count at entry.",
        "kernel.cu(12): warning #177-D: variable 'x' was declared but never referenced",
        "ptxas warning : Registers are spilled to local memory in function 'gemm', 24 bytes",
    ],
)
def test_whatever_else_is_said_is_a_remark(line: str) -> None:
    """A warning is never lost among the figures, whoever words it and however."""
    assert read_ptxas(f"{line}\n{SAID}").remarks == (line,)


@pytest.mark.parametrize(("text", "count"), [("", 0), (SAID + SAID, 2)])
def test_exactly_one_kernel_is_expected(text: str, count: int) -> None:
    """Figures of several kernels would be mixed up."""
    with pytest.raises(ValueError, match=f"of {count} kernels"):
        read_ptxas(text)
