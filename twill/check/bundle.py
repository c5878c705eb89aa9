"""The files of a certificate: in a folder, or not written yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from twill.check.period import Invalid

LARGEST_FILE = 1 << 26
"""Bytes of a JSON file, or of a packed proof: beyond this it is not looked at."""


class Bundle(Protocol):
    """Files by name. ``read`` raises Invalid where there is none, or nothing in it."""

    def has(self, name: str) -> bool:
        """Whether there is something of that name."""

    def read(self, name: str) -> bytes:
        """The content of a file."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder; none outside of it is looked at."""

    path: Path

    def has(self, name: str) -> bool:
        """Whether there is something of that name."""
        return (self.path / name).exists()

    def read(self, name: str) -> bytes:
        """The content of a file."""
        parts = PurePosixPath(name).parts
        if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\0" in name:
            raise Invalid(f"{name!r} is not the name of a file of the bundle")
        path = self.path.joinpath(*parts)
        try:
            if path.exists() and not path.is_file():
                raise Invalid(f"{name}: it is no file")
            if path.stat().st_size > LARGEST_FILE:
                raise Invalid(f"{name}: more than {LARGEST_FILE} bytes")
            content = path.read_bytes()
        except OSError as error:
            raise Invalid(f"{name}: cannot be read: {error.strerror}") from None
        if not content:
            raise Invalid(f"{name}: the file is empty")
        return content


@dataclass(frozen=True, slots=True)
class Held:
    """Files in memory."""

    files: Mapping[str, bytes]

    def has(self, name: str) -> bool:
        """Whether there is a file of that name."""
        return name in self.files

    def read(self, name: str) -> bytes:
        """The content of a file."""
        if not self.files.get(name):
            raise Invalid(f"{name}: there is no such file, or nothing in it")
        return self.files[name]
