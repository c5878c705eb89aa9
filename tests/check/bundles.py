"""Certificates made by hand, small enough to be checked with a pencil."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.check.proofs import packed, refutation
from twill.check.certificate import limits
from twill.check.period import Period
from twill.formats import problem_digest, problem_to_json
from twill.problem import Dependence, Handoff, Op, Problem, Reservation, RoleLimits, Unit

Json = dict[str, Any]


@dataclass
class Bundle:
    """What is written: the certificate, the problem, and other files by name."""

    certificate: Json
    problem: Json
    files: dict[str, bytes] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write all of it and give the folder back."""
        whole = {
            **self.files,
            "problem.json": json.dumps(self.problem).encode(),
            "certificate.json": json.dumps(self.certificate, indent=1).encode(),
        }
        for name, content in whole.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder


def bundle(
    problem: Problem,
    ii: int | None,
    starts: Mapping[str, int],
    steps: Sequence[Json],
    roles: Mapping[str, str] | None = None,
    widths: Mapping[str, int] | None = None,
) -> Bundle:
    """A certificate of an II (None: infeasible) with a witness and a lower bound."""
    refuted = any(step["kind"] == "refutation" for step in steps)
    word = "proved by a checked refutation" if refuted else "proved by arithmetic"
    witness = {
        "ops": {n: {"start": t, "role": (roles or {}).get(n)} for n, t in starts.items()},
        "roles": [
            {"name": name, "warps": warps, "registers": None}
            for name, warps in (widths or {}).items()
        ],
    }
    level = {"name": "ii", "value": ii, "lower_bound": ii, "proof": word}
    sha = problem_digest(problem)
    certificate: Json = {
        "schema": "twill/certificate/v1",
        "twill": "0.1.0",
        "problem": {"name": problem.name, "file": "problem.json", "sha256": sha},
        "sources": [],
        "profile": "default",
        "limits": limits(problem),
        "claim": {"kind": "infeasible"} if ii is None else {"kind": "optimal", "ii": ii},
        "witness": None if ii is None else witness,
        "lower_bound": list(steps),
        "levels": [] if ii is None else [level],
        "at_ii": [],
    }
    return Bundle(certificate, problem_to_json(problem))


def refute(
    problem: Problem,
    ii: int,
    axioms: Sequence[tuple[str, list[Any]]],
    lemmas: Sequence[str] = (),
    stages: int | None = None,
    max_roles: int | None = None,
    exchanges: Sequence[Json] = (),
) -> tuple[Json, dict[str, bytes]]:
    """A refutation step, and its file."""
    asked = (
        replace(problem, limits=replace(problem.limits, max_stages=stages)) if stages else problem
    )
    if max_roles is not None and asked.roles is not None:
        asked = replace(asked, roles=replace(asked.roles, max_roles=max_roles))
    pairs = tuple((each["first"], each["moves"][each["first"]]) for each in exchanges)
    period = Period(asked, ii, pairs)
    content = refutation(period, problem_digest(problem), axioms, max_roles, exchanges)
    name = f"proofs/ii-{ii}{'' if max_roles is None else '-roles'}-{stages}.json.xz"
    return step_of(content, name, lemmas, stages), {name: packed(content)}


def step_of(content: Json, name: str, lemmas: Sequence[str], stages: int | None) -> Json:
    """The step of a certificate for a refutation file."""
    return {
        "kind": "refutation",
        "ii": content["ii"],
        "file": name,
        "sha256": hashlib.sha256(packed(content)).hexdigest(),
        "stages": stages,
        "lemmas": list(lemmas),
        "axioms": dict(Counter(rule for rule, _, _ in content["axioms"])),
        "steps": content["lrat"].count("\n"),
    }


def figure1() -> Bundle:
    """The paper's Figure 1: S and O share the tensor unit, one cycle each, so II >= 2."""
    one = (Reservation(0, 1),)
    problem = Problem(
        "figure1",
        (Op("S", {"tensor": one}), Op("P", {"exp": one}), Op("O", {"tensor": one})),
        (
            Dependence("S", "P", 1, read_until=1),
            Dependence("P", "O", 1, read_until=1),
            Dependence("O", "O", 1, 1, read_until=1),
        ),
        (Unit("tensor"), Unit("exp")),
        trips=8,
    )
    step = {"kind": "resource", "unit": "tensor", "capacity": 1, "sum": 2, "ii": 2}
    return bundle(problem, 2, {"S": 0, "P": 1, "O": 3}, [{**step, "ops": {"S": 1, "O": 1}}])


def pair_problem() -> Problem:
    """B starts at least 3 cycles after A and at most II - 1; both hold u for 2 cycles.

    At II 4 that is exactly 3 cycles after A, into A's next instance. At II 5 all is well.
    """
    held = {"u": (Reservation(0, 2),)}
    tied = (Dependence("A", "B", 3, kind="order"), Dependence("B", "A", 1, 1, kind="order"))
    return Problem("pair", (Op("A", held), Op("B", held)), tied, (Unit("u"),))


PAIR: list[tuple[str, list[Any]]] = [
    ("dependence", [0]),  # B >= A + 3
    ("dependence", [1]),  # not B >= A + 4
    ("capacity", ["u", [["A", 0, 1], ["B", 0, 0]]]),  # B >= A + 6 or not B >= A + 3
    ("circuit", [[["A", "B", 6], ["B", "A", -3]]]),  # not B >= A + 6 or B >= A + 4
]


def pair() -> Bundle:
    """II 5, by one refutation at II 4 and lemma 1."""
    problem = pair_problem()
    step, files = refute(problem, 4, PAIR, ["monotone"])
    made = bundle(problem, 5, {"A": 0, "B": 3}, [step])
    made.files |= files
    return made


def pair_content() -> Json:
    """The refutation of ``pair``, written down by hand."""
    return {
        "schema": "twill/refutation/v1",
        "problem": problem_digest(pair_problem()),
        "ii": 4,
        "limits": {"max_stages": 8},
        "exchanges": [],
        "atoms": [["after", "A", "B", 3], ["after", "A", "B", 4], ["after", "A", "B", 6]],
        "axioms": [
            ["dependence", [0], [1]],
            ["dependence", [1], [-2]],
            ["capacity", ["u", [["A", 0, 1], ["B", 0, 0]]], [3, -1]],
            ["circuit", [[["A", "B", 6], ["B", "A", -3]]], [-3, 2]],
        ],
        "lrat": "5 0 1 2 3 4 0\n",
    }


def with_content(content: Json) -> Bundle:
    """The certificate of ``pair`` with another refutation file, whose hash it states."""
    made = pair()
    name = "proofs/ii-4.json.xz"
    step = step_of(pair_content(), name, ["monotone"], None)
    step["sha256"] = hashlib.sha256(packed(content)).hexdigest()
    made.certificate["lower_bound"] = [step]
    made.files = {name: packed(content)}
    return made


def endless() -> Bundle:
    """A and B start together on one unit: no II at all, refuted at the horizon, lemmas 1 and 3."""
    held = {"u": (Reservation(0, 1),)}
    tied = (Dependence("A", "B", kind="order"), Dependence("B", "A", kind="order"))
    problem = Problem("together", (Op("A", held), Op("B", held)), tied, (Unit("u"),))
    axioms: list[tuple[str, list[Any]]] = [
        ("dependence", [0]),
        ("dependence", [1]),
        ("capacity", ["u", [["A", 0, 0], ["B", 0, 0]]]),
    ]
    step, files = refute(problem, 3, axioms, ["monotone", "horizon"])
    made = bundle(problem, None, {}, [step])
    made.files |= files
    return made


def deep_problem() -> Problem:
    """``pair`` with a long wait, and a load: two roles and four stages at II 5."""
    pair_ = pair_problem()
    ops = (*pair_.ops, Op("C", variable_latency=True))
    handoff = Handoff(latency=1)
    return replace(
        pair_,
        name="deep",
        ops=tuple(replace(op, handoff=handoff, issue=0) for op in ops),
        dependences=(*pair_.dependences, Dependence("B", "C", 12)),
        roles=RoleLimits(2, 4),
    )


def deep() -> Bundle:
    """II 5 with at least 4 stages and at least 2 roles, each by a refutation."""
    problem = deep_problem()
    step, files = refute(problem, 4, PAIR, ["monotone"])
    long: list[tuple[str, list[Any]]] = [
        ("dependence", [0]),
        ("load", ["B", "C"]),
        ("handoff", [2]),
        ("stages", ["A", "C"]),
        ("circuit", [[["A", "B", 3], ["B", "C", 13], ["C", "A", -14]]]),
    ]
    stages, more = refute(problem, 5, long, stages=3)
    roles, most = refute(problem, 5, [("load", ["A", "C"]), ("roles", [["A", "C"]])], max_roles=1)
    where = {"A": "work", "B": "work", "C": "load"}
    widths = {"load": 1, "work": 1}
    made = bundle(problem, 5, {"A": 0, "B": 3, "C": 16}, [step], where, widths)
    made.certificate["at_ii"] = [
        {"name": "stages", "at_least": 4, "step": stages},
        {"name": "roles", "at_least": 2, "step": roles},
    ]
    made.files |= files | more | most
    return made


def twins_problem() -> Problem:
    """Four operations on one unit, two equal pairs: A before B, C before D."""
    held = {"u": (Reservation(0, 1),)}
    tied = (Dependence("A", "B", 1), Dependence("C", "D", 1))
    return Problem("twins", tuple(Op(name, held) for name in "ABCD"), tied, (Unit("u"),))


TWINS: Json = {"first": "A", "moves": {"A": "C", "C": "A", "B": "D", "D": "B"}}
