from __future__ import annotations

import re

import pytest

from twill.reports.svg.frame import STYLES, palettes, stylesheet

THEMES = ("light", "dark")
HATCH = float(re.findall(r"\.hatch {[^}]*stroke-opacity: ([.\d]+)", stylesheet())[0])


def _luminance(color: tuple[float, float, float]) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _blend(over: str, under: str, opacity: float) -> tuple[float, float, float]:
    red, green, blue = (
        o * opacity + u * (1 - opacity) for o, u in zip(_rgb(over), _rgb(under), strict=True)
    )
    return red, green, blue


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_grounds(theme: str) -> None:
    """Ink, faint text and alarms on every ground that they stand on: at least 4.5 to 1."""
    color = palettes()[THEMES.index(theme)]
    for ground in ("paper", "band"):
        for ink in ("ink", "faint", "alarm"):
            assert _contrast(_rgb(color[ink]), _rgb(color[ground])) >= 4.5, (ink, ground)
    assert _contrast(_rgb(color["ink"]), _rgb(color["line"])) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", range(STYLES))
def test_text_on_fills(theme: str, style: int) -> None:
    """Names in boxes are legible between the strokes of a hatching and on them."""
    color = palettes()[THEMES.index(theme)]
    ground, stroke = color[f"c{style}"], color[f"e{style}"]
    assert _contrast(_rgb(color["ink"]), _rgb(ground)) >= 4.5
    assert _contrast(_rgb(color["ink"]), _blend(stroke, ground, HATCH)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", range(STYLES))
def test_outlines_are_seen(theme: str, style: int) -> None:
    """The outline of a box stands out from the paper: at least 3 to 1, as graphics need."""
    color = palettes()[THEMES.index(theme)]
    assert _contrast(_rgb(color[f"e{style}"]), _rgb(color["paper"])) >= 3


def test_themes_have_the_same_colors() -> None:
    """No color is missing in one theme."""
    light, dark = palettes()
    assert light.keys() == dark.keys()
