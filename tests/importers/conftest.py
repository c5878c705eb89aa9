"""A machine with roles and tensor memory."""

from __future__ import annotations

import pytest

from twill.machine import Machine
from twill.spec.machine import load_machine


@pytest.fixture(scope="session")
def b200() -> Machine:
    """A shipped machine that has tensor memory."""
    return load_machine("b200")
