"""Many runs of one program, and what they show together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from twill.lower.events import SyncCosts
from twill.lower.program import WarpProgram
from twill.problem import Problem
from twill.simulate.finding import Finding, Found
from twill.simulate.latencies import Fixed, Random, adversaries
from twill.simulate.machine import Machine
from twill.simulate.measure import busy, cycles_per_iteration
from twill.simulate.plan import PARTS
from twill.simulate.reference import Results, run_in_order
from twill.simulate.trace import Trace
from twill.simulate.values import Value, Values

Mode = Literal["all", "fixed", "random", "adversarial"]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """``trips`` of the fixed run; the others take fewer, enough for every slot to come round.

    ``runs``: how many random ones, with seeds from ``seed`` on. ``stop``: end with the first run
    that goes wrong. ``costs``: what synchronisation takes that the schedule has not priced.
    """

    trips: int
    mode: Mode = "all"
    runs: int = 5
    seed: int = 0
    stop: bool = False
    costs: SyncCosts = field(default_factory=SyncCosts)


@dataclass(frozen=True, slots=True)
class Execution:
    """One run: how latencies were, how long it took, and what was wrong with it."""

    latencies: str
    trips: int
    cycles: int
    finding: Finding | None

    @property
    def kind(self) -> str:
        """``fixed``, ``random`` or ``adversarial``."""
        return self.latencies if self.latencies in ("fixed", "random") else "adversarial"


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the runs of a program show.

    ``cycles_per_iteration``: of the fixed run, in the steady state; None where there was none or
    it was too short. ``in_schedule_order``: the same if every unit served operations in the
    schedule's order and not in that of their arrival. ``busy``: shares of the units' capacity.
    ``results``, ``trace``: of the fixed run.
    """

    ii: int
    executions: tuple[Execution, ...]
    cycles_per_iteration: float | None
    in_schedule_order: float | None
    busy: Mapping[str, float]
    results: Results
    trace: Trace

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found wrong."""
        return tuple(e.finding for e in self.executions if e.finding is not None)


def simulate(
    problem: Problem,
    program: WarpProgram,
    values: Values,
    request: Request,
    progress: Progress = lambda _: None,
) -> Simulation:
    """Run a program under fixed, random and adversarial latencies and compare every value."""
    runner = _Runner(problem, program, values, request.costs, progress)
    executions, fixed = [], None
    for trips, latencies in _runs(problem, program, request):
        execution, machine = runner.run(trips, latencies)
        executions.append(execution)
        if latencies == Fixed() and trips == request.trips and execution.finding is None:
            fixed = machine
        if request.stop and execution.finding is not None:
            break
    cycles = runner.cycles(fixed, request.trips)
    ordered = None
    if cycles is not None:
        run, machine = runner.run(request.trips, Fixed("fixed, in the schedule's order", True))
        ordered = runner.cycles(machine if run.finding is None else None, request.trips)
    return Simulation(
        program.ii,
        tuple(executions),
        cycles,
        ordered,
        busy(problem, cycles) if cycles else {},
        fixed.results if fixed is not None else {},
        fixed.trace if fixed is not None else Trace(),
    )


def _runs(problem: Problem, program: WarpProgram, request: Request) -> Iterator[tuple[int, Fixed]]:
    """Trip counts and latencies: the nominal run first, then short ones, then the others."""
    few = min(request.trips, enough_trips(program))
    if request.mode in ("all", "fixed"):
        yield request.trips, Fixed()
        for trips in range(min(program.stages + 2, request.trips)):
            yield trips, Fixed()
    if request.mode in ("all", "random"):
        for run in range(request.runs):
            yield few, Random(seed=request.seed + run)
    if request.mode in ("all", "adversarial"):
        warps = {role.name: min(role.warps, PARTS) for role in program.roles}
        for adversary in adversaries(problem, warps):
            yield few, adversary


def enough_trips(program: WarpProgram) -> int:
    """Iterations after which every ring has gone round and every mbarrier has changed twice."""
    deepest = max((r.slots for r in program.rings), default=1)
    deepest = max([deepest, *(b.slots for b in program.barriers)])
    return 2 * deepest + 2 * program.stages + 2


class _Runner:
    """Runs with one reference for all."""

    def __init__(
        self,
        problem: Problem,
        program: WarpProgram,
        values: Values,
        costs: SyncCosts,
        progress: Progress,
    ) -> None:
        self.problem, self.program, self.values = problem, program, values
        self.costs, self.progress = costs, progress
        self.expected: dict[tuple[str, int], Value] = {}
        self.known = 0

    def run(self, trips: int, latencies: Fixed) -> tuple[Execution, Machine]:
        """One run; its values are compared with those of the loop in program order."""
        self.progress(f"{trips} iterations, {latencies.name}")
        if trips > self.known:
            self.expected, self.known = run_in_order(self.problem, self.values, trips), trips
        machine = Machine(self.problem, self.program, self.values, trips, latencies, self.costs)
        finding = None
        try:
            machine.run()
        except Found as found:
            finding = found.finding
        finding = finding or self._wrong_value(machine, trips)
        return Execution(latencies.name, trips, machine.end, finding), machine

    def _wrong_value(self, machine: Machine, trips: int) -> Finding | None:
        """The first operation that came to something else than in program order."""
        for (name, iteration), value in self.expected.items():
            found = machine.results.get((name, iteration))
            if iteration < trips and found is not value:
                what = "is not what it is in program order" if found is not None else "is missing"
                return Finding(
                    "wrong value", machine.plan.role_of[name] or "no role", 0, machine.now,
                    f"{name} of iteration {iteration}", iteration, f"its value {what}",
                    "an operand came from elsewhere, or an instruction is missing",
                )  # fmt: skip
        return None

    def cycles(self, machine: Machine | None, trips: int) -> float | None:
        """Cycles per iteration of a run that ended well."""
        if machine is None:
            return None
        return cycles_per_iteration(self.problem, machine.trace, trips, self.program.stages)
