"""Exit codes, and what each kind of outcome exits with."""

from __future__ import annotations

from enum import IntEnum

from twill.schedule import Feasible, Infeasible, Optimal, Outcome


class Exit(IntEnum):
    """What the process returns; part of the interface, so numbers never change."""

    OK = 0
    INTERNAL = 1
    INPUT = 2
    INFEASIBLE = 3
    FEASIBLE = 4
    UNKNOWN = 5
    UNVERIFIED = 6
    INTERRUPTED = 130


EPILOG = (
    "Exit codes: 0 proved or ok, 1 internal error, 2 usage or invalid input, 3 proved "
    "infeasible, 4 feasible but not proved optimal, 5 unknown, 6 verification failed, "
    "130 interrupted with no result."
)


def exit_of(outcome: Outcome, interrupted: bool) -> Exit:
    """The exit code of an outcome; an interrupt matters only where it left no result."""
    match outcome:
        case Optimal():
            return Exit.OK
        case Feasible():
            return Exit.FEASIBLE
        case Infeasible():
            return Exit.INFEASIBLE
    return Exit.INTERRUPTED if interrupted else Exit.UNKNOWN
