"""``twill check``: what it prints, its exit codes, and the second opinion of another program."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.check.bundles import deep, figure1, pair, pair_content, with_content
from tests.cli.conftest import Twill
from twill.check.second_opinion import PROGRAMS


def fake(folder: Path, name: str, script: str) -> None:
    """An executable of this name that runs a shell script."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with a shell's own tools and nothing else, and a folder on it to fill."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "cat", "grep", "cp", "sleep"):
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_what_is_proved_and_what_is_assumed(twill: Twill, tmp_path: Path) -> None:
    """The claim first, then what was checked, then what was not."""
    done = twill("check", str(deep().write(tmp_path)))
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "II 5 is the smallest of deep, with any number of stages."
    checked, assumed = lines.index("checked"), lines.index("assumed")
    assert checked < lines.index("  chain: no II is left open") < assumed
    assert lines[assumed + 1].startswith("  the model of the machine")


def test_as_json(twill: Twill, tmp_path: Path) -> None:
    """The same for programs."""
    done = twill("check", str(figure1().write(tmp_path)), "--json")
    assert done.code == 0
    answer = json.loads(done.out)
    assert (answer["schema"], answer["checked"], answer["ii"]) == ("twill/check/v1", True, 2)
    assert answer["proof"] == "proved by arithmetic"
    assert answer["what_was_assumed"]


def test_a_rejected_certificate(twill: Twill, tmp_path: Path) -> None:
    """Exit code 6 and what is wrong; the same sentence as JSON."""
    made = pair()
    made.certificate["lower_bound"][0]["lemmas"] = []
    folder = str(made.write(tmp_path))
    message = "lower_bound: II 1 to 3 are not covered by any step"
    done = twill("check", folder)
    assert (done.code, done.out, done.err) == (6, f"rejected: {message}\n", "")
    done = twill("check", folder, "--json")
    assert done.code == 6
    assert json.loads(done.out) == {
        "schema": "twill/check/v1",
        "checked": False,
        "message": message,
    }


def test_no_certificate(twill: Twill, tmp_path: Path) -> None:
    """A folder without one is a wrong argument, not a wrong proof."""
    done = twill("check", str(tmp_path))
    assert done.code == 2
    assert "error: there is no certificate" in done.err
    assert "name a folder that 'twill solve -o' wrote" in done.err


def test_no_second_opinion_to_be_had(twill: Twill, tmp_path: Path, path: Path) -> None:
    """Neither program is installed: what to install is said."""
    assert path.is_dir()
    done = twill("check", str(pair().write(tmp_path)), "--second-opinion")
    assert (done.code, done.out) == (2, "")
    assert "neither cake_lpr nor acl2 is on the PATH" in done.err
    assert "apt-get install acl2" in done.err


def test_a_second_opinion_by_cake_lpr(twill: Twill, tmp_path: Path, path: Path) -> None:
    """It is given the axioms as DIMACS and the proof, as two files."""
    copy = f'cp "$1" {tmp_path}/asked.cnf; cp "$2" {tmp_path}/asked.lrat'
    fake(path, "cake_lpr", f'{copy}\necho "s VERIFIED UNSAT"')
    made = with_content(pair_content())
    done = twill("check", str(made.write(tmp_path)), "--second-opinion")
    assert done.code == 0
    assert done.out.endswith("second opinion\n  cake_lpr verifies the refutation\n")
    assert (tmp_path / "asked.cnf").read_text() == "p cnf 3 4\n1 0\n-2 0\n3 -1 0\n-3 2 0\n"
    assert (tmp_path / "asked.lrat").read_text() == "5 0 1 2 3 4 0\n"


def test_a_second_opinion_by_acl2(twill: Twill, tmp_path: Path, path: Path) -> None:
    """It is told on its input which book to load and which files to read."""
    told = tmp_path / "told"
    fake(path, "acl2", f'cat > {told}\ngrep -q stobj-based {told} && echo "s VERIFIED"')
    done = twill("check", str(deep().write(tmp_path)), "--second-opinion", "--json")
    assert json.loads(done.out)["second_opinion"] == "acl2 verifies 3 refutations"
    assert '(lrat::lrat-check "' in told.read_text()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo s NOT VERIFIED", "cake_lpr does not verify proofs/ii-4-None.json.xz: s NOT VERIF"),
        ("echo s VERIFIED UNSAT; exit 1", "cake_lpr does not verify proofs/"),
        ("exit 0", "does not verify proofs/ii-4-None.json.xz: it says nothing"),
        ("echo c Parse failed >&2; exit 1", "xz: c Parse failed"),
    ],
)
def test_a_second_opinion_that_differs(
    twill: Twill, tmp_path: Path, path: Path, script: str, message: str
) -> None:
    """Anything but a clear yes is a rejection."""
    fake(path, "cake_lpr", script)
    done = twill("check", str(pair().write(tmp_path)), "--second-opinion")
    assert done.code == 6
    assert message in done.out


def test_nothing_to_give_an_opinion_on(twill: Twill, tmp_path: Path, path: Path) -> None:
    """Arithmetic needs none."""
    fake(path, "cake_lpr", "exit 1")
    done = twill("check", str(figure1().write(tmp_path)), "--second-opinion")
    assert done.code == 0
    assert "there is no refutation to check: the bound is by arithmetic" in done.out


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_the_real_program_where_it_is_installed(
    twill: Twill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: object
) -> None:
    """Both verified checkers take the proofs of the tests."""
    name = getattr(program, "name", "")
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    monkeypatch.setattr("twill.check.second_opinion.PROGRAMS", (program,))
    done = twill("check", str(deep().write(tmp_path)), "--second-opinion")
    assert (done.code, done.err) == (0, "")
    assert f"{name} verifies 3 refutations" in done.out
