from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importers.dumps import attention, curated, read
from twill.diagnostics import InputError
from twill.machine import Machine

SOURCES = (attention(), curated())
VALUES = st.sampled_from(
    [
        *(None, True, -1, 0, 1, 3, 2**31, 1e300, 0.5, "", "NONE", "TC", "tensor<", "@"),
        *([], {}, [1], {"op": "s"}),
    ]
)


def _places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in nested data."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        items = dict(enumerate(value)).items()
    for key, item in items:
        found += _places(item, (*path, key))
    return found


PLACES = [_places(source) for source in SOURCES]


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_file_is_refused_or_imported(b200: Machine, data: st.DataObject) -> None:
    """Whatever stands anywhere, the answer is a problem or a diagnostic."""
    which = data.draw(st.integers(0, 1))
    damaged = deepcopy(SOURCES[which])
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(PLACES[which]))
        holder: Any = damaged
        try:
            for key in path:
                holder = holder[key]
            holder[last] = data.draw(VALUES)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier damage took this place away
    reading = data.draw(st.sampled_from(["timing", "memory", "joint"]))
    machine = b200 if reading != "timing" else None
    try:
        found: object = read(damaged, machine, reading=reading).problem.ops
    except InputError as error:
        found = error.diagnostics
    assert found
