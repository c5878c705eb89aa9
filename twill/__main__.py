"""``python -m twill``."""

from __future__ import annotations

from twill.cli import main

main()
