"""A problem, and a schedule of it, whose every name tries to break out of what it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count

from tests.reports.hand_made import attention, ping_pong
from twill.problem import Op, Problem
from twill.reports.content import Content
from twill.reports.context import Context
from twill.schedule import Optimal, Schedule
from twill.solver.bounds import bounds

NAMES = (
    "</script><script>alert(1)</script>",
    '"]; x [label="',
    "*/ #error */ //",
    "ends in a backslash \\",
    "ends in a trigraph ??/",
    "${alert(1)} `${1}`",
    "\u202ereversed\u2066 isolated \u200b\u2060",
    "a|b||c",
    "`code` **bold** _it_ ~~~",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "nul \x00 escape \x1b[31m bell \x07 delete \x7f csi \x9b31m",
    "line\nbreak\r\n#include <x>\n\n# heading\n---\n",
    "<!-- --> <img src=x onerror=alert(1)>",
    "]]> <![CDATA[ <?xml?>",
    "&lt;b&gt; &amp; &#60; #60; #quot;",
    "' onmouseover='alert(1)' \" style=\"",
    "end",
    "{{7*7}} {% raw %} {#",
    "separators \u2028 \u2029 \u0085",
    "[link](javascript:alert(1)) ![i](x)",
    "style x:y #fff; click n0 call alert(1)",
    "1. - # heading",
    "\\N \\G \\l \\\\ \\",
    "é 漢字 😀 \u0301\u0301\u0301",
    "x" * 5000,
    "class",
    "n0",
    " ",
    "-->",
    "__proto__",
)


def hostile() -> tuple[Problem, Schedule]:
    """The hand-made attention problem and its schedule with hostile names for everything."""
    return renamed(attention(), ping_pong())


def hostile_content() -> Content:
    """The same as the content of a report, whose texts are hostile, too."""
    problem, schedule = hostile()
    context = Context(
        problem_digest="ab" * 32,
        spec=NAMES[0],
        spec_digest="cd" * 32,
        machine=NAMES[11],
        machine_digest="ef" * 32,
        tile=NAMES[1] + NAMES[8],
    )
    return Content(problem, Optimal(schedule), bounds(problem), context)


def renamed(problem: Problem, schedule: Schedule) -> tuple[Problem, Schedule]:
    """The same problem and schedule under other names, each of which is used once."""
    fresh = _fresh()
    ops = {op.name: next(fresh) for op in problem.ops}
    units = {unit.name: next(fresh) for unit in problem.units}
    memories = {memory.name: next(fresh) for memory in problem.memories}
    roles = {role.name: next(fresh) for role in schedule.roles}
    values = {value.name: next(fresh) for value in problem.invariants}
    return (
        _problem(problem, ops, units, memories, values, next(fresh)),
        _schedule(schedule, ops, memories, roles),
    )


def _fresh() -> Iterator[str]:
    for number in count():
        for name in NAMES:
            # The ends matter: a comment goes on where one ends in a backslash.
            yield f"{number}{name}" if number else name


def _problem(
    problem: Problem,
    ops: Mapping[str, str],
    units: Mapping[str, str],
    memories: Mapping[str, str],
    values: Mapping[str, str],
    name: str,
) -> Problem:
    assert problem.roles is not None
    handoff = problem.roles.handoff_memory
    return replace(
        problem,
        name=name,
        ops=tuple(_op(op, ops, units, memories) for op in problem.ops),
        dependences=tuple(replace(d, src=ops[d.src], dst=ops[d.dst]) for d in problem.dependences),
        units=tuple(replace(unit, name=units[unit.name]) for unit in problem.units),
        memories=tuple(replace(memory, name=memories[memory.name]) for memory in problem.memories),
        invariants=tuple(
            replace(v, name=values[v.name], space=memories[v.space]) for v in problem.invariants
        ),
        roles=replace(problem.roles, handoff_memory=memories[handoff] if handoff else None),
    )


def _op(
    op: Op, ops: Mapping[str, str], units: Mapping[str, str], memories: Mapping[str, str]
) -> Op:
    result, place = op.result, op.in_place
    if result is not None:
        result = replace(result, space=memories.get(result.space, result.space))
    if place is not None:
        place = replace(place, op=ops[place.op])
    return replace(
        op,
        name=ops[op.name],
        reservations={units[unit]: uses for unit, uses in op.reservations.items()},
        result=result,
        in_place=place,
        latencies={f"{name} {NAMES[0]}": value for name, value in op.latencies.items()},
    )


def _schedule(
    schedule: Schedule,
    ops: Mapping[str, str],
    memories: Mapping[str, str],
    roles: Mapping[str, str],
) -> Schedule:
    return replace(
        schedule,
        roles=tuple(replace(role, name=roles[role.name]) for role in schedule.roles),
        ops={
            ops[name]: replace(place, role=roles[place.role] if place.role else None)
            for name, place in schedule.ops.items()
        },
        buffers=tuple(
            replace(
                b,
                name=ops[b.name],
                memory=memories[b.memory],
                values=tuple(ops[v] for v in b.values),
            )
            for b in schedule.buffers
        ),
        handoffs=tuple(
            replace(h, value=ops[h.value], src=roles[h.src], dst=tuple(roles[r] for r in h.dst))
            for h in schedule.handoffs
        ),
    )
