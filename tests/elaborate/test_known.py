"""Elaborations worked out by hand from the loops and the rates of the machines.

Rates per SM and cycle: matrix bf16 2048 (h100), 4096 (b200), 1024 (a100) MAC; exp2 16
elements; FMA 128; row reduction 64 (h100); conversion 64 elements.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from twill.elaborate import Elaboration
from twill.problem import Dependence, InPlace, Problem, Result

Joined = Callable[..., Elaboration]

FORWARD = "flash_attention_forward"
BACKWARD = str(Path(__file__).parent / "backward.yaml")


def _label(value: object) -> str:
    parts = value if isinstance(value, tuple) else (value,)
    return "-".join(Path(str(part)).stem for part in parts)


COUNTS = {
    # S, P, O; S -> P -> O -> O
    ("figure1", "figure1"): (3, 3),
    # A, B, C; A -> C, B -> C, C -> C
    ("gemm", "a100"): (3, 3),
    ("gemm", "h100"): (3, 3),
    ("gemm", "b200"): (3, 3),
    # K, V and ten operations for each of two sub-tiles. Reads of one sub-tile: S 1, m 2,
    # alpha 2, x 2, p 1, l_scaled 2, l 2, P 1, O_scaled 2, O 3 = 18
    (FORWARD, "h100"): (2 + 2 * 10, 2 * 18),
    (FORWARD, "a100"): (2 + 2 * 10, 2 * 18),
    # four moves per sub-tile, each with one read: S and O to registers, P and O_scaled back
    (FORWARD, "b200"): (2 + 2 * 14, 2 * 22),
    # four loads; ten operations for each half of the keys, dQ a chain of two; dS to shared
    # twice; dQ to shared and its store in four parts. Reads of one half: S 1, x 2, p 1, P 1,
    # dP 1, y 2, ds 2, dS 1, dV 3, dK 3 = 17, the move of dS 1; dQ 1 and 2; 4 moves, 4 stores.
    # The move of dS comes before dK in each half: both read its registers
    (BACKWARD, "h100"): (4 + 2 * 10 + 2 + 2 + 4 + 4, 2 * 18 + 3 + 4 + 4 + 2),
    # uncut; S and dP to registers, P and dS to tensor memory, dS to shared memory, dQ by way
    # of registers to shared memory in four parts
    (BACKWARD, "b200"): (4 + 10 + 1 + 5 + 4 + 4 + 4, 17 + 5 + 1 + 4 + 4 + 4),
}


@pytest.mark.parametrize(("pair", "counts"), COUNTS.items(), ids=_label)
def test_operations_and_dependences(
    joined: Joined, pair: tuple[str, str], counts: tuple[int, int]
) -> None:
    """Every operation of every sub-tile, every move, every read: no more and no fewer."""
    problem = joined(*pair).problem
    assert (len(problem.ops), len(problem.dependences)) == counts


def _busy(problem: Problem, unit: str) -> int:
    """Cycles per iteration for which a unit of capacity 1 is held."""
    return sum(r.length for op in problem.ops for r in op.reservations.get(unit, ()))


WORK = {
    # two multiplies of 128 x 128 x 128 = 2^21 each: 2 * 2^21 / 2048
    (FORWARD, "h100", "tensor"): 2048,
    # 128 * 128 / 16, and alpha: 128 rows, each held by four threads, / 16
    (FORWARD, "h100", "sfu"): 1024 + 32,
    # 256 rows: 2 * 256 * 128 * 128 / 4096
    (FORWARD, "b200", "tensor"): 2048,
    # 256 * 128 / 16, and alpha: 256 rows / 16
    (FORWARD, "b200", "sfu"): 2048 + 16,
    # 128 * 256 * 64 = 2^21
    ("gemm", "a100", "tensor"): 2048,
    ("gemm", "h100", "tensor"): 1024,
    ("gemm", "b200", "tensor"): 512,
}


@pytest.mark.parametrize(
    ("key", "cycles"),
    WORK.items(),
    ids=_label,
)
def test_work_per_iteration(joined: Joined, key: tuple[str, str, str], cycles: int) -> None:
    """Cycles that an iteration needs of a unit."""
    spec, machine, unit = key
    assert _busy(joined(spec, machine).problem, unit) == cycles


@pytest.mark.parametrize(("machine", "cycles"), [("h100", 5120), ("b200", 2560)])
def test_work_of_the_backward_pass(joined: Joined, machine: str, cycles: int) -> None:
    """Five multiplies of 128 x 128 x 128: 5 * 2^21 / 2048 and / 4096."""
    elaboration = joined("flash_attention_backward", machine, {"M": 128, "N": 128})
    assert _busy(elaboration.problem, "tensor") == cycles
    assert elaboration.work["flop"] == 5 * 2 * 128**3


def test_flop_of_the_forward_pass(joined: Joined) -> None:
    """Two flop per multiply-accumulate, two multiplies."""
    assert joined(FORWARD, "h100").work["flop"] == 2 * 2 * 128**3


def _dependence(problem: Problem, src: str, dst: str, distance: int = 0) -> Dependence:
    (found,) = (
        d for d in problem.dependences if (d.src, d.dst, d.distance) == (src, dst, distance)
    )
    return found


CHAIN = {
    # a load runs ahead: no delay; the multiply reads it until it is done, 512 + 46
    ("K", "S[m0]", 0): (0, True, 558),
    # S: 64 * 128 * 128 / 2048 = 512 cycles, tail 46; m reads for 64 * 128 / 64 cycles
    ("S[m0]", "m[m0]", 0): (512 + 46, True, 128),
    # m: 128 cycles, 4 of the pipeline, 55 for the quad; alpha: 64 rows * 4 threads / 16
    ("m[m0]", "alpha[m0]", 0): (128 + 4 + 55, False, 16),
    ("m[m0]", "alpha[m0]", 1): (128 + 4 + 55, False, 16),
    # x: 64 * 128 / 128 = 64 cycles, 4 of the pipeline; p: 64 * 128 / 16
    ("x[m0]", "p[m0]", 0): (64 + 4, False, 512),
    ("p[m0]", "P[m0]", 0): (512 + 18, False, 128),
    ("P[m0]", "O[m0]", 0): (128 + 18, False, 512 + 46),
    ("V", "O[m0]", 0): (0, True, 512 + 46),
    ("O[m0]", "O_scaled[m0]", 1): (512 + 46, True, 64),
    ("O_scaled[m0]", "O[m0]", 0): (64 + 4, False, 512 + 46),
}


@pytest.mark.parametrize(("edge", "numbers"), CHAIN.items(), ids=_label)
def test_delays_of_the_forward_pass(
    joined: Joined, edge: tuple[str, str, int], numbers: tuple[int, bool, int]
) -> None:
    """Delay, whether the reader waits, and until when it reads, along one chain on h100."""
    dependence = _dependence(joined(FORWARD, "h100").problem, *edge)
    assert (dependence.delay, dependence.blocking, dependence.read_until) == numbers
    assert dependence.kind == "flow"


@pytest.mark.parametrize(("machine", "occupancy"), [("h100", 1024), ("b200", 512), ("a100", 2048)])
def test_accumulators_follow_each_other(joined: Joined, machine: str, occupancy: int) -> None:
    """The next multiply into an accumulator waits for the tensor core, not for the result."""
    chain = _dependence(joined("gemm", machine).problem, "C", "C", 1)
    assert (chain.delay, chain.blocking) == (occupancy, False)


@pytest.mark.parametrize("machine", ["h100", "b200"])
def test_streaming_loads_have_no_delay(joined: Joined, machine: str) -> None:
    """They issue ahead of the loop by their latency, out of a ring."""
    problem = joined(FORWARD, machine).problem
    loads = [op for op in problem.ops if op.streaming]
    assert [op.name for op in loads] == ["K", "V"]
    assert all(set(op.latencies) == {"l2", "dram", "dram_loaded"} for op in loads)
    assert {d.delay for d in problem.dependences if d.src in ("K", "V")} == {0}
    assert not any(d.dst in ("K", "V") for d in problem.dependences)


REGISTERS = {
    # 64 x 128 elements of 4 and 2 bytes over 128 threads; 64 row statistics, four copies each
    "S[m0]": 64, "x[m0]": 64, "p[m1]": 64, "P[m0]": 32, "O[m1]": 64, "m[m0]": 2, "alpha[m1]": 2,
}  # fmt: skip


@pytest.mark.parametrize(("op", "count"), REGISTERS.items())
def test_registers_of_the_forward_pass(joined: Joined, op: str, count: int) -> None:
    """32-bit registers per thread of a warp group, on h100."""
    assert joined(FORWARD, "h100").problem.op[op].result == Result("register", count)


def test_storage_on_h100(joined: Joined) -> None:
    """Scores, exponentials and probabilities share registers; O is rescaled where it is."""
    problem = joined(FORWARD, "h100").problem
    places = {op.name: op.in_place for op in problem.ops if op.name.endswith("[m0]")}
    assert places == {
        "S[m0]": None,
        "m[m0]": None,
        "alpha[m0]": None,
        "x[m0]": InPlace("S[m0]"),
        "p[m0]": InPlace("x[m0]"),
        "l_scaled[m0]": InPlace("l[m0]", 1),
        "l[m0]": InPlace("l_scaled[m0]"),
        "P[m0]": InPlace("p[m0]"),
        "O_scaled[m0]": InPlace("O[m0]", 1),
        "O[m0]": InPlace("O_scaled[m0]"),
    }


def test_storage_on_b200(joined: Joined) -> None:
    """P takes over the columns of S in tensor memory; O has one slot there."""
    problem = joined(FORWARD, "b200").problem
    # 128 rows: 128 columns of fp32, 64 of bf16
    assert problem.op["S[m0]"].result == Result("tensor", 128)
    assert problem.op["P.tensor[m0]"].result == Result("tensor", 64)
    assert problem.op["P.tensor[m0]"].in_place == InPlace("S[m0]")
    assert problem.op["O_scaled.tensor[m0]"].in_place == InPlace("O[m0]", 1)
    assert problem.op["O[m0]"].in_place == InPlace("O_scaled.tensor[m0]")
    # and in registers: the copy of S that x overwrites, the copy of O that O_scaled does
    assert problem.op["x[m0]"].in_place == InPlace("S.register[m0]")
    assert problem.op["O_scaled[m0]"].in_place == InPlace("O.register[m0]", 1)


def _readers(problem: Problem, src: str) -> set[str]:
    return {d.dst for d in problem.dependences if d.src == src and d.kind == "flow"}


def test_where_the_gradient_of_the_scores_goes(joined: Joined) -> None:
    """For dQ it is read transposed, so from shared memory; for dK as it is."""
    h100 = joined(BACKWARD, "h100").problem
    assert _readers(h100, "dS[n0]") == {"dS.shared[n0]", "dK[n0]"}
    assert _readers(h100, "dS.shared[n0]") == {"dQ[n0]"}
    b200 = joined(BACKWARD, "b200").problem
    assert _readers(b200, "dS") == {"dS.shared", "dS.tensor"}
    assert _readers(b200, "dS.shared") == {"dQ"}
    assert _readers(b200, "dS.tensor") == {"dK"}


def test_tensor_memory_of_the_backward_pass(joined: Joined) -> None:
    """P takes over S; dS takes over dP and dQ dS: with dV and dK four times 128 columns."""
    problem = joined(BACKWARD, "b200").problem
    places = {
        op.name: op.in_place for op in problem.ops if op.result and op.result.space == "tensor"
    }
    assert places == {
        "S": None,
        "P.tensor": InPlace("S"),
        "dP": None,
        "dS.tensor": InPlace("dP"),
        "dQ": InPlace("dS.tensor"),
        "dV": InPlace("dV", 1),
        "dK": InPlace("dK", 1),
    }


def test_dq_is_a_chain_over_the_halves_of_the_keys(joined: Joined) -> None:
    """The second half adds to the first where it is, 64 * 128 * 64 / 2048 cycles later."""
    problem = joined(BACKWARD, "h100").problem
    chain = _dependence(problem, "dQ[n0]", "dQ[n1]")
    assert (chain.delay, chain.blocking) == (256, False)
    assert problem.op["dQ[n1]"].in_place == InPlace("dQ[n0]")
    assert {f"dQ.shared[d{i}]" for i in range(4)} == _readers(problem, "dQ[n1]")


MULTIPLY = (
    "  A: {kind: load, shape: [M, K]}\n"
    "  B: {kind: load, shape: [K, N]}\n"
    "  P: {kind: move, read: A, in: register}\n"
    "  C: {kind: mma, a: P, b: B, shape: [M, N]}\n"
    "  s: {kind: reduce, function: sum, read: C, shape: [M]}\n"
)
"""C reads P in registers, on machines whose multiplies can."""


@pytest.mark.parametrize(
    ("machine", "reader", "order"),
    [
        # another reader of P goes first, for as long as it reads; unless it needs C anyway
        ("h100", "read: P", ("r", "C", 64, 0)),
        ("h100", "read: [P, s@-1]", ("r", "C", 64, 0)),
        ("h100", "read: [P, s]", None),
        # what reads it an iteration later waits until the multiply, 256 cycles and 46, is over
        ("h100", "read: P@-1", ("C", "r", 256 + 46, 1)),
        # instructions that a warp executes itself read registers in their order
        ("a100", "read: P", None),
    ],
)
def test_others_read_the_registers_of_a_multiply_first(
    joined: Joined, machine: str, reader: str, order: tuple[str, str, int, int] | None
) -> None:
    """PTX: nothing touches what wgmma reads in registers until it has been waited for."""
    last = f"  r: {{kind: elementwise, function: fma, {reader}}}\n"
    problem = joined(MULTIPLY + last, machine, {"N": 64}).problem
    found = [(d.src, d.dst, d.delay, d.distance) for d in problem.dependences if d.kind == "order"]
    assert found == ([order] if order else [])


def test_reductions_over_a_cut_dimension_become_chains(joined: Joined) -> None:
    """Keys cut in two: m, l and O go from half to half, alpha waits for the second.

    K, V: 2 each. For each row sub-tile S, m, x, p, l, P, O: 2 each; alpha, l_scaled,
    O_scaled: 1 each. Reads: S 2, m 4, alpha 2, x 4, p 2, l_scaled 2, l 4, P 2, O_scaled 2,
    O 6.
    """
    problem = joined(FORWARD, "h100", subtile={"N": 2}).problem
    assert len(problem.ops) == 4 + 2 * (7 * 2 + 3)
    assert len(problem.dependences) == 2 * 30
    reads = {(d.src, d.distance) for d in problem.dependences if d.dst == "m[m0,n0]"}
    assert reads == {("S[m0,n0]", 0), ("m[m0,n1]", 1)}
    reads = {(d.src, d.distance) for d in problem.dependences if d.dst == "m[m0,n1]"}
    assert reads == {("S[m0,n1]", 0), ("m[m0,n0]", 0)}
    reads = {(d.src, d.distance) for d in problem.dependences if d.dst == "alpha[m0]"}
    assert reads == {("m[m0,n1]", 1), ("m[m0,n1]", 0)}
    reads = {(d.src, d.distance) for d in problem.dependences if d.dst == "O[m0,n1]"}
    assert reads == {("P[m0,n1]", 0), ("V[n1]", 0), ("O[m0,n0]", 0)}
    assert problem.op["O[m0,n1]"].in_place == InPlace("O[m0,n0]")
    assert problem.op["O[m0,n0]"].in_place == InPlace("O_scaled[m0]")


def test_bias_along_columns_is_read_where_it_was_loaded(joined: Joined) -> None:
    """A vector in shared memory needs no move of its own for arithmetic on a tile."""
    text = (
        "  S: {kind: load, shape: [M, N], type: fp32}\n"
        "  R: {kind: move, read: S, in: register}\n"
        "  v: {kind: load, shape: [N], type: fp32}\n"
        "  x: {kind: elementwise, function: add, read: [R, v]}\n"
    )
    elaboration = joined(text, "h100")
    assert elaboration.moves == ()
    assert _readers(elaboration.problem, "v") == {"x"}


def test_a_move_keeps_the_type_of_what_it_moves(joined: Joined) -> None:
    """128 x 64 bf16 are 16 KiB: 128 cycles at 128 B/cycle, 32 registers of 128 threads."""
    text = "  A: {kind: load, shape: [M, K]}\n  R: {kind: move, read: A, in: register}\n"
    problem = joined(text, "h100").problem
    assert problem.op["R"].result == Result("register", 32)
    assert problem.op["R"].issue == 128


def test_stated_costs_are_taken_as_they_are(joined: Joined) -> None:
    """Intervals, latency, result and reads of a custom operation."""
    text = (
        "  a: {kind: custom, cost: {units: {tensor: [[0, 4, 1], [6, 2, 1]]}, issue: 2,"
        " result: {in: shared, size: 10}}}\n"
        "  b: {kind: custom, read: a@-2, cost: {latency: 5, warps: 4, asynchronous: true}}\n"
    )
    problem = joined(text, "h100").problem
    a, b = problem.ops
    assert [(r.offset, r.length, r.amount) for r in a.reservations["tensor"]] == [
        (0, 4, 1),
        (6, 2, 1),
    ]
    assert (a.issue, a.latency, a.result) == (2, 8, Result("shared", 10))
    assert (b.issue, b.latency, b.warps, b.asynchronous) == (1, 5, 4, True)
    assert problem.dependences == (Dependence("a", "b", 8, 2, read_until=5),)


def test_targets_are_inherited_by_extending_machines(
    joined: Joined, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A variant of b200 gets the defaults that the loop has for b200."""
    path = tmp_path_factory.mktemp("machines") / "variant.yaml"
    path.write_text("schema: twill/machine/v1\nname: variant\ntitle: A variant\nextends: b200\n")
    assert joined(FORWARD, str(path)).parameters["M"] == 256
    assert joined(FORWARD, str(path), {"M": 512}).parameters["M"] == 512


def test_one_operation_is_cut_on_one_machine_only(joined: Joined) -> None:
    """A target's factor of an operation goes before the operation's own."""
    text = (
        "schema: twill/loop/v1\nname: t\nparameters: {M: 128, N: 64}\n"
        "targets:\n  h100: {operations: {A: {subtile: {M: 4}}}}\n"
        "operations:\n  A: {kind: load, shape: [M, N], subtile: {M: 2}}\n"
    )
    assert len(joined(text, "h100").problem.ops) == 4
    assert len(joined(text, "b200").problem.ops) == 2
