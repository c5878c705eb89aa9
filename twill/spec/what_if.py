"""``--what-if``: a machine with some of its numbers changed.

A change names a number of the machine file by its path (``costs.load.rate``), by an end of
the path that only numbers of one value share, or all rates of a unit at once
(``sfu.rate``). It sets a value, or multiplies by a factor (``x2``).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.spec.machine_layers import merge_layers, read_layers
from twill.spec.nodes import Key
from twill.what_if import Change

Path = tuple[Key, ...]

SOURCE = "WHAT-IF"
CITATION = "set on the command line (--what-if), not a property of this machine"


def changed(data: Any, changes: Sequence[Change]) -> Any:
    """Return the content of a machine file with the changes made.

    :raises InputError: for names that fit nothing, or numbers that differ.
    """
    data = copy.deepcopy(data)
    found: list[Diagnostic] = []
    for change in changes:
        places = list(_places(data, change.name))
        fault = _fault(data, change, places)
        if fault is not None:
            found.append(fault)
            continue
        for place in places:
            _set(_at(data, place), change)
    if found:
        raise InputError(found)
    if changes:
        data.setdefault("sources", {})[SOURCE] = CITATION
    return data


def rates_of(name_or_path: str, unit: str) -> tuple[str, ...]:
    """The numbers of a machine file that ``UNIT.rate`` stands for, by their paths."""
    data = merge_layers(read_layers(name_or_path)).data
    return tuple(_dotted(path) for path in _aliases(data).get(f"{unit}.rate", ()))


def _set(number: dict[str, Any], change: Change) -> None:
    value = Fraction(str(number["value"])) * change.value if change.factor else change.value
    number["value"] = int(value) if value.denominator == 1 else float(value)
    number["source"] = SOURCE
    number["confidence"] = "hypothetical"


def _fault(data: Any, change: Change, places: list[Path]) -> Diagnostic | None:
    if not places:
        names = {_dotted(path) for path in _numbers(data)} | set(_aliases(data))
        message = f"--what-if {change}: {unknown('number', change.name, sorted(names))}"
        return Diagnostic(message, help="'twill show --machine MACHINE' lists every number")
    values = {_at(data, place)["value"] for place in places}
    if len(values) > 1 and not change.factor:
        listed = ", ".join(f"{_dotted(p)} {_at(data, p)['value']:g}" for p in places)
        message = f"--what-if {change}: '{change.name}' stands for numbers that differ: {listed}"
        help_ = f"name one of them, or give a factor: {change.name}=x2"
        return Diagnostic(message, help=help_)
    return None


def _places(data: Any, name: str) -> Iterator[Path]:
    """The numbers that a name stands for: an exact path, a unit's rates, or an end of paths."""
    numbers = list(_numbers(data))
    exact = [path for path in numbers if _dotted(path) == name]
    rates = _aliases(data).get(name, [])
    yield from exact or rates or [path for path in numbers if _dotted(path).endswith(f".{name}")]


def _aliases(data: Any) -> dict[str, list[Path]]:
    """``UNIT.rate`` for every unit: what each cost model that holds it can do per cycle.

    A fluid unit is what requests share; its rate is its capacity.
    """
    units = data.get("units", {})
    named = {f"{unit}.rate": list(_rates(data, unit)) for unit in units}
    for unit, model in units.items():
        if isinstance(model, dict) and model.get("fluid"):
            named[f"{unit}.rate"] = [("units", unit, "capacity")]
    return {name: paths for name, paths in named.items() if paths}


def _rates(data: Any, unit: str) -> Iterator[Path]:
    for path in _numbers(data):
        rate = path[-1] == "rate" or (len(path) > 1 and path[-2] == "rates")
        if rate and any(_unit(_at(data, path[:n])) == unit for n in range(1, len(path))):
            yield path


def _unit(model: Any) -> object:
    return model.get("unit") if isinstance(model, dict) else None


def _numbers(data: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every number, in the order of the file."""
    if isinstance(data, dict):
        if "value" in data:
            yield path
            return
        for key, value in data.items():
            yield from _numbers(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _numbers(value, (*path, index))


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _dotted(path: Path) -> str:
    """A path as machine reports write it: ``costs.matrix.tile.m[0]``."""
    return "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in path).lstrip(".")
