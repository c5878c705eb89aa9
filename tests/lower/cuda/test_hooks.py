"""What a loop file does not say becomes hooks; names and texts stay identifiers and comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.knobs import Knobs, turned
from twill.lower import lower
from twill.lower.cuda.compile import compile_kernel
from twill.lower.cuda.emit import emit
from twill.lower.cuda.names import comment, identifiers
from twill.lower.cuda.toolchain import Toolchain
from twill.solver import solve
from twill.solver.options import SolveOptions
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine

LOOP = """\
schema: twill/loop/v1
name: while
title: Names that C++ keeps for itself, and an operation that only has a cost
parameters: {M: 64, N: 128, D: 64}
stages: 1
trips: 8
inputs:
  float: {shape: [M, D], in: shared}
operations:
  K: {kind: load, shape: [N, D]}
  int: {kind: mma, a: float, b: K, shape: [M, N]}
  p-q:
    kind: custom
    read: int
    shape: [M, N]
    cost: {units: {fma: 40}, issue: 40, warps: 4, latency: 300, result: {in: register, size: 64}}
  p_q: {kind: reduce, function: max, read: p-q, shape: [M], accumulate: p_q@-1}
"""


def emitted(folder: Path, *, handoff: bool) -> dict[str, str]:
    """The kernel of LOOP, its values kept on one role or not."""
    from dataclasses import replace

    file = folder / "loop.yaml"
    file.write_text(LOOP)
    made = elaborate(load_loop(str(file)), load_machine("h100"))
    made = replace(made, problem=turned(made.problem, Knobs(no_handoff=not handoff)))
    schedule = getattr(solve(made.problem, SolveOptions(proof_limit=0)), "schedule", None)
    assert schedule is not None
    return emit(lower(made.problem, schedule), made, ["hostile */ text\\", "and\nmore"])


def test_an_operation_with_a_cost_alone_is_a_hook(tmp_path: Path) -> None:
    """It is called with its result and operands, and declared in the open."""
    text = emitted(tmp_path, handoff=False)["kernel.cu"]
    assert "// HOOK p-q: custom of int" in text
    assert "hook_p_q(" in text
    assert "#ifdef TWILL_HOOKS" in text
    assert "// HOOK the first row of a tile of K" in text


def test_a_kernel_with_hooks_compiles(tmp_path: Path, tools: Toolchain) -> None:
    """With hooks that do nothing, whatever the names in the loop file are."""
    for name, text in emitted(tmp_path, handoff=False).items():
        (tmp_path / name).write_text(text)
    compiled = compile_kernel(tmp_path / "kernel.cu", "sm_90a", tools)
    assert compiled.ptxas.spills == 0


def test_a_stated_cost_without_room_for_a_hand_off(tmp_path: Path) -> None:
    """A value that goes to another role needs bytes there; the way out is named."""
    with pytest.raises(InputError, match=r"gives it no room|instances of int"):
        emitted(tmp_path, handoff=True)


@pytest.mark.parametrize(
    "text", ["ends in a backslash\\", "one\ntwo", "*/ int x; /*", "??/", "\x00\x1b[31m", "…"]
)
def test_a_comment_stays_one(text: str) -> None:
    """One line of printable ASCII that neither ends the comment nor continues it."""
    said = comment(text)
    assert said.isascii()
    assert said.isprintable()
    assert not said.endswith("\\")
    assert "??/" not in said
    assert "*/" not in said


def test_identifiers_differ_and_are_none_of_the_languages() -> None:
    """Names that look alike as identifiers are told apart; keywords are not used."""
    names = ["S[m0]", "S_m0", "S-m0", "int", "0", "", "a b; }", "thread", "μ"]
    found = identifiers(names)
    assert len(set(found.values())) == len(names)
    assert all(text.isidentifier() and text.isascii() for text in found.values())
    assert found["S[m0]"] == "S_m0"
    assert "int" not in found.values()
    assert "thread" not in found.values()
