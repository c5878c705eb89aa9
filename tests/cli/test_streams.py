from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Twill

TWILL = [sys.executable, "-m", "twill"]


def _environment() -> dict[str, str]:
    """The environment of this test without what changes a command's output."""
    return {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}


def _on_terminal(*arguments: object, **environment: str) -> str:
    """Everything that a command writes to a terminal of 90 columns."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 90, 0, 0))
    process = subprocess.Popen(
        [*TWILL, *map(str, arguments)],
        stdout=child,
        stderr=child,
        stdin=child,
        env={**_environment(), "TERM": "xterm-256color", **environment},
    )
    os.close(child)
    text = b""
    while True:
        try:
            piece = os.read(parent, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
    process.wait()
    os.close(parent)
    return text.decode()


def test_terminal_gets_colors_and_its_width(vliw_json: Path) -> None:
    """On a terminal: colours, the terminal's width, progress that is wiped away."""
    text = _on_terminal("solve", vliw_json)
    assert "\x1b[1;32mII 3 cycles, optimal" in text
    report = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text[text.index("II 3") :])
    assert 80 < max(len(line) for line in report.splitlines()) <= 90


def test_no_color(vliw_json: Path) -> None:
    """The option and the variable both turn colours off; FORCE_COLOR does not win over them."""
    for arguments, environment in (
        (["--no-color"], {}),
        ([], {"NO_COLOR": "1"}),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}),
    ):
        text = _on_terminal("solve", vliw_json, "-q", *arguments, **environment)
        assert "\x1b[" not in text


def test_pipes_get_plain_text(vliw_json: Path) -> None:
    """Through a pipe there are no colours and no progress, unless they are forced."""
    plain = subprocess.run(
        [*TWILL, "solve", vliw_json], capture_output=True, env=_environment(), check=True
    )
    assert b"\x1b" not in plain.stdout
    assert plain.stderr == b""
    forced = {**_environment(), "FORCE_COLOR": "1"}
    colored = subprocess.run(
        [*TWILL, "solve", vliw_json], capture_output=True, env=forced, check=True
    )
    assert b"\x1b[1;32m" in colored.stdout


def test_ascii_streams(vliw_json: Path) -> None:
    """Where the encoding has no box drawing, the report is drawn in ASCII."""
    environment = {**_environment(), "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(
        [*TWILL, "solve", vliw_json], capture_output=True, env=environment, check=True
    )
    assert result.stdout.isascii()
    assert b"[load@+1-------]" in result.stdout


def test_reader_gone_away(vliw_json: Path) -> None:
    """``twill ... | head -1`` is no error."""
    with subprocess.Popen(
        [*TWILL, "solve", vliw_json],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_returns_what_is_known(tmp_path: Path, interrupt: signal.Signals) -> None:
    """The first signal ends the search with an outcome; the report says that it was cut short."""
    process = _slow(tmp_path, "request")
    process.send_signal(interrupt)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in out
    assert "Ctrl-C again" in err


def test_second_interrupt_aborts(tmp_path: Path) -> None:
    """An engine that does not stop is left behind at the second signal."""
    process = _slow(tmp_path, "ignore")
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert out == ""
    assert "interrupted: no result" in err


def _slow(folder: Path, reaction: str) -> subprocess.Popen[str]:
    """A solve whose engine runs until it is stopped, or does not even stop then."""
    from tests.reports.hand_made import vliw
    from twill.formats import problem_to_json

    (folder / "slow.json").write_text(_dumps(problem_to_json(vliw()[0])))
    script = folder / "slow.py"
    script.write_text(
        "import sys, time, twill.solver\n"
        "from twill.schedule import Reason, Unknown\n"
        "def solve(problem, options, on_progress, stop):\n"
        "    print('running', file=sys.stderr, flush=True)\n"
        f"    while {reaction!r} == 'ignore' or not stop.requested:\n"
        "        time.sleep(0.01)\n"
        "    return Unknown(Reason('interrupted'), 1)\n"
        "twill.solver.solve = solve\n"
        "from twill.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script), "solve", str(folder / "slow.json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**_environment(), "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "running\n"
    return process


def _dumps(document: object) -> str:
    import json

    return json.dumps(document)


def test_help_of_every_command(twill: Twill) -> None:
    """Help goes to stdout, exits 0 and shows an example."""
    assert "Exit codes" in twill("--help").out
    for command in ("solve", "verify", "show", "list", "schema", "cache"):
        result = twill(command, "--help")
        assert result.code == 0
        assert result.err == ""
        assert f"twill {command}" in result.out


def test_version(twill: Twill) -> None:
    """The version is that of the package."""
    import twill as package

    assert twill("--version").out == f"twill {package.__version__}\n"


def test_interrupt_while_modules_load(tmp_path: Path) -> None:
    """Ctrl-C before the command has begun is one line and 130, not a traceback."""
    script = tmp_path / "early.py"
    script.write_text(
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'twill.cli.app':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from twill.cli import main\n"
        "main(['list'])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert done.stderr == "interrupted: no result\n"
