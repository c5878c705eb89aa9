"""Does a problem mean something? Names, sizes, references; the cycles are in ``cycles.py``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twill.diagnostics import Diagnostic, unknown
from twill.formats.cycles import positive_cycle, storage_cycle
from twill.problem import REGISTER, Op, Problem, Result
from twill.spec.nodes import Document, Key

_RESERVED = (REGISTER, "none")
Path = tuple[Key, ...]


def check_problem(document: Document, problem: Problem) -> list[Diagnostic]:
    """Return everything in a well-formed document that makes no sense as a problem."""
    found = [*_checks(document, problem)]
    if not found:
        found = [*_cycles(document, problem)]
    found.sort(key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))
    return found


def _checks(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    yield from _memories(document, problem)
    yield from _roles(document, problem)
    yield from _requirements(document, problem)
    yield from _value_names(document, problem)
    for index, op in enumerate(problem.ops):
        at: Path = ("ops", index)
        yield from _reservations(document, problem, op, at)
        yield from _storage(document, problem, op, at)
        yield from _width(document, problem, op, at)
        yield from _streaming(document, problem, op, at)
    yield from _dependences(document, problem)


def _memories(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    for memory in problem.memories:
        if memory.name in _RESERVED:
            message = f"'{memory.name}' is not a name for a memory: it has a meaning of its own"
            yield document.error(("memories", memory.name), message, key=True)
    for value in problem.invariants:
        path: Path = ("invariants", value.name, "space")
        if value.space == REGISTER:
            message = f"'{value.name}' stays in registers throughout, which is not modelled"
            hint = "keep it in a memory, or count it in the overhead of the roles' registers"
            yield document.error(path, message, hint)
        elif value.space not in problem.memory:
            yield document.error(path, unknown("memory", value.space, problem.memory))


def _roles(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    roles = problem.roles
    if roles is None:
        return
    if roles.handoff_memory is not None and roles.handoff_memory not in problem.memory:
        message = unknown("memory", roles.handoff_memory, problem.memory)
        yield document.error(("roles", "handoff_memory"), message)
    limits = roles.registers
    at: Path = ("roles", "registers")
    if limits.max < limits.min:
        message = f"the most registers, {limits.max}, are fewer than the least, {limits.min}"
        yield document.error((*at, "max"), message)
    elif limits.max <= limits.overhead:
        message = f"an overhead of {limits.overhead} leaves none of {limits.max} registers"
        yield document.error((*at, "overhead"), message)
    if roles.warp_group > roles.max_warps:
        message = f"a group of {roles.warp_group} warps exceeds the {roles.max_warps} there are"
        yield document.error(("roles", "warp_group"), message)


def _requirements(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    wanted = problem.requirements
    if wanted.any and problem.roles is None:
        message = "the problem has no roles that anything could be required of"
        yield document.error(("requirements",), message, "add 'roles'", key=True)
    lists: list[tuple[Path, Mapping[str, str]]] = [(("requirements", "roles"), wanted.roles)]
    for index, labels in enumerate(wanted.other_than):
        lists.append((("requirements", "other_than", index), labels))
        if not labels:
            message = "a partition without operations would exclude every schedule"
            yield document.error(("requirements", "other_than", index), message)
    for path, labels in lists:
        for name in labels:
            if name not in problem.op:
                message = unknown("operation", name, problem.op)
                yield document.error((*path, name), message, key=True)


def _value_names(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    first: dict[str, Path] = {v.name: ("invariants", v.name) for v in problem.invariants}
    for index, op in enumerate(problem.ops):
        at: Path = ("ops", index, "name")
        if op.name in first:
            place = document.span(first[op.name], key=True)
            message = f"the name '{op.name}' is taken, at {place.line}:{place.column}"
            yield document.error(at, message, "give every operation and invariant its own name")
        first.setdefault(op.name, at)
        if "@" in op.name:
            message = f"'{op.name}' cannot be a name: '@' introduces an iteration offset"
            yield document.error(at, message)


def _reservations(document: Document, problem: Problem, op: Op, at: Path) -> Iterator[Diagnostic]:
    for name, reservations in op.reservations.items():
        path: Path = (*at, "reservations", name)
        unit = problem.unit.get(name)
        if unit is None:
            yield document.error(path, unknown("unit", name, problem.unit), key=True)
            continue
        for index, reservation in enumerate(reservations):
            if reservation.amount > unit.capacity:
                message = f"reserves {reservation.amount} of '{name}', which has {unit.capacity}"
                yield document.error((*path, index, 2), message)


def _storage(document: Document, problem: Problem, op: Op, at: Path) -> Iterator[Diagnostic]:
    result = op.result
    if result and result.space != REGISTER and result.space not in problem.memory:
        message = unknown("memory", result.space, (*problem.memory, *_RESERVED))
        yield document.error((*at, "result", "space"), message)
    if op.in_place is None:
        return
    path: Path = (*at, "in_place")
    other = problem.op.get(op.in_place.op)
    if other is None:
        message, hint = unknown("operation", op.in_place.op, problem.op), None
        if "@" in op.in_place.op:
            hint = "write 'S' for this iteration, 'S@-1' for the one before"
        yield document.error(path, message, hint)
    elif result is None:
        yield document.error(path, f"'{op.name}' has no result to put in place of another")
    elif other.result is None:
        yield document.error(path, f"'{other.name}' has no result whose storage could be taken")
    elif result.space != other.result.space:
        yield document.error(path, _elsewhere(op, other, result, other.result))


def _elsewhere(op: Op, other: Op, result: Result, taken: Result) -> str:
    return (
        f"'{op.name}' puts its result in {result.space} and cannot take the storage of "
        f"'{other.name}' in {taken.space}"
    )


def _width(document: Document, problem: Problem, op: Op, at: Path) -> Iterator[Diagnostic]:
    roles = problem.roles
    if roles is not None and op.warps > roles.max_warps:
        message = f"needs {op.warps} warps, a role has at most {roles.max_warps}"
        yield document.error((*at, "warps"), message)


def _streaming(document: Document, problem: Problem, op: Op, at: Path) -> Iterator[Diagnostic]:
    if not op.streaming:
        return
    path: Path = (*at, "streaming")
    if not op.variable_latency:
        message = f"'{op.name}' streams and must have variable latency"
        yield document.error(path, message, "add 'variable_latency': true")
    incoming = [d.src for d in problem.dependences if d.dst == op.name]
    if incoming:
        message = f"'{op.name}' streams and cannot depend on '{incoming[0]}'"
        yield document.error(path, message, "only a load that waits for nothing runs ahead")


def _dependences(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    for index, dependence in enumerate(problem.dependences):
        at: Path = ("dependences", index)
        for end, name in (("src", dependence.src), ("dst", dependence.dst)):
            if name not in problem.op:
                yield document.error((*at, end), unknown("operation", name, problem.op))
        if dependence.kind == "flow" and dependence.delay < 0:
            message = f"a value cannot be read {-dependence.delay} cycles before it is computed"
            yield document.error((*at, "delay"), message)


def _cycles(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    cycle = positive_cycle(problem)
    if cycle:
        names = " -> ".join(problem.dependences[index].src for index in (*cycle, cycle[0]))
        delay = sum(problem.dependences[index].delay for index in cycle)
        cycles = "1 cycle" if delay == 1 else f"{delay} cycles"
        message = f"reads a value from its own future: {names} takes {cycles}"
        hint = "one dependence of the cycle must have a distance of at least 1"
        yield document.error(("dependences", cycle[0]), f"{message} at distance 0", hint)
    stored = storage_cycle(problem)
    if stored:
        index = next(i for i, op in enumerate(problem.ops) if op.name == stored[0])
        names = " -> ".join((*stored, stored[0]))
        message = f"takes over its own storage in the same iteration: {names}"
        yield document.error(("ops", index, "in_place"), message)
