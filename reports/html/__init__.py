"""A report as one self-contained HTML file."""

from twill.reports.html.page import html_report

__all__ = ["html_report"]
