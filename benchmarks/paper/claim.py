"""What a claim of the paper is here, and how two profiles answer it.

A verdict is never written down: it follows from computed values by the claim's rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal[
    "reproduced", "not reproduced", "not decided within the limits", "not testable without hardware"
]
Profile = Literal["paper", "default", "both"]


def verdict(holds: bool | None) -> Verdict:
    """The verdict on a rule that holds, fails, or (None) was not decided."""
    if holds is None:
        return "not decided within the limits"
    return "reproduced" if holds else "not reproduced"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one profile (or what both share) answers to a claim."""

    profile: Profile
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of the table.

    ``rule`` says when the claim counts as reproduced. ``section``: of the paper. ``evidence``:
    the computed values; process seconds are under ``cpu_s`` and no verdict depends on them.
    ``commands``: what a user types to see the numbers. ``right``: where the profiles differ,
    which of them is right and why, from computed values.
    """

    name: str
    section: str
    title: str
    theirs: str
    rule: str
    findings: tuple[Finding, ...]
    commands: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    right: str = ""

    @property
    def differs(self) -> bool:
        """Whether the profiles have different verdicts."""
        return len({finding.verdict for finding in self.findings}) > 1


def to_json(claims: tuple[Claim, ...]) -> dict[str, Any]:
    """The results file."""
    return {"schema": "twill/paper-claims/v1", "claims": [asdict(claim) for claim in claims]}


def from_json(document: Mapping[str, Any]) -> tuple[Claim, ...]:
    """The claims of a results file."""
    return tuple(_claim(entry) for entry in document["claims"])


def _claim(entry: Mapping[str, Any]) -> Claim:
    findings = tuple(Finding(**finding) for finding in entry["findings"])
    return Claim(**{**entry, "findings": findings, "commands": tuple(entry["commands"])})
