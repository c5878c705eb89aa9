"""Where the cache lies: the platform's folder for what can be computed again."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "TWILL_CACHE_DIR"


def cache_folder(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Path | None:
    r"""Return the folder of the cache, which need not exist; None where there is no home.

    ``TWILL_CACHE_DIR`` wins. Else ``~/Library/Caches/twill`` on macOS,
    ``%LOCALAPPDATA%\twill\Cache`` on Windows, ``$XDG_CACHE_HOME/twill`` or
    ``~/.cache/twill`` elsewhere.
    """
    chosen = environment.get(VARIABLE)
    if chosen:
        return Path(chosen)
    if platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return Path(local, "twill", "Cache") if local else None
    # A relative XDG_CACHE_HOME is to be ignored, says the XDG Base Directory Specification.
    base = environment.get("XDG_CACHE_HOME", "")
    if platform != "darwin" and Path(base).is_absolute():
        return Path(base, "twill")
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if not home.is_absolute():
        return None
    return home / ("Library/Caches" if platform == "darwin" else ".cache") / "twill"
