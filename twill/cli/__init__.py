"""The command line. Importing it loads click and nothing heavier."""

from __future__ import annotations

from twill.cli.app import main

__all__ = ["main"]
