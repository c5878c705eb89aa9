"""The kinds of operations: which keys each takes, and what its result is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twill.diagnostics import Diagnostic, did_you_mean
from twill.spec.loop_models import OperationModel
from twill.spec.nodes import Document, Key

_ANY = frozenset({"kind", "subtile", "warps", "cost", "type", "in", "in_place", "shape"})


@dataclass(frozen=True, slots=True)
class KindKeys:
    """Keys that a kind needs and further ones that it takes; ``narrow``: the loop's type."""

    needs: frozenset[str]
    takes: frozenset[str] = frozenset()
    narrow: bool = False


def _kind(*needs: str, takes: tuple[str, ...] = (), narrow: bool = False) -> KindKeys:
    return KindKeys(frozenset(needs), frozenset(takes), narrow)


KINDS: dict[str, KindKeys] = {
    "load": _kind("shape", narrow=True),
    "store": _kind("read", takes=("reduce",), narrow=True),
    "mma": _kind("a", "b", "shape", takes=("accumulate",)),
    "elementwise": _kind("read", "function"),
    "exp2": _kind("read"),
    "reduce": _kind("read", "function", "shape", takes=("accumulate",)),
    "convert": _kind("read", narrow=True),
    "rescale": _kind("read", "by"),
    "move": _kind("read", "in"),
    "custom": _kind("cost", takes=("read",)),
}


def check_keys(
    document: Document, path: tuple[Key, ...], model: OperationModel
) -> Iterator[Diagnostic]:
    """Every key that a kind needs and has not, or has and does not take."""
    keys = KINDS[model.kind]
    given = set(_node(document, path))
    needs = keys.needs - ({"shape"} if model.cost is not None else frozenset())
    for missing in sorted(needs - given):
        message = f"{path[-1]}: kind '{model.kind}' needs the key '{missing}'"
        yield document.error(path, message, key=True)
    known = keys.needs | keys.takes | _ANY
    for extra in sorted(given - known):
        message = f"kind '{model.kind}' does not take the key '{extra}'"
        hint = did_you_mean(extra, sorted(known - given))
        yield document.error((*path, extra), f"{message}; {hint}" if hint else message, key=True)


def _node(document: Document, path: tuple[Key, ...]) -> dict[str, object]:
    node: object = document.data
    for key in path:
        assert isinstance(node, dict)
        node = node[key]
    assert isinstance(node, dict)
    return node
