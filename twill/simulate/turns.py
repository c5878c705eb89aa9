"""Taking turns: where units that roles share are best used in the schedule's order.

A unit serves operations as they arrive. A role that runs ahead of the schedule can take the tensor
core from one whose turn it is, and the loop gets slower than the schedule, all promises being
kept. Where the simulator finds that, operations of different roles that follow each other on a
unit are made to take turns, one pair at a time, as long as it helps.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

from twill.accounting import Usage
from twill.events.ratio import max_ratio
from twill.events.robust import unit_bound
from twill.lower.deepen import lower_well
from twill.lower.events import SyncCosts, program_graph
from twill.lower.lowering import depths, lower, usage_of
from twill.lower.program import Run, WarpProgram
from twill.lower.required import Turn
from twill.problem import Problem
from twill.schedule import Schedule
from twill.simulate.finding import Found
from twill.simulate.machine import Machine
from twill.simulate.measure import cycles_per_iteration
from twill.simulate.values import Symbols

ITERATIONS = 24
"""Enough for the steady state of a few stages."""


def program_of(problem: Problem, schedule: Schedule, costs: SyncCosts) -> WarpProgram:
    """The program of a schedule: rings deep enough, turns where the simulator asks for them.

    :raises InputError: as :func:`twill.lower.lower`.
    """
    best, turns = lower_well(problem, schedule, costs), tuple[Turn, ...]()
    usage = usage_of(problem, schedule)
    needed = depths(usage)
    deeper = {ring.name: ring.slots - needed[ring.name] for ring in best.rings}
    floor = _promised(usage, best, costs)
    cycles = max(floor, _simulated(problem, best, costs))
    while cycles > floor:
        tried = [(*turns, turn) for turn in _pairs(problem, best) if turn not in turns]
        programs = [lower(problem, schedule, deeper, some) for some in tried]
        times = [_time(usage, program, costs, cycles) for program in programs]
        if not times or min(times) >= cycles:
            break
        number = times.index(min(times))
        cycles, best, turns = times[number], programs[number], tried[number]
    return best


def _time(usage: Usage, program: WarpProgram, costs: SyncCosts, best: float) -> float:
    """Cycles per iteration by graph and simulator; by the graph alone where that is no better."""
    promised = _promised(usage, program, costs)
    return (
        promised if promised >= best else max(promised, _simulated(usage.problem, program, costs))
    )


def _promised(usage: Usage, program: WarpProgram, costs: SyncCosts) -> float:
    """Cycles per iteration by the event graph, with every unit in the schedule's order."""
    graph = program_graph(usage, program, costs)
    found = max_ratio(graph, least=Fraction(unit_bound(usage.problem))).cycles
    return float("inf") if found is None else float(max(found, Fraction(usage.ii)))


def _simulated(problem: Problem, program: WarpProgram, costs: SyncCosts) -> float:
    """Cycles per iteration with units that serve operations as they arrive."""
    machine = Machine(problem, program, Symbols(), ITERATIONS, None, costs)
    try:
        machine.run()
    except Found:
        return float("inf")
    found = cycles_per_iteration(problem, machine.trace, ITERATIONS, program.stages)
    return found or 0.0


def _pairs(problem: Problem, program: WarpProgram) -> list[Turn]:
    """Operations of different roles that follow each other on an exclusive unit."""
    users: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for role in program.roles:
        for run in role.body:
            if isinstance(run, Run) and not problem.op[run.op].streaming:
                for unit in problem.op[run.op].reservations:
                    if not problem.unit[unit].fluid:
                        stage = role.stage(run, program.stages)
                        users[unit].append((run.cycle, run.op, stage))
    found = []
    for line in users.values():
        line.sort()
        first, name, stage = line[0]
        around = [*line, (first + program.ii, name, stage - 1)]
        for (_, one, before), (_, other, after) in pairwise(around):
            if program.role_of[one] != program.role_of[other]:
                found.append(Turn(one, other, before - after))
    return found
