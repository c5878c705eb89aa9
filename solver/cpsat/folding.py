"""The model of one of several equal sub-tiles: see ``solver/fold.py``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ortools.sat.python import cp_model

from twill.problem import Problem
from twill.solver.cpsat.capacity import add_capacity
from twill.solver.cpsat.model import Model, build
from twill.solver.cpsat.variables import Literal, Space, negated
from twill.solver.fold import Fold


@dataclass
class Circle:
    """The phases that units see: a part of the period, with slots and orders of its own."""

    problem: Problem
    ii: int
    cp: cp_model.CpModel
    slot: dict[str, cp_model.IntVar] = field(default_factory=dict)
    order: dict[tuple[str, str], Literal] = field(default_factory=dict)

    def before(self, u: str, v: str) -> Literal:
        """Whether u's slot on this circle comes before v's."""
        if (v, u) in self.order:
            return negated(self.order[v, u])
        if (u, v) not in self.order:
            self.order[u, v] = self.cp.new_bool_var(f"{u} before {v} in turn")
        return self.order[u, v]


def build_folded(fold: Fold, longest: int, together: bool) -> Model:
    """The part at the whole II, with its units on a circle of II / turns phases."""
    ours = fold.images[0]
    mixed = [
        unit
        for unit in fold.part.units
        if not unit.fluid
        and any(op.name in ours and op.reservations.get(unit.name) for op in fold.part.ops)
    ]
    alone = tuple(unit for unit in fold.part.units if unit not in mixed)
    model = build(replace(fold.part, units=alone), fold.ii, together=together, longest=longest)
    space = model.space
    turn = Circle(replace(fold.part, units=tuple(mixed)), fold.ii // fold.turns, space.cp)
    for op in fold.part.ops:
        _place(space, turn, op.name, fold.turns)
    add_capacity(turn)
    return model


def _place(space: Space, circle: Circle, name: str, turns: int) -> None:
    slot = space.cp.new_int_var(0, circle.ii - 1, f"slot of {name} in turn")
    turn = space.cp.new_int_var(0, turns - 1, f"turn of {name}")
    space.cp.add(space.slot[name] == slot + circle.ii * turn)
    circle.slot[name] = slot
