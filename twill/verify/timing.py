"""DEPENDENCE, HANDOFF, STAGES: when operations start relative to each other."""

from __future__ import annotations

from collections.abc import Iterator

from twill.verify.case import Case, Violation


def check_dependence(case: Case) -> Iterator[Violation]:
    """DEPENDENCE, HANDOFF: start[v] + distance * II >= start[u] + delay (+ hand-off latency)."""
    usage, ii = case.usage, case.schedule.ii
    for d in usage.dependences:
        have = usage.start[d.dst] + d.distance * ii
        need = usage.start[d.src] + usage.delay(d)
        if have < need:
            name = "DEPENDENCE" if have < usage.start[d.src] + d.delay else "HANDOFF"
            yield Violation(
                name,
                f"{d.dst} at {usage.start[d.dst]} + {d.distance} x {ii} = {have} is before"
                f" {d.src} at {usage.start[d.src]} + {usage.delay(d)} = {need} ({d.kind})",
                (d.src, d.dst),
            )


def check_stages(case: Case) -> Iterator[Violation]:
    """STAGES: all starts of one iteration lie within max_stages * II cycles."""
    limit = case.problem.limits.max_stages
    if case.usage.span >= limit * case.schedule.ii:
        yield Violation(
            "STAGES",
            f"the starts span {case.usage.span} cycles, {limit} stages of {case.schedule.ii}"
            f" allow {limit * case.schedule.ii - 1}",
        )
