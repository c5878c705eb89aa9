"""Solvers: bounds, the joint model, the search for the smallest II.

Importing this package loads no engine; ``solve`` loads OR-Tools when it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twill.solver.bounds import Bound, Bounds, bounds
    from twill.solver.options import Progress, SolveOptions, Stop
    from twill.solver.search import VerificationFailed, solve

__all__ = [
    "Bound",
    "Bounds",
    "Progress",
    "SolveOptions",
    "Stop",
    "VerificationFailed",
    "bounds",
    "solve",
]

_HOMES = {
    "Bound": "twill.solver.bounds",
    "Bounds": "twill.solver.bounds",
    "bounds": "twill.solver.bounds",
    "Progress": "twill.solver.options",
    "SolveOptions": "twill.solver.options",
    "Stop": "twill.solver.options",
    "VerificationFailed": "twill.solver.search",
    "solve": "twill.solver.search",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # a submodule of the same name must not shadow it
    return value
