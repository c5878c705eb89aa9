"""Equal sub-tiles, one after the other: the schedule of one, repeated around the period.

With k equal sub-tiles that start II / k cycles apart, each unit sees the same thing k times in
a period. So one sub-tile is scheduled, on a circle of II / k phases where units are concerned
and of II where its own roles are. Not every problem has such a schedule: this only finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from twill.accounting import charged_warps
from twill.problem import Dependence, Op, Problem, RoleLimits
from twill.solver.symmetry import exchanges


@dataclass(frozen=True, slots=True)
class Fold:
    """A problem of equal sub-tiles, and the part of it that is scheduled.

    ``images``: per sub-tile what its operation is called, for each operation of the first.
    ``part``: the first sub-tile with what is shared; memories and roles are its share.
    """

    problem: Problem
    images: tuple[Mapping[str, str], ...]
    part: Problem
    turns: int
    ii: int

    def repeated(
        self, start: Mapping[str, int], role: Mapping[str, int]
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Starts and roles of the whole problem from those of the part."""
        starts, roles = dict(start), dict(role)
        first = 1 if self.problem.has_load_role else 0
        free = max(role.values(), default=0) + 1 - first
        for turn, image in enumerate(self.images):
            for name, other in image.items():
                starts[other] = start[name] + turn * (self.ii // self.turns)
                if role:
                    loads = self.problem.op[name].variable_latency
                    roles[other] = role[name] + (0 if loads else turn * free)
        return starts, roles


def sub_tiles(problem: Problem) -> tuple[Mapping[str, str], ...]:
    """The largest set of equal sub-tiles, each as the names of its operations by the first's."""
    found = exchanges(problem)
    best: tuple[Mapping[str, str], ...] = ()
    for op in problem.ops:
        moving = [e for e in found if e[op.name] != op.name]
        if len(moving) < max(1, len(best)):
            continue
        moved = [{name for name, other in e.items() if other != name} for e in moving]
        names = _hanging_on(problem, op.name, set.intersection(*moved))
        images = ({n: n for n in names}, *({n: e[n] for n in names} for e in moving))
        apart = {other for image in images for other in image.values()}
        whole = all(len(each) == 2 * len(names) for each in moved)
        if whole and len(apart) == len(images) * len(names):
            best = images
    return best


def _hanging_on(problem: Problem, first: str, among: set[str]) -> list[str]:
    """The operations that dependences connect with the first one, in program order."""
    reached, todo = {first}, [first]
    ends = [(d.src, d.dst) for d in problem.dependences if {d.src, d.dst} <= among]
    while todo:
        name = todo.pop()
        for pair in ends:
            if name in pair and not reached.issuperset(pair):
                todo += set(pair) - reached
                reached.update(pair)
    return [op.name for op in problem.ops if op.name in reached]


def folded(problem: Problem, images: tuple[Mapping[str, str], ...], ii: int) -> Fold:
    """The part of a problem to schedule at ``ii``, a multiple of the number of sub-tiles."""
    turns = len(images)
    ours = images[0].keys()
    others = {other for image in images[1:] for other in image.values()}
    lag = (turns - 1) * (ii // turns)
    ops = tuple(
        _shared_out(op, turns) if op.name in ours else op
        for op in problem.ops
        if op.name not in others
    )
    dependences = tuple(
        _spread(problem, d, d.src in ours, d.dst in ours, lag)
        for d in problem.dependences
        if d.src not in others and d.dst not in others
    )
    barriers = problem.limits.named_barriers
    part = replace(
        problem,
        ops=ops,
        dependences=dependences,
        roles=_share(problem, problem.roles, turns) if problem.roles is not None else None,
        limits=replace(
            problem.limits, named_barriers=None if barriers is None else barriers // turns
        ),
    )
    return Fold(problem, images, part, turns, ii)


def _shared_out(op: Op, turns: int) -> Op:
    """An operation of a sub-tile, with what all its images take of the memories."""
    result = op.result
    if result is not None and not op.in_registers:
        result = replace(result, size=result.size * turns)
    handoff = replace(
        op.handoff, bytes=op.handoff.bytes * turns, mbarriers=op.handoff.mbarriers * turns
    )
    return replace(op, result=result, handoff=handoff)


def _spread(problem: Problem, d: Dependence, from_us: bool, to_us: bool, lag: int) -> Dependence:
    """Between a sub-tile and what is shared, the last sub-tile counts: it is ``lag`` later."""
    if from_us and not to_us:
        return replace(d, delay=d.delay + lag)
    if to_us and not from_us:
        until = problem.op[d.dst].latency if d.read_until is None else d.read_until
        return replace(d, read_until=until + lag)
    return d


def _share(problem: Problem, limits: RoleLimits, turns: int) -> RoleLimits:
    """What one sub-tile may have of roles, warps and registers, with the load role."""
    loads = [op.warps for op in problem.ops if op.variable_latency]
    roles = 1 if loads else 0
    warps = charged_warps(problem, max(loads)) if loads else 0
    registers = 32 * warps * limits.registers.min
    file = limits.register_file
    return replace(
        limits,
        max_roles=(limits.max_roles - roles) // turns + roles,
        max_warps=(limits.max_warps - warps) // turns + warps,
        register_file=None if file is None else (file - registers) // turns + registers,
    )
