"""Checks certificates with the standard library alone: no solver, no encoder, is trusted.

To read it as a sceptic: ``certificate`` (what is checked, in order), ``chain`` (which IIs a step
excludes), ``arithmetic`` and ``circuits`` (bounds), ``refutation``, ``atoms``, ``rules`` (what each
axiom says and why it is true), ``lrat`` (what follows), ``exchanges`` (lemma 5), ``witness``. The
rest reads files (``bundle``, ``reading``, ``values``, ``shapes``, ``problem_file``,
``problem_sense``) and says what came of it (``result``, ``second_opinion``). Trusted besides:
``twill.problem``, ``twill.accounting``, ``twill.lemmas`` and ``twill.verify``.
"""

from __future__ import annotations

from twill.check.bundle import Held
from twill.check.certificate import check, check_bundle
from twill.check.period import Invalid
from twill.check.result import Result

__all__ = ["Held", "Invalid", "Result", "check", "check_bundle"]
