"""One refutation: its axioms made again from the problem, then its proof, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from twill.check.atoms import Atom, Clause, Literal, Trivial
from twill.check.bundle import Bundle
from twill.check.exchanges import check_exchanges
from twill.check.lrat import check_lrat
from twill.check.period import Invalid, Period
from twill.check.reading import json_value, sha256, unpacked
from twill.check.rules import RULES
from twill.check.shapes import refutation
from twill.problem import Problem


@dataclass(frozen=True)
class Refutation:
    """A refutation that was checked: no schedule at ``ii`` with these limits."""

    ii: int
    file: str
    axioms: Mapping[str, int]
    steps: int
    exchanges: int
    atoms: int
    clauses: Sequence[Sequence[int]]
    lrat: str


def check_refutation(
    problem: Problem, digest: str, step: Mapping[str, Any], bundle: Bundle, max_roles: int | None
) -> Refutation:
    """Check that no schedule exists at the step's II within its stages, and maybe fewer roles.

    ``step`` is one of ``certificate.json``; ``digest`` names the problem. Raises Invalid.
    """
    name = step["file"]
    content = bundle.read(name)
    if (found := sha256(content)) != step["sha256"]:
        raise Invalid(f"{name}: the file's hash is {found[:12]}, not {step['sha256'][:12]}")
    data = refutation(json_value(unpacked(content, name), name), name)
    try:
        _same_question(problem, digest, step, max_roles, data)
        period = _period(problem, step["ii"], data)
        clauses = _axioms(period, data["atoms"], data["axioms"])
        steps = check_lrat(clauses, data["lrat"], len(data["atoms"]))
        used = Counter(rule for rule, _, _ in data["axioms"])
        _expect("axioms", step["axioms"], dict(used))
        _expect("steps", step["steps"], steps)
        if step["stages"] is None:
            _expect("axioms from the limit on stages", 0, used["stages"])
    except Invalid as fault:
        raise Invalid(f"{name}: {fault}") from None
    exchanges, atoms = len(period.exchanges), len(data["atoms"])
    return Refutation(step["ii"], name, used, steps, exchanges, atoms, clauses, data["lrat"])


def _same_question(
    problem: Problem,
    digest: str,
    step: Mapping[str, Any],
    max_roles: int | None,
    data: Mapping[str, Any],
) -> None:
    """A refutation answers what the step says: this problem, at this II, with these limits."""
    if data["problem"] != digest:
        raise Invalid(f"it is about another problem: {data['problem'][:12]}, not {digest[:12]}")
    _expect("II", step["ii"], data["ii"])
    limits, stages = data["limits"], step["stages"] or problem.limits.max_stages
    _expect("limit on stages", stages, limits["max_stages"])
    _expect("limit on roles", max_roles, limits["max_roles"])


def _expect(what: str, stated: object, actual: object) -> None:
    if stated != actual:
        raise Invalid(f"{what}: the certificate says {stated}, the file {actual}")


def _period(problem: Problem, ii: int, data: Mapping[str, Any]) -> Period:
    limits = replace(problem.limits, max_stages=data["limits"]["max_stages"])
    roles, most = problem.roles, data["limits"]["max_roles"]
    if most is not None:
        if roles is None:
            raise Invalid("it limits roles, which the problem has none of")
        roles = replace(roles, max_roles=most)
    exchanges = check_exchanges(problem, data["exchanges"])
    return Period(replace(problem, limits=limits, roles=roles), ii, exchanges)


def _axioms(
    period: Period, stated: Sequence[Any], axioms: Sequence[tuple[str, Any, Any]]
) -> list[list[int]]:
    """The clauses of the axioms, each compared with what its rule makes of its arguments."""
    atoms = [_atom(period, atom, f"atom {number}") for number, atom in enumerate(stated, 1)]
    if len(set(atoms)) != len(atoms):
        raise Invalid("an atom is listed twice")
    clauses: list[list[int]] = []
    for number, (rule, arguments, numbers) in enumerate(axioms, 1):
        at = f"axiom {number} ({rule})"
        clause = derived(period, rule, arguments, at)
        said = _clause(atoms, numbers, at)
        if said != clause:
            raise Invalid(f"{at}: it says '{words(said)}', the problem says '{words(clause)}'")
        clauses.append(numbers)
    return clauses


_ARGUMENTS = {
    "after": ("op", "op", "number"),
    "same": ("op", "op"),
    "needs": ("op", "number"),
    "held": ("op", "number", "op"),
    "copied": ("number", "number", "op"),
    "deep": ("ring", "number"),
    "sent": ("op", "number"),
}


def _atom(period: Period, stated: Any, at: str) -> Atom:
    """An atom of a known kind, about operations and rings that exist."""
    if not isinstance(stated, list) or not stated or not isinstance(stated[0], str):
        raise Invalid(f"{at}: a list of a name and its arguments is expected")
    kind, *arguments = stated
    expected = _ARGUMENTS.get(kind)
    if expected is None:
        raise Invalid(f"{at}: {kind!r} is no kind of atom")
    if len(arguments) != len(expected):
        raise Invalid(f"{at}: {kind} takes {len(expected)} arguments")
    for value, what in zip(arguments, expected, strict=True):
        if what == "number" and type(value) is not int:
            raise Invalid(f"{at}: {value!r} is no whole number")
        names = {"op": period.problem.op, "ring": period.rings}.get(what, {})
        if what != "number" and (not isinstance(value, str) or value not in names):
            raise Invalid(f"{at}: {value!r} is no {'operation' if what == 'op' else what}")
    if kind in {"after", "same"} and arguments[0] >= arguments[1]:
        raise Invalid(f"{at}: its operations are not in the order of their names")
    return tuple(stated)


def derived(period: Period, rule: str, arguments: Any, at: str) -> Clause:
    """The clause that a rule makes of arguments of a file. Raises Invalid."""
    if rule not in RULES:
        raise Invalid(f"{at}: there is no such rule")
    if not isinstance(arguments, list):
        raise Invalid(f"{at}: a list of arguments is expected")
    try:
        return RULES[rule](period, *arguments)
    except (Invalid, Trivial) as fault:
        raise Invalid(f"{at}: {fault}") from None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise Invalid(f"{at}: these are no arguments of it: {str(arguments)[:60]}") from None


def _clause(atoms: Sequence[Atom], numbers: Any, at: str) -> Clause:
    if not isinstance(numbers, list) or any(type(x) is not int for x in numbers):
        raise Invalid(f"{at}: its clause is no list of literals")
    if any(not 0 < abs(x) <= len(atoms) for x in numbers):
        raise Invalid(f"{at}: a literal is about no atom")
    clause = frozenset(Literal(atoms[abs(x) - 1], x > 0) for x in numbers)
    if len(clause) != len(numbers):
        raise Invalid(f"{at}: a literal stands twice in its clause")
    return clause


def words(clause: Clause) -> str:
    """A clause as a reader would say it."""
    return " or ".join(sorted(map(str, clause))) or "a contradiction"
