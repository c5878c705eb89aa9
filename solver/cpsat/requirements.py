"""REQUIREMENT: what is demanded of a schedule beyond what the machine demands."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from twill.problem import groups
from twill.solver.cpsat.variables import Space


def add_requirements(space: Space) -> None:
    """REQUIREMENT: roles as fixed, no hand-off where none is wanted, no partition refused.

    What must share a role shares its variables already (``Space.cluster``), apart from
    operations of the load role.
    """
    wanted = space.problem.requirements
    _roles(space, wanted.roles)
    if wanted.no_handoff:
        for d in space.flows:
            if space.problem.op[d.src].in_registers:
                space.cp.add_bool_or([space.same(d.src, d.dst)])
    for labels in wanted.other_than:
        _other_than(space, labels)


def _roles(space: Space, labels: Mapping[str, str]) -> None:
    by_label = groups(labels)
    for names in by_label:
        for other in names[1:]:
            space.cp.add_bool_or([space.same(names[0], other)])
    for one, two in combinations(by_label, 2):
        space.cp.add_bool_or([space.apart(one[0], two[0])])


def _other_than(space: Space, labels: Mapping[str, str]) -> None:
    """Some group is torn apart, or two groups are joined."""
    by_label = groups(labels)
    torn = [space.apart(names[0], other) for names in by_label for other in names[1:]]
    joined = [space.same(one[0], two[0]) for one, two in combinations(by_label, 2)]
    space.cp.add_bool_or([*torn, *joined])
