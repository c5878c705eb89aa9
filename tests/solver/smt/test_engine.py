"""The second engine by itself: what it decides, how it ends, that it repeats itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.attention import attention
from tests.brute_force import judged
from tests.larger_problems import larger_problem
from twill.elaborate import elaborate
from twill.lemmas import enough_stages
from twill.problem import Limits, Op, Problem, Reservation, Unit
from twill.solver import Stop
from twill.solver.smt.engine import Limit, decide
from twill.solver.smt.storage import orders, rings
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.storage import buffers, implied_dependences


def test_a_schedule_verifies_and_roles_are_numbered_from_the_load_role() -> None:
    """Attention with three roles: the loads are role 0, all numbers in program order."""
    problem = attention()
    decision = decide(problem, 40)
    assert decision.assignment is not None
    found = decision.assignment
    assert min(found.start.values()) == 0
    assert {name for name, role in found.role.items() if role == 0} == {"K", "V"}
    assert judged(problem, 40, found.start, found.role) == ()


def test_the_same_question_gives_the_same_answer_for_the_same_work() -> None:
    """Each run has a context of its own, so that what ran before does not matter."""
    first = decide(attention(), 12)
    decide(pigeons(), 14)
    assert decide(attention(), 12) == first
    assert first.work > 0


def test_a_limit_on_work_gives_unknown_and_never_infeasible() -> None:
    """One unit of work decides nothing; nor does no time at all."""
    assert decide(attention(), 10, Limit(work=1)).answer == "unknown"
    assert decide(attention(), 10, Limit(seconds=0)).answer == "unknown"


class Late(Stop):
    """A stop that is requested as soon as an engine can be interrupted, from another thread."""

    def watch(self, interrupt: Callable[[], None]) -> Callable[[], None]:
        """Register, and ask for the stop a moment after the engine began."""
        forget = super().watch(interrupt)
        threading.Timer(0.2, self.request).start()
        return forget


def test_a_stop_ends_a_run() -> None:
    """Asked before it begins, it does not; asked while it runs, it ends without an answer."""
    stop = Stop()
    stop.request()
    assert decide(attention(), 40, stop=stop).answer == "unknown"
    assert decide(pigeons(), 10, Limit(200), Late()).answer == "unknown"


def pigeons() -> Problem:
    """Fourteen pieces of 2 by 2 do not fill an area of 5 by 10, which is long to refute."""
    held = {"u": (Reservation(0, 2, 2),)}
    ops = tuple(Op(f"v{i}", held, issue=0) for i in range(14))
    return Problem("pigeons", ops, (), (Unit("u", 5),), limits=Limits(max_stages=3))


def test_storage_is_read_as_accounting_reads_it() -> None:
    """Implied orders and rings, each written twice from the same page, are the same."""
    for seed in range(300):
        problem = larger_problem(seed, 3 + seed % 6)
        stated = len(problem.dependences)
        assert set(orders(problem)[stated:]) == set(implied_dependences(problem)), seed
        ours = {(r.memory, r.size, r.endless, frozenset(r.lags)) for r in rings(problem)}
        theirs = {(b.memory, b.size, b.accumulator, frozenset(b.members)) for b in buffers(problem)}
        assert ours == theirs, seed


@pytest.mark.slow
def test_forward_attention_on_b200_at_raw_cycles() -> None:
    """None at II 3724, with 3 stages or any number (lemma 8: 37 are enough); one at 3725."""
    loop, machine = load_loop("flash_attention_forward"), load_machine("b200")
    problem = elaborate(loop, machine).problem
    assert decide(problem, 3724, Limit(200)).answer == "infeasible"
    enough = enough_stages(problem, 3724)
    anything = replace(problem, limits=replace(problem.limits, max_stages=enough))
    assert decide(anything, 3724, Limit(200)).answer == "infeasible"
    found = decide(problem, 3725, Limit(200)).assignment
    assert found is not None
    assert judged(problem, 3725, found.start, found.role) == ()
