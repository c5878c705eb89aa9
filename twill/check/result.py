"""What a check came to: the claim, what was checked, what had to be assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twill.check.chain import Excluded
from twill.check.refutation import Refutation
from twill.problem import Problem
from twill.schedule import Schedule
from twill.text import visible

LEMMAS = {
    1: "monotonicity: a schedule at one II gives one at the next",
    3: "a last II: what is infeasible there is infeasible above",
    5: "exchanges: of schedules that a renaming turns into each other one is enough",
    8: "enough stages: more of them admit nothing new",
}
"""The lemmas of ``docs/problem.md`` that a proof may rest on; their conditions are checked."""


@dataclass(frozen=True)
class Result:
    """A certificate that holds. ``schedule`` is its witness, None where none can exist.

    ``proof`` says how the lower bound is known; ``certificate`` is what was read; ``beside``:
    whether a schedule.json is in the bundle, the same as the witness.
    """

    problem: Problem
    sha256: str
    schedule: Schedule | None
    proof: str
    certificate: Mapping[str, Any]
    excluded: tuple[Excluded, ...]
    fewest: tuple[Refutation, ...]
    beside: bool

    @property
    def any_stages(self) -> bool:
        """Whether the claim holds with any number of stages."""
        return all(each.any_stages for each in self.excluded)

    @property
    def refutations(self) -> tuple[Refutation, ...]:
        """All refutations, those of the lower bound first."""
        found = tuple(each.refutation for each in self.excluded if each.refutation)
        return found + self.fewest

    @property
    def claim(self) -> str:
        """What is proved, in one sentence."""
        limit = self.problem.limits.max_stages
        within = "any number of stages" if self.any_stages else f"at most {limit} stages"
        if self.schedule is None:
            return f"{self.problem.name} has no schedule at any II, with {within}"
        return f"II {self.schedule.ii} is the smallest of {self.problem.name}, with {within}"

    @property
    def checked(self) -> tuple[str, ...]:
        """What was computed again, line by line."""
        return tuple(self._checked())

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was not, line by line."""
        return tuple(self._assumed())

    def _checked(self) -> Iterator[str]:
        yield f"problem: hash {self.sha256[:12]}, limits as stated"
        for source in self.certificate["sources"]:
            if source["file"] is not None:
                yield f"{source['what']} {source['name']}: hash of {source['file']}"
        if self.schedule is not None:
            same = "; schedule.json is the same" if self.beside else ""
            yield f"witness: a schedule at II {self.schedule.ii}, every constraint{same}"
        pairs = zip(self.certificate["lower_bound"], self.excluded, strict=True)
        for step, each in pairs:
            yield f"lower bound: {_of(step, each)}, excludes {_iis(each)}"
        yield "chain: no II is left open"
        for stated in self.certificate["at_ii"]:
            where = f"at II {stated['step']['ii']}"
            yield f"{where}: at least {stated['at_least']} {stated['name']}, by a refutation"
        if self.schedule is not None:
            yield "levels: their values, from the witness"

    def _assumed(self) -> Iterator[str]:
        yield "the model of the machine: the claim is about the problem as stated"
        for source in self.certificate["sources"]:
            what = f"{source['what']} {source['name']} ({source['sha256'][:12]})"
            missing = "" if source["file"] is not None else ", which is not in the bundle"
            yield f"that the problem was made from {what}{missing}"
        for number in sorted({n for each in self.excluded for n in each.lemmas} | self._fifth()):
            yield f"lemma {number} of docs/problem.md, {LEMMAS[number]} (its condition is checked)"
        for level in self.certificate["levels"][1:]:
            if level["lower_bound"] is not None:
                bound = f"level {level['name']} is at least {level['lower_bound']}"
                yield f"{bound}: {level['proof']}, not checked here"

    def _fifth(self) -> set[int]:
        return {5} if any("exchange" in found.axioms for found in self.fewest) else set()

    def to_json(self) -> dict[str, object]:
        """The result as a JSON object."""
        return {
            "schema": "twill/check/v1",
            "checked": True,
            "claim": self.claim,
            "problem_sha256": self.sha256,
            "ii": self.schedule and self.schedule.ii,
            "any_stages": self.any_stages,
            "proof": self.proof,
            "what_was_checked": list(self.checked),
            "what_was_assumed": list(self.assumed),
        }

    def __str__(self) -> str:
        lines = [f"{self.claim}.", "", "checked"]
        lines += [f"  {line}" for line in self.checked]
        lines += ["assumed", *(f"  {line}" for line in self.assumed)]
        return "\n".join(map(visible, lines)) + "\n"


def _of(step: Mapping[str, Any], each: Excluded) -> str:
    if each.refutation is not None:
        used = sum(each.refutation.axioms.values())
        return f"refutation at II {step['ii']} ({used} axioms, {each.refutation.steps} steps)"
    if "arcs" in step:
        names = " -> ".join(arc["src"] for arc in step["arcs"])
        return f"{step['kind']} {names}: {step['delay']} cycles over distance {step['distance']}"
    terms = step["lines" if "lines" in step else "ops"]
    shown = " + ".join(f"{name} {value}" for name, value in terms.items())
    more = f" + {step['other']}" if step.get("other") else ""
    over = f" over capacity {step['capacity']}" if "capacity" in step else ""
    name = step.get("unit") or step.get("memory") or step.get("name") or ""
    return f"{step['kind']} {name}".rstrip() + f": {shown}{more} = {step['sum']}{over}"


def _iis(each: Excluded) -> str:
    if each.last is None:
        return f"every II from {each.first} on"
    if each.last == 0:
        return "nothing"
    return f"II {each.first}" if each.first == each.last else f"II {each.first} to {each.last}"
