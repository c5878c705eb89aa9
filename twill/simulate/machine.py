"""The machine: warps that execute in order, engines that complete later, and a clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from twill.lower.events import SyncCosts
from twill.lower.program import WarpProgram
from twill.problem import Problem
from twill.simulate.dataflow import Dataflow
from twill.simulate.engines import Engines
from twill.simulate.explain import Explainer
from twill.simulate.finding import Found
from twill.simulate.latencies import Fixed
from twill.simulate.mbarrier import Mbarriers, Party
from twill.simulate.memory import Hazard, Storage
from twill.simulate.plan import Plan
from twill.simulate.trace import Span, Trace
from twill.simulate.units import Units, scheduled_before
from twill.simulate.values import Value, Values
from twill.simulate.warp import BLOCKED, Executor, Later, Warp, steps


class Machine:
    """Runs a program once. ``results`` has the value of every operation in every iteration."""

    def __init__(
        self,
        problem: Problem,
        program: WarpProgram,
        values: Values,
        trips: int,
        latencies: Fixed | None = None,
        costs: SyncCosts | None = None,
    ) -> None:
        self.plan, self.values = Plan(problem, program, trips, costs or SyncCosts()), values
        self.latencies = latencies or Fixed()
        self.storage, self.units = Storage(self.plan, values), Units(problem)
        scheduled = self.latencies.scheduled
        self.before = scheduled_before(problem, program, trips) if scheduled else {}
        self.barriers = {b.name: Mbarriers(b, self.plan.warps) for b in program.barriers}
        self.warps = [
            Warp(role, number, steps(role, trips))
            for role in program.roles
            for number in range(self.plan.warps[role.name])
        ]
        self.executor, self.explainer = Executor(self), Explainer(self)
        self.now = 0
        self.results: dict[tuple[str, int], Value] = {}
        self.trace = Trace()
        self.starts: dict[tuple[str, int], int] = {}
        self.engines, self.data = Engines(self), Dataflow(self)
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._kept_back: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    # The clock

    def run(self) -> None:
        """Run to the end.

        :raises Found: with the first thing that goes wrong.
        """
        while True:
            self._let_go_on()
            if self._events:
                self.now = max(self.now, self._events[0][0])
                while self._events and self._events[0][0] <= self.now:
                    heapq.heappop(self._events)[2]()
            elif self._kept_back:
                at, _, event = heapq.heappop(self._kept_back)
                self.now = max(self.now, at)
                event()
            elif not self._let_late_go_on() and not self._events:
                break
        if not all(warp.done for warp in self.warps):
            raise Found(self.explainer.hang())

    @property
    def end(self) -> int:
        """When the last event happened, or the last result was there."""
        return max([self.now, *(end for _, end in self.trace.ops.values())])

    def _let_go_on(self) -> None:
        """Let every warp go on that can, until none can at this cycle."""
        again = True
        while again:
            again = False
            for warp in self.warps:
                while not self._is_late(warp) and self._try(warp):
                    again = True

    def _let_late_go_on(self) -> bool:
        """One instruction of a warp that goes on only when nothing else can."""
        return any(self._try(warp) for warp in self.warps if self._is_late(warp))

    def _is_late(self, warp: Warp) -> bool:
        return self.latencies.holds_warp(warp.role.name, warp.number)

    def _try(self, warp: Warp) -> bool:
        """Execute a warp's next instruction if that is possible now."""
        if warp.done or warp.not_before > self.now or self._paused(warp):
            return False
        if warp.reached is None:
            warp.reached = self.now
        try:
            hindrance = self.executor.execute(warp)
        except Hazard as hazard:
            raise Found(self.explainer.hazard(warp, hazard)) from None
        if hindrance is BLOCKED:
            return False
        if isinstance(hindrance, Later):
            self._wake(warp, hindrance.cycle)
            return False
        self._record(warp)
        warp.at, warp.reached = warp.at + 1, None
        return True

    def _paused(self, warp: Warp) -> bool:
        """Whether a warp is held up before this instruction; asked once for each."""
        if warp.paused_at == warp.at:
            return False
        warp.paused_at = warp.at
        pause = self.latencies.pause()
        if pause:
            self._wake(warp, self.now + pause)
        return pause > 0

    def _wake(self, warp: Warp, cycle: int) -> None:
        warp.not_before = cycle
        self.at(cycle, lambda: None)

    def at(self, cycle: int, event: Callable[[], None], *, kept_back: bool = False) -> None:
        """Let something happen later; in one cycle, in the order in which it was arranged.

        ``kept_back``: only when nothing else can happen any more.
        """
        self._count += 1
        events = self._kept_back if kept_back else self._events
        heapq.heappush(events, (cycle, self._count, event))

    def _record(self, warp: Warp) -> None:
        if warp.number == 0:
            step = warp.step
            begin = warp.reached if warp.reached is not None else self.now
            role = warp.role.name
            self.trace.spans.append(Span(role, step.instruction, step.iteration, begin, self.now))

    def warps_of(self, role: str) -> list[Warp]:
        """The warps of a role."""
        return [warp for warp in self.warps if warp.role.name == role]

    # Operations

    def is_its_turn(self, name: str, iteration: int) -> bool:
        """Whether everything has begun that is to go before an operation on its units."""
        return all(earlier in self.starts for earlier in self.before.get((name, iteration), ()))

    def engine_start(self, name: str, iteration: int) -> int:
        """When all units are free; the same for all warps of a role."""
        key = (name, iteration)
        if key not in self.starts:
            op = self.plan.problem.op[name]
            self.starts[key] = self.units.reserve(op.reservations, self.now)
        return self.starts[key]

    # Arrivals

    def arrive(self, barrier: str, after: str, party: Party, instance: int, at: int) -> None:
        """An arrival, which takes effect when it has reached those who wait."""
        travel = self.latencies.latency(self.plan.prices.way.get((barrier, after), 0))

        def effect() -> None:
            wrong = self.barriers[barrier].arrive(party, instance)
            if wrong is not None:
                raise Found(self.explainer.arrival(barrier, party, instance, wrong))

        self.at(at + travel, effect)

    def phases_confused(self, warp: Warp, barrier: str, instance: int) -> None:
        """A wait whose answer is about another phase."""
        raise Found(self.explainer.phases(warp, barrier, instance))
