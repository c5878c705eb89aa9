"""Contents of reports of every kind of outcome, made by hand."""

from __future__ import annotations

from tests.reports.hand_made import attention, feasible, optimal, vliw
from twill.comparison import Column, Comparison, Cost, Criterion, Range
from twill.explanation import Core, Explanation, Interval, Remedy, Row, SpeedRow
from twill.relaxation import Group
from twill.reports.content import Assumption, Content
from twill.reports.context import Context
from twill.schedule import Infeasible, Optimal, Outcome, Reason, Unknown
from twill.solver.bounds import bounds

CONTEXT = Context(
    problem_digest="0123456789abcdef" * 4,
    spec="flash_attention_forward",
    spec_digest="aa" * 32,
    machine="h100",
    machine_digest="bb" * 32,
    clock_ghz=1.83,
    sm_count=132,
    flop=4 * 128 * 128 * 128,
    tile="M = 128, N = 128",
)
REASON = Reason(
    "role softmax0 needs 262 registers per thread, 240 are left",
    ("S (64), P (32) and O (64) are alive at once",),
    ("a third role", "N = 64"),
)
ASSUMPTIONS = (
    Assumption("sm_count", "132", "WP", "documented", citation="a whitepaper"),
    Assumption("costs.exp.latency", "30 cycles", "A, B", "estimated", "a guess", "one; two"),
)


def content(outcome: Outcome | None = None) -> Content:
    """A report of the hand-made attention schedule, or of another outcome of its problem."""
    problem = attention()
    found = outcome if outcome is not None else optimal()
    return Content(problem, found, bounds(problem), CONTEXT)


def full() -> Content:
    """A report with everything that may be asked for."""
    plain = content()
    return Content(
        plain.problem,
        plain.outcome,
        plain.bounds,
        plain.context,
        explanation=explanation(),
        comparisons=(comparison(),),
        assumptions=ASSUMPTIONS,
    )


def explanation() -> Explanation:
    """One unit forbids a smaller II, and is worth making faster."""
    tensor, exp = Group("unit", "tensor"), Group("unit", "exp")
    now, less = Interval(2048, 2048), Interval(1024, 1100)
    return Explanation(
        optimal(),
        Core(2047, "infeasible", (tensor,)),
        (Remedy(tensor, "feasible", "2 times as fast will do", ("S0 64",)),),
        (Row(tensor, now, less), Row(exp, Interval(1024, 1024), now)),
        (SpeedRow("tensor", (less, less, less, less)), SpeedRow("exp", (now, now, now, None))),
    )


def comparison() -> Comparison:
    """A kernel that is the same in every structural respect."""
    same = Criterion("C1", "roles", "same", ("load | softmax0 | softmax1",))
    other = Criterion("C7", "uniqueness", "different", ("another partition", "is optimal, too"))
    return Comparison(
        "ours", "FlashAttention-3, forward", "flash_attention_forward on h100, 128 x 128",
        "ab" * 32, "rediscovered", "Ours has the structure of the kernel, at the same II.",
        Range(2048, 2048, "proved by arithmetic"), Range(2048, 2048, "proved by arithmetic"),
        (same, other), notes=("One warp group more in the kernel.",),
        our_roles=(Column("softmax0", 4, 224, ("S0@+1", "max0@+1")),),
        their_roles=(Column("softmax", 4, 240, ("S0@+1", "max0@+1, scale0@+0")),),
        costs=(Cost("nothing", Range(2048, 2048, "proved by arithmetic")),),
        controls=(Cost("one role", Range(None, None, "proved by arithmetic", "registers")),),
        published=("640 TFLOPS, BF16 (a paper)",), expert="fa3_forward_hdim128",
    )  # fmt: skip


def outcomes() -> dict[str, Content]:
    """One content for every kind of outcome and problem."""
    problem, schedule = vliw()
    return {
        "optimal": content(),
        "feasible": content(feasible()),
        "infeasible": content(Infeasible(REASON, "two engines agree")),
        "unknown": content(Unknown(Reason("the time limit of 1 s ended the search"), 2048)),
        "plain": Content(problem, Optimal(schedule), bounds(problem), Context()),
        "full": full(),
    }
