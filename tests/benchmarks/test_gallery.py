"""The gallery is what ``make gallery`` writes.

Those of the attention kernels are compared by their hashes, where they are solved anyway
(``tests/test_shipped.py``).
"""

from __future__ import annotations

import re

import pytest

from benchmarks.gallery import FOLDER, PAIRS, SMALL, content, files_of, name_of
from tests.test_shipped import PROVED


def test_every_shipped_pair_has_its_page() -> None:
    """Nothing is missing, nothing is left over, nothing is too large to be opened or cloned."""
    names = {name_of(*pair) for pair in PAIRS}
    assert set(PAIRS) == set(PROVED)
    pages = {path.name for path in FOLDER.iterdir()}
    assert pages == {f"{n}.{kind}" for n in names for kind in ("html", "svg")} | {
        "README.md",
        "index.html",
    }
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]
    assert max(sizes) < 1_000_000
    assert sum(sizes) < 5_000_000


@pytest.mark.parametrize(("loop", "machine"), SMALL)
def test_small_pages_are_current(loop: str, machine: str) -> None:
    """Solved again, they are the same byte for byte."""
    for name, text in files_of(name_of(loop, machine), content(loop, machine)).items():
        assert (FOLDER / name).read_text("utf-8") == text, f"{name}: run make gallery"


@pytest.mark.parametrize("name", ["index.html", "README.md"])
def test_first_pages_show_every_report(name: str) -> None:
    """Each report is linked, each link leads to a file."""
    text = (FOLDER / name).read_text("utf-8")
    links = set(re.findall(r"[\w-]+\.html", text))
    assert links >= {f"{name_of(*pair)}.html" for pair in PAIRS}
    assert all((FOLDER / link).is_file() for link in links)
