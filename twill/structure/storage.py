"""C5: whether the schedule would run with the rings of the other kernel."""

from __future__ import annotations

from twill.accounting import Buffer, Usage, ceil_div, read_end
from twill.comparison import Answer, Criterion
from twill.problem import REGISTER, Problem
from twill.structure.model import Ring, Structure
from twill.structure.words import plural, value_of


def storage_criterion(problem: Problem, usage: Usage, theirs: Structure) -> Criterion:
    """C5 with its evidence: a ring of theirs holds what is alive at once in ours."""
    told: dict[str, list[str]] = {}
    short = False
    for ring in theirs.rings:
        need = needed(problem, usage, ring)
        short = short or need > ring.slots
        told.setdefault(_told(ring, need), []).append(ring.name)
    evidence = tuple(f"{', '.join(names)}: {text}" for text, names in told.items())
    answer: Answer = "different" if short else "same"
    return Criterion("C5", "ring depths", answer, evidence or ("no buffers are stated",))


def _told(ring: Ring, need: int) -> str:
    if not need:
        return "no result of the loop"
    text = f"{plural(ring.slots, 'slot')} of {ring.memory}, ours needs {need}"
    return text if need <= ring.slots else f"{text}: too few"


def needed(problem: Problem, usage: Usage, ring: Ring) -> int:
    """The slots that a schedule needs for the values of a ring of another kernel.

    A ring per value of ours, or per storage that values take over from each other; in registers
    the most instances alive at once. A slot holds all slices of a value, and one of each value
    unless they take slots in turn. 0 where none of the values is stored like that.
    """
    most: dict[str, int] = {}
    if ring.memory.startswith(REGISTER):
        for head, chain in _chains(problem, ring).items():
            most[value_of(head)] = max(most.get(value_of(head), 0), _held(usage, chain))
    else:
        for buffer in usage.buffers:
            if set(buffer.members) & set(ring.values):
                value, depth = value_of(buffer.name), least_depth(problem, usage, buffer)
                most[value] = max(most.get(value, 0), depth)
    return sum(most.values()) if ring.alternating else max(most.values(), default=0)


def least_depth(problem: Problem, usage: Usage, buffer: Buffer) -> int:
    """The slots of a ring, a streaming load's data arriving as late as its readers allow.

    How early a load begins is free; the solver may have used more slots than it had to.
    """
    op = problem.op[buffer.name]
    readers = [d for d in problem.dependences if d.kind == "flow" and d.src == buffer.name]
    if not op.streaming or len(buffer.members) > 1 or not readers:
        return usage.depth(buffer)
    latest = min(usage.start[d.dst] + d.distance * usage.ii - d.delay for d in readers)
    over = max(usage.start[d.dst] + d.distance * usage.ii + read_end(problem, d) for d in readers)
    return max(1, ceil_div(over - latest + op.latency, usage.ii))


def _chains(problem: Problem, ring: Ring) -> dict[str, list[str]]:
    """The values of a ring that lie in registers, by the first one whose storage they take over."""
    heads: dict[str, list[str]] = {}
    for name in ring.values:
        if problem.op[name].in_registers:
            heads.setdefault(_head(problem, name, set()), []).append(name)
    return heads


def _head(problem: Problem, name: str, seen: set[str]) -> str:
    """The first value whose registers a value ends up in."""
    place = problem.op[name].in_place
    if place is None or place.distance or place.op in seen or not problem.op[place.op].in_registers:
        return name
    return _head(problem, place.op, {*seen, name})


def _held(usage: Usage, values: list[str]) -> int:
    """The most instances of values, which follow each other in one storage, alive at once."""
    arcs = [arc for arc in usage.register_arcs if arc.value in values]
    roles = {arc.role for arc in arcs}
    phases = {arc.begin % usage.ii for arc in arcs}
    return max(
        (
            sum(arc.at(phase, usage.ii) // arc.size for arc in arcs if arc.role == role)
            for role in roles
            for phase in phases
        ),
        default=0,
    )
