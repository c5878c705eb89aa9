from __future__ import annotations

from pathlib import Path

import pytest

from twill.diagnostics import InputError
from twill.lower.cuda.compile import compile_kernel, compile_program
from twill.lower.cuda.measure import measure, measured_lines
from twill.lower.cuda.toolchain import Toolchain, find_toolchain, missing_tools

ROLES = """\
extern "C" __global__ __launch_bounds__(256, 1) void roles(float* p, int n) {
  if (threadIdx.x < 128) {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 24;");
    p[threadIdx.x] = n;
  } else {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 240;");
    float x[96];
#pragma unroll
    for (int i = 0; i < 96; ++i) x[i] = p[i * 256 + threadIdx.x];
    for (int t = 0; t < n; ++t) {
#pragma unroll
      for (int i = 0; i < 96; ++i) x[i] = x[i] * x[(i + 1) % 96] + 1.0f;
    }
#pragma unroll
    for (int i = 0; i < 96; ++i) p[i * 256 + threadIdx.x] = x[i];
  }
}
#ifdef TWILL_MAIN
#include <cuda.h>
#include <cuda_bf16.h>
int main() { return 0; }
#endif
"""

SPILLS = """\
extern "C" __global__ __launch_bounds__(1024, 1) void spills(float* p, int n) {
  float x[128];
#pragma unroll
  for (int i = 0; i < 128; ++i) x[i] = p[i * 1024 + threadIdx.x];
  for (int t = 0; t < n; ++t) {
#pragma unroll
    for (int i = 0; i < 128; ++i) x[i] = x[i] * x[(i + 1) % 128] + 1.0f;
  }
#pragma unroll
  for (int i = 0; i < 128; ++i) p[i * 1024 + threadIdx.x] = x[i];
}
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "kernel.cu"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_role_is_measured_behind_its_setmaxnreg(tmp_path: Path, tools: Toolchain) -> None:
    """96 values alive at once are seen in the role that holds them, and only there."""
    compiled = compile_kernel(_file(tmp_path, ROLES), "sm_90a", tools)
    measured = measure(compiled, {"load": 24, "work": 240})
    load, work = measured.roles
    assert load.used <= 24
    assert work.used >= work.live >= 96
    assert measured.faults == ()
    assert measured.operations["USETMAXREG"] == 2
    assert any("work" in line and "of 240" in line for line in measured_lines(measured))


def test_a_spill_is_a_fault(tmp_path: Path, tools: Toolchain) -> None:
    """128 values do not fit into the 64 registers that 1024 threads have."""
    measured = measure(compile_kernel(_file(tmp_path, SPILLS), "sm_80", tools), {"all": 64})
    assert measured.ptxas.spills > 0
    assert any("spilled" in fault for fault in measured.faults)
    assert measured.operations["LDL"] > 0


def test_a_program_links_with_the_wheels_alone(tmp_path: Path, tools: Toolchain) -> None:
    """Headers and runtime come with the extra; no CUDA installation, no driver is asked for."""
    program = tmp_path / "test"
    compile_program(_file(tmp_path, ROLES), "sm_90a", tools, program)
    assert program.stat().st_size > 0


def test_what_the_compiler_refuses_is_said_in_its_words(tmp_path: Path, tools: Toolchain) -> None:
    """A user who edited a kernel sees the compiler's own message."""
    with pytest.raises(InputError, match="expected a"):
        compile_kernel(_file(tmp_path, "__global__ void broken( {"), "sm_80", tools)


def test_a_missing_compiler_is_named_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without wheels and PATH there is one clear error and what to install."""
    monkeypatch.setattr("twill.lower.cuda.toolchain._wheels", list)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("NVCC_CCBIN", raising=False)
    assert missing_tools() == ["nvcc", "nvdisasm", "g++"]
    with pytest.raises(InputError, match=r"twill-gpu\[cuda\]"):
        find_toolchain()
