"""Fixtures for reports: golden files that can be read as they are."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class TextFile(SingleFileSnapshotExtension):
    """A golden file of plain text; ``pytest --snapshot-update`` writes it anew."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare with ``__snapshots__/<module>/<test>.txt``."""
    return snapshot.use_extension(TextFile)
