"""Cost normalisation (section 5.2 of the paper): large cycle counts to small ones, ratios kept.

    minimise F subject to -F <= C[i]C'[j] - C[j]C'[i] <= F for all i, j, least <= sum C' <= U

with C' whole and not negative; exact, by CP-SAT. Among the C' with the smallest F the tie-break
takes the largest (or smallest) sum. Where F is 0 the ratios are exact and C' is divided by its
greatest common divisor. Equal counts get equal images, so one variable per distinct count will do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from twill.problem import Reservation
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import Fluid, PaperOp, Program
from twill.solver.paper.rounding import Normalisation

_WORK = 60.0
"""CP-SAT's deterministic units; the lists of real kernels take less than one."""


class NotNormalised(Exception):
    """The roundings of a list have no proved optimum within the work limit."""


def normalise(counts: Mapping[int, int], options: PaperOptions) -> Normalisation:
    """The best rounding of a list of positive counts, each with how often it occurs.

    Raises NotNormalised if no sum is within the bounds or no optimum was proved.
    """
    if not counts:
        return Normalisation({}, {}, 0, 0)
    weight = {c: counts[c] if options.weights == "occurrence" else 1 for c in sorted(counts)}
    image = _tie_broken(weight, options, _error(_smallest_error(weight, options)))
    error = _error(image)
    shared = math.gcd(*image.values()) if error == 0 else 1
    image = {count: at // shared for count, at in image.items()}
    return Normalisation(image, weight, error, sum(at * weight[c] for c, at in image.items()))


def _error(image: Mapping[int, int]) -> int:
    """F of a rounding: the largest cross product."""
    return max((abs(a * image[b] - b * image[a]) for a in image for b in image), default=0)


def _smallest_error(weight: Mapping[int, int], options: PaperOptions) -> dict[int, int]:
    """A rounding with the smallest F."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    error = model.new_int_var(0, max(weight) * options.U, "F")
    image, _ = _roundings(model, weight, options, error)
    model.minimize(error)
    return _solved(model, image, options)


def _tie_broken(weight: Mapping[int, int], options: PaperOptions, error: int) -> dict[int, int]:
    """Among the roundings with this F, the one with the largest or smallest sum."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    image, total = _roundings(model, weight, options, error)
    if options.tie == "most":
        model.maximize(total)
    else:
        model.minimize(total)
    return _solved(model, image, options)


def _roundings(
    model: Any, weight: Mapping[int, int], options: PaperOptions, error: Any
) -> tuple[dict[int, Any], Any]:
    """The variables C' and their sum, with every cross product within the error."""
    image = {c: model.new_int_var(0, options.U, f"{c}") for c in weight}
    for a in weight:
        for b in weight:
            if a != b:
                model.add(a * image[b] - b * image[a] <= error)
    total = sum(weight[c] * image[c] for c in weight)
    model.add(total >= options.least)
    model.add(total <= options.U)
    return image, total


def _solved(model: Any, image: Mapping[int, Any], options: PaperOptions) -> dict[int, int]:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = _WORK
    solver.parameters.catch_sigint_signal = False
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        raise NotNormalised(
            f"no rounding of {len(image)} counts to a sum from {options.least} to {options.U}"
            f" is proved best ({solver.status_name(status).lower()})"
        )
    return {c: solver.value(at) for c, at in image.items()}


def counts_of(program: Program, options: PaperOptions) -> Counter[int]:
    """The list C of a program, with how often each positive count occurs."""
    counts = Counter(op.cycles for op in program.ops)
    if options.members == "all":
        for op in program.ops:
            counts.update({r.length for runs in op.uses.values() for r in runs} - {op.cycles})
            counts[op.spill] += 1
        counts.update(e.delay for e in program.edges)
    return Counter({count: times for count, times in counts.items() if count > 0})


def scaled(program: Program, to: Normalisation) -> Program:
    """The program in normalised cycles. Capacities, sizes and registers stay as they are."""
    ops = tuple(_op(op, to) for op in program.ops)
    edges = tuple(
        replace(e, delay=to(e.delay), reading=min(to(e.reading), to(program.op[e.dst].cycles)))
        for e in program.edges
    )
    fluids = tuple(Fluid(f.unit, math.floor(f.work / to.scale), f.capacity) for f in program.fluids)
    return replace(program, ops=ops, edges=edges, fluids=fluids)


def _op(op: PaperOp, to: Normalisation) -> PaperOp:
    """An operation; what it holds for its whole execution, it still does."""
    cycles = to(op.cycles)
    uses = {unit: tuple(_run(r, op, to, cycles) for r in runs) for unit, runs in op.uses.items()}
    return replace(
        op,
        cycles=cycles,
        issue=min(to(op.issue), cycles),
        spill=to(op.spill),
        uses={unit: tuple(r for r in runs if r.length) for unit, runs in uses.items()},
    )


def _run(run: Reservation, op: PaperOp, to: Normalisation, cycles: int) -> Reservation:
    begin = min(to(run.offset), cycles) if run.offset else 0
    whole = run.length == op.cycles
    length = cycles if whole else min(to(run.length), cycles - begin)
    return Reservation(begin, length, run.amount)
