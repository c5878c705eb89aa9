"""Axioms of exchanged operations are the axioms with the operations exchanged."""

from __future__ import annotations

from benchmarks.cases import tight
from tests.solver.proof.recorded import proposed
from twill.check.atoms import Clause, Literal, after
from twill.check.rules import RULES
from twill.solver.proof.images import Image, Images


def moved(image: Image, clause: Clause) -> Clause:
    """The clause with every operation and dependence exchanged."""
    return frozenset(_moved(image, literal) for literal in clause)


def _moved(image: Image, literal: Literal) -> Literal:
    kind, *rest = literal.atom
    names = [image.op.get(each, each) if isinstance(each, str) else each for each in rest]
    if kind == "after":
        u, v, k = names
        assert isinstance(u, str)
        assert isinstance(v, str)
        assert isinstance(k, int)
        term = after(u, v, k)
        assert isinstance(term, Literal)
        return Literal(term.atom, term.holds == literal.holds)
    if kind == "same":
        return Literal((kind, *sorted(map(str, names))), literal.holds)
    if kind == "copied":
        assert isinstance(rest[0], int)
        names[0] = image.dependence[rest[0]]
    return Literal((kind, *names), literal.holds)


def test_an_image_says_the_same_of_the_exchanged_operations() -> None:
    """For every rule that a search for a refutation uses, with all that is checked of it."""
    axioms, _ = proposed(tight(2, 3, 160), 2205)
    (image,) = Images(axioms).images
    assert image.op["S[m0]"] == "S[m1]"
    seen = set()
    for rule, arguments in axioms.steps:
        if rule == "exchange":  # it says which of the two sub-tiles comes first
            continue
        seen.add(rule)
        clause = RULES[rule](axioms.period, *arguments)
        assert RULES[rule](axioms.period, *image.of(rule, arguments)) == moved(image, clause)
    assert seen >= {"held", "copied", "sent", "deep", "registers", "memory", "capacity", "stream"}


def test_axioms_are_completed_from_a_number_on() -> None:
    """Those that have no image yet get one; the others are left alone."""
    axioms, _ = proposed(tight(2, 3, 160), 2205)
    known = len(axioms.steps)
    images = Images(axioms)
    images.add(known)
    assert len(axioms.steps) == known
    images.images[:0] = [Image({"S[m0]": "p[m0]", "p[m0]": "S[m0]"}, {})]
    axioms.add("roles", ["S[m0]", "S[m1]", "p[m1]", "x[m1]"])
    images.add(known)
    assert axioms.steps[known + 1] == ("roles", (["p[m0]", "S[m1]", "p[m1]", "x[m1]"],))
