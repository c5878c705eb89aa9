from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.structure.kernels import as_expert, hand_made
from tests.structure.test_criteria import judged
from twill.solver.symmetry import exchanges
from twill.structure import Body, Instruction, Structure, closure
from twill.structure.columns import begun_at, columns

PROBLEM, _, USAGE, OURS = hand_made()
IMAGES = closure(PROBLEM, exchanges(PROBLEM))


def cut(body: Body, at: int, shift: int) -> Body:
    """The same stream begun at another group and numbered otherwise."""
    moved = begun_at(body, body.groups[at % len(body.groups)][0])
    groups = tuple(
        tuple(Instruction(e.op, e.offset + shift) for e in group) for group in moved.groups
    )
    return replace(moved, groups=groups)


@settings(max_examples=40, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 9), min_size=3, max_size=3),
    shifts=st.lists(st.integers(-3, 3), min_size=3, max_size=3),
    image=st.sampled_from(IMAGES),
    order=st.permutations(range(3)),
    swap=st.booleans(),
)
def test_nothing_changes_with_cuts_numbers_names_and_exchanges(
    cuts: list[int], shifts: list[int], image: dict[str, str], order: list[int], swap: bool
) -> None:
    """A body begun elsewhere, shifted, roles renamed and reordered, sub-tiles exchanged.

    What differs from ours already stays as different: in half of the cases two steps are swapped.
    """
    theirs = as_expert(OURS)
    if swap:
        body = theirs.bodies[1]
        groups = (body.groups[1], body.groups[0], *body.groups[2:])
        bodies = (theirs.bodies[0], replace(body, groups=groups), theirs.bodies[2])
        theirs = Structure(bodies, theirs.rings)
    before = [each.answer for each in judged(PROBLEM, USAGE, OURS, theirs)]
    moved = tuple(
        replace(cut(body, at, shift), name=f"r{number}")
        for number, (body, at, shift) in enumerate(zip(theirs.bodies, cuts, shifts, strict=True))
    )
    other = Structure(tuple(moved[n] for n in order), theirs.rings).renamed(image)
    after = [each.answer for each in judged(PROBLEM, USAGE, OURS, other)]
    assert before == after
    assert ("different" in before) == swap


def test_the_exchange_of_both_tiles_is_found() -> None:
    """The closure has the identity and the swap of the tiles."""
    assert len(IMAGES) == 2
    assert {image["S0"] for image in IMAGES} == {"S0", "S1"}


def test_columns_are_cut_alike() -> None:
    """Ours begins where theirs does, with the offset that theirs has."""
    softmax = cut(OURS.bodies[1], 2, 5)
    left, right = columns(OURS, Structure((OURS.bodies[0], softmax, OURS.bodies[2])))
    assert left[1].steps == right[1].steps
    assert [column.name for column in left] == ["load", "softmax0", "softmax1"]


def test_a_role_without_a_partner_faces_an_empty_column() -> None:
    """Both sides have as many columns."""
    fewer = Structure(OURS.bodies[:2])
    left, right = columns(OURS, fewer)
    assert [column.name for column in left] == ["load", "softmax0", "softmax1"]
    assert right[2].steps == ()
