"""LRAT by reverse unit propagation: each added clause follows from clauses before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from twill.check.period import Invalid

_STRAY = re.compile(r"[^-0-9 \n]")

Numbers = Sequence[int]


def check_lrat(axioms: Sequence[Numbers], text: str, variables: int) -> int:
    """The number of steps of a proof that the axioms, clauses 1, 2, ..., contradict each other.

    Every line is a step, ``number literals 0 hints 0``: its clause follows because the hints,
    numbers of earlier clauses, each force a literal once the clause is denied, until the last
    one is false. The last step is the empty clause. Raises Invalid.
    """
    if stray := _STRAY.search(text):
        raise Invalid(f"lrat: {stray[0]!r} in it: additions only, in plain numbers, are taken")
    *lines, rest = text.split("\n")
    if rest:
        raise Invalid(f"lrat: its last line is cut short: '{rest[:40]}'")
    clauses: list[Numbers] = [(), *axioms]
    for count, line in enumerate(lines, 1):
        literals, hints = _step(line, len(clauses), variables)
        _follows(clauses, literals, hints, f"lrat: step {len(clauses)}")
        clauses.append(literals)
        if not literals and count < len(lines):
            raise Invalid("lrat: something follows the empty clause")
    if not lines or clauses[-1]:
        raise Invalid("lrat: the proof does not end in the empty clause")
    return len(lines)


def _step(line: str, number: int, variables: int) -> tuple[Numbers, Numbers]:
    """The literals and the hints of a line, which must be step ``number``."""
    try:
        numbers = [int(token) for token in line.split()]
    except ValueError:
        raise Invalid(f"lrat: step {number}: '{line[:40]}' are not numbers") from None
    if numbers[:1] != [number]:
        raise Invalid(f"lrat: step {number} is expected, found '{line[:40]}'")
    if numbers.count(0) != 2 or numbers[-1]:
        raise Invalid(f"lrat: step {number}: literals, 0, hints, 0 are expected")
    end = numbers.index(0)
    literals, hints = numbers[1:end], numbers[end + 1 : -1]
    if len({abs(x) for x in literals}) != len(literals):
        raise Invalid(f"lrat: step {number}: a variable stands twice in the clause")
    if any(abs(x) > variables for x in literals):
        raise Invalid(f"lrat: step {number}: a literal is about no atom")
    return literals, hints


def _follows(clauses: Sequence[Numbers], literals: Numbers, hints: Numbers, at: str) -> None:
    """Deny the clause, then take each hint: it must force one literal, the last one none."""
    denied = set(literals)
    for place, hint in enumerate(hints, 1):
        if hint < 0:
            raise Invalid(f"{at}: hint {hint} is one of resolution (RAT), which is not taken")
        if not 0 < hint < len(clauses):
            raise Invalid(f"{at}: hint {hint} is no earlier clause")
        left = [x for x in clauses[hint] if x not in denied]
        if not left:
            if place < len(hints):
                raise Invalid(f"{at}: hints follow the contradiction")
            return
        if len(left) > 1:
            raise Invalid(f"{at}: hint {hint} forces nothing, {len(left)} literals are open")
        if -left[0] in denied:
            raise Invalid(f"{at}: hint {hint} holds already")
        denied.add(-left[0])
    raise Invalid(f"{at}: its hints lead to no contradiction")
