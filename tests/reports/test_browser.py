"""The generated pages in a real browser: what it complains of, and what lies where it should not.

The pages are those of the gallery, which another test keeps current.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import hostile_content
from tests.reports.browser import opened, started
from tests.reports.contents import outcomes
from twill.reports.html import html_report

GALLERY = Path(__file__).resolve().parents[2] / "reports" / "gallery"
PAGES = sorted(path.name for path in GALLERY.glob("*.html"))
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests of this file."""
    with started() as found:
        yield found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_laid_out(browser: Any, name: str, width: int) -> None:
    """Nothing is fetched, cut off, outside, over something else, too small or too pale."""
    with opened(browser, GALLERY / name, width) as (page, wrong):
        assert faults(page, "overflow", "pictures") == []
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert faults(page, "overflow", "overlap") == []
        if width == max(WIDTHS):
            assert faults(page, "contrast") == []
            page.emulate_media(color_scheme="dark")
            assert faults(page, "contrast") == []
        assert wrong == []


@pytest.mark.parametrize("kind", ["infeasible", "unknown", "feasible", "plain", "full", "hostile"])
def test_other_pages_on_a_phone(browser: Any, kind: str, tmp_path: Path) -> None:
    """Pages of every kind of outcome, and one whose names try to break out of it."""
    found = hostile_content() if kind == "hostile" else outcomes()[kind]
    file = tmp_path / "page.html"
    file.write_text(html_report(found), "utf-8")
    with opened(browser, file, 390) as (page, wrong):
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert faults(page, "overflow", "overlap", "pictures", "contrast") == []
        assert wrong == []


def faults(page: Any, *questions: str) -> list[str]:
    """What the page answers to each question, all of it."""
    return [fault for question in questions for fault in page.evaluate(f"twill.{question}()")]


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ("document.querySelector('h1').style.marginLeft = '2000px'", "window"),
        ("document.querySelector('h2').style.marginBottom = '-40px'", "overlap"),
        ("document.querySelector('td').style.cssText = 'display: block; width: 9px'", "its cell"),
        ("document.querySelector('svg text').setAttribute('x', '5000')", "clipped"),
        ("document.querySelector('svg text').style.fontSize = '5px'", "px: <text>"),
        ("document.querySelector('h2').style.color = '#999999'", "2.7"),
    ],
)
def test_the_checks_find_faults(browser: Any, broken: str, found: str) -> None:
    """What is broken by hand is found."""
    with opened(browser, GALLERY / "figure1-figure1.html", 1280) as (page, _):
        page.evaluate(broken)
        told = faults(page, "overflow", "overlap", "pictures", "contrast")
        assert any(found in fault for fault in told), told


def test_what_a_page_fetches_is_noticed(browser: Any) -> None:
    """A request to anywhere is a fault."""
    with opened(browser, GALLERY / "figure1-figure1.html", 1280) as (page, wrong):
        page.evaluate("document.body.append(new Image()), document.images[0].src = 'missing.png'")
        page.wait_for_timeout(50)
        assert any("missing.png" in each for each in wrong)


def test_without_script(browser: Any) -> None:
    """All of it can be read where no script runs; details open by themselves."""
    with opened(browser, GALLERY / "gemm-h100.html", 390, script=False) as (page, wrong):
        assert page.locator("nav button").count() == 0
        assert page.locator("section").count() >= 10
        folded = page.locator("#assumptions details").first
        folded.locator("summary").click()
        assert folded.locator("td").first.is_visible()
        assert wrong == []


def test_theme_and_zoom_by_keyboard(browser: Any) -> None:
    """The first stop is the skip link; the theme and the zoom of a picture are buttons."""
    with opened(browser, GALLERY / "gemm-h100.html", 1280) as (page, wrong):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
        page.get_by_role("button", name="Light or dark").press("Enter")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert faults(page, "contrast") == []
        width = "document.querySelector('#figure-period svg').getBoundingClientRect().width"
        before = page.evaluate(width)
        page.get_by_role("button", name="Zoom into: One period").press("Enter")
        assert page.evaluate(width) > 1.5 * before
        assert faults(page, "overflow") == []
        assert wrong == []


def test_printed(browser: Any) -> None:
    """On paper there is no navigation, and no dark ground in a dark room."""
    with opened(browser, GALLERY / "gemm-h100.html", 1280) as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        assert not page.locator("nav").is_visible()
        ground = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(ground) == "rgb(255, 255, 255)"
        assert faults(page, "contrast") == []
