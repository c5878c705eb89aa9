"""How a Twill problem is read as the paper's input, and what that leaves out or assumes."""

from __future__ import annotations

from collections import defaultdict

from twill.problem import Dependence, Op, Problem, Reservation
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import Fluid, PaperEdge, PaperOp, Program
from twill.storage import implied_dependences, read_end


def read_problem(problem: Problem, options: PaperOptions) -> Program:
    """The program of a problem, in machine cycles."""
    solid = {unit.name: unit.capacity for unit in problem.units if not unit.fluid}
    return Program(
        name=problem.name,
        ops=tuple(_op(problem, op, options, solid) for op in problem.ops),
        edges=_edges(problem, options),
        units=solid,
        memories=_memories(problem),
        fluids=_fluids(problem, options),
        register_limit=_register_limit(problem, options),
        places=_places(problem, options),
        designated=problem.has_load_role,
        max_warps=problem.roles.max_warps if problem.roles and options.warps == "groups" else None,
        warp_group=problem.roles.warp_group if problem.roles else 1,
        requirements=problem.requirements,
        notes=_notes(problem, options),
    )


def _op(problem: Problem, op: Op, options: PaperOptions, solid: dict[str, int]) -> PaperOp:
    silent = op.streaming and options.streaming == "all"
    uses = {
        unit: tuple(r for r in reserved if r.length and r.amount)
        for unit, reserved in op.reservations.items()
        if unit in solid and not silent
    }
    result = op.result
    in_memory = result is not None and not op.in_registers
    return PaperOp(
        name=op.name,
        cycles=_cycles(op, options, uses),
        uses={unit: runs for unit, runs in uses.items() if runs},
        issue=op.issue if problem.roles is not None else 0,
        footprint={result.space: result.size} if result is not None and in_memory else {},
        registers=result.size if result is not None and op.in_registers else 0,
        spill=_spill(problem, op, options),
        variable_latency=op.variable_latency,
        warps=op.warps,
    )


def _cycles(op: Op, options: PaperOptions, uses: dict[str, tuple[Reservation, ...]]) -> int:
    """How long an operation executes: the rows of its reservation table."""
    held = max((r.offset + r.length for runs in uses.values() for r in runs), default=0)
    if op.streaming:
        return held
    return max(held, op.issue if options.cycles == "occupancy" else op.latency)


def _spill(problem: Problem, op: Op, options: PaperOptions) -> int:
    if problem.roles is None or op.result is None:
        return 0
    if options.spill is not None:
        return options.spill if op.in_registers else 0
    return op.handoff.latency


def _edges(problem: Problem, options: PaperOptions) -> tuple[PaperEdge, ...]:
    found = list(problem.dependences)
    if options.storage == "in_place":
        found += implied_dependences(problem)
    return tuple(_edge(problem, d, options) for d in found)


def _edge(problem: Problem, d: Dependence, options: PaperOptions) -> PaperEdge:
    value = d.kind == "flow" and problem.op[d.src].result is not None
    in_place = problem.op[d.dst].in_place
    taken = in_place is not None and (in_place.op, in_place.distance) == (d.src, d.distance)
    reading = read_end(problem, d) if options.release == "finish" and value and not taken else 0
    delay = 0 if problem.op[d.src].streaming else d.delay
    return PaperEdge(d.src, d.dst, delay, d.distance, d.blocking, value, reading)


def _memories(problem: Problem) -> dict[str, int]:
    """Capacities less the loop-invariant values, which are there throughout."""
    taken: dict[str, int] = defaultdict(int)
    for invariant in problem.invariants:
        taken[invariant.space] += invariant.size
    return {memory.name: memory.capacity - taken[memory.name] for memory in problem.memories}


def _fluids(problem: Problem, options: PaperOptions) -> tuple[Fluid, ...]:
    if options.fluid == "none":
        return ()
    work: dict[str, int] = defaultdict(int)
    for op in problem.ops:
        for unit, reserved in op.reservations.items():
            if not (op.streaming and options.streaming == "all"):
                work[unit] += sum(r.length * r.amount for r in reserved)
    return tuple(
        Fluid(unit.name, work[unit.name], unit.capacity) for unit in problem.units if unit.fluid
    )


def _register_limit(problem: Problem, options: PaperOptions) -> int | None:
    if options.registers is not None:
        return options.registers
    if problem.roles is None or problem.roles.register_file is None:
        return None
    return problem.roles.registers.max - problem.roles.registers.overhead


def _places(problem: Problem, options: PaperOptions) -> int:
    if problem.roles is None:
        return 0
    machine = problem.roles.max_roles if options.warps == "groups" else problem.roles.max_warps
    return options.places or machine


def _notes(problem: Problem, options: PaperOptions) -> tuple[str, ...]:
    """What is lost or assumed, in sentences; only what this problem has."""
    notes: list[str] = []
    if options.storage == "ssa" and implied_dependences(problem):
        notes.append("in-place storage is not kept: each value has its own (storage=in_place)")
    if any(unit.fluid for unit in problem.units):
        how = "by the period" if options.fluid == "period" else "not at all"
        notes.append(f"units without a reservation table are judged {how} (fluid)")
    if problem.roles is not None:
        if any(op.handoff.bytes for op in problem.ops):
            notes.append("memory for values that cross warps is not charged")
        if problem.roles.register_file is not None:
            notes.append("the register file as a whole is not a limit, only each warp")
        if any(op.handoff.issue_send or op.handoff.issue_receive for op in problem.ops):
            notes.append("instructions for waits and arrivals take no issue time")
    if any(op.streaming for op in problem.ops):
        notes.append("rings of streaming loads are not charged beyond the value in use")
    return tuple(notes)
