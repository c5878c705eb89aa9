"""Every kernel: compiled without loss, golden, and computed on the CPU."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.lower.cuda.emulate import emulate
from tests.lower.cuda.kernels import EXPECTED, SHIPPED, SLOW, STATED, VARIANTS, Case, emitted
from twill.lower.cuda.build import self_test
from twill.lower.cuda.compile import compile_kernel
from twill.lower.cuda.measure import Measured, fitted
from twill.lower.cuda.toolchain import Toolchain

STEP = 8


class CudaFile(SingleFileSnapshotExtension):
    """Golden kernels are files that one can read as such."""

    _write_mode = WriteMode.TEXT
    file_extension = "cu"


@pytest.mark.parametrize("case", SHIPPED, ids=str)
def test_the_text_of_a_kernel(case: Case, snapshot: SnapshotAssertion) -> None:
    """A change to what is emitted is seen, and read."""
    assert emitted(case).files["kernel.cu"] == snapshot.use_extension(CudaFile)


@pytest.mark.parametrize("case", SHIPPED, ids=str)
def test_it_compiles_into_the_fast_path(case: Case, tmp_path: Path, tools: Toolchain) -> None:
    """No spill, no stack, no remark, every role within its budget, no detour; and no sooner.

    The overhead is found as ``--fit`` does it, solved again with each number; the numbers below
    the last but one are left out.
    """
    found: dict[int, Measured] = {}

    def attempt(overhead: int) -> Measured:
        found[overhead] = emitted(case, overhead).measured(tmp_path, tools)
        return found[overhead]

    first = max(STATED, case.overhead - STEP)
    overhead, measured = fitted(attempt, first, STEP, 96)
    assert (overhead, measured.faults) == (case.overhead, ())
    assert all(found[less].faults for less in found if less < case.overhead)
    there = set(measured.operations)
    instruction = emitted(case).instruction
    assert set(EXPECTED[instruction]) - there == set()
    assert set(SLOW[instruction]) & there == set()


def test_a_debug_build_gives_up_on_a_wait(tmp_path: Path, tools: Toolchain) -> None:
    """With TWILL_TIMEOUT every wait looks at the clock, and one that takes too long traps."""
    source = emitted(GEMM_H100).write(tmp_path) / "kernel.cu"
    plain = compile_kernel(source, "sm_90a", tools).sass.names()
    debug = compile_kernel(source, "sm_90a", tools, ("TWILL_TIMEOUT=1000000",)).sass.names()
    assert plain["BPT"] == 0
    assert debug["BPT"] > 0
    assert debug["CS2R"] > plain["CS2R"]


@pytest.mark.parametrize("case", SHIPPED, ids=str)
def test_its_self_test_links(case: Case, tmp_path: Path, tools: Toolchain) -> None:
    """Launcher, reference and timing compile into a program, without a driver."""
    kernel = emitted(case)
    self_test(kernel.write(tmp_path), tmp_path / "test", kernel.elaboration, tools)
    assert (tmp_path / "test").stat().st_size > 0


@pytest.mark.parametrize("case", [*SHIPPED, *VARIANTS], ids=str)
def test_it_computes_what_the_loop_says(case: Case, tmp_path: Path, gxx: str) -> None:
    """For no, few and many iterations, however late copies and multiplies come."""
    done = emulate(tmp_path, emitted(case).files, case.driver, case.trips, gxx)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [f"{n} iterations: right" for n in case.trips]


GEMM_A100, GEMM_H100, FORWARD_H100, GEMM_B200, FORWARD_B200, BACKWARD_H100 = SHIPPED


@pytest.mark.parametrize(
    ("case", "good", "bad", "seen"),
    [
        (GEMM_A100, "copy_async_wait<2>", "copy_async_wait<3>", "wrong value"),
        (GEMM_A100, "copy_async_wait<0>", "copy_async_wait<1>", "wrong value"),
        (GEMM_A100, "16384>(ring_A, i1)", "16384>(ring_A, i1 + 1)", "wrong value"),
        (GEMM_H100, "twill::wgmma_wait<1>();", "", "wrong value"),
        (GEMM_H100, "A_empty.arrive_warp(p1);", "", "hang"),
        (GEMM_H100, "A_empty_AT}.init(8)", "A_empty_AT}.init(9)", "hang"),
        (GEMM_H100, "shared + A_AT, i0", "shared + A_AT, i0 + 1", "wrong value"),
        (GEMM_H100, "Operand<64, false>", "Operand<64, true>", "wrong value"),
        (
            FORWARD_H100,
            "wgmma_wait<0>();\n    twill::settled(S_m0)",
            "settled(S_m0)",
            "not a number|wrong",
        ),
        (FORWARD_H100, "V_empty.arrive_warp(i0);", "", "hang"),
        (BACKWARD_H100, "dS_shared_n1_full.arrive_warp(i1);", "", "hang"),
        (BACKWARD_H100, "twill::stores_have_read<0>();", "", "wrong value of dQ"),
        (BACKWARD_H100, "twill::stores_done();", "", "wrong value of dQ"),
        (BACKWARD_H100, "store_fragments<32, 64, 32>", "store_fragments<32, 64, 0>", "not a|wrong"),
        (BACKWARD_H100, "dO_empty.arrive_warp(i1);", "", "hang"),
    ],
)
def test_a_broken_kernel_is_seen(
    case: Case, good: str, bad: str, seen: str, tmp_path: Path, gxx: str
) -> None:
    """What would fail on a GPU, or sometimes would, fails in the emulation."""
    files = dict(emitted(case).files)
    assert good in files["kernel.cu"]
    files["kernel.cu"] = files["kernel.cu"].replace(good, bad)
    patience = 3 if seen == "hang" else 60  # a loaded machine must not look like a hang
    done = emulate(tmp_path, files, case.driver, [5], gxx, patience)
    assert done.returncode != 0
    assert re.search(seen, done.stderr)
