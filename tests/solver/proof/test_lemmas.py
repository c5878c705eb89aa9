"""What Z3 reports becomes axioms that the checker's rules accept, and that close a proof."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import z3

from benchmarks.cases import tight
from tests.solver.proof.recorded import proposed, stated
from tests.solver.proof.small import values
from twill.check.rules import RULES
from twill.solver.proof.closing import Closing
from twill.solver.proof.ground import NEVER, Ground, _closed
from twill.solver.proof.heard import Starts, Together, contrary
from twill.solver.proof.lemmas import _chain, _shortest, learn
from twill.solver.proof.proposals import Left


def endless() -> Left:
    """As much time and work as it takes."""
    return Left(math.inf, 1 << 40)


def loose(names: int) -> Ground:
    """Nothing is known of starts."""
    return _closed(tuple(map(str, range(names))), np.full((names, names), NEVER, dtype=np.int64))


@pytest.mark.parametrize("cycles", [-5, 0, 7])
@pytest.mark.parametrize("holds", [True, False])
def test_a_literal_is_read_as_what_holds_without_it(cycles: int, holds: bool) -> None:
    """The arc is the exact contrary, in whatever form Z3 has the difference."""
    s0, s1 = z3.Ints("s0 s1")
    for term in (s1 - s0 >= cycles, s0 - s1 <= cycles, s1 - s0 < cycles):
        literal = z3.simplify(term if holds else z3.Not(term), arith_lhs=True)
        said = contrary(literal.sexpr())
        assert isinstance(said, Starts)
        start = {0: s0, 1: s1}
        arc = start[said.dst] - start[said.src] >= said.cycles
        solver = z3.Solver()
        solver.add(arc == literal)
        assert solver.check() == z3.unsat


def test_a_literal_about_roles_is_read() -> None:
    """Equal roles are the contrary of different ones; of anything else nothing is read."""
    r2, r7 = z3.Consts("r2 r7", z3.DeclareSort("Role"))
    assert contrary(z3.Not(r2 == r7).sexpr()) == Together(2, 7, True)
    assert contrary((r2 == r7).sexpr()) == Together(2, 7, False)
    assert contrary(z3.Bool("b3").sexpr()) is None


@pytest.mark.parametrize("seed", range(40))
def test_of_a_lemma_the_shortest_circuit_that_gains_is_taken(seed: int) -> None:
    """It closes, gains, uses arcs of the lemma; the same lemma without it shows no shorter one."""
    rng = random.Random(seed)  # noqa: S311  # not for cryptography
    names = rng.randint(2, 6)
    nodes = rng.sample(range(names), names)
    circuit = [Starts(u, v, 1) for u, v in zip(nodes, [*nodes[1:], nodes[0]], strict=True)]
    noise = []
    for _ in range(3):
        u, v = rng.sample(range(names), 2)
        noise.append(Starts(u, v, -rng.randint(50, 90)))
    lemma = rng.sample(circuit + noise, names + 3)
    (arcs,) = _shortest(loose(names), [lemma])
    assert sorted(arcs) == sorted([str(arc.src), str(arc.dst), 1] for arc in circuit)


def test_a_lemma_that_does_not_close_gives_nothing() -> None:
    """What Z3 left out since it was decided is found later."""
    assert not list(_shortest(loose(3), [[Starts(0, 1, 5), Starts(1, 2, 5)]]))


def test_a_chain_is_as_short_as_it_can_be() -> None:
    """From operation to operation along shared roles, or none."""
    next_to = {0: [1], 1: [0, 2], 2: [1, 3], 3: [2, 0], 4: []}
    assert _chain(next_to, 0, 2) == [0, 1, 2]
    assert _chain(next_to, 0, 4) == []


def test_what_is_learned_is_accepted_and_closes_the_proof() -> None:
    """The checker's own rules give the same clauses; CaDiCaL then needs far fewer rounds."""
    rounds = {}
    for learned in (True, False):
        axioms, ground = proposed(tight(1, 2, 168), 2205)
        known = len(axioms.steps)
        closing = Closing(axioms, ground)
        decided = closing.saturate()
        assert decided is not None
        if learned:
            assert learn(axioms, decided, endless())
        for rule, arguments in axioms.steps[known:]:
            assert RULES[rule](axioms.period, *arguments)
        rounds[learned] = 0
        while not closing.contradiction():
            rounds[learned] += 1
            assert closing.candidate() is None
        closing.end()
    assert rounds[True] < rounds[False] // 3


def test_no_effort_teaches_nothing() -> None:
    """Neither time nor work: it says so."""
    axioms, ground = stated(values(), 3)
    assert not learn(axioms, ground, Left(-math.inf, 1))
    assert not learn(axioms, ground, Left(math.inf, 0))
