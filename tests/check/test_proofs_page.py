"""The commands, proofs and messages of docs/proofs.md are those of the program."""

from __future__ import annotations

import json
import lzma
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.check.proofs import packed
from twill.check import Invalid, check
from twill.check.atoms import words
from twill.check.period import Period
from twill.check.reading import sha256
from twill.check.rules import RULES
from twill.elaborate import elaborate
from twill.solver.proof.document import refutation_file
from twill.solver.proof.refute import Contradiction, refute
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "proofs.md").read_text("utf-8")
LONG = 120
"""Seconds after which a script of the page hangs."""

Json = dict[str, Any]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the page asks the reader to write."""
    made = tmp_path_factory.mktemp("page")
    (problem,) = _blocks("json")
    (script,) = _blocks("python")
    (made / "rescale.json").write_text(problem, "utf-8")
    (made / "read_proof.py").write_text(script, "utf-8")
    return made


@pytest.fixture(scope="module")
def outputs(folder: Path) -> list[tuple[str, str, str]]:
    """Every command of the page, what the page says of its output, and what it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("TWILL_CACHE_DIR", str(folder / "cache"))
        done = []
        for block in _blocks("console"):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, said = part.partition("\n")
                done.append((command, said, _output(command, folder)))
        return done


def _output(command: str, folder: Path) -> str:
    """What a command prints, run as a reader would; of a pipe into diff what would be compared."""
    alone, _, rest = command.partition(" | ")
    alone, quiet, _ = alone.partition(" > ")
    program, *arguments = shlex.split(alone)
    start = [sys.executable, *(["-m", "twill"] if program == "twill" else [])]
    path = {"PYTHONPATH": str(ROOT), "TWILL_CACHE_DIR": str(folder / "cache"), "PATH": ""}
    done = subprocess.run(
        [*start, *arguments], cwd=folder, env=path, capture_output=True, text=True, check=True,
        timeout=LONG,
    )  # fmt: skip
    if rest:
        same = done.stdout == (folder / rest.split()[-1]).read_text("utf-8")
        return "" if same else "the files differ"
    return "" if quiet else done.stdout


def test_commands_print_what_the_page_says(outputs: list[tuple[str, str, str]]) -> None:
    """A reader who types the commands sees the same, line for line."""
    assert len(outputs) == 7
    assert [(command, said) for command, said, _ in outputs] == [
        (command, actual) for command, _, actual in outputs
    ]


def _placed(data: Json, start: int) -> None:
    data["witness"]["ops"]["O"]["start"] = start


def _bound(data: Json, total: int) -> None:
    data["lower_bound"][0]["sum"] = total


def _level(data: Json, value: int) -> None:
    data["levels"][1]["value"] = value


def _denied(data: Json, number: int) -> None:
    clause = data["axioms"][number - 1][2]
    clause[:] = [-x for x in clause]


def _arc(data: Json, cycles: int) -> None:
    data["axioms"][7][1][0][-1][2] = cycles


def _alone(data: Json, name: str) -> None:
    data["axioms"][5][1] = [[name]]


def _lrat(data: Json, old: str, new: str) -> None:
    assert old in data["lrat"]
    data["lrat"] = data["lrat"].replace(old, new)


CHANGES: dict[str, tuple[str, Callable[[Json], Any]]] = {
    "figure1, witness: O at 2": ("certificate.json", lambda d: _placed(d, 2)),
    "figure1, the sum of the bound: 3": ("certificate.json", lambda d: _bound(d, 3)),
    "figure1, claim: II 3": ("certificate.json", lambda d: d["claim"].update(ii=3)),
    "figure1, limits: 4 stages": (
        "certificate.json",
        lambda d: d["limits"].update(max_stages=4),
    ),
    "figure1, problem: S takes 2 cycles to P": (
        "problem.json",
        lambda d: d["dependences"][0].update(delay=2),
    ),
    "rescale, without the refutation": ("certificate.json", lambda d: d["lower_bound"].pop()),
    "rescale, level time: 3": ("certificate.json", lambda d: _level(d, 3)),
    "rescale, axiom 2 denied": ("refutation-3.json.xz", lambda d: _denied(d, 2)),
    "rescale, axiom 8: its last arc 0": ("refutation-3.json.xz", lambda d: _arc(d, 0)),
    "rescale, axiom 6: mul alone": ("refutation-3.json.xz", lambda d: _alone(d, "mul")),
    "rescale, step 12 without its hint 4": (
        "refutation-3.json.xz",
        lambda d: _lrat(d, "0 1 4 9 0\n", "0 1 9 0\n"),
    ),
    "rescale, without the last step": (
        "refutation-3.json.xz",
        lambda d: _lrat(d, "14 0 6 13 7 10 0\n", ""),
    ),
}
ROWS = dict(re.findall(r"^\| ((?:figure1|rescale), .*?) \| `(.*)` \|$", PAGE, re.MULTILINE))


def test_every_change_of_the_page_is_tried() -> None:
    """No row of the table is without its change, no change without its row."""
    assert ROWS.keys() == CHANGES.keys()


@pytest.mark.parametrize("row", CHANGES)
@pytest.mark.usefixtures("outputs")
def test_changes_are_refused_with_the_message_of_the_page(
    row: str, folder: Path, tmp_path: Path
) -> None:
    """A damaged bundle is refused, and the message is the one that the page shows."""
    for file in (folder / row.split(",", maxsplit=1)[0]).iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    name, change = CHANGES[row]
    _change(tmp_path / name, change)
    with pytest.raises(Invalid) as refused:
        check(tmp_path)
    assert str(refused.value) == ROWS[row]


def _change(file: Path, change: Callable[[Json], Any]) -> None:
    if file.suffix == ".json":
        data = json.loads(file.read_text("utf-8"))
        change(data)
        file.write_text(json.dumps(data), "utf-8")
        return
    data = json.loads(lzma.decompress(file.read_bytes()))
    change(data)
    file.write_bytes(packed(data))
    bundle = file.with_name("certificate.json")
    certificate = json.loads(bundle.read_text("utf-8"))
    step = certificate["lower_bound"][-1]
    step.update(sha256=sha256(file.read_bytes()), steps=data["lrat"].count("\n"))
    bundle.write_text(json.dumps(certificate), "utf-8")


def test_axioms_of_attention_are_those_of_its_rules() -> None:
    """What the page reads aloud follows from the shipped loop and machine at II 3724."""
    problem = elaborate(load_loop("flash_attention_forward"), load_machine("b200")).problem
    period = Period(problem, 3724)
    quoted = re.findall(r"^(\w+) (\[.*\]): (.*)$", "".join(_blocks("text")), re.MULTILINE)
    assert {rule for rule, *_ in quoted} == {
        "deep", "memory", "handoff", "stream", "capacity", "circuit",
    }  # fmt: skip
    for rule, arguments, said in quoted:
        clause = RULES[rule](period, *json.loads(arguments))
        assert {words(*literal) for literal in clause} == set(said.split(" or "))


def test_counts_of_attention_are_those_of_its_refutation() -> None:
    """The page counts the axioms of the proof that is found, and shows one of them by number."""
    problem = elaborate(load_loop("flash_attention_forward"), load_machine("b200")).problem
    found = refute(problem, 3724)
    assert isinstance(found, Contradiction)
    file = refutation_file(problem, found.axioms)
    assert file is not None
    data = json.loads(lzma.decompress(file))
    rules = Counter(rule for rule, *_ in data["axioms"])
    said = " ".join(PAGE.split())
    assert (
        f"The {len(data['axioms'])} axioms of forward attention on a B200 at II 3724:"
        f" {rules.pop('circuit')} circuits, {rules.pop('transitive')} transitive,"
        f" {rules.pop('dependence')} dependences, {rules.pop('handoff')} hand-offs,"
        f" {rules.pop('stream')} streams, {rules.pop('capacity')} capacities,"
        " and one each of `deep` and `memory`."
    ) in said
    assert rules == {"deep": 1, "memory": 1}
    (number,) = re.findall(r"figures is axiom (\d+)", said)
    rule, arguments, _ = data["axioms"][int(number) - 1]
    assert f"{rule} {json.dumps(arguments)}: " in PAGE


def test_every_rule_is_in_the_table() -> None:
    """A rule that the page does not explain is one that a reader cannot judge."""
    rows = "\n".join(re.findall(r"^\| `.*$", PAGE, re.MULTILINE))
    assert {rule for rule in RULES if f"`{rule}`" not in rows} == set()
