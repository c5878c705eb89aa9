"""The kinds of operations: which keys each takes, and what its result is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twill.diagnostics import Diagnostic, did_you_mean
from twill.spec.loop_models import OperationModel
from twill.spec.nodes import Document, Key

_ANY = frozenset({"kind", "subtile", "cost"})
_RESULT = ("shape", "type", "in", "in_place", "warps")
_MODEL_ONLY = {
    "in": "write 'result' under 'cost': it says where the result lives",
    "warps": "write 'warps' under 'cost'",
}
"""Keys that mean something only where a machine's model gives the cost."""

_ONE_OPERAND = ("store", "reduce", "convert", "rescale", "move")


@dataclass(frozen=True, slots=True)
class KindKeys:
    """Keys that a kind needs and further ones that it takes; ``narrow``: the loop's type."""

    needs: frozenset[str]
    takes: frozenset[str] = frozenset()
    narrow: bool = False


def _kind(*needs: str, takes: tuple[str, ...] = (), narrow: bool = False) -> KindKeys:
    return KindKeys(frozenset(needs), frozenset(takes), narrow)


KINDS: dict[str, KindKeys] = {
    "load": _kind("shape", takes=("type", "in"), narrow=True),
    "store": _kind("read", takes=("shape", "reduce")),
    "mma": _kind("a", "b", "shape", takes=("accumulate", *_RESULT)),
    "elementwise": _kind("read", "function", takes=_RESULT),
    "exp2": _kind("read", takes=_RESULT),
    "reduce": _kind("read", "function", "shape", takes=("accumulate", *_RESULT)),
    "convert": _kind("read", takes=_RESULT, narrow=True),
    "rescale": _kind("read", "by", takes=_RESULT),
    "move": _kind("read", "in", takes=("shape", "in_place", "warps")),
    "custom": _kind("cost", takes=("read", "shape", "type", "in_place")),
}


def check_keys(
    document: Document, path: tuple[Key, ...], model: OperationModel
) -> Iterator[Diagnostic]:
    """Every key that a kind needs and has not, or has and does not take."""
    keys = KINDS[model.kind]
    given = {key for key, value in _node(document, path).items() if value is not None}
    needs = keys.needs - ({"shape", "in"} if model.cost is not None else frozenset())
    for missing in sorted(needs - given):
        message = f"{path[-1]}: kind '{model.kind}' needs the key '{missing}'"
        yield document.error(path, message, key=True)
    known = keys.needs | keys.takes | _ANY
    for extra in sorted(given - known):
        message = f"kind '{model.kind}' does not take the key '{extra}'"
        hint = did_you_mean(extra, sorted(known - given))
        yield document.error((*path, extra), f"{message}; {hint}" if hint else message, key=True)
    for key in sorted(given & known & set(_MODEL_ONLY)) if model.cost is not None else ():
        message = f"{path[-1]}: '{key}' means nothing beside a stated cost"
        yield document.error((*path, key), message, _MODEL_ONLY[key], key=True)
    if model.kind in _ONE_OPERAND and isinstance(model.read, list) and len(model.read) > 1:
        message = f"kind '{model.kind}' reads one value, found {len(model.read)}"
        yield document.error((*path, "read"), message)


def _node(document: Document, path: tuple[Key, ...]) -> dict[str, object]:
    node: object = document.data
    for key in path:
        assert isinstance(node, dict)
        node = node[key]
    assert isinstance(node, dict)
    return node
