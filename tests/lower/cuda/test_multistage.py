from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tests.lower.cuda.emulate import emulate
from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.lower import WarpProgram, lower
from twill.lower.cuda import mma_sync
from twill.lower.cuda.compile import compile_kernel, compile_program
from twill.lower.cuda.measure import Measured, fitted, measure
from twill.lower.cuda.multistage import multistage
from twill.lower.cuda.toolchain import Toolchain
from twill.solver import solve
from twill.solver.options import SolveOptions
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.what_if import parse_change

Emitted = tuple[WarpProgram, Mapping[str, str]]
STATED = 24
FITS = 56


@cache
def _gemm(overhead: int, tile: tuple[int, int, int] = (128, 256, 64), warps: int = 8) -> Emitted:
    """Gemm on a100, emitted with so many registers of overhead."""
    change = parse_change(f"roles.registers.overhead={overhead}")
    assert change is not None
    loop = replace(load_loop("gemm"), warps=warps)
    sizes = dict(zip("MNK", tile, strict=True))
    made = elaborate(loop, load_machine("a100", [change]), sizes)
    outcome = solve(made.problem, SolveOptions(proof_limit=0))
    program = lower(made.problem, outcome.schedule)  # type: ignore[union-attr]
    return program, multistage(made.problem, program, made.tiles, ["a schedule"])


def _written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "kernel.cu"


def _measured(folder: Path, emitted: Emitted, tools: Toolchain) -> Measured:
    program, files = emitted
    compiled = compile_kernel(_written(folder, files), mma_sync.ARCH, tools)
    return measure(compiled, {role.name: role.registers for role in program.roles})


def test_gemm_compiles_into_tensor_core_code(tmp_path: Path, tools: Toolchain) -> None:
    """No spill, no stack, no remark, within its registers, and nothing but the fast path."""
    measured = _measured(tmp_path, _gemm(FITS), tools)
    assert measured.faults == ()
    assert all(measured.operations.get(name, 0) > 0 for name in mma_sync.EXPECTED)
    assert [name for name in mma_sync.SLOW if name in measured.operations] == []


def test_the_overhead_that_ptxas_needs_is_found(tmp_path: Path, tools: Toolchain) -> None:
    """The fragments of mma.sync need more than the model's 24 registers; 56 hold them."""
    overhead, measured = fitted(
        lambda overhead: _measured(tmp_path, _gemm(overhead), tools), STATED, 8, 120
    )
    assert overhead == FITS
    assert measured.faults == ()


def test_its_self_test_links(tmp_path: Path, tools: Toolchain) -> None:
    """Launcher, reference and timing compile into a program."""
    source = _written(tmp_path, _gemm(FITS)[1])
    compile_program(source, mma_sync.ARCH, tools, tmp_path / "test")
    assert (tmp_path / "test").stat().st_size > 0


@pytest.mark.parametrize(
    ("tile", "warps"), [((128, 256, 64), 8), ((128, 128, 128), 8), ((64, 128, 64), 4)]
)
def test_it_computes_the_product(
    tmp_path: Path, tile: tuple[int, int, int], warps: int, gxx: str
) -> None:
    """For no, few and many iterations, wherever copies and warps are when they are late."""
    trips = [0, 1, 2, 3, 5, 8]
    done = emulate(tmp_path, _gemm(FITS, tile, warps)[1], "gemm.cpp", trips, gxx)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [f"{n} iterations: right" for n in trips]


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ("copy_async_wait<2>", "copy_async_wait<3>", "a copy is read before it has come"),
        ("copy_async_wait<0>", "copy_async_wait<1>", "the last copy is read before it has come"),
        (
            "slot<2, 16384>(ring_A, i1)",
            "slot<2, 16384>(ring_A, i1 + 1)",
            "a full slot is overwritten",
        ),
    ],
)
def test_a_wrong_wait_or_slot_is_seen(
    tmp_path: Path, good: str, bad: str, why: str, gxx: str
) -> None:
    """The emulation has teeth: kernels that would fail on a GPU fail in it."""
    files = _gemm(FITS)[1]
    assert good in files["kernel.cu"]
    broken = {**files, "kernel.cu": files["kernel.cu"].replace(good, bad)}
    done = emulate(tmp_path, broken, "gemm.cpp", [5], gxx)
    assert (done.returncode != 0, done.stderr.strip()) == (True, "wrong value"), why


def test_a_tile_that_the_warps_cannot_share_is_refused() -> None:
    """In words, with what would do."""
    with pytest.raises(InputError, match="cannot share a tile of 16 x 16"):
        mma_sync.warp_grid(16, 16, 4)
    with pytest.raises(InputError, match="cannot copy a tile of 48 x 64"):
        mma_sync.check_copies(48, 64, 8)


def test_warps_share_a_tile_so_that_little_is_fetched_twice() -> None:
    """Eight warps on 128 x 256 take 64 x 64 each, four on 64 x 128 take 32 x 64."""
    assert mma_sync.warp_grid(128, 256, 8) == mma_sync.WarpGrid(2, 4)
    assert mma_sync.warp_grid(64, 128, 4) == mma_sync.WarpGrid(1, 4)


def test_another_loop_is_refused() -> None:
    """Only products are written for cp.async so far."""
    made = elaborate(load_loop("flash_attention_forward"), load_machine("a100"))
    with pytest.raises(InputError, match="not a matrix product"):
        multistage(made.problem, _gemm(FITS)[0], made.tiles, [])
