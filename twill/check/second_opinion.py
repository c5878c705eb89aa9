"""A second opinion on refutations: the same proof, for a formally verified checker of LRAT.

It is given the axioms as a plain formula (DIMACS), so it judges the proof. That the axioms
are true of the problem is for ``twill.check`` alone to say.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twill.check.period import Invalid
from twill.check.refutation import Refutation

SECONDS = 600
"""How long a program may take for one proof."""

HELP = (
    "install one: cake_lpr (github.com/tanyongkiam/cake_lpr, 'make' builds it in a second) or "
    "ACL2 with its books (Debian: apt-get install acl2 acl2-books acl2-books-certs)"
)


@dataclass(frozen=True)
class Program:
    """A verified checker: what it is called, how it is asked, the line that says yes."""

    name: str
    arguments: Callable[[Path, Path], list[str]]
    input: Callable[[Path, Path], str]
    yes: str


PROGRAMS = (
    Program(
        "cake_lpr",
        lambda formula, proof: [str(formula), str(proof)],
        lambda _formula, _proof: "",
        "s VERIFIED UNSAT",
    ),
    Program(
        "acl2",
        lambda _formula, _proof: [],
        lambda formula, proof: (
            '(include-book "projects/sat/lrat/stobj-based/run" :dir :system)\n'
            f'(lrat::lrat-check "{formula}" "{proof}")\n'
        ),
        "s VERIFIED",
    ),
)


def installed() -> Program | None:
    """The first of the programs that is on the PATH."""
    return next((program for program in PROGRAMS if shutil.which(program.name)), None)


def ask(program: Program, refutation: Refutation) -> None:
    """Let a program check one proof. Raises Invalid unless it says yes."""
    with tempfile.TemporaryDirectory(prefix="twill-") as folder:
        formula, proof = Path(folder, "axioms.cnf"), Path(folder, "proof.lrat")
        formula.write_text(dimacs(refutation), encoding="ascii")
        proof.write_text(refutation.lrat, encoding="ascii")
        try:
            done = subprocess.run(  # noqa: S603
                [shutil.which(program.name) or program.name, *program.arguments(formula, proof)],
                input=program.input(formula, proof),
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Invalid(f"{program.name} gave no answer on {refutation.file}: {error}") from None
    if done.returncode or not any(x.endswith(program.yes) for x in done.stdout.splitlines()):
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["it says nothing"]
        raise Invalid(f"{program.name} does not verify {refutation.file}: {last[0][:200]}")


def dimacs(refutation: Refutation) -> str:
    """The axioms as a formula: variable i is atom i, clause i axiom i."""
    lines = [f"p cnf {refutation.atoms} {len(refutation.clauses)}"]
    lines += [" ".join(map(str, (*clause, 0))) for clause in refutation.clauses]
    return "\n".join(lines) + "\n"
