"""CONCURRENCY: axioms about the instruction streams of roles."""

from __future__ import annotations

from twill.check.atoms import Clause, Event, Term, clause, late, negated, same
from twill.check.period import Invalid, Period, Rows
from twill.verify.concurrency import execution

Known = dict[frozenset[str], bool]
"""Whether pairs of operations are on one role, as far as it is assumed."""


def window(period: Period, name: str, assumed: Rows) -> Clause:
    """CONCURRENCY: waits, issue and send of one operation fit into one period."""
    known, terms = assumptions(assumed)
    begin, end = least_window(period, name, known)
    if end.cycles - begin.cycles <= period.ii:
        raise Invalid(f"the window of {name} fits into the period")
    return clause(*terms)


def stream(period: Period, u: str, v: str, shift: int, assumed: Rows) -> Clause:
    """CONCURRENCY: on one role, where one of the two blocks, one is over before the other begins.

    ``v`` is taken ``shift`` periods later; ``assumed`` are triples (a, b, whether they share a
    role), which decide who blocks and how long waits and sends are at least.
    """
    if period.problem.limits.concurrency != "issue" or u == v:
        raise Invalid("not a pair of windows")
    known, terms = assumptions([*assumed, [u, v, True]])
    if not (blocks(period, u, known) or blocks(period, v, known)):
        raise Invalid(f"neither {u} nor {v} is known to block")
    (a, b), (c, d) = least_window(period, u, known), least_window(period, v, known)
    turn = shift * period.ii
    return clause(*terms, late(c.plus(turn), b), late(a, d.plus(turn)))


def figure_6(period: Period, running: str, blocked: str, shift: int, assumed: Rows) -> Clause:
    """CONCURRENCY, reading "paper": what blocks does not start while another executes."""
    if period.problem.limits.concurrency != "paper" or running == blocked:
        raise Invalid("not the reading of the paper")
    known, terms = assumptions([*assumed, [running, blocked, True]])
    if not blocks(period, blocked, known):
        raise Invalid(f"{blocked} is not known to block")
    period.require_roles()
    begin, now = Event(running), Event(blocked, shift * period.ii)
    over = begin.plus(execution(period.problem, running))
    return clause(*terms, negated(late(now, begin)), late(now, over))


def assumptions(assumed: Rows) -> tuple[Known, list[Term]]:
    """What is assumed, and the terms that say that it is not so."""
    known: Known = {}
    terms: list[Term] = []
    for u, v, together in assumed:
        known[frozenset((u, v))] = together
        terms.append(negated(same(u, v)) if together else same(u, v))
    return known, terms


def _together(known: Known, u: str, v: str) -> bool | None:
    return True if u == v else known.get(frozenset((u, v)))


def blocks(period: Period, name: str, known: Known) -> bool:
    """Whether an operation certainly starts with a wait, given what is known of roles."""
    incoming = (d for d in period.dependences if d.dst == name)
    return any(d.blocking or _together(known, d.src, name) is False for d in incoming)


def least_window(period: Period, name: str, known: Known) -> tuple[Event, Event]:
    """The least that an operation keeps its stream for, given what is known of roles."""
    period.require_roles()
    op = period.problem.op[name]
    flows = [period.dependences[number] for number in period.flows_to[name]]
    wait = 0
    for source in {d.src for d in flows}:
        costs = period.problem.op[source].handoff
        here = costs.issue_wait if any(d.blocking for d in flows if d.src == source) else 0
        together = _together(known, source, name)
        there = costs.issue_receive
        wait += min(here, there) if together is None else here if together else there
    readers = (period.dependences[number].dst for number in period.flows_from[name])
    sends = any(_together(known, name, reader) is False for reader in readers)
    end = op.issue + (op.handoff.issue_send if sends else 0)
    return Event(name, -wait), Event(name, end)
