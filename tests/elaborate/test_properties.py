"""What holds of every elaboration."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twill.diagnostics import InputError
from twill.elaborate import Elaboration, elaborate
from twill.formats import problem_digest, problem_from_document, problem_to_json
from twill.formats.cycles import positive_cycle, storage_cycle
from twill.problem import REGISTER, Op
from twill.spec.loop import load_loop, shipped_loops
from twill.spec.machine import load_machine
from twill.spec.reader import parse_document

PAIRS = [
    *product(["gemm", "flash_attention_forward", "flash_attention_backward"],
             ["a100", "h100", "b200"]),
    ("figure1", "figure1"),
]  # fmt: skip


def test_no_shipped_loop_is_left_out() -> None:
    """A new loop must join the pairs of this file."""
    assert {spec for spec, _ in PAIRS} == set(shipped_loops())


def _check(elaboration: Elaboration) -> None:
    problem = elaboration.problem
    names = [op.name for op in problem.ops]
    assert len(set(names)) == len(names)
    for dependence in problem.dependences:
        assert {dependence.src, dependence.dst} <= set(names)
    assert not positive_cycle(problem)
    assert not storage_cycle(problem)
    for op in problem.ops:
        _check_place(elaboration, op)
        _check_lines(elaboration, op)


def _check_place(elaboration: Elaboration, op: Op) -> None:
    """Storage is taken over from a value in the same space, in registers from an operand."""
    if op.in_place is None:
        return
    taken = elaboration.problem.op[op.in_place.op]
    assert op.result is not None
    assert taken.result is not None
    assert op.result.space == taken.result.space
    if op.result.space == REGISTER:
        reads = {(d.src, d.distance) for d in elaboration.problem.dependences if d.dst == op.name}
        assert (op.in_place.op, op.in_place.distance) in reads


def _check_lines(elaboration: Elaboration, op: Op) -> None:
    """Every number of an operation has its arithmetic, every number in that its citation."""
    lines = {line.quantity: line for line in elaboration.costs[op.name]}
    assert lines["issue"].value == op.issue
    assert lines["latency"].value == op.latency
    for unit, reserved in op.reservations.items():
        amount, length = lines.get(f"{unit}.amount"), lines.get(f"{unit}.length")
        assert amount is not None or length is not None
        assert amount is None or amount.value == reserved[0].amount
        assert length is None or length.value == reserved[0].length
    for line in lines.values():
        assert line.formula
        assert all(source.citation and source.confidence for source in line.sources)
    if lines["latency"].formula != "stated in the spec":
        assert lines["latency"].sources
        assert lines["issue"].sources or "all of the time" in lines["issue"].formula


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_shipped_pairs(joined: Callable[..., Elaboration], pair: tuple[str, str]) -> None:
    """Names, order, storage and the origin of every number."""
    _check(joined(*pair))


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_problem_files_say_the_same(
    joined: Callable[..., Elaboration], pair: tuple[str, str]
) -> None:
    """Written and read back, a problem is the same and has the same digest."""
    problem = joined(*pair).problem
    text = json.dumps(problem_to_json(problem))
    again = problem_from_document(parse_document(text, "problem.json"))
    assert again == problem
    assert problem_digest(again) == problem_digest(problem)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_elaboration_is_a_function(
    joined: Callable[..., Elaboration], pair: tuple[str, str]
) -> None:
    """The same loop and machine, the same problem, in the same order."""
    assert problem_digest(joined(*pair).problem) == problem_digest(joined(*pair).problem)


def _work(elaboration: Elaboration) -> int:
    ops = elaboration.problem.ops
    return sum(r.length for op in ops for r in op.reservations.get("tensor", ()))


FACTORS = st.dictionaries(st.sampled_from(["M", "N", "D", "K"]), st.sampled_from([1, 2, 4]))


@settings(max_examples=150)
@given(
    spec=st.sampled_from(["gemm", "flash_attention_forward", "flash_attention_backward"]),
    machine=st.sampled_from(["a100", "h100", "b200"]),
    subtile=FACTORS,
    size=st.sampled_from([128, 256]),
)
def test_any_sub_tiling(spec: str, machine: str, subtile: dict[str, int], size: int) -> None:
    """Legal or refused; legal, it keeps the flop and never shortens the tensor core's work."""
    loop, gpu = load_loop(spec), load_machine(machine)
    known = {name: factor for name, factor in subtile.items() if name in loop.parameters}
    sizes = dict.fromkeys(loop.parameters, size)
    try:
        cut = elaborate(loop, gpu, sizes, known)
        whole = elaborate(loop, gpu, sizes, dict.fromkeys(loop.parameters, 1))
    except InputError as refused:
        assert refused.diagnostics  # noqa: PT017 - either way is right
        return
    _check(cut)
    assert cut.work == whole.work
    assert _work(cut) >= _work(whole)


WHOLE = 2 * 256 * 128 * 128
"""Multiply-accumulates of both multiplies for 256 queries."""


@pytest.mark.parametrize(
    ("machine", "subtile", "cycles"),
    [
        ("h100", {}, WHOLE // 2048),
        ("h100", {"M": 1}, WHOLE // 2048),
        ("h100", {"N": 2}, WHOLE // 2048),
        ("b200", {}, WHOLE // 4096),
        ("b200", {"M": 1}, WHOLE // 4096),
        # an instruction of 128 x 64 x 16 computes in 32 cycles and reads (128 + 64) * 16 * 2 B
        # in 48: S takes half as long again
        ("b200", {"N": 2}, WHOLE // 2 // 4096 * 3 // 2 + WHOLE // 2 // 4096),
    ],
)
def test_work_of_sub_tiles(
    joined: Callable[..., Elaboration], machine: str, subtile: dict[str, int], cycles: int
) -> None:
    """Slices take as long together as the tile while their operands can be fed in time."""
    sizes = {"M": 256, "N": 128, "D": 128}
    assert _work(joined("flash_attention_forward", machine, sizes, subtile)) == cycles
