"""The proof checker by itself: what it takes, and every way in which a proof can be wrong."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.check.proofs import lrat
from twill.check.lrat import check_lrat
from twill.check.period import Invalid

XOR = [[1, 2], [1, -2], [-1, 2], [-1, -2]]
PROOF = "5 1 0 1 2 0\n6 0 5 3 4 0\n"


def test_a_proof_by_hand() -> None:
    """1 follows from (1 or 2) and (1 or not 2); then 2 and not 2 follow."""
    assert check_lrat(XOR, PROOF, 2) == 2


def test_an_empty_axiom_is_a_contradiction_by_itself() -> None:
    """One step, whose only hint is that axiom."""
    assert check_lrat([[]], "2 0 1 0\n", 0) == 1


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        ("", "does not end in the empty clause"),
        ("5 1 0 1 2 0\n6 0 5 3 4 0", "its last line is cut short: '6 0 5 3 4 0'"),
        ("5 1 0 1 2 0\n", "does not end in the empty clause"),
        ("5 1 0 1 2 0\n6 0 5 3 0\n", "step 6: its hints lead to no contradiction"),
        ("5 1 0 1 0\n6 0 5 3 4 0\n", "step 5: its hints lead to no contradiction"),
        ("5 1 0 2 0\n6 0 5 3 4 0\n", "step 5: its hints lead to no contradiction"),
        ("5 -1 0 1 2 0\n6 0 5 3 4 0\n", "step 5: hint 1 forces nothing, 2 literals are open"),
        ("5 0 1 2 0\n6 0 5 3 4 0\n", "step 5: hint 1 forces nothing, 2 literals are open"),
        ("5 2 0 1 2 0\n6 0 5 3 4 0\n", "step 5: hint 2 forces nothing, 2 literals are open"),
        ("5 2 0 1 1 3 0\n6 0 5 3 4 0\n", "step 5: hint 1 holds already"),
        ("5 1 0 1 2 3 0\n6 0 5 3 4 0\n", "step 5: hints follow the contradiction"),
        ("5 1 0 -1 2 0\n6 0 5 3 4 0\n", r"step 5: hint -1 is one of resolution \(RAT\)"),
        ("5 1 0 1 5 0\n6 0 5 3 4 0\n", "step 5: hint 5 is no earlier clause"),
        ("5 1 0 1 9 0\n6 0 5 3 4 0\n", "step 5: hint 9 is no earlier clause"),
        ("5 3 0 1 2 0\n6 0 5 3 4 0\n", "step 5: a literal is about no atom"),
        ("5 1 1 0 1 2 0\n6 0 5 3 4 0\n", "step 5: a variable stands twice"),
        ("5 1 -1 0 1 2 0\n6 0 5 3 4 0\n", "step 5: a variable stands twice"),
        ("6 1 0 1 2 0\n7 0 6 3 4 0\n", "step 5 is expected, found '6 1 0 1 2 0'"),
        ("6 0 5 3 4 0\n", "step 5 is expected, found '6 0 5 3 4 0'"),
        ("5 1 0 1 2 0\n5 0 5 3 4 0\n", "step 6 is expected, found '5 0 5 3 4 0'"),
        ("5 1 0 1 2\n6 0 5 3 4 0\n", "step 5: literals, 0, hints, 0 are expected"),
        ("5 1 0 1 0 2 0\n6 0 5 3 4 0\n", "step 5: literals, 0, hints, 0 are expected"),
        ("5 1 0 1 2 0\n\n6 0 5 3 4 0\n", "step 6 is expected, found ''"),
        ("5 1 0 1 2 0\n6 0 5 3 4 0\n7 0 5 3 4 0\n", "something follows the empty clause"),
        ("5 1 0 1 2 0\n5 d 1 0\n6 0 5 3 4 0\n", "'d' in it: additions only"),
        ("5 1 0 1 2 0\n6 0 5 3 --4 0\n", "step 6: .* are not numbers"),
        ("5 1 0 1 2 0\n6 0 5 3 \u0664 0\n", "additions only, in plain numbers"),
    ],
)
def test_a_wrong_proof_says_where(proof: str, message: str) -> None:
    """No hint too many or too few, no literal more or less, no step out of turn."""
    with pytest.raises(Invalid, match=message):
        check_lrat(XOR, proof, 2)


def _formula(seed: int) -> tuple[list[list[int]], int]:
    rng = random.Random(seed)  # noqa: S311
    variables = 4
    chosen = [rng.sample(range(1, variables + 1), rng.randint(1, 3)) for _ in range(14)]
    return [[x * rng.choice((1, -1)) for x in each] for each in chosen], variables


def _satisfiable(clauses: list[list[int]], variables: int) -> bool:
    for signs in itertools.product((1, -1), repeat=variables):
        value = {v * s for v, s in zip(range(1, variables + 1), signs, strict=True)}
        if all(value & set(clause) for clause in clauses):
            return True
    return False


def test_only_what_contradicts_itself_is_proved() -> None:
    """A proof is found and taken exactly where no assignment satisfies the clauses.

    And no proof of one formula is taken for another one that can be satisfied.
    """
    refuted = 0
    proofs: list[str] = []
    for seed in range(60):
        clauses, variables = _formula(seed)
        if _satisfiable(clauses, variables):
            for proof in proofs:
                with pytest.raises(Invalid):
                    check_lrat(clauses, proof, variables)
        else:
            proofs.append(lrat(clauses, variables))
            refuted += check_lrat(clauses, proofs[-1], variables) > 0
    assert refuted == len(proofs) >= 10
