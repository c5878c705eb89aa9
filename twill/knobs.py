"""What a user may turn on a problem without writing another spec or machine.

Each knob narrows (or, for the stages, restates) the limits that a claim is about, so the
result is another problem with a digest of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.problem import Problem, RegisterRange, Requirements, RoleLimits


@dataclass(frozen=True, slots=True)
class Knobs:
    """Limits that a user sets on top of spec and machine; None leaves one as it is.

    ``max_roles``: roles, the load role included. ``registers_per_role``: the most registers
    per thread that any role may have. ``fixed_roles``: labels of operations, see
    ``twill.problem.Requirements.roles``.
    """

    max_roles: int | None = None
    registers_per_role: int | None = None
    max_stages: int | None = None
    no_handoff: bool = False
    fixed_roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def about_roles(self) -> tuple[str, ...]:
        """The options among those given that need a problem with roles."""
        given = {
            "--forbid-roles-above": self.max_roles is not None,
            "--registers-per-role": self.registers_per_role is not None,
            "--no-handoff": self.no_handoff,
            "--fix-role": bool(self.fixed_roles),
        }
        return tuple(option for option, is_given in given.items() if is_given)


def turned(problem: Problem, knobs: Knobs) -> Problem:
    """The problem with its knobs turned; the problem itself if none is.

    :raises InputError: with everything that the problem has no place for.
    """
    found = list(_refused(problem, knobs))
    if found:
        raise InputError(found)
    if knobs.max_stages is not None:
        problem = replace(problem, limits=replace(problem.limits, max_stages=knobs.max_stages))
    if problem.roles is not None and knobs.about_roles:
        problem = replace(problem, roles=_limits(problem.roles, knobs))
        problem = replace(problem, requirements=_requirements(problem, knobs))
    return problem


def _limits(limits: RoleLimits, knobs: Knobs) -> RoleLimits:
    roles = min(limits.max_roles, knobs.max_roles or limits.max_roles)
    most = min(limits.registers.max, knobs.registers_per_role or limits.registers.max)
    return replace(limits, max_roles=roles, registers=replace(limits.registers, max=most))


def _requirements(problem: Problem, knobs: Knobs) -> Requirements:
    wanted = problem.requirements
    return replace(
        wanted,
        roles={**wanted.roles, **knobs.fixed_roles},
        no_handoff=wanted.no_handoff or knobs.no_handoff,
    )


def _refused(problem: Problem, knobs: Knobs) -> Iterator[Diagnostic]:
    limits = problem.roles
    if limits is None:
        for option in knobs.about_roles:
            yield Diagnostic(f"{option}: {problem.name} has no roles", help="leave the option out")
        return
    if knobs.registers_per_role is not None and limits.register_file is not None:
        yield from _too_few_registers(limits.registers, knobs.registers_per_role)
    if knobs.registers_per_role is not None and limits.register_file is None:
        message = f"--registers-per-role: {problem.name} does not count registers"
        yield Diagnostic(message, help="leave the option out")
    for name in knobs.fixed_roles:
        if name not in problem.op:
            yield Diagnostic(f"--fix-role: {unknown('operation', name, problem.op)}")


def _too_few_registers(allowed: RegisterRange, asked: int) -> Iterator[Diagnostic]:
    if asked < allowed.min:
        message = f"--registers-per-role: a role has at least {allowed.min} registers, not {asked}"
        yield Diagnostic(message, help=f"give {allowed.min} to {allowed.max}")
    elif asked <= allowed.overhead:
        message = f"--registers-per-role: an overhead of {allowed.overhead} leaves none of {asked}"
        yield Diagnostic(message, help=f"give more, up to {allowed.max}")
