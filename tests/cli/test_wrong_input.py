from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["sovle", "gemm"], "'solve'"),
        (["solve", "gemm", "--machin", "h100"], "--machine"),
        (["solve", "gemm", "--time-limt", "3"], "--time-limit"),
        (["show", "--machne", "h100"], "--machine"),
        (["schema", "lop"], "did you mean 'loop'?"),
        (["show", "--machine", "h10"], "did you mean 'h100'?"),
        (["solve", "gemm", "--machine", "b20"], "did you mean 'b200'?"),
        (["solve", "flash_atention_forward", "-m", "h100"], "'flash_attention_forward'?"),
        (["show", "gem"], "'gemm'?"),
    ],
)
def test_misspelt_words_get_the_nearest(twill: Twill, arguments: list[str], hint: str) -> None:
    """Commands, options, choices, machines and specs: each with what was probably meant."""
    result = twill(*arguments)
    assert result.code == 2
    assert hint in result.err
    assert result.out == ""
    assert "Traceback" not in result.err


def test_faults_of_both_names_come_at_once(twill: Twill) -> None:
    """A misspelt spec does not hide a misspelt machine."""
    result = twill("solve", "gem", "--machine", "h10")
    assert "'gemm'?" in result.err
    assert "'h100'?" in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "N"], "NAME=NUMBER"),
        (["--set", "N=ten"], "positive whole number"),
        (["--set", "N=0"], "positive whole number"),
        (["--set", "N=-4"], "positive whole number"),
        (["--set", "N=1.5"], "positive whole number"),
        (["--set", "N=1073741824"], "at most nine digits"),
        (["--set", "N=64", "--set", "N=32"], "N is set to 64 and to 32"),
        (["--subtile", "M=0"], "positive whole number"),
        (["--forbid-roles-above", "0"], "--forbid-roles-above"),
        (["--max-stages", "none"], "--max-stages"),
        (["--fix-role", "S"], "OP=ROLE"),
        (["--fix-role", "S=a", "--fix-role", "S=b"], "S is fixed to a and to b"),
        (["--time-limit", "0"], "between 0 and"),
        (["--time-limit", "-1"], "between 0 and"),
        (["--time-limit", "nan"], "between 0 and"),
        (["--time-limit", "inf"], "between 0 and"),
        (["--time-limit", "soon"], "not a number of seconds"),
        (["--seed", "-1"], "--seed"),
        (["--seed", "1.5"], "--seed"),
        (["--workers", "0"], "--workers"),
        (["--workers", "many"], "--workers"),
        (["--machine"], "--machine"),
        (["extra", "words"], "unexpected extra arguments"),
    ],
)
def test_bad_option_values(twill: Twill, arguments: list[str], message: str) -> None:
    """Each value that makes no sense is refused with what would."""
    result = twill("solve", "gemm", *arguments)
    assert result.code == 2
    assert message in result.err


def test_errors_as_json(twill: Twill, tmp_path: Path) -> None:
    """With ``--json`` stdout has the error as a document, stderr the same for people."""
    path = tmp_path / "problem.json"
    path.write_text(
        json.dumps({"schema": "twill/problem/v1", "name": "x", "ops": [{"name": "a", "isue": 1}]})
    )
    result = twill("solve", path, "--json")
    assert result.code == 2
    assert result.json["exit_code"] == 2
    [diagnostic] = result.json["diagnostics"]
    assert diagnostic["location"]["file"] == str(path)
    assert "isue" in diagnostic["message"]
    assert "isue" in result.err


def test_usage_errors_as_json(twill: Twill) -> None:
    """A misspelt option is a document, too."""
    result = twill("solve", "gemm", "--json", "--machin", "h100")
    assert result.code == 2
    assert "--machin" in result.json["error"]


@pytest.mark.parametrize("name", ["problem.json", "loop.yaml"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02binary", "binary"),
        (b"\xff\xfeabc", "UTF-8"),
    ],
)
def test_files_that_are_no_text(
    twill: Twill, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """Empty, binary and badly encoded files are called what they are."""
    path = tmp_path / name
    path.write_bytes(content)
    result = twill("solve", path)
    assert result.code == 2
    assert message in result.err
    assert str(path) in result.err


@pytest.mark.parametrize("name", ["problem.json", "loop.yaml"])
def test_a_100_mb_file_is_not_read(twill: Twill, tmp_path: Path, name: str) -> None:
    """Its size is enough to refuse it."""
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(100 << 20)
    result = twill("solve", path)
    assert result.code == 2
    assert str(path) in result.err
    assert "MiB" in result.err or "bytes" in result.err


def test_a_directory_is_no_spec(twill: Twill, tmp_path: Path) -> None:
    """A folder's path is refused as one, for specs and machines."""
    for arguments in (["solve", tmp_path], ["show", "--machine", tmp_path]):
        result = twill(*arguments)
        assert result.code == 2
        assert "director" in result.err


def test_machine_with_a_problem_is_refused(twill: Twill, vliw_json: Path) -> None:
    """A problem file already holds its machine; an option without effect would mislead."""
    result = twill("solve", vliw_json, "--machine", "h100", "--set", "N=3")
    assert result.code == 2
    assert "--machine and --set cannot be used with a problem file" in result.err


def test_show_nothing(twill: Twill) -> None:
    """``show`` alone says what it can show."""
    result = twill("show")
    assert result.code == 2
    assert "name a SPEC, a --machine, or both" in result.err
    assert twill("show", "--machine", "h100", "--set", "N=3").code == 2


def test_control_characters_in_a_file_do_not_reach_the_terminal(
    twill: Twill, tmp_path: Path
) -> None:
    """A name with an escape sequence cannot colour or clear the reader's screen."""
    path = tmp_path / "evil.json"
    document = {"schema": "twill/problem/v1", "name": "a\x1b[2Jb", "ops": [{"name": "\x1b[31m"}]}
    path.write_text(json.dumps(document))
    result = twill("solve", path)
    assert "\x1b" not in result.out + result.err
