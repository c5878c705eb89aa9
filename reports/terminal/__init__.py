"""The terminal report: pure functions from a problem and an outcome to text."""

from __future__ import annotations

from twill.reports.context import Context
from twill.reports.terminal.page import Page
from twill.reports.terminal.report import report

__all__ = ["Context", "Page", "report"]
