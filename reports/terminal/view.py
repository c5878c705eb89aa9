"""A schedule as the terminal shows it: its operations with colours."""

from __future__ import annotations

from twill.reports.terminal.page import Span, palette_style
from twill.reports.view import View


class TerminalView(View):
    """A schedule of a problem, with the words and colours that every section uses for it."""

    def style(self, op: str) -> str:
        """The colour of an operation's boxes."""
        return palette_style(self.index[op])

    def mark(self, op: str, shift: int = 0) -> Span:
        """The label of an operation in the style of a name."""
        return Span(self.label(op, shift), "name")
