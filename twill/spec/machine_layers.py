"""``extends``: a machine file and the files that it builds on, merged into one document.

A mapping is merged key by key. A number, that is a mapping with a ``value``, is replaced
as a whole, so that a new value never keeps an old source; so is a list. ``null`` takes a
part away.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from twill.diagnostics import Diagnostic, InputError, Span, unknown
from twill.spec.nodes import Document, Key
from twill.spec.reader import parse_document, read_document

_SUFFIX = ".yaml"
_LAW_FORMS = ({"points"}, {"fixed", "per_kib"})


@dataclass(slots=True)
class LayeredDocument(Document):
    """The merged content of several files; an error points into the file it comes from."""

    layers: tuple[Document, ...] = ()

    def span(self, path: tuple[Key, ...], *, key: bool = False) -> Span:
        """Return the place in the first layer that has the most of ``path``."""
        best = max(self.layers, key=lambda layer: _known_depth(layer.data, path))
        return best.span(path, key=key)


def shipped_machines() -> tuple[str, ...]:
    """The names of the machines that ship with Twill, sorted."""
    names = (entry.name for entry in files("twill.hwmodels").iterdir())
    return tuple(sorted(n.removesuffix(_SUFFIX) for n in names if n.endswith(_SUFFIX)))


def read_layers(name_or_path: str) -> tuple[Document, ...]:
    """Read a machine file and what it extends, itself first.

    :raises InputError: where a file or a name does not exist, or the files go in a circle.
    """
    document = _open(name_or_path, Path())
    layers, seen = [document], [_identity(document)]
    while (base := _extends(layers[-1])) is not None:
        here = layers[-1]
        try:
            document = _open(base, Path(here.path).parent)
        except InputError as error:
            raise InputError([_at_extends(here, d) for d in error.diagnostics]) from None
        if _identity(document) in seen:
            chain = " → ".join(Path(path).stem for path in (*seen, _identity(document)))
            message = f"machines that extend each other in a circle: {chain}"
            raise InputError([here.error(("extends",), message)])
        layers.append(document)
        seen.append(_identity(document))
    return tuple(layers)


def merge_layers(layers: tuple[Document, ...]) -> LayeredDocument:
    """Merge the layers, the first over the ones behind it."""
    data: object = {}
    for layer in reversed(layers):
        data = _merge(data, layer.data)
    first = layers[0]
    return LayeredDocument(first.path, data, first.text, first.locate, layers=layers)


def _open(name_or_path: str, folder: Path) -> Document:
    known = shipped_machines()
    if _is_path(name_or_path):
        path = folder / name_or_path
        if path.stem in known and name_or_path == path.name and not path.exists():
            help = f"the shipped machine is called '{path.stem}'"
            raise InputError([Diagnostic(f"there is no file {path}", help=help)])
        return read_document(path)
    if name_or_path not in known:
        help = f"shipped are {', '.join(known)}; or give the path of a YAML file"
        raise InputError([Diagnostic(unknown("machine", name_or_path[:80], known), help=help)])
    resource = files("twill.hwmodels") / f"{name_or_path}{_SUFFIX}"
    return parse_document(resource.read_text("utf-8"), str(resource))


def _is_path(name: str) -> bool:
    return "/" in name or name in (".", "..") or Path(name).suffix in (".yaml", ".yml", ".json")


def _identity(document: Document) -> str:
    return str(Path(document.path).resolve())


def _extends(document: Document) -> str | None:
    base = document.data.get("extends") if isinstance(document.data, dict) else None
    if base is None or isinstance(base, str):
        return base
    raise InputError([document.error(("extends",), "must be the name or path of a machine")])


def _at_extends(document: Document, found: Diagnostic) -> Diagnostic:
    """Point at the ``extends`` line where a diagnostic has no place of its own."""
    if found.span is not None:
        return found
    return document.error(("extends",), found.message, found.help)


def _merge(base: object, over: object) -> object:
    if not (isinstance(base, dict) and isinstance(over, dict)) or "value" in over:
        return over
    replaced = {key for form in _LAW_FORMS if form & over.keys() for key in _other_form(form)}
    merged = {key: value for key, value in base.items() if key not in replaced}
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged


def _other_form(form: set[str]) -> set[str]:
    return set().union(*(other for other in _LAW_FORMS if other != form))


def _known_depth(data: object, path: tuple[Key, ...]) -> int:
    """How many steps of ``path`` exist in ``data``."""
    for depth, part in enumerate(path):
        if isinstance(data, dict) and part in data:
            data = data[part]
            continue
        if isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
            continue
        return depth
    return len(path)
