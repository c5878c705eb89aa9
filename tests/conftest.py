"""Settings shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "twill",
    deadline=None,  # solver tests share two cores with everything else
    derandomize=True,  # a failure must come again
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("twill")


@pytest.fixture(scope="session", autouse=True)
def _no_real_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures that outlive a test leave the developer's own cache alone, too."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TWILL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def cache_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a cache of its own, empty, so that what it solves is solved by it."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("TWILL_CACHE_DIR", str(folder))
    return folder
