"""The benchmark of proofs measures what it says, on the smallest case."""

from __future__ import annotations

import pytest

from benchmarks import proof_measure
from benchmarks.cases import Case
from tests.solver.proof.small import values
from tests.solver.test_search import figure1


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two small cases, instead of all."""
    small = {
        "figure1": Case("figure1", "small", figure1),
        "values": Case("values", "small", values),
    }
    monkeypatch.setattr(proof_measure, "all_cases", lambda: small)


@pytest.mark.usefixtures("cases")
def test_a_bound_by_arithmetic_is_checked_alone() -> None:
    """No refutation of the lower bound, and nothing that produced it."""
    row = proof_measure.measure("figure1", 60, 60, 1)
    assert (row.ii, row.proof, row.any_stages) == (2, "proved by arithmetic", True)
    assert (row.axioms, row.steps, row.rounds) == (0, 0, 0)
    assert row.at_least == {"stages": 2}
    assert row.bytes > 0
    assert set(row.seconds) == {"solve", "fewest", "check"}


@pytest.mark.usefixtures("cases")
def test_a_refutation_is_produced_and_checked() -> None:
    """The II below, with what its refutation rests on."""
    row = proof_measure.measure("values", 60, 60, 1)
    assert (row.ii, row.refuted) == (4, [3])
    assert row.proof == "proved by a checked refutation"
    assert min(row.rounds, row.axioms, row.steps, row.bytes) > 0
    assert set(row.seconds) == {"solve", "produce", "fewest", "check"}


@pytest.mark.usefixtures("cases")
def test_without_time_nothing_is_proved() -> None:
    """No certificate, so nothing to check."""
    row = proof_measure.measure("values", 60, 0, 1)
    assert (row.proof, row.bytes) == ("one engine's word", 0)
    assert "check" not in row.seconds
