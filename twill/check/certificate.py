"""A certificate, checked from its files on: nothing of it is believed that can be computed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twill.check.bundle import Bundle, Folder
from twill.check.chain import Excluded, check_at_ii, check_chain, check_step
from twill.check.period import Invalid
from twill.check.problem_file import read_problem
from twill.check.reading import digest, json_value, sha256
from twill.check.refutation import Refutation
from twill.check.result import Result
from twill.check.shapes import certificate
from twill.check.witness import check_levels, check_witness
from twill.problem import Problem
from twill.schedule import Schedule

NAME = "certificate.json"

Data = Mapping[str, Any]


def check(path: Path) -> Result:
    """What a certificate proves; ``path`` is the file, or the folder of its bundle.

    Raises Invalid with what is wrong; FileNotFoundError where there is no certificate.
    """
    file = path / NAME if path.is_dir() else path
    if not file.is_file():
        raise FileNotFoundError(f"there is no certificate {file}")
    return check_bundle(Folder(file.parent), file.name)


def check_bundle(bundle: Bundle, name: str = NAME) -> Result:
    """What the certificate of that name proves. Raises Invalid with what is wrong."""
    data = certificate(json_value(bundle.read(name), name), name)
    return _checked(bundle, data, _problem(bundle, data))


def _problem(bundle: Bundle, data: Data) -> Problem:
    """The problem that the certificate is about: its file, its name, profile and limits."""
    stated = data["problem"]
    value = json_value(bundle.read(stated["file"]), stated["file"])
    if (found := digest(value, stated["file"])) != stated["sha256"]:
        what = f"the problem's hash is {found[:12]}, the certificate is about"
        raise Invalid(f"{stated['file']}: {what} {stated['sha256'][:12]}")
    problem = read_problem(value, stated["file"])
    if (problem.name, problem.profile) != (stated["name"], data["profile"]):
        raise Invalid(f"problem: its name is {problem.name}, its profile {problem.profile}")
    for name, limit in limits(problem).items():
        if data["limits"][name] != limit:
            told = data["limits"][name]
            raise Invalid(f"limits: {name} is stated as {told}, the problem has {limit}")
    return problem


def limits(problem: Problem) -> dict[str, Any]:
    """The limits of the claim, as a certificate states them; None where there is none."""
    roles = problem.roles
    allowed = roles.registers if roles is not None and roles.register_file is not None else None
    return {
        "max_stages": problem.limits.max_stages,
        "max_roles": roles.max_roles if roles else None,
        "max_warps": roles.max_warps if roles else None,
        "register_file": roles.register_file if roles else None,
        "registers": allowed and {name: getattr(allowed, name) for name in allowed.__slots__},
        "named_barriers": problem.limits.named_barriers,
    }


def _checked(bundle: Bundle, data: Data, problem: Problem) -> Result:
    sha, ii = data["problem"]["sha256"], data["claim"].get("ii")
    _sources(bundle, data)
    schedule = _witness(problem, sha, ii, data["witness"])
    beside = _beside(bundle, schedule)
    excluded = []
    for number, step in enumerate(data["lower_bound"]):
        excluded.append(_step(problem, sha, step, bundle, f"lower_bound[{number}]"))
    check_chain(excluded, ii)
    refuted = any(each.refutation for each in excluded)
    proof = "proved by a checked refutation" if refuted else "proved by arithmetic"
    _levels(problem, schedule, data, proof)
    fewest = [
        _fewest(problem, sha, stated, schedule, bundle, f"at_ii[{number}]")
        for number, stated in enumerate(data["at_ii"])
    ]
    return Result(problem, sha, schedule, proof, data, tuple(excluded), tuple(fewest), beside)


def _sources(bundle: Bundle, data: Data) -> None:
    """What the problem was made from, where it is in the bundle."""
    for source in data["sources"]:
        name = source["file"]
        if name is not None and sha256(bundle.read(name)) != source["sha256"]:
            raise Invalid(f"{name}: it is not the {source['what']} that the certificate names")


def _witness(problem: Problem, sha: str, ii: int | None, stated: Data | None) -> Schedule | None:
    if ii is None:
        if stated is not None:
            raise Invalid("witness: what is infeasible has none")
        return None
    if stated is None:
        raise Invalid("witness: an optimal II needs one")
    return check_witness(problem, sha, ii, stated)


def _beside(bundle: Bundle, schedule: Schedule | None) -> bool:
    """Whether a schedule.json is in the bundle; what it says is what the witness says."""
    name = "schedule.json"
    if not bundle.has(name):
        return False
    said = json_value(bundle.read(name), name, fractions=True)
    if schedule is None:
        raise Invalid(f"{name}: what is infeasible has none")
    placed = {name: (each.start, each.role) for name, each in schedule.ops.items()}
    roles = [(each.name, each.warps, each.registers) for each in schedule.roles]
    try:
        told = {name: (each["start"], each.get("role")) for name, each in said["ops"].items()}
        others = [(r["name"], r["warps"], r.get("registers")) for r in said["roles"]]
        same = (said["ii"], told, others) == (schedule.ii, placed, roles)
    except (KeyError, TypeError, AttributeError):
        same = False
    if not same:
        raise Invalid(f"{name}: it is another schedule than the witness")
    return True


def _levels(problem: Problem, schedule: Schedule | None, data: Data, proof: str) -> None:
    if schedule is not None:
        check_levels(problem, schedule, data["levels"], proof)
    elif data["levels"] or data["at_ii"]:
        raise Invalid("levels: what is infeasible has none")


def _step(problem: Problem, sha: str, step: Data, bundle: Bundle, at: str) -> Excluded:
    try:
        return check_step(problem, sha, step, bundle)
    except Invalid as fault:
        raise Invalid(f"{at} ({step['kind']}): {fault}") from None


def _fewest(
    problem: Problem, sha: str, stated: Data, schedule: Schedule | None, bundle: Bundle, at: str
) -> Refutation:
    assert schedule is not None
    values = {"stages": schedule.stages, "roles": len(schedule.roles)}
    try:
        return check_at_ii(problem, sha, stated, schedule.ii, values, bundle)
    except Invalid as fault:
        raise Invalid(f"{at} ({stated['name']}): {fault}") from None
