"""Programs of schedules: every order holds, and nothing stands there for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.lower.shipped import PAIRS, solved
from tests.random_problems import random_problem
from twill.diagnostics import InputError
from twill.lower import WarpProgram, confused_phases, lower, missing_orderings
from twill.lower.program import Arrive, Drain, Instruction, Run, Sync, Wait
from twill.problem import Dependence, Op, Problem, Result, RoleLimits
from twill.schedule import Schedule
from twill.solver import solve
from twill.solver.assemble import Claim, assemble
from twill.solver.options import SolveOptions

pairs = pytest.mark.parametrize(("loop", "machine"), PAIRS)


def lowered(loop: str, machine: str) -> tuple[Problem, Schedule, WarpProgram]:
    """A shipped pair, its schedule and its program."""
    made, schedule = solved(loop, machine)
    return made.problem, schedule, lower(made.problem, schedule)


@pairs
def test_every_required_order_holds(loop: str, machine: str) -> None:
    """What must happen in order follows from streams, engines and barriers alone."""
    problem, schedule, program = lowered(loop, machine)
    assert missing_orderings(problem, schedule, program) == ()
    assert confused_phases(problem, schedule, program) == ()


@pairs
def test_no_instruction_is_there_for_nothing(loop: str, machine: str) -> None:
    """Without any one wait, drain or sync some order no longer holds."""
    problem, schedule, program = lowered(loop, machine)
    for role, position, instruction in synchronising(program):
        mutant = without(program, role, position)
        assert missing_orderings(problem, schedule, mutant), f"{role}: {instruction}"


@pairs
def test_one_slot_less_breaks_an_order(loop: str, machine: str) -> None:
    """A ring with a slot less than the schedule needs is found out."""
    problem, schedule, program = lowered(loop, machine)
    for ring in program.rings:
        if ring.slots > 1:
            rings = tuple(replace(r, slots=r.slots - 1) if r is ring else r for r in program.rings)
            mutant = replace(program, rings=rings)
            assert missing_orderings(problem, schedule, mutant), ring.name


def synchronising(program: WarpProgram) -> Iterator[tuple[str, int, Instruction]]:
    """Every wait, drain and sync, with its role and place."""
    for role in program.roles:
        for position, instruction in enumerate(role.body):
            if isinstance(instruction, Wait | Drain | Sync):
                yield role.name, position, instruction


def without(program: WarpProgram, name: str, position: int) -> WarpProgram:
    """The program with one instruction less."""
    roles = tuple(
        replace(r, body=r.body[:position] + r.body[position + 1 :]) if r.name == name else r
        for r in program.roles
    )
    return replace(program, roles=roles)


@pytest.mark.parametrize("seed", range(60))
def test_random_schedules_are_lowered_right(seed: int) -> None:
    """Problems with every feature: all orders hold, phases are told apart."""
    problem = random_problem(seed, 3 + seed % 4)
    schedule = getattr(solve(problem, SolveOptions(proof_limit=0)), "schedule", None)
    if problem.roles is None or schedule is None:
        return
    try:
        program = lower(problem, schedule)
    except InputError as error:
        assert error.diagnostics[0].help == "lower the capacity by that much and solve"  # noqa: PT017
        return
    assert missing_orderings(problem, schedule, program) == ()
    assert confused_phases(problem, schedule, program) == ()


def test_the_consumer_releases_a_slot_when_its_multiply_is_done() -> None:
    """Gemm on a warp group: a slot is free when the multiply has completed, with one in flight."""
    _, _, program = lowered("gemm", "h100")
    body = program.role["role1"].body
    assert [words(i) for i in body] == [
        "wait B.full 0", "wait A.full 0", "C 0", "drain C -1 pending 1", "arrive A.empty -1",
    ]  # fmt: skip


def test_an_engine_releases_by_itself_where_it_can() -> None:
    """Gemm with the accumulator in tensor memory: the multiply itself arrives on the barrier."""
    _, _, program = lowered("gemm", "b200")
    assert [words(i) for i in program.role["role1"].body] == [
        "wait B.full 0", "wait A.full 0", "C 0 signals A.empty",
    ]  # fmt: skip


def test_where_there_is_one_role_its_warps_meet() -> None:
    """Gemm without barriers in memory: copies are drained, and all warps meet before reading."""
    _, _, program = lowered("gemm", "a100")
    assert [words(i) for i in program.roles[0].body] == [
        "sync", "A 1", "B 1", "drain B 0 pending 2", "sync", "C 0",
    ]  # fmt: skip


def words(i: Instruction) -> str:
    """An instruction in few words."""
    match i:
        case Run():
            signals = "".join(f" signals {s.barrier}" for s in i.signals if "empty" in s.barrier)
            return f"{i.op} {i.offset}{signals}"
        case Wait():
            return f"wait {i.barrier} {i.offset - i.lag}"
        case Drain():
            return f"drain {i.op} {i.offset - i.lag} pending {i.pending}"
        case Arrive():
            return f"arrive {i.barrier} {i.offset}"
        case Sync():
            return "sync"
    return type(i).__name__


@pairs
@pytest.mark.parametrize("trips", [0, 1, 2, 5])
def test_every_iteration_is_worked_on_once(loop: str, machine: str, trips: int) -> None:
    """Prologue, steady state and epilogue together run every operation of every iteration."""
    _, _, program = lowered(loop, machine)
    for role in program.roles:
        done: dict[str, list[int]] = {}
        for instruction, iteration in role.iterations(trips):
            if isinstance(instruction, Run):
                done.setdefault(instruction.op, []).append(iteration)
        ops = {i.op for i in role.body if isinstance(i, Run)}
        assert done == ({op: list(range(trips)) for op in ops} if trips else {})


@pairs
def test_nothing_overlaps_in_memory(loop: str, machine: str) -> None:
    """Rings, invariants and barriers lie apart, aligned, within each memory."""
    problem, _, program = lowered(loop, machine)
    spans: dict[str, list[tuple[int, int]]] = {}
    for ring in program.rings:
        end = ring.address + ring.size * ring.slots
        spans.setdefault(ring.memory, []).append((ring.address, end))
        if problem.memory[ring.memory].unit == "bytes" and ring.size >= 1024:
            assert ring.address % 1024 == 0
    for resident in program.residents:
        end = resident.address + resident.size
        spans.setdefault(resident.memory, []).append((resident.address, end))
    for barrier in program.barriers:
        assert barrier.address is not None
        end = barrier.address + barrier.slots * problem.limits.mbarrier_bytes
        spans.setdefault("shared", []).append((barrier.address, end))
    for memory, found in spans.items():
        found.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(found))
        assert found[-1][1] == program.used[memory] <= problem.memory[memory].capacity


def test_a_memory_too_small_for_alignment_is_an_error() -> None:
    """The schedule fits by bytes, the program with its barriers does not."""
    problem, schedule, program = lowered("gemm", "h100")
    small = replace(
        problem,
        memories=tuple(
            replace(m, capacity=program.used["shared"] - 1) if m.name == "shared" else m
            for m in problem.memories
        ),
    )
    with pytest.raises(InputError, match=r"shared: the program takes 98352 bytes .* 1 more"):
        lower(small, schedule)


@pytest.mark.parametrize(
    ("start", "body"),
    [
        (10, ["drain multiply -1 pending 0", "v 0", "other 0", "multiply 0"]),
        (60, ["v 0", "multiply 0", "drain multiply 0 pending 0", "other 0"]),
        (140, ["v 0", "multiply 0", "drain multiply 0 pending 0", "other 0"]),
    ],
)
def test_nothing_touches_registers_that_an_engine_reads(start: int, body: list[str]) -> None:
    """Not even to read them: another reader goes first, or waits until the engine is done."""
    ops = (
        Op("v", issue=10, latency=10, warps=4, result=Result("register", 8)),
        Op("multiply", issue=2, latency=100, warps=4, asynchronous=True),
        Op("other", issue=10, latency=10, warps=4),
    )
    flows = (Dependence("v", "multiply", 10), Dependence("v", "other", 10, read_until=10))
    problem = Problem("t", ops, flows, roles=RoleLimits(2, 8))
    claim = Claim("feasible", 200, "not proved")
    starts = {"v": 0, "multiply": 30, "other": start}
    schedule = assemble(problem, "", 200, starts, dict.fromkeys(starts, 0), claim)
    program = lower(problem, schedule)
    assert [words(i) for i in program.roles[0].body] == body
    assert missing_orderings(problem, schedule, program) == ()
    for name, position, _ in synchronising(program):
        missing = missing_orderings(problem, schedule, without(program, name, position))
        assert any((o.src, o.kind) == ("multiply", "registers") for o in missing)


def test_a_problem_without_roles_has_no_program() -> None:
    """Plain modulo scheduling knows no warps."""
    problem, schedule, _ = lowered("gemm", "h100")
    with pytest.raises(InputError, match="has no roles"):
        lower(replace(problem, roles=None), schedule)


def test_what_only_time_keeps_in_order_is_an_error() -> None:
    """Two operations at one instant, each overwriting what the other reads, have no order."""
    problem = random_problem(1213, 4)
    schedule = getattr(solve(problem, SolveOptions(proof_limit=0)), "schedule", None)
    assert schedule is not None
    with pytest.raises(InputError, match="no instruction can see to it"):
        lower(problem, schedule)


@pairs
def test_the_stage_of_an_operation_is_that_of_the_schedule(loop: str, machine: str) -> None:
    """Wherever the body begins; a streaming load is issued before the stage of its data."""
    made, schedule, program = lowered(loop, machine)
    for role in program.roles:
        for run in role.body:
            if isinstance(run, Run):
                stage = role.stage(run, program.stages)
                there = schedule.ops[run.op].stage
                assert stage == there or (stage < there and made.op[run.op].streaming)
