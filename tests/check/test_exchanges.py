"""Lemma 5 in the checker: which renamings leave a problem as it is, and in which order."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.check.bundles import TWINS, bundle, refute, twins_problem
from tests.random_problems import random_problem
from twill.check import Invalid, check
from twill.check.exchanges import check_automorphism, check_exchanges
from twill.problem import (
    InPlace,
    Limits,
    Op,
    Problem,
    Requirements,
    Reservation,
    RoleLimits,
    Unit,
)
from twill.solver.symmetry import ordered_pairs


def test_twins_are_exchanged() -> None:
    """A with C and B with D: A may be asked to start no later than C."""
    assert check_exchanges(twins_problem(), [TWINS]) == (("A", "C"),)


def changed(name: str, **fields: Any) -> Problem:
    """The twins, one operation changed."""
    problem = twins_problem()
    ops = (replace(op, **fields) if op.name == name else op for op in problem.ops)
    return replace(problem, ops=tuple(ops))


@pytest.mark.parametrize(
    "problem",
    [
        changed("C", issue=2),
        changed("C", latency=2),
        changed("C", warps=2),
        changed("C", asynchronous=True),
        changed("C", variable_latency=True),
        changed("C", reservations={}),
        changed("B", in_place=InPlace("A")),
        replace(changed("B", in_place=InPlace("A")), ops=changed("D", in_place=InPlace("C")).ops),
        replace(twins_problem(), dependences=twins_problem().dependences[:1]),
        replace(
            twins_problem(),
            dependences=(*twins_problem().dependences, twins_problem().dependences[0]),
        ),
        replace(twins_problem(), requirements=Requirements({"A": "x", "B": "x"})),
        replace(twins_problem(), requirements=Requirements({"A": "x", "B": "y", "C": "x"})),
        replace(twins_problem(), requirements=Requirements(other_than=({"A": "x", "B": "x"},))),
    ],
)
def test_whatever_differs_forbids_it(problem: Problem) -> None:
    """Any field of an operation, a dependence more, a requirement of one side only."""
    with pytest.raises(Invalid, match=r"not alike|not the same after it"):
        check_exchanges(problem, [TWINS])


def test_labels_may_be_called_otherwise() -> None:
    """Required and refused partitions are compared as partitions, in any order."""
    one, two = {"A": "x", "B": "y"}, {"C": "p", "D": "q"}
    problem = replace(
        twins_problem(),
        roles=RoleLimits(4, 8),
        requirements=Requirements({"A": "x", "B": "x", "C": "y", "D": "y"}, False, (one, two)),
    )
    assert check_exchanges(problem, [TWINS]) == (("A", "C"),)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ([{**TWINS, "first": "Q"}], "it moves what is no operation"),
        ([{**TWINS, "moves": {**TWINS["moves"], "Q": "A"}}], "it moves what is no operation"),
        ([{"first": "A", "moves": {"B": "D", "D": "B"}}], "it does not move A"),
        ([{"first": "A", "moves": {"A": "A"}}], "it does not move A"),
        ([{"first": "A", "moves": {"A": "C", "B": "D"}}], "A goes to C, which does not come back"),
        ([{"first": "A", "moves": {"A": "C", "C": "B", "B": "A"}}], "which does not come back"),
        ([{"first": "A", "moves": {"A": "C", "C": "A"}}], "the dependences are not the same"),
        ([{**TWINS, "first": "B"}, TWINS], "A is not in program order after B"),
        ([TWINS, {**TWINS, "first": "B"}], "it moves A, which an exchange before it is about"),
    ],
)
def test_what_is_no_exchange(stated: list[dict[str, Any]], message: str) -> None:
    """An involution of operations, each first moved, none of an earlier exchange moved again."""
    with pytest.raises(Invalid, match=message):
        check_exchanges(twins_problem(), stated)


def test_the_solvers_exchanges_are_taken() -> None:
    """What the solver asks for on random problems with twins passes the checker's own test."""
    seen = 0
    for seed in range(150):
        problem = _doubled(random_problem(seed, 2))
        pairs = ordered_pairs(problem)
        stated = [{"first": v, "moves": dict(moves)} for v, _, moves in pairs]
        assert check_exchanges(problem, stated) == tuple((v, w) for v, w, _ in pairs)
        seen += len(pairs)
    assert seen >= 50


def _doubled(problem: Problem) -> Problem:
    """A problem beside a copy of itself, with requirements left out."""
    copy = {op.name: f"{op.name}2" for op in problem.ops}

    def again(op: Op) -> Op:
        place = op.in_place and InPlace(copy[op.in_place.op], op.in_place.distance)
        return replace(op, name=copy[op.name], in_place=place)

    dependences = problem.dependences
    return replace(
        problem,
        ops=(*problem.ops, *map(again, problem.ops)),
        dependences=(
            *dependences,
            *(replace(d, src=copy[d.src], dst=copy[d.dst]) for d in dependences),
        ),
        requirements=Requirements(),
    )


def test_renamings_are_taken_exactly_where_they_change_nothing() -> None:
    """Every permutation of small problems, against a renaming of the problem as a whole."""
    taken = 0
    for seed in range(40):
        problem = random_problem(seed) if seed % 2 else _doubled(random_problem(seed, 2))
        names = [op.name for op in problem.ops]
        for moved in permutations(names):
            moves = dict(zip(names, moved, strict=True))
            same = _same(problem, moves) and all(moves[moves[name]] == name for name in names)
            try:
                check_automorphism(problem, moves, "it")
            except Invalid:
                assert not same
            else:
                assert same
                taken += moved != tuple(names)
    assert taken >= 10


def _same(problem: Problem, moves: dict[str, str]) -> bool:
    """Whether a problem with all names replaced is the problem, but for the order of things."""

    def key(each: Problem) -> Any:
        labels = each.requirements.roles
        return (
            sorted(repr(replace(op, latencies={})) for op in each.ops),
            sorted(map(repr, each.dependences)),
            _classes(labels),
            sorted(map(repr, map(_classes, each.requirements.other_than))),
        )

    def renamed(labels: Any) -> dict[str, str]:
        return {moves[name]: label for name, label in labels.items()}

    ops = []
    for op in problem.ops:
        place = op.in_place and InPlace(moves[op.in_place.op], op.in_place.distance)
        ops.append(replace(op, name=moves[op.name], in_place=place))
    wanted = problem.requirements
    after = replace(
        problem,
        ops=tuple(ops),
        dependences=tuple(
            replace(d, src=moves[d.src], dst=moves[d.dst]) for d in problem.dependences
        ),
        requirements=Requirements(
            renamed(wanted.roles), wanted.no_handoff, tuple(map(renamed, wanted.other_than))
        ),
    )
    return bool(key(problem) == key(after))


def _classes(labels: Any) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(labels):
        found.setdefault(labels[name], []).append(name)
    return sorted(found.values())


def alike() -> Problem:
    """Two operations that hold one unit for 2 cycles each, within one stage."""
    held = {"u": (Reservation(0, 2),)}
    ops = (Op("A", held), Op("C", held))
    return Problem("alike", ops, (), (Unit("u"),), limits=Limits(max_stages=1))


def test_a_refutation_that_uses_one(tmp_path: Path) -> None:
    """With A first by lemma 5, C is 2 cycles later, too late for the next A at II 3."""
    problem = alike()
    axioms: list[tuple[str, list[Any]]] = [
        ("exchange", [0]),  # C >= A
        ("capacity", ["u", [["A", 0, 0], ["C", 0, 0]]]),  # C >= A + 2 or A >= C + 2
        ("capacity", ["u", [["A", 0, 1], ["C", 0, 0]]]),  # C >= A + 5 or A + 1 >= C
        ("stages", ["A", "C"]),  # A + 2 >= C
        ("circuit", [[["A", "C", 0], ["C", "A", 2]]]),
        ("circuit", [[["A", "C", 5], ["C", "A", -2]]]),
    ]
    swap = {"first": "A", "moves": {"A": "C", "C": "A"}}
    step, files = refute(problem, 3, axioms, ["monotone"], 1, exchanges=[swap])
    made = bundle(problem, 4, {"A": 0, "C": 2}, [step])
    made.files |= files
    result = check(made.write(tmp_path))
    assert result.claim == "II 4 is the smallest of alike, with any number of stages"
    assert [line.split(" ")[1] for line in result.assumed if "lemma" in line] == ["1", "5", "8"]
    assert result.refutations[0].exchanges == 1
