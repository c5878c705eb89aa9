"""The words of a comparison with an expert's kernel, whatever it is written as."""

from __future__ import annotations

from twill.comparison import Range

STYLES = {
    "rediscovered": "bold good",
    "tie": "bold good",
    "better in the model": "bold good",
    "worse": "bold bad",
    "not decided": "bold warn",
    "not comparable": "bold warn",
}
"""How each word is marked."""

ABOUT = "II in cycles per iteration, of this model; nothing is said about measured speed"
COSTS = ("What their structure costs", "fixed, one after the other")
CONTROLS = ("Controls", "the smallest II of any schedule")
PUBLISHED = ("Published speed", "as measured by others; no model says it")
NOTES = ("Notes", "")
"""Parts of a comparison, with what is to be known to read them."""


def more(ours: Range, ii: Range) -> str:
    """How much more than ours it is at least, in per cent."""
    if ours.high is None or ii.low is None or ii.low <= ours.high:
        return ""
    return f"{100 * (ii.low - ours.high) / ours.high:.1f} %"
