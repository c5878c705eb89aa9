"""The terminal report: what was found, how it is proved, and what limits it, as text."""

from __future__ import annotations

from twill.reports.context import Context
from twill.reports.terminal.full import full_report
from twill.reports.terminal.page import Page
from twill.reports.terminal.report import report

__all__ = ["Context", "Page", "full_report", "report"]
