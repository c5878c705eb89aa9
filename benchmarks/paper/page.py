"""``docs/paper.md``: prose written by hand around regions generated from the results.

A region begins with ``<!-- generated: NAME -->`` and ends with ``<!-- end of NAME -->``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.paper.claim import Claim, Finding, Profile
from benchmarks.paper.registry import GROUPS, name_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "paper.md"
RESULTS = ROOT / "benchmarks" / "results" / "paper.json"

Claims = Mapping[str, Claim]


def rendered(page: str, claims: Claims) -> str:
    """The page with its regions made anew."""
    for name, render in REGIONS.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end of {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(f"the page needs the region {name} once")
        before, rest = page.split(begin)
        after = rest.split(end)[1]
        page = before + "\n".join([begin, *render(claims), end]) + after
    return page


def summary(claims: Claims) -> Iterator[str]:
    """How many claims each profile reproduces."""
    yield "| verdict | profile `paper` | default profile |"
    yield "|---|---|---|"
    counts = {profile: Counter(_verdicts(claims, profile)) for profile in ("paper", "default")}
    for verdict in dict.fromkeys([*counts["paper"], *counts["default"]]):
        yield f"| {verdict} | {counts['paper'][verdict]} | {counts['default'][verdict]} |"


def _verdicts(claims: Claims, profile: Profile) -> Iterator[str]:
    for claim in claims.values():
        found = _finding(claim, profile)
        if found is not None:
            yield found.verdict


def _finding(claim: Claim, profile: Profile) -> Finding | None:
    """What a profile found; what is said of both is said of each."""
    return next((f for f in claim.findings if f.profile in (profile, "both")), None)


def table(claims: Claims) -> Iterator[str]:
    """One row per claim, group by group."""
    for title, computes in GROUPS.items():
        rows = [claims[name_of(c)] for c in computes if name_of(c) in claims]
        if not rows:
            continue
        yield f"### {title}"
        yield ""
        yield "| claim | the paper | profile `paper` | default profile |"
        yield "|---|---|---|---|"
        yield from (_row(claim) for claim in rows)
        yield ""


def _row(claim: Claim) -> str:
    shared = any(f.profile == "both" for f in claim.findings)
    cells = [f"[{claim.title}](#{claim.name.replace('_', '-')}) (§ {claim.section})", claim.theirs]
    cells.append(_cell(_finding(claim, "paper")))
    cells.append("the same" if shared else _cell(_finding(claim, "default")))
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _cell(finding: Finding | None) -> str:
    return f"**{finding.verdict}**: {finding.text}" if finding is not None else "not asked"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def differences(claims: Claims) -> Iterator[str]:
    """The claims that the profiles answer differently, and which of them is right."""
    for claim in claims.values():
        if claim.right:
            yield f"* **{claim.title}.** {claim.right[0].upper()}{claim.right[1:]}."


def rules(claims: Claims) -> Iterator[str]:
    """For each claim when it counts as reproduced, and the commands."""
    for claim in claims.values():
        yield f'<a id="{claim.name.replace("_", "-")}"></a>'
        yield f"**{claim.title}.** Reproduced if: {claim.rule}."
        yield ""
        yield from (f"    {command}" for command in claim.commands)
        yield ""


REGIONS: Mapping[str, Callable[[Claims], Iterator[str]]] = {
    "summary": summary,
    "table": table,
    "differences": differences,
    "rules": rules,
}
