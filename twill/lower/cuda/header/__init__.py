"""Parts of ``twill.cuh``; a kernel gets those that its instructions need."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files


def header(parts: Sequence[str]) -> str:
    """The text of ``twill.cuh``: what all kernels have, the parts, and the self-test's."""
    return "\n".join(part(name) for name in ("common.cuh", *parts, "host.cuh"))


def part(name: str) -> str:
    """The text of one part."""
    return files("twill.lower.cuda.header").joinpath(name).read_text(encoding="utf-8")
