"""What a comparison comes to, in a word and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from twill.comparison import Criterion, Range, Word
from twill.solver.compare.model_ii import ii_answer

NO_CREDIT = " Besides loads the loop has one operation, so there was little to choose."


def word(ours: Range, theirs: Range, structural: Sequence[Criterion]) -> Word:
    """The word of docs/comparing.md."""
    answer = ii_answer(ours, theirs)
    if answer == "same":
        same = all(each.answer == "same" for each in structural)
        return "rediscovered" if same else "tie"
    if answer == "different":
        assert ours.high is not None
        faster = theirs.low is not None and ours.high < theirs.low
        return "better in the model" if faster else "worse"
    return answer


def sentence(
    verdict: Word,
    our: str,
    their: str,
    ours: Range,
    theirs: Range,
    structural: Sequence[Criterion],
    trivial: bool = False,
) -> str:
    """The word as a sentence with its numbers; ``trivial``: there was nothing to choose."""
    our = our[:1].upper() + our[1:]
    match verdict:
        case "rediscovered":
            return (
                f"{our} has the structure of {their}: the same roles, offsets, orders and"
                f" synchronisation, rings that suffice, and the same II of {ours.high} cycles."
                f"{NO_CREDIT if trivial else ''}"
            )
        case "tie":
            return (
                f"{their} reaches the same II of {ours.high} cycles with another structure:"
                f" {_different(structural)}."
            )
        case "better in the model":
            return _faster(our, their, ours, theirs)
        case "worse":
            return (
                f"{our} needs {ours.high} cycles, {their} {theirs.high}:"
                f" {_percent(theirs.high, ours.high)} more than theirs."
            )
        case "not comparable":
            return f"No schedule of the model has the structure of {their}: {theirs.why}."
    return (
        f"The II of ours is {ours}, that of the structure of {their} {theirs}: which is smaller is"
        " not decided within the limits."
    )


def _faster(our: str, their: str, ours: Range, theirs: Range) -> str:
    least = "" if theirs.exact else "at least "
    return (
        f"{our} needs {ours.high} cycles, the structure of {their} {least}{theirs.low}"
        f" ({_percent(ours.high, theirs.low)} more) under the same cost model: a claim to be"
        " measured."
    )


def _percent(small: int | None, large: int | None) -> str:
    assert small is not None
    assert large is not None
    return f"{100 * (large - small) / small:.1f} %"


def _different(structural: Sequence[Criterion]) -> str:
    told = [f"{each.id} {each.title}" for each in structural if each.answer == "different"]
    return f"{', '.join(told)} {'differs' if len(told) == 1 else 'differ'}" if told else "see below"
