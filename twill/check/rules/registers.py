"""REGISTERS: axioms about values held, budgets of roles and the register file."""

from __future__ import annotations

from twill.accounting import ceil_div, charged_warps
from twill.check.atoms import Clause, Event, Literal, Term, clause, late, negated, same
from twill.check.period import Invalid, Period, Row, Rows
from twill.check.rules.roles import shared
from twill.problem import Dependence
from twill.storage import read_end, takes_over


def held(period: Period, value: str, reason: Row, shift: int, at: str) -> Clause:
    """REGISTERS: an instance of a value is held by its role from its start on.

    The reason says until when: ["read", d], until the reader of dependence d, on the role, has
    read it; ["sent", d], until it is handed off to the reader of d; ["latency"], until it is
    computed, where no reader takes its registers over.
    """
    op = period.problem.op[value]
    begin = Event(value, shift * period.ii)
    kind, *rest = reason
    terms: list[Term] = [Literal(("held", value, shift, at), True), negated(same(value, at))]
    if kind == "latency":
        taken = [d for d in _readers(period, value) if takes_over(period.problem, d)]
        terms += [same(value, d.dst) for d in taken]
        end = begin.plus(op.latency)
    else:
        (number,) = rest
        d = period.flow(number)
        if d.src != value:
            raise Invalid(f"dependence {number} does not read {value}")
        if kind == "read":
            terms.append(negated(same(value, d.dst)))
            reading = 0 if takes_over(period.problem, d) else read_end(period.problem, d)
            end = Event(d.dst, (d.distance + shift) * period.ii + reading)
        elif kind == "sent":
            terms.append(same(value, d.dst))
            end = begin.plus(op.latency + op.handoff.issue_send)
        else:
            raise Invalid(f"{kind} is no reason to hold a value")
    if not op.in_registers:
        raise Invalid(f"{value} is not in registers")
    return clause(*terms, *_not_during(begin, end, at))


def _readers(period: Period, value: str) -> list[Dependence]:
    return [period.dependences[number] for number in period.flows_from[value]]


def _not_during(begin: Event, end: Event, at: str) -> list[Term]:
    """``at`` starts before an interval begins, or when it has ended."""
    return [negated(late(Event(at), begin)), late(Event(at), end)]


def copied(period: Period, number: int, shift: int, at: str) -> Clause:
    """REGISTERS: a reader on another role holds a copy until it has finished reading."""
    d = period.flow(number)
    if not period.problem.op[d.src].in_registers or takes_over(period.problem, d):
        raise Invalid(f"the reader of dependence {number} holds no copy")
    begin = Event(d.dst, shift * period.ii)
    end = begin.plus(read_end(period.problem, d))
    atom = Literal(("copied", number, shift, at), True)
    apart, here = same(d.src, d.dst), negated(same(d.dst, at))
    return clause(atom, apart, here, *_not_during(begin, end, at))


def registers(period: Period, at: str, values: Rows, copies: Rows) -> Clause:
    """REGISTERS: what a role holds when ``at`` starts, and the overhead, is within its budget."""
    allowed = period.limits.registers
    if period.limits.register_file is None:
        raise Invalid("the problem does not limit registers")
    atoms: set[Literal] = set()
    total = allowed.overhead
    for name, shift in values:
        atoms.add(Literal(("held", name, shift, at), False))
        total += _size(period, name)
    for number, shift in copies:
        atoms.add(Literal(("copied", number, shift, at), False))
        total += _size(period, period.flow(number).src)
    if len(atoms) != len(values) + len(copies):
        raise Invalid("a value is listed twice")
    steps = ceil_div(total - allowed.min, allowed.step)
    if steps <= 0:
        raise Invalid(f"{total} registers fit every budget")
    enough = allowed.min + steps * allowed.step
    return clause(*atoms, enough <= allowed.max and needs(at, enough))


def _size(period: Period, name: str) -> int:
    result = period.problem.op[name].result
    return 0 if result is None else result.size


def needs_order(_period: Period, name: str, less: int, more: int) -> Clause:
    """REGISTERS: a budget of at least ``more`` is one of at least ``less``."""
    if less >= more:
        raise Invalid(f"{less} is not less than {more}")
    return clause(needs(name, less), negated(needs(name, more)))


def needs_same(_period: Period, u: str, v: str, budget: int) -> Clause:
    """REGISTERS: operations of one role have one budget."""
    return clause(negated(same(u, v)), negated(needs(u, budget)), needs(v, budget))


def needs(name: str, budget: int) -> Term:
    """The role of an operation has at least so many registers per thread."""
    return Literal(("needs", name, budget), True)


def file(period: Period, budgets: Rows) -> Clause:
    """REGISTERS: roles of these (operation, budget), one each, take more than the file has."""
    limits, total = period.limits, 0
    terms: list[Term] = []
    names: list[str] = []
    for name, budget in budgets:
        names.append(name)
        if budget > limits.registers.min:
            terms.append(negated(needs(name, budget)))
        warps = charged_warps(period.problem, period.problem.op[name].warps)
        total += 32 * warps * max(budget, limits.registers.min)
    if len(set(names)) != len(names):
        raise Invalid("an operation is listed twice")
    if limits.register_file is None or total <= limits.register_file:
        raise Invalid(f"the roles take {total} registers, which the file has")
    return clause(*terms, *shared(names))
