"""The lower bound: steps, each of which excludes some IIs, and that no II is left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twill.check.arithmetic import check_bound
from twill.check.bundle import Bundle
from twill.check.period import Invalid
from twill.check.refutation import Refutation, check_refutation
from twill.lemmas import enough_stages, horizon, monotone
from twill.problem import Problem

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Excluded:
    """IIs that a step excludes: first to last, or from the first on where last is None.

    ``any_stages``: with any number of stages, not only those of the claim.
    """

    first: int
    last: int | None
    any_stages: bool = True
    refutation: Refutation | None = None
    lemmas: tuple[int, ...] = ()


def check_step(problem: Problem, digest: str, step: Step, bundle: Bundle) -> Excluded:
    """The IIs that a step excludes, once everything that it says was checked. Raises Invalid."""
    if step["kind"] == "refutation":
        return _refuted(problem, digest, step, bundle)
    check_bound(problem, step)
    return Excluded(1, step["ii"] - 1 if "ii" in step else None)


def _refuted(problem: Problem, digest: str, step: Step, bundle: Bundle) -> Excluded:
    ii, stages = step["ii"], step["stages"]
    if stages is not None and stages < problem.limits.max_stages:
        raise Invalid(f"it is about {stages} stages, the claim about {problem.limits.max_stages}")
    if len(set(step["lemmas"])) != len(step["lemmas"]):
        raise Invalid("a lemma is named twice")
    if "monotone" in step["lemmas"] and not monotone(problem):
        raise Invalid("lemma 1 (monotone) does not hold of this problem")
    if "horizon" in step["lemmas"] and ii < horizon(problem):
        raise Invalid(f"lemma 3 (horizon) holds from II {horizon(problem)} on, not from {ii}")
    found = check_refutation(problem, digest, step, bundle, None)
    everywhere = stages is None or stages >= enough_stages(problem, ii)
    numbers = {"monotone": 1, "horizon": 3}
    lemmas = [numbers[name] for name in step["lemmas"]]
    lemmas += [5] if "exchange" in found.axioms else []
    lemmas += [8] if everywhere and stages is not None else []
    return Excluded(
        1 if "monotone" in step["lemmas"] else ii,
        None if "horizon" in step["lemmas"] else ii,
        everywhere,
        found,
        tuple(sorted(lemmas)),
    )


def check_chain(excluded: Sequence[Excluded], ii: int | None) -> None:
    """Check that every II below ``ii`` is excluded, or simply every one, and ``ii`` is not."""
    for number, each in enumerate(excluded):
        if ii is not None and each.first <= ii and (each.last is None or ii <= each.last):
            raise Invalid(f"lower_bound[{number}] excludes II {ii}, where the witness is")
    open_ = 1
    for each in sorted(excluded, key=lambda each: each.first):
        if each.first > open_:
            break
        if each.last is None:
            return
        open_ = max(open_, each.last + 1)
    if ii is not None and open_ >= ii:
        return
    later = [each.first - 1 for each in excluded if each.first > open_]
    last = min([*later, *([] if ii is None else [ii - 1])], default=None)
    upto = "and above are" if last is None else f"to {last} are"
    span = f"II {open_} is" if last == open_ else f"II {open_} {upto}"
    raise Invalid(f"lower_bound: {span} not covered by any step")


def check_at_ii(
    problem: Problem, digest: str, stated: Step, ii: int, values: Mapping[str, int], bundle: Bundle
) -> Refutation:
    """Check that at the II of the claim every schedule has so many stages, or roles, at least."""
    name, least, step = stated["name"], stated["at_least"], stated["step"]
    if step["ii"] != ii:
        raise Invalid(f"it is about II {step['ii']}, the claim about {ii}")
    if step["lemmas"]:
        raise Invalid("a lemma about other IIs is no help here")
    if least > values[name]:
        raise Invalid(f"the witness has {values[name]} {name}, fewer than {least}")
    stages = step["stages"]
    if name == "stages" and stages != least - 1:
        raise Invalid(f"'at least {least} stages' takes a refutation at {least - 1}, not {stages}")
    if name == "roles" and stages is not None and stages < problem.limits.max_stages:
        raise Invalid(f"it is about {stages} stages, the claim about {problem.limits.max_stages}")
    return check_refutation(problem, digest, step, bundle, least - 1 if name == "roles" else None)
