"""Whether the paper's answers are what its accounting says they are.

Its I is the smallest only among the copies it tries and in normalised cycles; and memories,
registers and barriers are counted in ways that a real kernel does not keep to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from benchmarks.paper.claim import Claim, Finding, verdict
from benchmarks.paper.counting import machine_timeline, paper_timeline
from benchmarks.paper.kernels import (
    KERNELS,
    both,
    broken_by_replay,
    default_schedule,
    paper_solution,
    read_as_paper,
)
from benchmarks.paper.questions import Question, ask_paper, feasible_at, problem_of
from twill.solver.paper.check import Unfolded
from twill.verify import verify


def claim_smallest_i() -> Claim:
    """Whether the I of Algorithm 1 is the smallest that its own joint system allows."""
    found = {}
    for name, question in KERNELS.items():
        first, final = ask_paper(question).first, paper_solution(question)
        assert first is not None
        found[name] = (final.ii, final.copies)
        if final.ii > first[0]:
            more = paper_solution(replace(question, readings=("copies=any",)))
            found[name] = (more.ii, more.copies)
    smaller = {n: v for n, v in found.items() if v[0] < paper_solution(KERNELS[n]).ii}
    said = "; ".join(
        f"{name}: I {paper_solution(KERNELS[name]).ii} with {paper_solution(KERNELS[name]).copies}"
        f" copies, but {ii} with {copies}"
        for name, (ii, copies) in smaller.items()
    )
    return Claim(
        "smallest_i",
        "4.5",
        "The I of Algorithm 1 is the smallest that the joint system allows",
        "optimal",
        "with more copies than phase 1 needs (copies=any) no kernel has a smaller I",
        (Finding("paper", verdict(not smaller), said or "no kernel has a smaller I"),),
        tuple(replace(KERNELS[n], readings=("copies=any",)).command("paper") for n in smaller),
        {"with_any_copies": found},
        "the default profile, which counts modulo II and has no copies to run out of"
        if smaller
        else "",
    )


def claim_memory_accounting() -> Claim:
    """What the straight-line program charges a memory, and what iterations in a row hold."""
    rows = dict(_memories())
    over = {name: row for name, row in rows.items() if row["counted"] > row["capacity"]}
    said = {
        name: f"{row['charged']} charged, {row['counted']} held, {row['capacity']} there"
        for name, row in over.items()
    }
    ours = _default_over()
    return Claim(
        "memory_accounting",
        "4.1, 4.3",
        "The straight-line program stands for every trip count",
        "one pass of the steady state is sound and complete",
        "iterations written out one after another, operands held until they have been read, no"
        " memory of any kernel's answer holds more than it has",
        (
            Finding("paper", verdict(not over), _listed(said) or "every memory holds what fits"),
            Finding("default", verdict(not ours), _listed(ours) or "every memory holds what fits"),
        ),
        both(KERNELS["Blackwell forward"]),
        rows,
        _shown(over) if over and not ours else "",
    )


def _memories() -> Iterator[tuple[str, dict[str, Any]]]:
    """By kernel and memory: what Figure 5 charges at most, and what is alive at most."""
    for name, question in KERNELS.items():
        problem, outcome = problem_of(question), ask_paper(question)
        for memory, capacity in read_as_paper(question).memories.items():
            peak = paper_timeline(problem, outcome, memory, "finish").peak()
            yield (
                f"{name}, {memory}",
                {
                    "charged": _charged(question, memory),
                    "counted": peak.amount,
                    "capacity": capacity,
                    "cycle": peak.cycle,
                    "alive": list(peak.values),
                },
            )


def _shown(over: dict[str, dict[str, Any]]) -> str:
    """The cycle at which a memory is overfull, and what is alive there."""
    places = [
        f"{name} at cycle {row['cycle']} holds {', '.join(row['alive'])} (value@iteration):"
        f" {row['counted']} of {row['capacity']}"
        for name, row in over.items()
    ]
    return f"the default profile. In the paper's answer {'; '.join(places)}"


def _charged(question: Question, memory: str) -> int:
    """The peak in the straight-line program, by Figure 5."""
    outcome = ask_paper(question)
    assert outcome.solution is not None
    case = Unfolded(outcome.program, outcome.solution, outcome.options)
    sizes = {op.name: op.footprint.get(memory, 0) for op in outcome.program.ops}
    return max(sum(s * case.held(n, t) for n, s in sizes.items() if s) for t in case.times)


def _default_over() -> dict[str, str]:
    """Memories that the default profile's schedules overfill, counted in the same way."""
    over = {}
    for name, question in KERNELS.items():
        problem, schedule = problem_of(question), default_schedule(question)
        for memory, capacity in read_as_paper(question).memories.items():
            held = machine_timeline(problem, schedule, memory).peak().amount
            if held > capacity:
                over[f"{name}, {memory}"] = f"{held} held, {capacity} there"
    return over


def _listed(rows: dict[str, str]) -> str:
    return "; ".join(f"{name}: {text}" for name, text in rows.items())


def claim_executable() -> Claim:
    """The structure of each answer at machine cycles, judged by the verifier."""
    broken = {name: broken_by_replay(ask_paper(question)) for name, question in KERNELS.items()}
    failing = {name: texts for name, texts in broken.items() if texts}
    said = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in failing.items())
    ours = {
        name: Counter(v.constraint for v in verify(problem_of(q), default_schedule(q)))
        for name, q in KERNELS.items()
    }
    wrong = [name for name, found in ours.items() if found]
    return Claim(
        "executable",
        "4, 6",
        "An answer can be made into a kernel",
        "the answers are written in CUDA by hand",
        "with stages, orders and groups kept, the answer verifies at machine cycles",
        (
            Finding("paper", verdict(not failing), said or "every answer verifies"),
            Finding(
                "default", verdict(not wrong), f"{len(ours) - len(wrong)} of {len(ours)} verify"
            ),
        ),
        tuple(command for question in KERNELS.values() for command in both(question)),
        {name: list(texts) for name, texts in broken.items()},
        "the default profile: register files, rings and barriers exist once per thread block and"
        " are counted there"
        if failing and not wrong
        else "",
    )


def claim_machine_optimum() -> Claim:
    """I in normalised cycles against the II that the default profile proves smallest."""
    rows, below = [], []
    for name, question in KERNELS.items():
        outcome, schedule = ask_paper(question), default_schedule(question)
        scaled = outcome.cycles["I"]
        replay = outcome.replay.schedule if outcome.replay else None
        kept = f"{replay.ii}" if replay else "none"
        refuted = feasible_at(question, int(scaled)) is False
        below += [name] if refuted else []
        rows.append(
            f"{name}: I is about {scaled:.0f} machine cycles, its structure needs {kept}, the"
            f" smallest sound II is {schedule.ii}"
        )
    return Claim(
        "machine_optimum",
        "5.2",
        "An optimum in normalised cycles is one in machine cycles",
        "I is reported optimal; costs are rounded first",
        "no kernel's I, in machine cycles, is refuted by the default profile",
        (Finding("paper", verdict(not below), "; ".join(rows)),),
        tuple(command for question in KERNELS.values() for command in both(question)),
        {"refuted": below},
        f"the default profile: it refutes {', '.join(below)} at the rounded I" if below else "",
    )


CLAIMS = (claim_smallest_i, claim_memory_accounting, claim_executable, claim_machine_optimum)
