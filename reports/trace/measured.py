"""A simulated run: what every role and unit did when, in the same form as a schedule's."""

from __future__ import annotations

from collections.abc import Iterator

from twill.lower.program import Arrive, Drain, Receive, Run, Send, Sync, Wait, WarpProgram
from twill.problem import Problem
from twill.reports.context import Context
from twill.reports.trace.about import about
from twill.reports.trace.events import Arrow, Process, Slice, Track, trace_text
from twill.simulate.simulation import Simulation
from twill.simulate.trace import Span
from twill.text import visible


def measured_json(
    problem: Problem, program: WarpProgram, simulation: Simulation, context: Context
) -> str:
    """The trace of the run with the model's latencies.

    Raises ValueError where there is none: it was not asked for, or did not end well.
    """
    if not simulation.trace.ops:
        raise ValueError("there is no run with the model's latencies that ended well")
    run = _Run(problem, program, simulation)
    described = about(
        problem.name,
        context,
        program.ii,
        stages=program.stages,
        iterations=run.iterations,
        cycles_per_iteration=simulation.cycles_per_iteration,
        run="simulated, latencies as in the model",
    )
    return trace_text(run.processes(), run.arrows(), described)


class _Run:
    """The slices of a simulation's trace."""

    def __init__(self, problem: Problem, program: WarpProgram, simulation: Simulation) -> None:
        self.problem, self.program, self.trace = problem, program, simulation.trace
        self.iterations = 1 + max(iteration for _, iteration in self.trace.ops)
        self._issues: dict[tuple[str, int], Slice] = {}

    def processes(self) -> list[Process]:
        """Roles, then units."""
        roles = [Track(visible(r.name), [*self._stream(r.name)]) for r in self.program.roles]
        used = {name for op in self.problem.ops for name, uses in op.reservations.items() if uses}
        names = [unit.name for unit in self.problem.units if unit.name in used]
        units = [Track(visible(name), [*self._unit(name)]) for name in names]
        return [p for p in (Process("roles", roles), Process("units", units)) if p.tracks]

    def arrows(self) -> Iterator[Arrow]:
        """From each value that crosses roles to the operations that read it."""
        role = self.program.role_of
        for d in self.problem.dependences:
            if d.kind != "flow" or role.get(d.src) == role.get(d.dst):
                continue
            for i in range(d.distance, self.iterations):
                src = self._issues.get((d.src, i - d.distance))
                dst = self._issues.get((d.dst, i))
                if src is not None and dst is not None and src.begin <= dst.begin:
                    yield Arrow(visible(d.src), src, dst)

    def _stream(self, role: str) -> Iterator[Slice]:
        """Operations while they issue, and the time for which the first warp stood still."""
        busy = 0
        for span in self.trace.spans:
            if span.role != role:
                continue
            stalled = max(span.begin, busy)
            if span.end > stalled:
                args = self._args(_subject(span), span.iteration, role)
                yield Slice(_waiting(span), "wait", stalled, span.end, args)
            if isinstance(span.instruction, Run):
                issue = self._issue(span.instruction.op, span)
                busy = max(busy, issue.end)
                yield issue

    def _issue(self, name: str, span: Span) -> Slice:
        end = span.end + self.problem.op[name].issue
        args = self._args(name, span.iteration, span.role)
        issue = Slice(_named(name, span.iteration), "issue", span.end, end, args)
        self._issues[name, span.iteration] = issue
        return issue

    def _unit(self, unit: str) -> Iterator[Slice]:
        for (name, iteration), (start, _) in self.trace.ops.items():
            for use in self.problem.op[name].reservations.get(unit, ()):
                begin = start + use.offset
                args = self._args(name, iteration, self.program.role_of.get(name))
                args |= {"unit": visible(unit), "amount": use.amount}
                yield Slice(_named(name, iteration), "unit", begin, begin + use.length, args)

    def _args(self, op: str, iteration: int, role: str | None) -> dict[str, str | int | None]:
        shown = visible(role) if role is not None else None
        begun = self.trace.ops.get((op, iteration))
        cycle = begun[0] if begun is not None else None
        return {"op": visible(op), "iteration": iteration, "cycle": cycle, "role": shown}


def _named(op: str, iteration: int) -> str:
    return f"{visible(op)} i={iteration}"


def _subject(span: Span) -> str:
    """The operation or value that an instruction is about."""
    match span.instruction:
        case Run(op):
            return op
        case Wait() | Drain() | Sync():
            return span.instruction.before
        case Arrive():
            return span.instruction.after
        case Send() | Receive():
            return span.instruction.value


def _waiting(span: Span) -> str:
    """What a role stands still for."""
    match span.instruction:
        case Run(op):
            return f"stall before {visible(op)}"
        case Wait(barrier):
            return f"wait {visible(barrier)}"
        case Drain(op):
            return f"drain {visible(op)}"
        case Sync():
            return "sync"
    return f"stall at {visible(_subject(span))}"
