from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("ortools", "z3", "networkx", "numpy", "pandas", "matplotlib")
_PROBE = """
import sys
from twill.cli import main
try:
    code = main({arguments!r})
except SystemExit as stop:
    code = stop.code
sys.stderr.write("\\n" + ",".join(sorted({{m.split(".")[0] for m in sys.modules}})))
sys.exit(code)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["schema", "problem"],
        ["list"],
        ["solve", "--help"],
        ["lower", "--help"],
        ["simulate", "--help"],
        ["import", "--help"],
        ["compare", "--help"],
        ["check", "--help"],
        ["cache", "show"],
    ],
    ids=" ".join,
)
def test_start_up_loads_no_engine(arguments: list[str]) -> None:
    """Engines take seconds to import; commands that solve nothing must not pay for them."""
    probe = _PROBE.format(arguments=arguments)
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stderr.rsplit("\n", 1)[1].split(",")
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize(
    "package",
    [
        "twill.solver",
        "twill.formats",
        "twill.verify",
        "twill.reports",
        "twill.cache",
        "twill.check",
    ],
)
def test_importing_a_package_loads_no_engine(package: str) -> None:
    """The packages themselves load their engines only when they are used."""
    probe = f"import sys, {package}; print(*{{m.split('.')[0] for m in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert set(HEAVY).isdisjoint(done.stdout.split())
