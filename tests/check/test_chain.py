"""No II is left open: intervals of IIs against a plain enumeration."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.check.bundles import bundle, pair, pair_problem
from twill.check import Invalid, check
from twill.check.chain import Excluded, check_chain


@pytest.mark.parametrize(
    ("spans", "ii", "message"),
    [
        ([], 3, "II 1 to 2 are not covered by any step"),
        ([], 2, "II 1 is not covered by any step"),
        ([], None, "II 1 and above are not covered by any step"),
        ([(1, 9)], None, "II 10 and above are not covered by any step"),
        ([(2, 4)], 5, "II 1 is not covered by any step"),
        ([(1, 3673), (3724, 3724)], 3725, "II 3674 to 3723 are not covered by any step"),
        ([(3724, 3724), (1, 3723)], 3726, "II 3725 is not covered by any step"),
        ([(1, 4), (6, None)], None, "II 5 is not covered by any step"),
        ([(1, 5)], 5, r"lower_bound\[0\] excludes II 5, where the witness is"),
        ([(1, 4), (3, None)], 5, r"lower_bound\[1\] excludes II 5, where the witness is"),
    ],
)
def test_what_is_left_open_is_said(
    spans: list[tuple[int, int | None]], ii: int | None, message: str
) -> None:
    """The first gap, from its first II to its last."""
    with pytest.raises(Invalid, match=message):
        check_chain([Excluded(*span) for span in spans], ii)


def test_random_spans_against_enumeration() -> None:
    """A chain is whole exactly where every II below the claim is in some interval."""
    whole = 0
    for seed in range(600):
        rng = random.Random(seed)  # noqa: S311
        spans = [Excluded(a, a + rng.randint(-1, 4)) for a in rng.choices(range(1, 8), k=4)]
        for ii in range(1, 10):
            hit = any(each.first <= ii <= (each.last or 0) for each in spans)
            below = [any(e.first <= x <= (e.last or 0) for e in spans) for x in range(1, ii)]
            if all(below) and not hit:
                check_chain(spans, ii)
                whole += 1
            else:
                with pytest.raises(Invalid):
                    check_chain(spans, ii)
    assert whole >= 300


def test_arithmetic_and_a_refutation_meet(tmp_path: Path) -> None:
    """Without lemma 1 the resource bound takes the IIs below the one that is refuted."""
    made = pair()
    (step,) = made.certificate["lower_bound"]
    step["lemmas"] = []
    unit = {"kind": "resource", "unit": "u", "capacity": 1, "ops": {"A": 2, "B": 2}}
    made.certificate["lower_bound"].append({**unit, "sum": 4, "ii": 4})
    result = check(made.write(tmp_path))
    assert [(each.first, each.last) for each in result.excluded] == [(4, 4), (1, 3)]
    assert not any("lemma" in line for line in result.assumed)


def test_a_bound_alone_is_not_enough(tmp_path: Path) -> None:
    """The resource bound of ``pair`` is 4, its smallest II 5: one II is missing."""
    unit = {"kind": "resource", "unit": "u", "capacity": 1, "ops": {"A": 2, "B": 2}}
    made = bundle(pair_problem(), 5, {"A": 0, "B": 3}, [{**unit, "sum": 4, "ii": 4}])
    with pytest.raises(Invalid, match="lower_bound: II 4 is not covered by any step"):
        check(made.write(tmp_path))
