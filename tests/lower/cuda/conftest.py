"""The CUDA compiler for the tests of this folder."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from twill.lower.cuda.toolchain import Toolchain, find_toolchain, missing_tools


@pytest.fixture(scope="session")
def tools() -> Toolchain:
    """The CUDA compiler; without one a test is skipped, but never in ``make test`` on Linux."""
    _have(missing_tools())
    return find_toolchain()


@pytest.fixture(scope="session")
def gxx() -> str:
    """The host compiler, for text that runs on the CPU; skipped without like ``tools``."""
    _have([] if shutil.which("g++") else ["g++"])
    return shutil.which("g++") or ""


def _have(missing: list[str]) -> None:
    """Skip where something is missing; NVIDIA publishes no compiler for macOS, all else must be."""
    required = os.environ.get("TWILL_TEST_CUDA") == "required" and sys.platform != "darwin"
    if missing and required:
        pytest.fail(f"{' and '.join(missing)} not found, and make test skips nothing")
    if missing:
        pytest.skip(f"{' and '.join(missing)} not found: pip install 'twill-gpu[cuda]', and g++")
