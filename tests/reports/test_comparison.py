from __future__ import annotations

from dataclasses import replace

from syrupy.assertion import SnapshotAssertion

from tests.reports.hand_made import attention, ping_pong
from twill.comparison import Column, Comparison, Cost, Criterion, Range
from twill.expert import Expert
from twill.reports.terminal import Page
from twill.reports.terminal.comparison import comparison_report
from twill.solver.compare import compare_schedules

OURS = (
    Column("load", 1, 24, ("K@+1", "V@+0")),
    Column("role1", 4, 216, ("S[m0]@+1", "p[m0]@+0", "P[m0]@+0", "l[m0]@+0", "O[m0]@+0")),
    Column("", 0, None, ()),
)
THEIRS = (
    Column("load", 1, None, ("K@+1", "V@+0")),
    Column("softmax m0", 4, 192, ("p[m0]@+0", "l[m0]@+0, P[m0]@+0", "O_scaled[m0]@+0")),
    Column("mma", 1, 48, ("O[m0]@+0", "S[m0]@+1")),
)
FOUND = Comparison(
    ours="our schedule",
    theirs="A kernel with a long title, head dimension 128, one thread block per tile",
    pairing="flash_attention_forward on b200, M = 256, N = 128, M in 2: the tile of the kernel",
    problem_sha256="0123456789abcdef" * 4,
    word="better in the model",
    sentence="Our schedule needs 3725 cycles, the structure of A kernel 3775 (1.3 % more).",
    our_ii=Range(3725, 3725, "proved by a checked refutation"),
    their_ii=Range(3775, 3802, "not proved"),
    criteria=(
        Criterion("C1", "roles", "different", ("7 operations of 28 on another role: S, O",)),
        Criterion("C2", "iteration offsets", "same", ("in both: S at +1; the others at +0",)),
        Criterion("C6", "II under one cost model", "not decided", ("ours 3725, theirs 3775 on",)),
        Criterion("C9", "scope", "not comparable", ("Masked blocks are peeled.", "And more.")),
    ),
    notes=("Load and multiply are warps of one warp group, " + "which is said at length " * 4,),
    our_roles=OURS,
    their_roles=THEIRS,
    costs=(
        Cost("nothing", Range(3725, 3725, "proved by a checked refutation")),
        Cost("roles", Range(3775, 3775, "one engine's word")),
        Cost("roles, offsets and orders", Range(None, None, "proved by arithmetic", "no room")),
    ),
    controls=(Cost("at most 4 roles, one fewer than theirs", Range(3725, None, "not proved")),),
    published=("1613 TFLOPS, BF16 (a paper)",),
    expert="a_kernel",
)
MISSING = Expert(
    "fp8", "FP8", "h100", (), {}, (), (), (), missing=("A loop with FP8 operands.", "Its costs.")
)


def test_one_comparison(golden: SnapshotAssertion) -> None:
    """The word first; roles of both sides next to each other, what is the same in one line."""
    assert comparison_report(Page(), [FOUND]) == golden


def test_one_comparison_at_80_columns_in_ascii(golden: SnapshotAssertion) -> None:
    """The narrowest page with the poorest characters."""
    text = comparison_report(Page(80, unicode=False), [FOUND])
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
    assert text == golden


def test_several_comparisons(golden: SnapshotAssertion) -> None:
    """A table of all first, kernels without a counterpart with what they would need."""
    other = replace(FOUND, word="tie", expert="other", controls=(), published=(), notes=())
    assert comparison_report(Page(120), [FOUND, other], [MISSING], interrupted=True) == golden


def test_two_schedules(golden: SnapshotAssertion) -> None:
    """The hand-made schedule with itself."""
    found = compare_schedules(attention(), ping_pong(), ping_pong(), ("a.json", "b.json"))
    assert comparison_report(Page(), [found]) == golden


def test_colours_say_nothing_that_words_do_not() -> None:
    """Without its escapes the coloured page is the plain one."""
    import re

    colored = comparison_report(Page(color=True), [FOUND])
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == comparison_report(Page(), [FOUND])
