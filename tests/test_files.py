from __future__ import annotations

from pathlib import Path

import pytest

from twill.diagnostics import InputError
from twill.files import write_bundle, write_whole


def test_write_whole_replaces_a_file(tmp_path: Path) -> None:
    """The file holds the new text and nothing else lies beside it."""
    path = tmp_path / "a.json"
    path.write_text("old")
    write_whole(path, "new\n")
    assert path.read_bytes() == b"new\n"
    assert list(tmp_path.iterdir()) == [path]


def test_write_whole_gives_ordinary_permissions(tmp_path: Path) -> None:
    """Others may read the file where the umask lets them."""
    write_whole(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize("place", ["missing/a.json", "file/a.json", "folder"])
def test_write_whole_says_why_it_cannot(tmp_path: Path, place: str) -> None:
    """A missing folder, a file for a folder and a folder for a file are the user's to mend."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="cannot write"):
        write_whole(tmp_path / place, "text")
    assert sorted(tmp_path.rglob("*")) == before


def test_write_bundle_makes_the_folder(tmp_path: Path) -> None:
    """A bundle may go where no folder is yet."""
    folder = tmp_path / "a" / "b"
    write_bundle(folder, {"x.json": "1", "y.txt": "2"})
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"x.json": "1", "y.txt": "2"}


def test_write_bundle_leaves_nothing_behind(tmp_path: Path) -> None:
    """Where one file cannot be written, neither the others nor the folders stay."""
    with pytest.raises(InputError, match=r"cannot write .*y\.txt"):
        write_bundle(tmp_path / "a" / "b", {"x.json": "1", "no/y.txt": "2"})
    assert list(tmp_path.iterdir()) == []


def test_write_bundle_keeps_older_files_when_it_fails(tmp_path: Path) -> None:
    """A failed second run does not destroy the results of the first."""
    write_bundle(tmp_path, {"x.json": "1"})
    (tmp_path / "y.txt").mkdir()
    with pytest.raises(InputError, match="is a directory"):
        write_bundle(tmp_path, {"x.json": "new", "y.txt": "2"})
    assert (tmp_path / "x.json").read_text() == "1"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.json", "y.txt"]


def test_write_bundle_refuses_a_file_for_a_folder(tmp_path: Path) -> None:
    """`-o` may name a file by mistake."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="cannot write"):
        write_bundle(tmp_path / "out", {"x.json": "1"})
    assert (tmp_path / "out").read_text() == "mine"
