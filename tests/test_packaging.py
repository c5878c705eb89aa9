from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAPPED = ("hwmodels", "reports", "solver", "specs")
GENERATED = {"twill.reports.gallery"}
"""Pages to be looked at in the repository; no program needs them."""


def _packages_on_disk() -> set[str]:
    """Return every folder with Python code or data, as the package that it installs as."""
    found = set()
    for top in ("twill", *MAPPED):
        prefix = "twill" if top == "twill" else f"twill.{top}"
        for folder in (ROOT / top, *(p for p in (ROOT / top).rglob("*") if p.is_dir())):
            inside = folder.relative_to(ROOT / top).parts
            if "__pycache__" in inside or (top == "twill" and inside[:1] and inside[0] in MAPPED):
                continue
            if any(p.is_file() for p in folder.iterdir()):
                found.add(".".join((prefix, *inside)))
    return found - GENERATED


def test_every_package_on_disk_is_listed() -> None:
    """A package that pyproject.toml does not list would be missing from the wheel."""
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == _packages_on_disk()


@pytest.mark.parametrize("name", MAPPED)
def test_symlink_points_at_the_mapped_folder(name: str) -> None:
    """Tests, type checkers and editable installs see the mapped folders through symlinks."""
    link = ROOT / "twill" / name
    assert link.is_symlink()
    assert link.resolve() == ROOT / name
    assert PROJECT["tool"]["setuptools"]["package-dir"][f"twill.{name}"] == name


def test_every_package_has_an_init() -> None:
    """Data folders are packages too: importlib.resources finds their files."""
    folders = [ROOT.joinpath(*p.split(".")) for p in PROJECT["tool"]["setuptools"]["packages"]]
    assert [f for f in folders if not (f / "__init__.py").is_file()] == []


def test_ortools_is_pinned_exactly() -> None:
    """Another release may find another of several optimal schedules."""
    assert "ortools==9.15.6755" in PROJECT["project"]["dependencies"]


def test_import_contracts_name_every_module_of_the_core() -> None:
    """A new module at the top of twill/ must be put under an import contract."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    named = {module for contract in contracts for module in contract["source_modules"]}
    there = {f"twill.{p.stem}" for p in (ROOT / "twill").glob("*.py") if p.stem[0] != "_"}
    there |= {f"twill.{p.parent.name}" for p in (ROOT / "twill").glob("*/__init__.py")}
    data_and_entry = {"twill.cli", "twill.hwmodels", "twill.specs"}
    assert there - named - data_and_entry == set()
