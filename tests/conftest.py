"""Settings shared by all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "twill",
    deadline=None,  # solver tests share two cores with everything else
    derandomize=True,  # a failure must come again
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("twill")
