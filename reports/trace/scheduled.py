"""A short run of a schedule: prologue, steady state and epilogue, as the schedule has them."""

from __future__ import annotations

from collections.abc import Iterator

from twill.problem import Op
from twill.reports.content import Content
from twill.reports.trace.about import about
from twill.reports.trace.events import Args, Arrow, Process, Slice, Track, trace_text
from twill.reports.trace.occupancy import memory_counters, register_counters
from twill.reports.view import View
from twill.text import visible

STEADY_PERIODS = 4
"""Full periods of the steady state in a run whose length nobody chose."""


def trace_json(content: Content, iterations: int | None = None) -> str:
    """The trace of a run of so many iterations; by default a few periods of the steady state.

    Raises ValueError where there is no schedule.
    """
    view = content.view
    if view is None:
        raise ValueError("there is no schedule to trace")
    if iterations is not None and iterations < 1:
        raise ValueError(f"a run has at least one iteration, not {iterations}")
    run = _Run(view, iterations or view.span + STEADY_PERIODS - 1)
    schedule = view.schedule
    described = about(
        view.problem.name,
        content.context,
        schedule.ii,
        stages=schedule.stages,
        length=schedule.length,
        iterations=run.iterations,
        status=schedule.status,
        proof=schedule.proof,
        run="as scheduled",
        registers={visible(r.name): r.registers for r in schedule.roles if r.registers},
        memories={visible(m.name): m.capacity for m in view.problem.memories},
    )
    return trace_text(run.processes(), run.arrows(), described)


class _Run:
    """The slices of a number of iterations."""

    def __init__(self, view: View, iterations: int) -> None:
        self.view, self.iterations, self.ii = view, iterations, view.schedule.ii
        self._issues: dict[tuple[str, int], Slice] = {}

    def processes(self) -> list[Process]:
        """Phases of the loop, roles with their registers, units, memories."""
        problem, roles = self.view.problem, self.view.schedule.roles
        issued = {role.name: [*self._stream(role.name)] for role in roles}
        used = {name for op in problem.ops for name, uses in op.reservations.items() if uses}
        units = [u.name for u in problem.units if u.name in used]
        work = [Track(visible(name), [*self._unit(name)]) for name in units]
        loose = [op for op in problem.ops if self._is_loose(op)]
        if loose:
            work.append(Track("no unit", [s for op in loose for s in self._whole(op)]))
        streams = [Track(visible(name), slices) for name, slices in issued.items()]
        found = [
            Process("loop", [Track("phase", self._phases(work + streams))]),
            Process("roles", streams, register_counters(self.view, self.iterations)),
            Process("units", work),
            Process("memories", (), memory_counters(self.view, self.iterations)),
        ]
        return [p for p in found if p.tracks or p.counters]

    def arrows(self) -> Iterator[Arrow]:
        """From each value that crosses roles to the operations of other roles that wait for it."""
        for name, readers in self.view.usage.handed_off.items():
            for reader in readers:
                for i in range(reader.distance, self.iterations):
                    src = self._issues.get((name, i - reader.distance))
                    dst = self._issues.get((reader.dst, i))
                    if src is not None and dst is not None and src.begin <= dst.begin:
                        yield Arrow(visible(name), src, dst)

    def _phases(self, tracks: list[Track]) -> list[Slice]:
        """Bodies in which something is left out come first and last; between them, full ones."""
        end = max((s.end for t in tracks for s in t.slices), default=0)
        low = self.view.first_stage * self.ii
        filled = low + (self.view.span - 1) * self.ii
        drained = low + self.iterations * self.ii
        cuts = [low, min(filled, drained), max(filled, drained), max(end, filled, drained)]
        middle = "steady state" if drained > filled else "no steady state"
        names = ("prologue", middle, "epilogue")
        return [
            Slice(
                name, "phase", begin, stop, {"cycle": begin, "periods": (stop - begin) // self.ii}
            )
            for name, begin, stop in zip(names, cuts, cuts[1:], strict=False)
            if stop > begin
        ]

    def _stream(self, role: str) -> Iterator[Slice]:
        """What keeps a role's instruction stream: waits, operations while they issue, arrives."""
        for op in self.view.problem.ops:
            if self.view.place(op.name).role != role:
                continue
            wait, send = self.view.usage.wait(op.name), self.view.usage.send(op.name)
            for i, start in self._starts(op):
                args = self._args(op, i, start)
                if wait:
                    waited = ", ".join(self._waited(op))
                    name = f"wait {waited}"
                    yield Slice(name, "wait", start - wait, start, {**args, "waits_for": waited})
                issue = Slice(self._name(op, i), "issue", start, start + op.issue, args)
                self._issues[op.name, i] = issue
                yield issue
                if send:
                    end = issue.end + send
                    yield Slice(f"arrive {visible(op.name)}", "arrive", issue.end, end, args)

    def _waited(self, op: Op) -> list[str]:
        """The values that an operation waits for, as the accounting of its waits has it."""
        usage = self.view.usage
        return list(
            dict.fromkeys(
                visible(d.src)
                for d in self.view.problem.dependences
                if d.dst == op.name and d.kind == "flow" and (d.blocking or usage.crosses(d))
            )
        )

    def _unit(self, unit: str) -> Iterator[Slice]:
        for op in self.view.problem.ops:
            for use in op.reservations.get(unit, ()):
                for i, start in self._starts(op):
                    begin = start + use.offset
                    args = {**self._args(op, i, start), "unit": visible(unit), "amount": use.amount}
                    yield Slice(self._name(op, i), "unit", begin, begin + use.length, args)

    def _whole(self, op: Op) -> Iterator[Slice]:
        for i, start in self._starts(op):
            args = self._args(op, i, start)
            yield Slice(self._name(op, i), "no unit", start, start + op.latency, args)

    def _is_loose(self, op: Op) -> bool:
        return self.view.place(op.name).role is None and not any(op.reservations.values())

    def _starts(self, op: Op) -> Iterator[tuple[int, int]]:
        start = self.view.place(op.name).start
        return ((i, start + i * self.ii) for i in range(self.iterations))

    def _name(self, op: Op, iteration: int) -> str:
        return f"{visible(op.name)} i={iteration}"

    def _args(self, op: Op, iteration: int, start: int) -> Args:
        place = self.view.place(op.name)
        return {
            "op": visible(op.name),
            "iteration": iteration,
            "stage": place.stage,
            "cycle": start,
            "role": visible(place.role) if place.role is not None else None,
            "latency": op.latency,
        }
