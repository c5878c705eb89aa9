"""What no schedule can repair, whatever its II: one slot per ring, one operation's registers."""

from __future__ import annotations

from twill.accounting import charged_warps
from twill.problem import Op, Problem, RoleLimits, groups
from twill.schedule import Reason
from twill.storage import buffers, read_end, takes_over


def impossible(problem: Problem) -> Reason | None:
    """Why the problem has no schedule at any II, by arithmetic; None if nothing says so."""
    for check in (_memories, _registers, _register_file, _widths, _roles, _required, _reservations):
        reason = check(problem)
        if reason is not None:
            return reason
    return None


def _memories(problem: Problem) -> Reason | None:
    """Invariants and one slot of every ring must fit."""
    for memory in problem.memories:
        lines = [
            (f"{i.name} (invariant)", i.size) for i in problem.invariants if i.space == memory.name
        ]
        lines += [(ring.name, ring.size) for ring in buffers(problem) if ring.memory == memory.name]
        total = sum(size for _, size in lines)
        if total > memory.capacity:
            biggest = sorted(lines, key=lambda line: -line[1])
            return Reason(
                f"{memory.name} memory: one slot of every value takes {total} {memory.unit},"
                f" the machine has {memory.capacity} ({total - memory.capacity} too many)",
                tuple(f"{name}: {size} {memory.unit}" for name, size in biggest if size),
                (
                    f"make {biggest[0][0].split(' ')[0]} smaller: a smaller tile (--set)",
                    "let results take over storage that is no longer read (in_place)",
                    "stage big results in slices (subtile)",
                ),
            )
    return None


def register_need(problem: Problem, op: Op) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Registers per thread alive on an operation's role while it runs: operands and result."""
    lines: dict[str, int] = {}
    for d in problem.dependences:
        source = problem.op[d.src]
        if d.dst != op.name or d.kind != "flow" or not source.in_registers:
            continue
        if takes_over(problem, d) or read_end(problem, d) == 0:
            continue
        assert source.result is not None
        name = f"{d.src}@-{d.distance}" if d.distance else d.src
        if (d.src, d.distance) != (op.name, 0):
            lines[name] = source.result.size
    given_away = any(d.src == op.name and takes_over(problem, d) for d in problem.dependences)
    if op.in_registers and op.result is not None and op.latency > 0 and not given_away:
        lines[op.name] = op.result.size
    return sum(lines.values()), tuple(lines.items())


def _registers(problem: Problem) -> Reason | None:
    """The operands and the result of one operation must fit a role's registers."""
    limits = problem.roles
    if limits is None or limits.register_file is None:
        return None
    for op in problem.ops:
        most = largest_budget(problem, limits, op.warps)
        need, lines = register_need(problem, op)
        if need + limits.registers.overhead > most:
            return Reason(
                f"registers: {op.name} needs {need} + {limits.registers.overhead} overhead"
                f" registers per thread on its role, a role has {most} at most",
                tuple(f"{name}: {size} registers per thread" for name, size in lines),
                (
                    "spread the tile over more warps (warps)",
                    "a smaller tile (--set) or sub-tiles (--subtile)",
                    "let the result take over an operand's registers (in_place)",
                ),
            )
    return None


def largest_budget(problem: Problem, limits: RoleLimits, warps: int) -> int:
    """The most registers per thread that a role of this width can have."""
    allowed = limits.registers
    assert limits.register_file is not None
    per_thread = limits.register_file // (32 * charged_warps(problem, warps))
    legal = [n for n in range(allowed.min, allowed.max + 1, allowed.step) if n <= per_thread]
    return max(legal, default=0)


def _register_file(problem: Problem) -> Reason | None:
    """Accumulators are alive at every phase, on whatever role: they must fit the file together."""
    limits = problem.roles
    if limits is None or limits.register_file is None:
        return None
    always = [
        (op.name, 32 * op.warps * op.result.size)
        for op in problem.ops
        if op.in_registers
        and op.result is not None
        and op.in_place is not None
        and (op.in_place.op, op.in_place.distance >= 1) == (op.name, True)
    ]
    total = sum(size for _, size in always)
    if total <= limits.register_file:
        return None
    return Reason(
        f"registers: the accumulators take {total} registers, the file has {limits.register_file}",
        tuple(f"{name}: {size} registers" for name, size in always),
        ("a smaller tile (--set)", "keep an accumulator in another memory (in)"),
    )


def _widths(problem: Problem) -> Reason | None:
    """No operation may be wider than the thread block."""
    limits = problem.roles
    if limits is None:
        return None
    for op in problem.ops:
        if charged_warps(problem, op.warps) > limits.max_warps:
            return Reason(
                f"roles: {op.name} needs {op.warps} warps, a thread block has {limits.max_warps}",
                (),
                ("spread the tile over fewer warps (warps)",),
            )
    return None


def _roles(problem: Problem) -> Reason | None:
    """The load role holds nothing else, so other operations need a second role."""
    limits = problem.roles
    if limits is None or not problem.has_load_role:
        return None
    loads = [op.name for op in problem.ops if op.variable_latency]
    others = [op.name for op in problem.ops if not op.variable_latency]
    if others and limits.max_roles < 2:
        return Reason(
            f"roles: {', '.join(loads)} have variable latency and need the load role to themselves;"
            f" {others[0]} needs another role, the machine allows {limits.max_roles}",
            (),
            ("allow two roles",),
        )
    return None


def _required(problem: Problem) -> Reason | None:
    """What is required of the roles may contradict itself or the load role."""
    wanted, limits = problem.requirements, problem.roles
    if limits is None:
        return None
    loads = {name for name, op in problem.op.items() if op.variable_latency}
    for names in groups(wanted.roles):
        mixed = sorted(set(names) & loads), sorted(set(names) - loads)
        if all(mixed):
            label = wanted.roles[names[0]]
            return Reason(
                f"requirement: role {label} is to hold {mixed[0][0]}, which needs the load role to"
                f" itself, and {mixed[1][0]}, which cannot be there",
                (),
                ("give one of them another role (--fix-role)",),
            )
    used = {wanted.roles[name] for name in wanted.roles if name in loads}
    if len(used) > 1:
        return Reason(
            f"requirement: the operations of variable latency share the load role, they are to be"
            f" on {' and '.join(sorted(used))}",
            (),
            ("fix them to one role (--fix-role)",),
        )
    asked = len(groups(wanted.roles)) + bool(loads and not used)
    if asked > limits.max_roles:
        return Reason(
            f"requirement: {asked} roles are asked for, there may be {limits.max_roles}",
            (),
            ("fix fewer roles (--fix-role)", "allow more roles"),
        )
    return None


def _reservations(problem: Problem) -> Reason | None:
    """One reservation may not ask for more than a unit has."""
    for op in problem.ops:
        for name, reserved in op.reservations.items():
            most = max((r.amount for r in reserved if r.length), default=0)
            if most > problem.unit[name].capacity and not problem.unit[name].fluid:
                return Reason(
                    f"unit {name}: {op.name} asks for {most} at once,"
                    f" the capacity is {problem.unit[name].capacity}"
                )
    return None
