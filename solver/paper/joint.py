"""SWP-AND-WS: the joint system of Figures 4, 5 and 6 for one I and number of copies, in Z3.

One formula serves every length of the window: a shorter length only excludes late starts, which
are assumptions of the query. (T shrinks with the length; the cycles that are then charged beyond
it hold what is live at T and nothing else.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twill.solver.clock import Clock
from twill.solver.paper.figure4 import figure4
from twill.solver.paper.figure5 import figure5
from twill.solver.paper.figure6 import figure6
from twill.solver.paper.formula import FALSE, TRUE, name
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import Program
from twill.solver.paper.requirements import requirements
from twill.solver.paper.solution import Solution, Verdict
from twill.solver.paper.unrolled import Unrolled


@dataclass(frozen=True, slots=True)
class Answer:
    """What Z3 says of one length; ``work`` in its resource units."""

    verdict: Verdict
    solution: Solution | None
    work: int


class Joint:
    """The system for ``copies`` copies at ``ii``; ask for any length up to copies * ii."""

    def __init__(self, program: Program, ii: int, copies: int, options: PaperOptions) -> None:
        self._q = Unrolled(program, ii, copies, options)
        self._options = options
        self._solver: Any = None
        if not self._q.possible:
            return
        figure4(self._q)
        figure5(self._q)
        self._places = figure6(self._q)
        requirements(self._q, self._places)

    @property
    def size(self) -> tuple[int, int]:
        """Clauses and sums of the formula."""
        return self._q.formula.clauses, self._q.formula.sums

    def ask(self, length: int, clock: Clock) -> Answer:
        """Whether there is a schedule of at most this length."""
        if not self._q.possible:
            return Answer("unsat", None, 0)
        assumptions = self._assumptions(length)
        if assumptions is None:
            return Answer("unsat", None, 0)
        if clock.over:
            return Answer("unknown", None, 0)
        return self._check(length, assumptions, clock)

    def _assumptions(self, length: int) -> list[int] | None:
        """Starts early enough to end within ``length``; None if one cannot be."""
        q = self._q
        found = [q.issued(op.name, 0, length - max(1, op.cycles)) for op in q.program.ops]
        return None if FALSE in found else [literal for literal in found if literal != TRUE]

    def _check(self, length: int, assumptions: list[int], clock: Clock) -> Answer:
        import z3

        solver = self._engine()
        solver.set("timeout", max(1, min(int(clock.left * 1000), 2**31 - 1)))
        forget = clock.stop.watch(solver.interrupt)
        before = _work(solver)
        try:
            # Positive literals only: an operation that must have issued by a cycle.
            answer = solver.check(*(z3.Bool(name(a), solver.ctx) for a in assumptions))
        except z3.Z3Exception:
            return Answer("unknown", None, 0)
        finally:
            forget()
        work = _work(solver) - before
        clock.work += work
        if answer == z3.sat:
            return Answer("sat", self._read(solver.model(), length), work)
        return Answer("unsat" if answer == z3.unsat else "unknown", None, work)

    def _engine(self) -> Any:
        """Z3's solver for finite domains, in a context of its own so that it can be stopped."""
        if self._solver is None:
            import z3

            self._solver = z3.SolverFor("QF_FD", ctx=z3.Context())
            self._solver.set("random_seed", 0)
            # Z3 would take SIGINT away from the process and go on with the next query.
            self._solver.set("ctrl_c", False)
            if self._options.query_work is not None:
                self._solver.set("rlimit", self._options.query_work)
            self._solver.from_string(self._q.formula.text())
        return self._solver

    def _read(self, model: Any, length: int) -> Solution:
        import z3

        q = self._q
        values = {str(d): bool(z3.is_true(model[d])) for d in model.decls()}

        def holds(literal: int) -> bool:
            if literal in (TRUE, FALSE):
                return literal == TRUE
            return values.get(f"v{abs(literal)}", False) == (literal > 0)

        start = {
            op.name: next(
                t
                for t in range(q.earliest[op.name], q.latest[op.name] + 1)
                if holds(q.issued(op.name, 0, t))
            )
            for op in q.program.ops
        }
        places = {
            op.name: tuple(w for w in range(q.program.places) if holds(self._places.on[op.name, w]))
            for op in q.program.ops
        }
        return Solution(q.ii, length, q.copies, start, places)


def _work(solver: Any) -> int:
    statistics = solver.statistics()
    return int(statistics.get_key_value("rlimit count")) if "rlimit count" in _keys(solver) else 0


def _keys(solver: Any) -> list[str]:
    return list(solver.statistics().keys())
