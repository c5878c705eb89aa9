from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from tests.lower.shipped import PAIRS
from twill.elaborate import Elaboration, elaborate
from twill.simulate.known import KNOWN, Comparison, arrays_for, compare, whole
from twill.simulate.reference import in_program_order, run_in_order
from twill.simulate.values import Arrays, Data, Symbol, Symbols, Tiles, Value, tiles_of
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine

SMALL = {"M": 16, "N": 16, "K": 16, "D": 16}
SCALE = math.log2(math.e) / 4

pairs = pytest.mark.parametrize(("loop", "machine"), PAIRS)


def made(loop: str, machine: str, **subtile: int) -> Elaboration:
    """A shipped pair, otherwise cut."""
    return elaborate(load_loop(loop), load_machine(machine), None, subtile)


def small(elaboration: Elaboration) -> Tiles:
    """Its tiles with few elements."""
    return tiles_of(elaboration, {d: SMALL[d] for d in elaboration.parameters})


def in_order(
    elaboration: Elaboration, trips: int, scale: float = SCALE
) -> tuple[Arrays, dict[tuple[str, int], Value]]:
    """Values, and the results of the loop in program order."""
    name = elaboration.loop.name
    arrays = arrays_for(name, small(elaboration), scale, 1, trips)
    return arrays, run_in_order(elaboration.problem, arrays, trips)


def errors(elaboration: Elaboration, trips: int, scale: float) -> tuple[Comparison, ...]:
    """The loop in program order beside the textbook."""
    arrays, results = in_order(elaboration, trips, scale)
    return compare(elaboration.loop.name, arrays, results, trips)


@pairs
@pytest.mark.parametrize("trips", [1, 5])
@pytest.mark.parametrize("scale", [SCALE, 1.0, 0.01])
def test_the_loop_in_order_is_what_the_textbook_says(
    loop: str, machine: str, trips: int, scale: float
) -> None:
    """Every shipped loop, as each machine cuts it, in float64 without iterations or tiles."""
    found = errors(made(loop, machine), trips, scale)
    assert found
    assert [c for c in found if not c.holds] == []


@pytest.mark.parametrize(
    ("loop", "operation"),
    [
        ("flash_attention_forward", "O_scaled[m0]"),
        ("flash_attention_forward", "l_scaled[m1]"),
        ("flash_attention_forward", "alpha[m0]"),
        ("flash_attention_backward", "y[n0]"),
        ("flash_attention_backward", "ds[n1]"),
        ("flash_attention_backward", "x[n1]"),
        ("gemm", "C"),
    ],
)
def test_an_operation_less_is_not_what_the_textbook_says(loop: str, operation: str) -> None:
    """The tolerances are tight enough: with one operation a mere copy, the result is off."""
    elaboration = made(loop, "h100")
    trips = 4
    arrays = arrays_for(loop, small(elaboration), SCALE, 1, trips)
    broken = Copying(arrays, operation)
    results = run_in_order(elaboration.problem, broken, trips)
    assert [c for c in compare(loop, arrays, results, trips) if not c.holds]


class Copying:
    """Values with one operation that copies its first operand, or loses what it adds up."""

    def __init__(self, values: Arrays, name: str) -> None:
        self.values, self.name = values, name

    def initial(self, name: str) -> Value:
        """As it is."""
        return self.values.initial(name)

    def result(self, name: str, iteration: int, operands: Mapping[tuple[str, int], Value]) -> Value:
        """As it is, but for the one operation."""
        if name != self.name:
            return self.values.result(name, iteration, operands)
        op = self.values.tiles.op[name]
        if op.kind == "mma":
            lost = {**operands, (name, 1): self.values.initial(name)}
            return self.values.result(name, iteration, lost)
        first = op.operand("read")[0]
        return operands[first.name, first.distance]


def test_slices_come_together() -> None:
    """Cut along every dimension, reduced ones too, a loop computes what it computes whole."""
    whole_loop = made("flash_attention_forward", "h100", M=2)
    cut = made("flash_attention_forward", "h100", M=2, N=2, D=2)
    assert len(cut.problem.ops) > len(whole_loop.problem.ops)
    found = []
    for elaboration in (whole_loop, cut):
        arrays, results = in_order(elaboration, 3)
        found.append(whole(arrays.tiles, results, "P", 2))
        assert all(c.holds for c in compare("flash_attention_forward", arrays, results, 3))
    one, other = found
    assert one is not None
    assert other is not None
    assert np.allclose(one, other, rtol=2**-7, atol=1e-6)


def test_before_the_first_iteration_is_the_identity_of_the_chain() -> None:
    """The maximum of nothing is -inf, the sum of nothing 0, through copies and rescaling."""
    elaboration = made("flash_attention_forward", "b200")
    arrays = Arrays(small(elaboration))
    for name in elaboration.tiles:
        value = arrays.initial(name)
        assert not isinstance(value, Symbol)
        wanted = -np.inf if name.startswith("m[") else 0.0
        assert (value == wanted).all(), name


def test_data_is_the_same_for_a_seed() -> None:
    """And other data for another, or for another iteration, name."""
    one, same, other = Data(1), Data(1), Data(2)
    assert np.array_equal(one.tile("K", 0, (4, 4), "bf16"), same.tile("K", 0, (4, 4), "bf16"))
    assert not np.array_equal(one.tile("K", 0, (4, 4), "bf16"), other.tile("K", 0, (4, 4), "bf16"))
    assert not np.array_equal(one.tile("K", 0, (4, 4), "bf16"), one.tile("K", 1, (4, 4), "bf16"))
    assert not np.array_equal(one.tile("K", 0, (4, 4), "bf16"), one.tile("V", 0, (4, 4), "bf16"))


def test_symbols_tell_origins_apart() -> None:
    """Another operand, iteration or distance makes another value; the same the same."""
    symbols = Symbols()
    a, b = symbols.result("A", 0, {}), symbols.result("A", 1, {})
    assert a is symbols.result("A", 0, {})
    assert len({a, b, symbols.result("B", 0, {}), symbols.initial("A")}) == 4
    one = symbols.result("C", 1, {("A", 0): b})
    assert one is not symbols.result("C", 1, {("A", 1): b})
    assert one is not symbols.result("C", 1, {("A", 0): a})


def test_what_reads_a_symbol_is_a_symbol() -> None:
    """Of figure1's custom operations it is not known what they compute."""
    elaboration = made("figure1", "figure1")
    results = run_in_order(elaboration.problem, Arrays(tiles_of(elaboration)), 3)
    assert {type(v) for v in results.values()} == {Symbol}
    assert len(set(results.values())) == len(results) == 9


@pairs
def test_program_order_respects_what_is_read(loop: str, machine: str) -> None:
    """Each operation stands after what it reads in its own iteration."""
    problem = made(loop, machine).problem
    order = in_program_order(problem)
    for d in problem.dependences:
        if d.kind == "flow" and d.distance == 0:
            assert order.index(d.src) < order.index(d.dst)


def test_every_shipped_tile_loop_has_its_textbook() -> None:
    """A new loop gets its formula, or a line here that says why not."""
    assert {loop for loop, _ in PAIRS} == set(KNOWN)
