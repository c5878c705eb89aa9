"""The verdict: what is claimed, how it is proved, and how to check it without us."""

from __future__ import annotations

from twill.reports.content import Content
from twill.reports.tables.model import Column, Section, Table, Text, text
from twill.reports.verdict import facts, proof_sentence, requirements, verdict
from twill.schedule import Feasible, Infeasible, Optimal, Proof

COVERAGE: dict[Proof, str] = {
    "proved by arithmetic": (
        "A sum over the operations shows it: anybody can add it up from the problem."
    ),
    "proved by a checked refutation": (
        "That one cycle less is impossible is written down as a refutation, every step of which"
        " a program that shares no code with the solver has checked; the axioms that it starts"
        " from were computed again from the problem."
    ),
    "two engines agree": (
        "Two independent engines refuted what is one cycle faster. There is no proof to check."
    ),
    "one engine's word": (
        "One engine refuted what is one cycle faster. There is no proof to check; --cross-check"
        " asks a second engine."
    ),
    "not proved": "Nobody has shown that nothing is faster.",
}
"""What each word of coverage stands on."""


def verdict_section(content: Content) -> Section:
    """The verdict, its proof and the facts under it."""
    said = verdict(content.outcome)[0]
    paragraphs = [Text(proof_sentence(content.outcome, content.bounds))]
    if content.context.interrupted:
        paragraphs.append(Text("Interrupted: this is what was known by then.", "warn"))
    paragraphs += [Text(line) for line in claim(content)]
    rows = facts(content.problem, content.outcome, content.context)
    table = Table(
        "facts",
        (Column("fact", ""), Column("is", "", wrap=True)),
        tuple((text(name, "dim"), text(words)) for name, words in rows),
    )
    return Section("verdict", said, paragraphs=tuple(paragraphs), tables=(table,))


def proof_word(content: Content) -> Proof:
    """How the answer is known, as a word of coverage."""
    match content.outcome:
        case Optimal(schedule) | Feasible(schedule):
            return schedule.proof
        case Infeasible(_, proof):
            return proof
    return "not proved"


def claim(content: Content) -> list[str]:
    """What exactly is claimed, what the claim stands on, and how to check it."""
    proof = proof_word(content)
    match content.outcome:
        case Optimal(schedule):
            claimed = f"has an II below {schedule.ii}"
        case Feasible(schedule):
            low = schedule.ii_lower_bound
            claimed = f"has an II below {low}; this one has {schedule.ii}"
        case Infeasible():
            claimed = "exists, at any II"
        case _:
            return [
                "Nothing is claimed: neither a schedule nor a proof that there is none was found."
            ]
    lines = [f"The claim: in the model named below, no schedule {_scope(content)} {claimed}."]
    if proof != "not proved":
        lines.append(COVERAGE[proof])
    return [*lines, _check(proof)]


def _scope(content: Content) -> str:
    """Which schedules the claim is about."""
    stages = content.problem.limits.max_stages
    plural = "stage" if stages == 1 else "stages"
    wanted = requirements(content.problem)
    more = f", as required ({'; '.join(wanted)})" if wanted else ""
    roles = ", whatever its roles," if content.problem.roles is not None else ""
    return f"of at most {stages} {plural}{roles}{more}"


def _check(proof: Proof) -> str:
    checkable = proof in ("proved by arithmetic", "proved by a checked refutation")
    checks = "verifies the schedule and the proof with Python's standard library alone"
    if not checkable:
        return "twill verify checks the schedule against every constraint; it imports no solver."
    return f"To check it: twill solve -o BUNDLE writes it down, twill check BUNDLE {checks}."
