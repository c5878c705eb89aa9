"""Checks certificates with the standard library alone: no solver, no encoder, is trusted."""

from __future__ import annotations

from twill.check.certificate import check
from twill.check.period import Invalid
from twill.check.result import Result

__all__ = ["Invalid", "Result", "check"]
