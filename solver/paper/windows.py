"""The window of lengths at one I: which are tried, and the shortest that has a solution."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twill.solver.paper.joint import Answer
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.solution import Solution

Ask = Callable[[int], Answer]


def windows(length: int, ii: int, options: PaperOptions) -> Iterator[tuple[int, int]]:
    """Numbers of copies and the first length of each window, given LEN(M).

    The paper tries the lengths that need as many copies as LEN(M) does.
    """
    copies = -(-length // ii)
    yield copies, length
    if options.copies == "any":
        for more in range(copies + 1, options.max_copies + 1):
            yield more, (more - 1) * ii + 1


def shortest(ask: Ask, first: int, last: int, options: PaperOptions) -> Solution | None:
    """The solution of the smallest length of a window; None if there is none, or none is found.

    ``each`` asks for one length after the other, as printed. ``one`` asks for the last: if
    there is no solution, no shorter length has one, since idle cycles at the end of a longer
    program break no constraint; if there is, bisection finds the shortest.
    """
    if options.window == "each":
        answers = (ask(length).solution for length in range(first, last + 1))
        return next((solution for solution in answers if solution is not None), None)
    best = ask(last).solution
    if best is None:
        return None
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        answer = ask(middle)
        if answer.solution is not None:
            best, high = answer.solution, middle
        else:
            low = middle + 1
    return best
