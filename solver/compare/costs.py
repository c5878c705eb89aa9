"""What each part of a structure costs, and what is lost where something is taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twill.comparison import Cost, Range
from twill.knobs import Knobs, turned
from twill.problem import Problem
from twill.relaxation import Group, constraint_groups, lift
from twill.schedule import Infeasible, Outcome, Schedule
from twill.solver.bounds import bounds
from twill.solver.compare.asked import (
    Asked,
    Control,
    at_least,
    at_most,
    range_of,
    schedule_of,
)
from twill.solver.structured import fixed
from twill.structure import Structure
from twill.structure.words import plural

ROLES, OFFSETS, ALL = "roles", "roles and offsets", "roles, offsets and orders"

CONTROL_S = 20.0
"""The most seconds for a control: it need not be proved to be seen to be worse."""


def parts_of(
    problem: Problem,
    theirs: Structure,
    free: Mapping[str, tuple[str, ...]],
    ours: Range,
    asked: Asked,
) -> tuple[tuple[Cost, ...], Outcome]:
    """The II with more and more of a structure fixed, and the outcome with all of it.

    ``free``: operations that have no place in the order. All of it is solved in all levels. The
    offsets are solved only where roles alone and everything leave their II open.
    """
    first = fixed(problem, theirs, ("roles",))
    outcome = asked.quick(first, 0.2, proof=True)
    if isinstance(outcome, Infeasible):
        outcome = _explained(outcome, first, asked)
        none = range_of(outcome)
        costs = (Cost("nothing", ours), *(Cost(what, none) for what in (ROLES, OFFSETS, ALL)))
        return costs, outcome
    roles = at_least(range_of(outcome), ours)
    everything = fixed(problem, theirs, ("roles", "orders"), free)
    outcome = asked.whole(everything, 0.6)
    if isinstance(outcome, Infeasible):
        outcome = _explained(outcome, everything, asked)
    last = at_least(range_of(outcome), roles)
    between = _between(fixed(problem, theirs, ("roles", "offsets"), free), roles, last, asked)
    between = at_most(between, last)
    roles = at_most(roles, between)
    found = (Cost("nothing", ours), Cost(ROLES, roles), Cost(OFFSETS, between))
    return (*found, Cost(ALL, at_least(last, between))), outcome


def _between(problem: Problem, low: Range, high: Range, asked: Asked) -> Range:
    """The II of a part between two others."""
    if low.low == high.high and low.low is not None:
        return at_most(low, high)
    if not asked.deep:
        return Range(low.low, high.high, "not solved")
    return at_least(range_of(asked.quick(problem, 0.3)), low)


def _explained(outcome: Infeasible, problem: Problem, asked: Asked) -> Infeasible:
    """With the constraints that stand in the way, if lifting those of one kind helps."""
    why = _contradiction(problem) or outcome.reason.summary
    known = outcome.proof == "proved by arithmetic"
    for group in _suspects(problem):
        free = asked.quick(lift(problem, [group]), 0.2)
        schedule = schedule_of(free)
        if schedule is not None:
            helps = f"without them an II of {schedule.ii} is possible"
            lifted = f"{_what(group)} forbid it at any II; {helps}"
            why = f"{why} ({lifted})" if known else lifted
            break
    return replace(outcome, reason=replace(outcome.reason, summary=why))


def _contradiction(problem: Problem) -> str:
    """A circuit of orders, dependences and rings that no II makes room for, step by step."""
    circuit = bounds(problem).endless
    if not circuit:
        return ""
    steps = [f"{a.src} before {a.dst}{_later(a.distance)}" for a in circuit]
    rings = [a.why for a in circuit if a.why.startswith("ring")]
    return "; ".join([f"no II has room for {', '.join(steps)}", *rings])


def _later(distance: int) -> str:
    return f"@{distance:+d}" if distance else ""


_WORDS = {
    "registers": "registers",
    "roles": "the limits of roles and warps",
    "barriers": "the barriers that there are",
    "stages": "the stages allowed",
    "hand-offs": "hand-offs",
    "issue": "instruction streams",
}


def _what(group: Group) -> str:
    if group.kind == "memory":
        return f"the limits of {group.name} memory"
    return _WORDS.get(group.kind, group.title)


def _suspects(problem: Problem) -> list[Group]:
    """What can make a structure impossible at any II, the likeliest first."""
    kinds = ("registers", "memory", "roles", "barriers", "stages", "hand-offs", "issue")
    groups = constraint_groups(problem)
    return [group for kind in kinds for group in groups if group.kind == kind]


def controls(
    problem: Problem, roles: int, known: Schedule | None, asked: Asked
) -> tuple[Cost, ...]:
    """The II with fewer roles than theirs, without hand-offs, and of the caller's problems."""
    found = [*_own(problem, roles), *asked.controls]
    most = min(CONTROL_S, asked.options.time_limit / 10)
    return tuple(
        Cost(each.what, range_of(asked.quick(each.problem, 0.5, known, most))) for each in found
    )


def _own(problem: Problem, roles: int) -> list[Control]:
    if problem.roles is None or roles < 2:
        return []
    fewer, alone = Knobs(max_roles=roles - 1), Knobs(no_handoff=True)
    return [
        Control(
            f"at most {plural(roles - 1, 'role')}, one fewer than theirs", turned(problem, fewer)
        ),
        Control("no value in registers read on another role", turned(problem, alone)),
    ]
