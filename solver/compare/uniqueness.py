"""C7: whether there is another optimum, with other roles."""

from __future__ import annotations

from collections.abc import Sequence

from twill.comparison import Answer, Criterion, Range
from twill.problem import Problem
from twill.schedule import Schedule
from twill.solver.compare.asked import Asked, range_of, schedule_of
from twill.solver.structured import other_roles
from twill.structure import Structure, of_schedule
from twill.structure.align import Exchange
from twill.structure.partition import moved, parts
from twill.structure.words import several


def uniqueness_criterion(
    problem: Problem,
    theirs: Structure,
    images: Sequence[Exchange],
    ours: Structure | None,
    both: tuple[Range, Range],
    schedule: Schedule | None,
    asked: Asked,
) -> Criterion:
    """C7 with its evidence: asked only where their structure reaches the smallest II."""
    settled = _settled(problem, theirs, ours, both, asked)
    if settled is not None:
        return settled
    our_ii, _ = both
    others = other_roles(problem, [theirs.renamed(image) for image in images])
    outcome = asked.whole(others, 0.4)
    found, best = range_of(outcome), schedule_of(outcome)
    assert our_ii.high is not None
    if found.low is None:
        return _answer("same", f"no other roles are possible ({found.proof})")
    if found.low > our_ii.high:
        return _answer("same", f"with any other roles the II is {found} ({found.proof})")
    if best is None or best.ii > our_ii.high:
        return _answer("not decided", f"with any other roles the II is {found}")
    said = " | ".join(
        several(problem, names) for names in parts(problem, of_schedule(problem, best))
    )
    evidence = [f"other roles reach II {best.ii} too: {said}"]
    if schedule is not None:
        evidence.append(_in_levels(schedule, best))
    return Criterion("C7", "uniqueness", "different", tuple(evidence))


def _settled(
    problem: Problem,
    theirs: Structure,
    ours: Structure | None,
    both: tuple[Range, Range],
    asked: Asked,
) -> Criterion | None:
    """What needs no search; None where other roles must be looked for."""
    our_ii, their_ii = both
    if their_ii.proof == "a schedule's own":
        return _answer("not comparable", "of two schedules nothing is solved")
    if their_ii.low is None:
        return _answer("not comparable", "no schedule has their structure")
    if not (their_ii.exact and our_ii.exact and their_ii.high == our_ii.high):
        return _answer("not comparable", "their structure is not known to be an optimum")
    if problem.roles is None:
        return _answer("not comparable", "the problem has no roles")
    if ours is not None and moved(problem, ours, theirs):
        return _answer("different", "ours has other roles at the same II")
    if not asked.deep:
        return _answer("not decided", "not asked")
    return None


def _in_levels(ours: Schedule, other: Schedule) -> str:
    """The first level of the objective in which the other optimum is worse."""
    theirs = {level.name: level for level in other.objective}
    if len(ours.objective) < 2:
        return "further levels were not asked for"
    for level in ours.objective:
        match = theirs.get(level.name)
        if match is None or match.value == level.value:
            continue
        if level.name == "time" and match.value <= level.value * (1 + level.tolerance):
            continue
        name = level.name.replace("_", " ")
        proved = "" if match.proved else ", which is not proved its best"
        word = "worse" if match.value > level.value else "better"
        return f"they are {word} in {name}: {match.value} beside {level.value}{proved}"
    return "they are as good in every further level"


def _answer(answer: Answer, said: str) -> Criterion:
    return Criterion("C7", "uniqueness", answer, (said,))
