"""A real browser for the tests: one for all of them, without network, without leftovers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
CHECKS = Path(__file__).with_name("browser_checks.js").read_text("utf-8")


@contextmanager
def started() -> Iterator[Any]:
    """A browser; the test is skipped where there is none, unless one is required."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        missing(f"no browser: none of {', '.join(NAMES)} is on the PATH")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("no browser: playwright is not installed (pip install '.[test]')")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


def missing(why: str) -> None:
    """Skip, or fail where a browser is required."""
    if os.environ.get("TWILL_TEST_BROWSER") == "required":
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def opened(
    browser: Any, file: Path, width: int, script: bool = True
) -> Iterator[tuple[Any, list[str]]]:
    """A page at a width, and what it complained of or fetched."""
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, java_script_enabled=script)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(f"console: {said.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    own = (file.as_uri(), "data:,")

    def asked(request: Any) -> None:
        wrong.extend([f"fetched {request.url}"] if request.url not in own else [])

    page.on("request", asked)
    page.goto(file.as_uri())
    if script:
        page.evaluate(CHECKS)
    yield page, wrong
    context.close()
