"""Loops thrown together at random: understood or refused, never a crash, never a bad problem."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.formats import problem_from_document, problem_to_json
from twill.machine import Machine
from twill.spec.loop import loop_from_document
from twill.spec.machine import load_machine
from twill.spec.reader import parse_document

NAMES = ("A", "B", "C", "S")
HEADS = ("", "subtile: {M: 2}\n", "inputs: {Q: {shape: [M, K], in: shared}}\n")
COSTS = (
    "{units: {tensor: 3}}",
    "{units: {tensor: 3}, result: {in: register, size: 4}}",
    "{latency: 9, result: {in: shared, size: 4}}",
    "{variable_latency: true}",
)


def _reference(random: Random) -> str:
    return '"' + random.choice((*NAMES, "Q")) + random.choice(("", "", "@-1", "@-2")) + '"'


def _shape(random: Random) -> str:
    return f"[{', '.join(random.sample(['M', 'N', 'K'], random.choice((1, 2, 2, 2))))}]"


def _operation(random: Random) -> dict[str, str]:
    one, other, shape = _reference(random), _reference(random), _shape(random)
    choices: list[dict[str, str]] = [
        {"kind": "load", "shape": shape},
        {"kind": "load", "shape": shape},
        {"kind": "store", "read": one},
        {"kind": "mma", "a": one, "b": other, "shape": shape},
        {"kind": "mma", "a": one, "b": other, "shape": shape, "accumulate": _reference(random)},
        {"kind": "elementwise", "function": "add", "read": f"[{one}, {other}]"},
        {"kind": "exp2", "read": one, "in_place": one},
        {"kind": "reduce", "function": "max", "read": one, "shape": "[M]"},
        {"kind": "convert", "read": one, "in_place": one},
        {"kind": "rescale", "read": one, "by": other},
        {"kind": "move", "read": one, "in": random.choice(("register", "shared", "tensor"))},
        {"kind": "custom", "read": one, "shape": shape, "cost": random.choice(COSTS)},
    ]
    made = random.choice(choices)
    if random.random() < 0.2:
        made["subtile"] = f"{{{random.choice('MNK')}: {random.choice((1, 2, 4))}}}"
    return made


def _loop(random: Random) -> str:
    text = "schema: twill/loop/v1\nname: t\nparameters: {M: 128, N: 128, K: 128}\n"
    text += random.choice(HEADS) + "operations:\n"
    for name in NAMES[: random.randint(1, len(NAMES))]:
        keys = ", ".join(f"{key}: {value}" for key, value in _operation(random).items())
        text += f"  {name}: {{{keys}}}\n"
    return text


def _outcome(text: str, machine: Machine) -> str:
    try:
        loop = loop_from_document(parse_document(text, "t.yaml"))
        problem = elaborate(loop, machine).problem
    except InputError as refused:
        return "refused" if refused.diagnostics else "refused without a word"
    again = problem_from_document(parse_document(json.dumps(problem_to_json(problem)), "p.json"))
    return "understood" if again == problem else "written wrongly"


def test_random_loops() -> None:
    """Whatever elaborates is a problem that its own reader accepts unchanged."""
    random = Random(2)  # noqa: S311 - no cryptography
    machines = [load_machine(name) for name in ("a100", "h100", "b200", "figure1")]
    seen = Counter(_outcome(_loop(random), random.choice(machines)) for _ in range(4000))
    assert set(seen) == {"understood", "refused"}
    assert seen["understood"] > 100
