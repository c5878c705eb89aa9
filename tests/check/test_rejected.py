"""Every way in which a certificate can be wrong, each with a message of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.check.bundles import (
    PAIR,
    Bundle,
    Json,
    bundle,
    deep,
    deep_problem,
    endless,
    figure1,
    pair,
    pair_content,
    pair_problem,
    refute,
    with_content,
)
from twill.check import Invalid, check
from twill.check.reading import digest, sha256
from twill.formats import problem_digest

PROOF = "proofs/ii-4.json.xz"
NAME = "proofs/ii-4-None.json.xz"


def rejected(made: Bundle, folder: Path, message: str) -> None:
    """The bundle is rejected with a message like this one."""
    made.write(folder)
    with pytest.raises(Invalid, match=message):
        check(folder)


def put(place: str, value: Any) -> Callable[[Json], None]:
    """Change one place of a JSON value: ``a.0.b``."""

    def change(data: Json) -> None:
        *way, last = place.split(".")
        node: Any = data
        for key in way:
            node = node[int(key) if key.isdecimal() else key]
        node[int(last) if last.isdecimal() else last] = value

    return change


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("claim.ii", 1, "witness: CAPACITY: unit tensor is asked for 2 of 1 at phase 0"),
        ("claim.ii", 3, "witness: CAPACITY: unit tensor is asked for 2 of 1 at phase 0"),
        ("claim", {"kind": "infeasible"}, "witness: what is infeasible has none"),
        ("claim.kind", "proved", "claim.kind: \"proved\" is not 'optimal' or 'infeasible'"),
        ("witness", None, "witness: an optimal II needs one"),
        ("witness.ops.O.start", 2, "witness: CAPACITY"),
        ("witness.ops.P.start", 0, "witness: DEPENDENCE: P at 0"),
        ("witness.ops.S.start", -1, r"witness.ops.S.start: -1 is not between 0 and"),
        ("witness.ops.S.role", "work", "witness: S is on role 'work', which is none"),
        ("witness.ops.Q", {"start": 0, "role": None}, "witness: Q is in the problem or in the"),
        ("witness.roles", [{"name": "a", "warps": 1, "registers": None}], "has no roles"),
        ("lower_bound", [], "lower_bound: II 1 is not covered by any step"),
        ("lower_bound.0.ops.S", 2, r"lower_bound\[0\] \(resource\): the term of S is stated as 2"),
        ("lower_bound.0.ops", {"S": 1, "Q": 1}, "names what the problem does not have: 'Q'"),
        ("lower_bound.0.unit", "exp", "the term of S is stated as 1, it is 0"),
        ("lower_bound.0.sum", 3, "the sum is stated as 3, it is 2"),
        ("lower_bound.0.capacity", 2, "the capacity is stated as 2, it is 1"),
        ("lower_bound.0.ii", 3, "the bound is stated as 3, it is 2"),
        ("lower_bound.0.kind", "exclusion", r"lower_bound\[0\]: unknown field"),
        ("lower_bound.0.kind", "faith", r"lower_bound\[0\].kind: \"faith\" is not"),
        ("levels.0.value", 1, "levels: ii is stated as 1, the witness has 2"),
        ("levels.0.lower_bound", 1, "levels: the II is proved by arithmetic"),
        ("levels.0.proof", "proved by a checked refutation", "levels: the II is proved by"),
        ("levels.0.proof", "certain", r"levels\[0\].proof: \"certain\" is not"),
        ("levels.0.name", "warps", "levels: the first one is the II"),
        ("levels", [], "levels: the first one is the II"),
        ("limits.max_stages", 9, "limits: max_stages is stated as 9, the problem has 8"),
        ("limits.max_roles", 2, "limits: max_roles is stated as 2, the problem has None"),
        ("limits.more", 2, "limits: unknown field 'more'"),
        ("profile", "paper", "problem: its name is figure1, its profile default"),
        ("problem.name", "figure2", "problem: its name is figure1"),
        ("problem.sha256", "0" * 64, "problem.json: the problem's hash is acdcd8c5418a"),
        ("problem.file", "other.json", "other.json: cannot be read: No such file"),
        ("problem.file", "../problem.json", "is not the name of a file of the bundle"),
        ("problem.file", "/etc/passwd", "is not the name of a file of the bundle"),
        ("schema", "twill/certificate/v2", "certificate.json.schema: "),
        ("twill", 1, "certificate.json.twill: a text is expected, found 1"),
        ("at_ii", {}, r"certificate.json.at_ii: a list of 0 or more is expected, found \{\}"),
    ],
)
def test_one_place_of_a_certificate(
    tmp_path: Path, place: str, value: object, message: str
) -> None:
    """Each field of a certificate by arithmetic means something, and is checked."""
    made = figure1()
    put(place, value)(made.certificate)
    rejected(made, tmp_path, message)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("lower_bound.0.sha256", "0" * 64, f"{NAME}: the file's hash is"),
        ("lower_bound.0.file", "proofs/none.json.xz", "proofs/none.json.xz: cannot be read"),
        ("lower_bound.0.file", "../x.json.xz", "is not the name of a file of the bundle"),
        ("lower_bound.0.file", "problem.json", "problem.json: the file's hash is"),
        ("lower_bound.0.ii", 3, f"{NAME}: II: the certificate says 3, the file 4"),
        ("lower_bound.0.stages", 9, "limit on stages: the certificate says 9, the file 8"),
        ("lower_bound.0.stages", 7, "it is about 7 stages, the claim about 8"),
        ("lower_bound.0.lemmas", [], "lower_bound: II 1 to 3 are not covered by any step"),
        ("lower_bound.0.lemmas", ["horizon"], "lemma 3 .horizon. holds from II 6 on, not from 4"),
        ("lower_bound.0.lemmas", ["monotone"] * 2, "a lemma is named twice"),
        ("lower_bound.0.lemmas", ["monotony"], "lemmas.0.: \"monotony\" is not 'monotone'"),
        ("lower_bound.0.axioms", {"capacity": 4}, "axioms: the certificate says"),
        ("lower_bound.0.steps", 2, "steps: the certificate says 2, the file 1"),
        ("levels.0.proof", "proved by arithmetic", "levels: the II is proved by a checked"),
        ("claim.ii", 4, "witness: CAPACITY"),
        ("lower_bound", [], "lower_bound: II 1 to 4 are not covered by any step"),
    ],
)
def test_one_place_of_a_step(tmp_path: Path, place: str, value: object, message: str) -> None:
    """Each field of a refutation step is checked against its file and the problem."""
    made = pair()
    put(place, value)(made.certificate)
    rejected(made, tmp_path, message)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("schema", "twill/certificate/v1", f"{PROOF}.schema: "),
        ("problem", "0" * 64, "it is about another problem: 000000000000, not be2570a7d7a2"),
        ("ii", 0, f"{PROOF}.ii: 0 is not between"),
        ("limits.max_stages", 7, "limit on stages: the certificate says 8, the file 7"),
        ("limits.max_roles", 1, "limit on roles: the certificate says None, the file 1"),
        ("limits.max_warps", 1, "limits: unknown field 'max_warps'"),
        ("atoms.0.3", 4, "an atom is listed twice"),
        ("atoms.0.3", 2, r"axiom 1 \(dependence\): it says 'B >= A \+ 2', the problem says"),
        ("atoms.0.3", "3", "atom 1: '3' is no whole number"),
        ("atoms.0.3", True, "atom 1: True is no whole number"),
        ("atoms.0.1", "Q", "atom 1: 'Q' is no operation"),
        ("atoms.0", ["after", "B", "A", 3], "atom 1: its operations are not in the order"),
        ("atoms.0.0", "before", "atom 1: 'before' is no kind of atom"),
        ("atoms.0", ["after", "A", "B"], "atom 1: after takes 3 arguments"),
        ("atoms.0", "after", "atom 1: a list of a name and its arguments is expected"),
        ("atoms", [["after", "A", "B", 3]], r"axiom 2 \(dependence\): a literal is about no atom"),
        ("axioms.0.0", "dependency", r"axiom 1 \(dependency\): there is no such rule"),
        ("axioms.0.0", "handoff", r"axiom 1 \(handoff\): dependence 0 carries no value"),
        ("axioms.0.1", [1], r"axiom 1 \(dependence\): it says 'B >= A \+ 3', the problem says"),
        ("axioms.0.1", [-1], "axiom 1 .dependence.: -1 is not the number of a dependence"),
        ("axioms.0.1", [9], "axiom 1 .dependence.: these are no arguments of it"),
        ("axioms.0.1", ["A"], "axiom 1 .dependence.: these are no arguments of it"),
        ("axioms.0.1", [], "axiom 1 .dependence.: these are no arguments of it"),
        ("axioms.0.1", {}, "axiom 1 .dependence.: a list of arguments is expected"),
        ("axioms.0.2", [-1], "it says 'A >= B - 2', the problem says 'B >= A . 3'"),
        ("axioms.0.2", [1, 2], "it says 'B >= A . 3 or B >= A . 4', the problem says"),
        ("axioms.0.2", [1, 1], "a literal stands twice in its clause"),
        ("axioms.0.2", [0], "a literal is about no atom"),
        ("axioms.0.2", 1, "its clause is no list of literals"),
        ("axioms.0.2", [True], "its clause is no list of literals"),
        ("axioms.0", ["dependence", [0]], r"axioms\[0\]: a list of 3 is expected"),
        ("axioms.2.1.0", "w", "axiom 3 .capacity.: these are no arguments of it"),
        ("axioms.2.1.1.0.1", -1, "axiom 3 .capacity.: A does not hold u"),
        ("axioms.2.1.1.0.2", 0, r"axiom 3 \(capacity\): it says"),
        ("axioms.2.1.1.1", ["A", 0, 1], "axiom 3 .capacity.: a reservation is listed twice"),
        ("axioms.3.1.0.0.2", 3, "axiom 4 .circuit.: the arcs sum to 0, which is not positive"),
        ("axioms.3.1.0.0.0", "B", "axiom 4 .circuit.: the arcs do not close"),
        ("axioms.3.1.0.0.2", 7, r"axiom 4 \(circuit\): it says"),
        ("lrat", "5 0 1 2 3 0\n", "lrat: step 5: its hints lead to no contradiction"),
        ("lrat", "", f"{PROOF}.lrat: a text is expected, found"),
        ("lrat", 5, f"{PROOF}.lrat: a text is expected"),
        ("exchanges", [{"first": "A", "moves": {"A": "B", "B": "A"}}], "dependences are not the"),
    ],
)
def test_one_place_of_a_refutation(tmp_path: Path, place: str, value: object, message: str) -> None:
    """Whatever is changed in the file (its hash made to fit) is found by what it says."""
    content = pair_content()
    put(place, value)(content)
    made = with_content(content)
    rejected(made, tmp_path, message)


def test_weaker_limits_than_claimed(tmp_path: Path) -> None:
    """A refutation with two stages says nothing about three."""
    problem = pair_problem()
    step, files = refute(problem, 4, PAIR, ["monotone"], stages=7)
    made = bundle(problem, 5, {"A": 0, "B": 3}, [step])
    made.files |= files
    rejected(made, tmp_path, "it is about 7 stages, the claim about 8")


def test_a_limit_on_stages_that_is_used_and_not_stated(tmp_path: Path) -> None:
    """Without stated stages a refutation holds for any number, so it may not count them."""
    content = pair_content()
    content["atoms"].append(["after", "A", "B", 32])
    content["axioms"].append(["stages", ["A", "B"], [-4]])
    content["lrat"] = "6 0 1 2 3 4 0\n"
    made = with_content(content)
    made.certificate["lower_bound"][0]["axioms"]["stages"] = 1
    rejected(made, tmp_path, "axioms from the limit on stages: the certificate says 0, the file 1")


def test_a_lemma_whose_condition_does_not_hold(tmp_path: Path) -> None:
    """With an offset feasibility is not monotone: each II needs a step of its own."""
    problem = pair_problem()
    made = bundle(problem, 5, {"A": 0, "B": 3}, [])
    made.problem["ops"][0]["reservations"]["u"][0] = [1, 1, 1]
    step = with_content(pair_content())
    made.files |= step.files
    made.certificate["lower_bound"] = step.certificate["lower_bound"]
    made.certificate["problem"]["sha256"] = digest(made.problem, "")
    rejected(made, tmp_path, r"lower_bound\[0\] \(refutation\): lemma 1 \(monotone\) does not hold")


def test_a_proof_of_another_problem(tmp_path: Path) -> None:
    """The refutation file names the problem that it is about."""
    made = pair()
    made.problem["ops"][0]["issue"] = 2
    made.certificate["problem"]["sha256"] = digest(made.problem, "")
    rejected(made, tmp_path, "it is about another problem: be2570a7d7a2, not")


def test_levels(tmp_path: Path) -> None:
    """Values of lower levels follow from the witness, bounds are not above them."""
    level = {"name": "length", "value": 4, "lower_bound": 3, "proof": "one engine's word"}
    made = figure1()
    made.certificate["levels"].append(level)
    made.write(tmp_path)
    result = check(tmp_path)
    assert "level length is at least 3: one engine's word, not checked here" in result.assumed
    for field, value, message in (
        ("value", 5, "levels: length is stated as 5, the witness has 4"),
        ("lower_bound", 5, "levels: the bound 5 of length is above its value 4"),
        ("name", "roles", "levels: the problem has no level roles"),
        ("name", "ii", "levels: a level is stated twice"),
    ):
        made.certificate["levels"][1] = {**level, field: value}
        rejected(made, tmp_path, message)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("at_ii.0.at_least", 3, "'at least 3 stages' takes a refutation at 2, not 3"),
        ("at_ii.0.at_least", 5, "the witness has 4 stages, fewer than 5"),
        ("at_ii.0.at_least", 1, r"at_ii\[0\].at_least: 1 is not between 2"),
        ("at_ii.0.name", "roles", r"at_ii\[0\] \(roles\): the witness has 2 roles, fewer than 4"),
        ("at_ii.0.name", "warps", r"at_ii\[0\].name: \"warps\" is not 'stages' or 'roles'"),
        ("at_ii.0.step.ii", 4, "it is about II 4, the claim about 5"),
        ("at_ii.0.step.lemmas", ["monotone"], "a lemma about other IIs is no help here"),
        ("at_ii.0.step.stages", 2, "takes a refutation at 3, not 2"),
        ("at_ii.1.at_least", 3, "the witness has 2 roles, fewer than 3"),
        ("at_ii.1.step.stages", 7, "it is about 7 stages, the claim about 8"),
        ("at_ii.1.step.kind", "resource", r"at_ii\[1\].step.kind: \"resource\" is not"),
    ],
)
def test_what_is_said_at_the_ii(tmp_path: Path, place: str, value: object, message: str) -> None:
    """'At least so many stages, or roles' is about the II of the claim and one fewer."""
    made = deep()
    put(place, value)(made.certificate)
    rejected(made, tmp_path, message)


def test_fewer_roles_than_the_file_says(tmp_path: Path) -> None:
    """A refutation with one role proves two, no matter what is written beside it."""
    made = deep()
    made.certificate["at_ii"][1]["step"] = made.certificate["at_ii"][0]["step"]
    rejected(made, tmp_path, r"at_ii\[1\] \(roles\): it is about 3 stages, the claim about 8")


def test_another_schedule_beside_the_certificate(tmp_path: Path) -> None:
    """The schedule.json of a bundle is the witness; where nothing is possible there is none."""
    made = figure1()
    schedule: Json = {
        "ii": 2,
        "roles": [],
        "ops": {"S": {"start": 0}, "P": {"start": 1}, "O": {"start": 3}},
        "solver": {"wall_s": 0.25},
    }
    made.files["schedule.json"] = json.dumps(schedule).encode()
    result = check(made.write(tmp_path))
    assert any(line.endswith("; schedule.json is the same") for line in result.checked)
    others: tuple[object, ...] = (
        {**schedule, "ii": 3},
        {**schedule, "ops": {**schedule["ops"], "P": {"start": 2}}},
        {**schedule, "roles": [{"name": "a", "warps": 1}]},
        {"ops": []},
        [],
    )
    for changed in others:
        made.files["schedule.json"] = json.dumps(changed).encode()
        rejected(made, tmp_path, "schedule.json: it is another schedule than the witness")
    none = endless()
    none.files["schedule.json"] = json.dumps(schedule).encode()
    rejected(none, tmp_path, "schedule.json: what is infeasible has none")


def test_sources(tmp_path: Path) -> None:
    """A spec in the bundle is the one that is named; one that is not there is assumed."""
    made = figure1()
    spec = b"schema: twill/loop/v1\n"
    source = {"what": "spec", "name": "figure1", "file": "spec.yaml", "sha256": sha256(spec)}
    machine = {"what": "machine", "name": "m", "file": None, "sha256": "1" * 64}
    made.certificate["sources"] = [source, machine]
    made.files["spec.yaml"] = spec
    result = check(made.write(tmp_path))
    assert "spec figure1: hash of spec.yaml" in result.checked
    assert any("machine m (111111111111), which is not in the bundle" in x for x in result.assumed)
    made.files["spec.yaml"] = spec + b" "
    rejected(made, tmp_path, "spec.yaml: it is not the spec that the certificate names")


def test_deep_problem_needs_what_it_says(tmp_path: Path) -> None:
    """The refutation of one role is none where loads may share one."""
    made = deep()
    made.problem["ops"][2].pop("variable_latency")
    assert problem_digest(deep_problem()) != digest(made.problem, "")
    made.certificate["problem"]["sha256"] = digest(made.problem, "")
    rejected(made, tmp_path, "it is about another problem")
