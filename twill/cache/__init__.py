"""Answers to problems that were solved before, so that the same question is answered at once.

An answer is a file named after the hash of its question (:mod:`twill.cache.questions`): the
problem, the options of the search, the versions and sources of what searches. Nothing in it is
believed before it is checked (:mod:`twill.cache.entry`).
"""

from __future__ import annotations

from twill.cache.entry import DamagedEntry, Entry
from twill.cache.folder import cache_folder
from twill.cache.questions import Question, question
from twill.cache.store import Contents, Store

__all__ = [
    "Contents",
    "DamagedEntry",
    "Entry",
    "Question",
    "Store",
    "cache_folder",
    "question",
]
