"""Every claim of the paper, ours beside theirs: ``python -m benchmarks.paper [--write]``.

Without options all claims are computed and printed. A claim is computed anew each time; with
--write the results file gets the claims computed, and docs/paper.md is made from the file.
"""

from __future__ import annotations

import argparse
import json
import sys

from benchmarks.paper.claim import Claim, from_json, to_json
from benchmarks.paper.page import PAGE, RESULTS, rendered
from benchmarks.paper.registry import computations
from twill.files import write_whole


def main() -> None:
    """Compute what is asked for; print it, and write it if told to."""
    given = _arguments()
    known = computations()
    names = [] if given.page else (given.claim or list(known))
    claims = stored() if given.write or given.page else {}
    for name in names:
        claims[name] = known[name]()
        if not given.json:
            _print(_lines(claims[name]))
        if given.write:
            _write(claims)
    if given.page:
        _write(claims)
    if given.json:
        _print(json.dumps(to_json(tuple(claims[name] for name in names)), indent=1))


def stored() -> dict[str, Claim]:
    """The claims of the results file, by name."""
    if not RESULTS.is_file():
        return {}
    return {claim.name: claim for claim in from_json(json.loads(RESULTS.read_text()))}


def _write(claims: dict[str, Claim]) -> None:
    """The results, in the order of the page, and the page."""
    ordered = {name: claims[name] for name in computations() if name in claims}
    RESULTS.parent.mkdir(exist_ok=True)
    write_whole(RESULTS, json.dumps(to_json(tuple(ordered.values())), indent=1) + "\n")
    write_whole(PAGE, rendered(PAGE.read_text(), ordered))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.paper", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument(
        "--claim", action="append", metavar="NAME", help="only this; may be repeated"
    )
    parser.add_argument("--write", action="store_true", help="write the results and docs/paper.md")
    parser.add_argument("--page", action="store_true", help="make docs/paper.md of the results")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of text")
    given = parser.parse_args()
    unknown = set(given.claim or ()) - set(computations())
    if unknown:
        there = ", ".join(computations())
        parser.error(f"no claim {', '.join(sorted(unknown))}; there are {there}")
    return given


def _lines(claim: Claim) -> str:
    lines = [f"{claim.name}: {claim.title}", f"  theirs   {claim.theirs}"]
    lines += [f"  {f.profile:8} {f.verdict}: {f.text}" for f in claim.findings]
    lines += [f"  right    {claim.right}"] if claim.right else []
    return "\n".join(lines)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
