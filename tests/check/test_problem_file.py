"""The reader of the standard library and that of the exchange formats agree on every problem."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.larger_problems import larger_problem
from tests.random_problems import random_problem
from twill.check.period import Invalid
from twill.check.problem_file import read_problem
from twill.check.reading import digest, json_value
from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.formats import problem_digest, problem_from_document, problem_to_json
from twill.problem import Problem
from twill.spec.loop import load_loop, shipped_loops
from twill.spec.machine import load_machine, shipped_machines
from twill.spec.reader import parse_document

Json = dict[str, Any]


def ours(text: str) -> Problem | None:
    """What the checker reads; None where it refuses."""
    try:
        return read_problem(json_value(text.encode(), "problem.json"), "problem.json")
    except Invalid:
        return None


def theirs(text: str) -> tuple[Problem | None, str]:
    """What the exchange format reads; None and why where it refuses."""
    try:
        return problem_from_document(parse_document(text, "problem.json")), ""
    except InputError as error:
        return None, str(error)


def shipped() -> Iterator[tuple[str, Problem]]:
    """Every shipped loop on every shipped machine that it fits."""
    for loop in shipped_loops():
        for machine in shipped_machines():
            try:
                yield f"{loop} {machine}", elaborate(load_loop(loop), load_machine(machine)).problem
            except InputError:
                continue


def test_every_shipped_problem_is_read_alike() -> None:
    """The same problem and the same digest."""
    names = []
    for name, problem in shipped():
        data = problem_to_json(problem)
        assert ours(json.dumps(data)) == problem, name
        assert digest(data, name) == problem_digest(problem), name
        names.append(name)
    assert len(names) >= 6


def test_random_problems_are_read_alike() -> None:
    """All fields of random problems come back."""
    for seed in range(300):
        problem = larger_problem(seed, 6) if seed % 3 == 0 else random_problem(seed)
        text = json.dumps(problem_to_json(problem))
        assert ours(text) == problem, seed


VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 3, 2**31, 10**20, [], {}, [0, 1, 1], ["A"]),
    *("", "A", "u", "shared", "none", "register", "A@-1", "A@-0", "A@1", "@-1", "A@-x"),
    *("flow", "order"),
)


def mutated(rng: random.Random, data: Json) -> Json:
    """A problem with one value, somewhere, replaced, dropped, doubled or put elsewhere."""
    data = deepcopy(data)
    places: list[tuple[Any, Any]] = []

    def collect(node: Any) -> None:
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in pairs:
            places.append((node, key))
            if isinstance(value, dict | list):
                collect(value)

    collect(data)
    node, key = rng.choice(places)
    how = rng.randrange(5)
    if how == 0:
        del node[key]
    elif how == 1 and isinstance(node, list):
        node.append(deepcopy(node[key]))
    elif how == 1:
        other, from_ = rng.choice(places)
        node[rng.choice([str(from_), "more"])] = deepcopy(other[from_])
    elif how == 2:
        other, from_ = rng.choice(places)
        node[key] = deepcopy(other[from_])
    else:
        node[key] = rng.choice(VALUES)
    return data


def test_what_one_reader_refuses_the_other_does() -> None:
    """Except for cycles that no II satisfies: these are problems without a schedule."""
    refused = taken = 0
    for seed in range(3000):
        rng = random.Random(seed)  # noqa: S311
        data = mutated(rng, problem_to_json(random_problem(seed % 60)))
        text = json.dumps(data)
        problem, reason = theirs(text)
        mine = ours(text)
        if "its own future" in reason or "its own storage in the same" in reason:
            assert mine is not None
            continue
        assert mine == problem, (seed, reason)
        refused += mine is None
        taken += mine is not None
    assert refused >= 1000
    assert taken >= 300


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ops": []}, "problem.json.ops: a list of 1 or more is expected"),
        ({"ops": [{"name": "A"}, {"name": "A"}]}, "problem.json: the name 'A' is taken twice"),
        ({"ops": [{"name": "A", "latency": -1}]}, r"ops\[0\].latency: -1 is not between 0"),
        ({"ops": [{"name": "A", "wraps": 4}]}, r"ops\[0\]: unknown field 'wraps'"),
        ({"ops": [{"name": "A", "reservations": {"v": [[0, 1, 1]]}}]}, "A: unit 'v' is none"),
        ({"ops": [{"name": "A", "reservations": {"u": [[0, 1, 2]]}}]}, "A: it asks for more of u"),
        ({"ops": [{"name": "A", "reservations": {"u": [[0, 1]]}}]}, "a list of 3 is expected"),
        ({"ops": [{"name": "A", "result": {"space": "shared"}}]}, "A: memory 'shared' is none"),
        ({"ops": [{"name": "A", "in_place": "A"}]}, "A: it cannot take over the storage of 'A'"),
        ({"ops": [{"name": "A", "streaming": True}]}, "what streams has variable latency"),
        ({"dependences": [{"src": "A", "dst": "B"}]}, "between A and B, which are not both there"),
        ({"dependences": [{"src": "A", "dst": "A", "delay": -1}]}, "reads a value 1 cycles before"),
        ({"requirements": {"no_handoff": True}}, "requirements of roles, which there are none of"),
        ({"memories": {"none": {"capacity": 1}}}, "'none' is not a name for a memory"),
        ({"invariants": {"Q": {"space": "x", "size": 1}}}, "Q is in memory 'x', which is none"),
        ({"schema": "twill/problem/v2"}, "problem.json.schema: "),
    ],
)
def test_what_makes_no_sense_is_said(tmp_path: Path, change: Json, message: str) -> None:
    """What the rules rely on is checked where the problem is read."""
    data = {"schema": "twill/problem/v1", "name": "p", "units": {"u": {}}, "ops": [{"name": "A"}]}
    (tmp_path / "problem.json").write_text(json.dumps({**data, **change}))
    with pytest.raises(Invalid, match=message):
        read_problem({**data, **change}, "problem.json")
