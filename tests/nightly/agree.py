"""Compare CP-SAT, Z3, the refuter and brute force on thousands of random problems of growing size.

    python -m tests.nightly.agree [--seeds 0:2000] [--sizes 3,4,5,6,8,10,14,20]
        [--verdicts 4000]

Each seed is one problem per size, in one of the variants of ``tests/switches.py`` (the whole
problem, without one constraint, with one constraint alone), at the IIs around its bound. A
refutation counts once the checker has accepted it. A disagreement is written to
tests/regressions/ as a problem.json, with the II in its name, where the suite finds it from then
on. Exit code 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from tests.agreement import Verdicts, verdicts
from tests.larger_problems import larger_problem, telling
from tests.random_problems import random_problem
from tests.switches import variants
from twill.formats import problem_to_json
from twill.problem import Problem

REGRESSIONS = Path(__file__).parent.parent / "regressions"

BRUTE_FORCE = 8
"""Operations up to which brute force is asked as well."""


def main() -> int:
    """Run, print a table of what was compared, store what disagrees."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", default="0:2000", help="first:last")
    parser.add_argument("--sizes", default="3,4,5,6,8,10,14,20")
    parser.add_argument(
        "--verdicts", type=int, default=4000, help="of the verifier, for brute force, per problem"
    )
    given = parser.parse_args()
    first, last = (int(part) for part in given.seeds.split(":"))
    sizes = [int(part) for part in given.sizes.split(",")]
    tally = Tally()
    for seed in range(first, last):
        for size in sizes:
            compare(tally, seed, size, given.verdicts)
        if (seed + 1) % 25 == 0:
            sys.stdout.write(f"seed {seed}: {tally.compared} compared, {tally.wrong} disagree\n")
            sys.stdout.flush()
    sys.stdout.write(tally.table())
    return 1 if tally.wrong else 0


class Tally:
    """What was compared, by size and by variant."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], Counter[str]] = {}
        self.wrong = 0
        self.compared = 0

    def add(self, size: int, variant: str, said: Verdicts) -> None:
        """Count one comparison."""
        self.compared += said.answered > 1
        self.wrong += not said.agree
        answer = said.cp_sat if said.cp_sat is not None else said.z3
        for key in (("size", f"{size:>3}"), ("variant", variant)):
            count = self.counts.setdefault(key, Counter())
            count["feasible" if answer else "infeasible"] += answer is not None
            count["refuted"] += said.refuter is False
            count["brute force"] += said.brute_force is not None
            count["undecided"] += said.answered < 2
            count["disagree"] += not said.agree

    def table(self) -> str:
        """One row per size and per variant."""
        columns = ("feasible", "infeasible", "refuted", "brute force", "undecided", "disagree")
        rows = [f"{'':<24}" + "".join(f"{title:>13}" for title in columns)]
        for (kind, name), count in sorted(self.counts.items()):
            cells = "".join(f"{count[title]:>13}" for title in columns)
            rows.append(f"{kind + ' ' + name:<24}{cells}")
        return "\n".join(rows) + "\n"


def compare(tally: Tally, seed: int, size: int, brute_force: int) -> None:
    """One problem, in the variant whose turn it is, at every telling II."""
    problem = random_problem(seed, size) if size < 5 else larger_problem(seed, size)
    choice = list(variants(problem))
    name, problem = choice[(seed + size) % len(choice)]
    for ii in telling(problem):
        said = verdicts(problem, ii, brute_force if size <= BRUTE_FORCE else 0)
        tally.add(size, name, said)
        if not said.agree:
            store(problem, ii, said, f"{seed}-{size}-{name}")


def store(problem: Problem, ii: int, said: Verdicts, name: str) -> None:
    """Keep a problem on which there is no agreement, for the suite."""
    REGRESSIONS.mkdir(exist_ok=True)
    path = REGRESSIONS / f"{name.replace(' ', '_')}.ii{ii}.json"
    path.write_text(json.dumps(problem_to_json(problem), indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"DISAGREE {path.name}: {said}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
