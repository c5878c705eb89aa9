"""The entries of the cache in a folder, shared by any number of processes.

No locks: an entry is written beside its place and moved there in one step, so that a reader
sees a whole one or none. Of two processes that write the same entry the last one wins.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from twill.cache.entry import DamagedEntry, Entry, entry_text, read_entry
from twill.cache.questions import Question
from twill.files import write_whole
from twill.problem import Problem

MAX_BYTES = 64 << 20
MAX_ENTRIES = 4096
"""Beyond either, the entries that were not used for longest are removed."""

_SUFFIX = ".answer"
_ABANDONED_S = 3600
"""Age at which a file that was never moved to its place is left by a process that died."""


@dataclass(frozen=True, slots=True)
class Contents:
    """How many entries there are and how many bytes they take."""

    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int
    used: float


class Store:
    """The cache in ``folder``; everything in it lies in the sub-folder ``answers``."""

    def __init__(
        self, folder: Path, max_bytes: int = MAX_BYTES, max_entries: int = MAX_ENTRIES
    ) -> None:
        self.answers = folder / "answers"
        self.max_bytes = max_bytes
        self.max_entries = max_entries

    def path(self, question: Question) -> Path:
        """The file of a question's answer."""
        return self.answers / f"{question.key}{_SUFFIX}"

    def find(self, question: Question, problem: Problem, time_limit: float) -> Entry | None:
        """The checked answer to a question, or None.

        :raises DamagedEntry: where there is one that cannot be believed.
        :raises OSError: where the file cannot be read.
        """
        path = self.path(question)
        try:
            with path.open("rb") as file:
                raw = file.read(self.max_bytes + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if len(raw) > self.max_bytes:
            raise DamagedEntry("it is larger than the whole cache may be")
        entry = read_entry(raw, question, problem)
        if not entry.answers(question, time_limit):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return entry

    def keep(self, question: Question, entry: Entry) -> None:
        """Write an answer, where it is worth it, and remove what has become too much.

        :raises OSError: where the folder cannot be made.
        :raises InputError: where the file cannot be written.
        """
        if not entry.worth_keeping:
            return
        self.answers.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self.path(question), entry_text(question, entry))
        self._prune()

    def contents(self) -> Contents:
        """What is there now. Raises OSError where the folder cannot be read."""
        files = list(self._entries())
        return Contents(len(files), sum(file.size for file in files))

    def clear(self) -> Contents:
        """Remove all entries, and nothing that is not one; what was removed.

        :raises OSError: where one cannot be removed.
        """
        files = list(self._entries())
        for file in (*files, *self._abandoned()):
            file.path.unlink(missing_ok=True)
        return Contents(len(files), sum(file.size for file in files))

    def _prune(self) -> None:
        with contextlib.suppress(OSError):
            for file in self._too_much():
                file.path.unlink(missing_ok=True)

    def _too_much(self) -> Iterator[_File]:
        """What died while it was written, and the entries beyond the limits, by last use."""
        yield from self._abandoned()
        total = 0
        newest_first = sorted(self._entries(), key=lambda file: file.used, reverse=True)
        for count, file in enumerate(newest_first, 1):
            total += file.size
            if count > self.max_entries or total > self.max_bytes:
                yield file

    def _entries(self) -> Iterator[_File]:
        return self._files(lambda name: name.endswith(_SUFFIX) and not name.startswith("."))

    def _abandoned(self) -> Iterator[_File]:
        """Files on their way to their place for so long that nobody will move them any more."""
        staged = self._files(lambda name: name.startswith(".") and f"{_SUFFIX}." in name)
        return (file for file in staged if file.used < time.time() - _ABANDONED_S)

    def _files(self, wanted: Callable[[str], bool]) -> Iterator[_File]:
        """The files of the wanted names; another process may remove them meanwhile."""
        try:
            names = sorted(path.name for path in self.answers.iterdir() if wanted(path.name))
        except (FileNotFoundError, NotADirectoryError):
            return
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                status = (self.answers / name).stat()
                yield _File(self.answers / name, status.st_size, status.st_mtime)
