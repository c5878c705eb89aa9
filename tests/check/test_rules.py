"""Every clause that a rule gives holds of every schedule, and every wrong assignment breaks one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import islice, product
from typing import Any

import pytest

from tests.brute_force import CLAIM
from tests.check.facts import Facts
from tests.check.wrong import Axiom, copied_atoms, fitting, forced, held_atoms, stated, violated
from tests.exhaustive import Patience, TooMany, partitions, placements
from tests.random_problems import random_problem
from tests.solver.test_symmetry import doubled
from tests.switches import variants
from twill.accounting import Usage
from twill.check.atoms import Clause, Literal
from twill.check.period import Invalid, Period
from twill.check.rules import RULES
from twill.problem import Dependence, Handoff, Op, Problem, Reservation, RoleLimits, Unit
from twill.schedule import Role
from twill.solver.assemble import assemble
from twill.solver.symmetry import ordered_pairs
from twill.verify import CHECKS, Case

SEEDS = range(130)

ABOUT_ATOMS = {"held", "copied", "deep", "sent"}
"""Rules that say when such an atom is true, which it is by its definition in any assignment."""

TAUTOLOGIES = {"circuit", "transitive", "needs_order", "needs_same"}
"""Rules that hold of any assignment at all."""


def wrong(facts: Facts) -> list[str]:
    """The constraints that the verifier says an assignment breaks, its budgets as given.

    Left out is what follows from the problem alone: whether fluid units serve a period.
    """
    schedule = assemble(facts.problem, "", facts.ii, dict(facts.start), dict(facts.role), CLAIM)
    home = {name: placed.role for name, placed in schedule.ops.items() if placed.role is not None}
    number = {home[name]: facts.role[name] for name in home}
    roles = [Role(r.name, r.warps, facts.budget.get(number[r.name])) for r in schedule.roles]
    usage = Usage(facts.problem, facts.ii, facts.start, home)
    case = Case(facts.problem, replace(schedule, roles=tuple(roles)), usage)
    checks = [check for check in CHECKS if check.__name__ != "check_statement"]
    found = [violation for check in checks for violation in check(case)]
    return [v.constraint for v in found if "per period" not in v.message]


def some(problem: Problem, ii: int, rng: random.Random, most: int) -> Iterator[Facts]:
    """Assignments with random starts, half of them such as keep the dependences and units."""
    names = [op.name for op in problem.ops]
    orderly: list[dict[str, int]] = []
    with suppress(TooMany):
        orderly.extend(placements(problem, ii, Patience(2000)))
    for count in range(most):
        start = {name: rng.randrange(problem.limits.max_stages * ii + 1) for name in names}
        if orderly and count % 4:
            start = rng.choice(orderly)
        first = min(start.values())
        role = rng.choice(list(partitions(problem)))
        for budget in [*budgets(problem, role)][:: 1 + count % 3]:
            yield Facts(problem, ii, {n: t - first for n, t in start.items()}, role, budget)


def budgets(problem: Problem, role: dict[str, int]) -> Iterator[dict[int, int]]:
    """Every choice of legal budgets, none where registers are not limited."""
    limits, numbers = problem.roles, sorted(set(role.values()))
    if limits is None or limits.register_file is None:
        yield {}
        return
    legal = range(limits.registers.min, limits.registers.max + 1, limits.registers.step)
    for chosen in product(legal, repeat=len(numbers)):
        yield dict(zip(numbers, chosen, strict=True))


Judged = tuple[Period, tuple[Facts, ...], tuple[tuple[Facts, frozenset[str]], ...]]


@cache
def judged() -> tuple[Judged, ...]:
    """Random problems at an II each, with some of their schedules and some that are none."""
    found = []
    for seed in SEEDS:
        rng = random.Random(seed)  # noqa: S311  # not for cryptography
        problem = random_problem(seed, 2 + (seed % 3 == 0))
        if seed % 2:
            problem = rng.choice([variant for _, variant in variants(problem)])
        least = rng.choice([1, 2, 3, 3, 4, 5, 6])
        right: list[Facts] = []
        refused: list[tuple[Facts, frozenset[str]]] = []
        for ii in (least, 2 * least + 1):
            if right:
                break
            refused = []
            for facts in some(problem, ii, rng, 16):
                faults = frozenset(wrong(facts))
                if faults:
                    refused.append((facts, faults))
                else:
                    right.append(facts)
            period = Period(problem, ii)
        rng.shuffle(refused)
        found.append((period, tuple(right), tuple(refused)))
    return tuple(found)


def test_every_wrong_assignment_breaks_a_clause() -> None:
    """Whatever the verifier refuses, some rule has a clause against, made for that assignment."""
    broken: Counter[str] = Counter()
    for period, _, refused in judged():
        for facts, faults in refused[:12]:
            against = {axiom[0] for axiom, _ in violated(period, facts)}
            assert against, (period.problem.name, period.ii, facts, faults)
            broken.update(against)
    assert broken.keys() == RULES.keys() - ABOUT_ATOMS - TAUTOLOGIES - {"exchange"}
    assert min(broken.values()) >= 3, broken


def test_every_clause_holds_of_every_schedule() -> None:
    """Clauses made for assignments, right or wrong, and clauses from bent arguments."""
    telling: Counter[str] = Counter()
    for period, right, refused in judged():
        others = [facts for facts, _ in refused[:8]]
        for clause, rules in clauses(period, [*right[:2], *others]).items():
            for facts in right[:40]:
                assert facts.satisfies(clause), (period.problem.name, period.ii, rules, facts)
            if right and any(not facts.satisfies(clause) for facts in others):
                telling.update(rules.keys())
    wanted = RULES.keys() - ABOUT_ATOMS - TAUTOLOGIES - {"exchange"}
    assert telling.keys() | {"window"} == wanted, telling
    assert sum(telling.values()) > 300, telling


def clauses(period: Period, assignments: list[Facts]) -> dict[Clause, dict[str, Axiom]]:
    """Clauses of a problem, with the rules that they are from: apt, bent and senseless ones."""
    rng = random.Random(period.problem.name)  # noqa: S311  # not for cryptography
    axioms = [axiom for facts in assignments for axiom in fitting(period, facts)]
    axioms += [bent(axiom, rng) for axiom in axioms]
    axioms += [bent(bent(axiom, rng), rng) for axiom in axioms[:200]]
    axioms += [odd(period, rng) for _ in range(200)]
    found: dict[Clause, dict[str, Axiom]] = {}
    for axiom in axioms:
        clause = stated(period, axiom)
        if clause is not None:
            found.setdefault(clause, {})[axiom[0]] = axiom
    return found


def bent(axiom: Axiom, rng: random.Random) -> Axiom:
    """The same rule with one argument, or a part of one, changed, dropped or repeated."""
    rule, arguments = axiom

    def change(value: Any) -> Any:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return rng.choice([value - 1, value + 1, -value, -1, 0, value / 2, True])
        if isinstance(value, list | tuple) and value:
            here = rng.randrange(len(value))
            rest = [*value[:here], *value[here + 1 :]]
            other = [*value[:here], change(value[here]), *value[here + 1 :]]
            return rng.choice([rest, [*value, value[here]], other])
        return value

    if not arguments:
        return axiom
    here = rng.randrange(len(arguments))
    return rule, (*arguments[:here], change(arguments[here]), *arguments[here + 1 :])


def odd(period: Period, rng: random.Random) -> Axiom:
    """A rule with arguments of the right kinds, some of them senseless."""
    names = [op.name for op in period.problem.ops]
    rings = [*period.rings, "A"]
    units = [unit.name for unit in period.problem.units]

    def op() -> str:
        return rng.choice(names)

    def number() -> Any:
        return rng.choice([-3, -2, -1, 0, 0, 0, 1, 1, 2, 3, 7, 0.5, 2.0])

    def known() -> list[Any]:
        return [[op(), op(), rng.choice([True, False, 0, 1])] for _ in range(rng.randrange(4))]

    def rows(*kinds: Any) -> list[Any]:
        return [[kind() for kind in kinds] for _ in range(rng.randrange(5))]

    def budget() -> Any:
        return rng.choice([0, 4, 5, 8, 12, 13])

    def reason() -> list[Any]:
        return rng.choice([["latency"], ["read", number()], ["sent", number()]])

    def last() -> list[Any]:
        return rng.choice([[op()], [op(), None], [op(), number()]])

    def ring() -> str:
        return rng.choice(rings)

    made: dict[str, Any] = {
        "circuit": lambda: [rows(op, op, number)],
        "dependence": lambda: [number()],
        "handoff": lambda: [number()],
        "stages": lambda: [op(), op()],
        "capacity": lambda: [rng.choice(units), rows(op, number, number)],
        "transitive": lambda: [op(), op(), op()],
        "load": lambda: [op(), op()],
        "roles": lambda: [[op() for _ in range(rng.randrange(5))]],
        "required": lambda: [op(), op()],
        "no_handoff": lambda: [number()],
        "other_than": lambda: [number()],
        "window": lambda: [op(), known()],
        "stream": lambda: [op(), op(), number(), known()],
        "figure_6": lambda: [op(), op(), number(), known()],
        "needs_order": lambda: [op(), budget(), budget()],
        "needs_same": lambda: [op(), op(), budget()],
        "file": lambda: [rows(op, budget)],
        "held": lambda: [op(), reason(), number(), op()],
        "copied": lambda: [number(), number(), op()],
        "registers": lambda: [op(), rows(op, number), rows(number, number)],
        "deep": lambda: [ring(), number(), op(), last()],
        "sent": lambda: [op(), number(), number()],
        "memory": lambda: [rng.choice(["shared", "tensor"]), rows(ring, number), rows(op, number)],
        "barriers": lambda: [rows(ring, number), rows(op, number)],
    }
    rule = rng.choice([*made])
    return rule, tuple(made[rule]())


def test_what_is_true_of_values_and_rings_follows() -> None:
    """Each true atom about values held, copies, rings and hand-offs has a clause that forces it."""
    counts: Counter[tuple[str, bool]] = Counter()
    for period, right, refused in judged():
        for facts in [*right[:2], *(facts for facts, _ in refused[:3])]:
            atoms: list[tuple[Any, ...]] = [*held_atoms(facts), *copied_atoms(facts)]
            atoms += [("deep", ring, n) for ring in facts.rings for n in range(2, 8)]
            atoms += [("sent", op, n) for op in facts.start for n in range(1, 8)]
            for atom in atoms if period.problem.roles is not None else ():
                assert forced(period, facts, atom) == facts.holds(atom), (period, facts, atom)
                counts[atom[0], facts.holds(atom)] += 1
    assert min(counts.values()) > 50
    assert len(counts) == 8


def test_some_schedule_keeps_every_exchange() -> None:
    """Where there are schedules at all, one of them has every exchange in order (lemma 5)."""
    told = lost = 0
    for seed in range(60):
        problem = doubled(random_problem(seed, 2))
        pairs = tuple((v, w) for v, w, _ in ordered_pairs(problem))
        if not pairs:
            continue
        for ii in (2, 3):
            period = Period(problem, ii, pairs)
            asked = [stated(period, ("exchange", (n,))) for n in range(len(pairs))]
            found = [*islice(schedules(problem, ii), 400)]
            kept = [f for f in found if all(c is not None and f.satisfies(c) for c in asked)]
            if len(found) < 400:
                assert bool(found) == bool(kept), (seed, ii)
                told += bool(found)
                lost += len(kept) < len(found)
    assert told >= 5
    assert lost >= 3


def schedules(problem: Problem, ii: int) -> Iterator[Facts]:
    """Every schedule, with every choice of budgets."""
    try:
        orderly = [*placements(problem, ii, Patience(3000))]
    except TooMany:
        orderly = []
    for start, role in product(orderly, partitions(problem)):
        for budget in budgets(problem, role):
            facts = Facts(problem, ii, start, role, budget)
            if not wrong(facts):
                yield facts


def test_half_a_period_is_no_shift() -> None:
    """Arguments are names and whole numbers: a shift of half a period would refuse a schedule."""
    ops = tuple(Op(name, {"u": (Reservation(0, 1),)}) for name in "AB")
    problem = Problem("two", ops, units=(Unit("u"),))
    period = Period(problem, 4)
    assert stated(period, ("capacity", ("u", [["A", 0, 0], ["B", 0, 1]]))) is not None
    for half in (0.5, 1.0, float("nan")):
        with pytest.raises(Invalid, match="whole number"):
            RULES["capacity"](period, "u", [["A", 0, 0], ["B", 0, half]])


def test_a_reservation_or_a_copy_has_one_number() -> None:
    """Counted from the end it would be another one, and be counted twice."""
    ops = tuple(Op(name, {"u": (Reservation(0, 1),)}) for name in "AB")
    period = Period(Problem("two", ops, (Dependence("A", "B"),), units=(Unit("u"),)), 4)
    for axiom in (("capacity", ("u", [["A", 0, 0], ["A", -1, 0]])), ("copied", (-1, 0, "B"))):
        assert stated(period, axiom) is None


def test_a_window_decides_roles() -> None:
    """An operation whose hand-off does not fit into the period shares a role with its reader."""
    ops = tuple(Op(name, issue=1, handoff=Handoff(issue_send=3)) for name in "AB")
    roles = RoleLimits(max_roles=2, max_warps=8)
    problem = Problem("sends", ops, (Dependence("A", "B"),), roles=roles)
    apart = ("window", ("A", [["A", "B", False]]))
    assert stated(Period(problem, 3), apart) == frozenset({Literal(("same", "A", "B"), True)})
    assert stated(Period(problem, 4), apart) is None
    assert stated(Period(problem, 3), ("window", ("A", []))) is None


def test_an_unknown_wait_counts_with_the_least() -> None:
    """Where it is not said whether source and reader share a role, the cheaper wait counts."""
    for wait, receive in ((0, 3), (3, 0)):
        source = Op("A", handoff=Handoff(issue_wait=wait, issue_receive=receive))
        flow = Dependence("A", "B", blocking=True)
        roles = RoleLimits(max_roles=2, max_warps=8)
        problem = Problem("waits", (source, Op("B")), (flow,), roles=roles)
        period = Period(problem, 3)
        assert stated(period, ("window", ("B", []))) is None
        here, apart = (stated(period, ("window", ("B", [["A", "B", x]]))) for x in (True, False))
        assert (here is not None, apart is not None) == (wait == 3, receive == 3)
