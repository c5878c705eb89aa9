"""Who shares a role with whom, without timing: what hand-offs cost at least, and which remain.

A relaxation of the whole model: starts are known by their windows alone. It is small, so
that the partitions of a given hand-off cost can be listed and looked at one by one.
"""

from __future__ import annotations

from dataclasses import replace

from twill.problem import Problem
from twill.solver.clock import Clock
from twill.solver.cpsat.concurrency import add_streams
from twill.solver.cpsat.engine import Assignment, Result, Run, Way, run
from twill.solver.cpsat.memory import Rings
from twill.solver.cpsat.model import Model, handoff_cost
from twill.solver.cpsat.registers import add_register_energy, add_register_instants
from twill.solver.cpsat.requirements import add_requirements
from twill.solver.cpsat.roles import add_roles
from twill.solver.cpsat.variables import Space, negated
from twill.solver.symmetry import exchanges

EFFORT = 1.0
"""Deterministic work for one question about partitions; most take a hundredth of it."""

MOST_ALIKE = 200
"""Partitions of one class that are excluded together; the others are listed by themselves."""


class Partitions:
    """The role partitions that windows, streams and registers do not exclude at one II."""

    def __init__(self, problem: Problem, ii: int, longest: int | None, clock: Clock) -> None:
        self.problem, self.clock = problem, clock
        roles = problem.roles
        assert roles is not None
        space = Space(problem, ii, roles.max_roles, next(iter(problem.op)), False, longest)
        self.model = Model(space, add_roles(space), Rings())
        add_requirements(space)
        add_streams(space)
        add_register_energy(space, self.model.roles)
        add_register_instants(space, self.model.roles)
        self.exchanges = exchanges(problem)

    def cheapest(self) -> tuple[int, Problem | None]:
        """The least hand-off cost of the partitions not given yet, and one that has it.

        None, and a cost that is only a bound, where that is not known.
        """
        space = self.model.space
        space.cp.minimize(handoff_cost(self.model))
        result = self._run()
        space.cp.clear_objective()  # type: ignore[no-untyped-call]
        cost = max(0, result.bound or 0)
        if result.answer != "optimal" or result.assignment is None:
            return cost, None
        return cost, self._given(result.assignment)

    def within(self, cost: int, most: int) -> list[Problem] | None:
        """The problem narrowed to each partition of at most that cost, but for those given already.

        None if they are many. Partitions that exchanges of equal sub-tiles turn into each other
        count once.
        """
        space = self.model.space
        space.cp.add(handoff_cost(self.model) <= cost)
        found: list[Problem] = []
        while len(found) <= most:
            result = self._run()
            if result.answer == "infeasible":
                return found
            if result.assignment is None:
                return None
            found.append(self._given(result.assignment))
        return None

    def _given(self, assignment: Assignment) -> Problem:
        """The problem narrowed to a partition, which is not to be given again."""
        for role in self._alike(assignment):
            self._exclude(role)
        return narrowed(self.problem, assignment)

    def _run(self) -> Result:
        way = Way(0, presolve=False, quick=True)
        result = run(self.model, Run(self.clock.left, EFFORT, self.clock.options.seed, way))
        self.clock.work += result.work
        return result

    def _alike(self, assignment: Assignment) -> list[dict[str, int]]:
        """The partition and all that exchanges of equal sub-tiles make of it."""
        names = list(assignment.role)
        found = {tuple(assignment.role.values()): assignment.role}
        todo = [assignment.role]
        while todo and len(found) < MOST_ALIKE:
            role = todo.pop()
            for exchange in self.exchanges:
                moved = {name: role[exchange[name]] for name in names}
                other = self.model.space.numbered(moved)
                if found.setdefault(tuple(other.values()), other) is other:
                    todo.append(other)
        return list(found.values())

    def _exclude(self, role: dict[str, int]) -> None:
        space = self.model.space
        space.cp.add_bool_or(
            negated(on[role[name]]) for name, on in space.on.items() if len(on) > 1
        )


def narrowed(problem: Problem, assignment: Assignment) -> Problem:
    """The problem with the roles of an assignment required."""
    labels = {
        op.name: f"{assignment.role[op.name]}" for op in problem.ops if not op.variable_latency
    }
    return replace(problem, requirements=replace(problem.requirements, roles=labels))
