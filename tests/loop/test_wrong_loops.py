"""Every mistake in a loop file is told at its line and column, with the way out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

Complaint = Callable[[str], str]

TILES = "  A: {kind: load, shape: [M, K]}\n  B: {kind: load, shape: [K, N]}\n"
"""Lines 5 and 6."""


def _told(text: str) -> list[str]:
    """The lines with a place, of a rendered error."""
    return [line for line in text.splitlines() if re.match(r"t\.yaml:\d+:\d+: ", line)]


NAMES = {
    "key": (
        "  A: {kind: load, shap: [M, K]}\n",
        "t.yaml:5:19: error: unknown key 'shap'; did you mean 'shape'?",
    ),
    "kind": (
        "  A: {kind: laod, shape: [M, K]}\n",
        "t.yaml:5:13: error: unknown value 'laod'; did you mean 'load'?",
    ),
    "type": (
        "  A: {kind: load, shape: [M, K], type: bf61}\n",
        "t.yaml:5:40: error: unknown value 'bf61'; did you mean 'bf16'?",
    ),
    "tile parameter": (
        "  A: {kind: load, shape: [M, Q]}\n",
        "t.yaml:5:30: error: unknown tile parameter 'Q'; known here: M, N, K",
    ),
    "value": (
        TILES + "  C: {kind: mma, a: A, b: BB, shape: [M, N]}\n",
        "t.yaml:7:27: error: unknown value 'BB'; did you mean 'B'?",
    ),
    "reduction": (
        TILES + "  m: {kind: reduce, function: maxx, read: A, shape: [M]}\n",
        "t.yaml:7:31: error: unknown function 'maxx'; did you mean 'max'?",
    ),
    "sub-tiled dimension": (
        "  A: {kind: load, shape: [M, K], subtile: {L: 2}}\n",
        "t.yaml:5:44: error: unknown tile parameter 'L'; known here: M, N, K",
    ),
    "name of a value": (
        "  A[0]: {kind: load, shape: [M, K]}\n",
        "t.yaml:5:3: error: the key 'A[0]': a value's name has letters, digits, '_' and '-' only",
    ),
}


@pytest.mark.parametrize(("text", "line"), NAMES.values(), ids=NAMES)
def test_names_that_do_not_exist(complaint: Complaint, text: str, line: str) -> None:
    """The nearest name is offered, or all there are."""
    assert _told(complaint(text)) == [line]


ITERATIONS = {
    "later value": (
        "  x: {kind: exp2, read: y, shape: [M, N]}\n  y: {kind: exp2, read: x@-1}\n",
        (
            "t.yaml:5:25: error: x reads 'y', which is computed later, in the same iteration: "
            "a value from the future"
        ),
        "write y@-1 for the last iteration's value",
    ),
    "itself": (
        "  x: {kind: exp2, read: x, shape: [M, N]}\n",
        "t.yaml:5:25: error: x reads itself in the same iteration: a value from the future",
        "write x@-1 for the last iteration's value",
    ),
    "future": (
        TILES + "  C: {kind: mma, a: A, b: B, shape: [M, N], accumulate: C@+1}\n",
        (
            "t.yaml:7:57: error: 'C@+1' reads a value from the future; only earlier iterations can "
            "be read"
        ),
        "write NAME or NAME@-1",
    ),
    "offset zero": (
        TILES + "  C: {kind: mma, a: A@0, b: B, shape: [M, N]}\n",
        "t.yaml:7:21: error: 'A@0' is this iteration's value; write 'A'",
        "write NAME or NAME@-1",
    ),
    "no reference": (
        TILES + "  C: {kind: mma, a: A B, b: B, shape: [M, N]}\n",
        "t.yaml:7:21: error: 'A B' is no reference to a value",
        "write NAME or NAME@-1",
    ),
    "far away": (
        TILES + "  C: {kind: mma, a: A@-1001, b: B, shape: [M, N]}\n",
        "t.yaml:7:21: error: 'A@-1001' is more than 1000 iterations away",
        "write NAME or NAME@-1",
    ),
    "input of an iteration": (
        (
            "schema: twill/loop/v1\nname: t\nparameters: {M: 64}\n"
            "inputs: {Q: {shape: [M], in: shared}}\n"
            "operations:\n  x: {kind: exp2, read: Q@-1}\n"
        ),
        "t.yaml:6:25: error: 'Q' is loop-invariant: it is the same in every iteration",
        "write Q",
    ),
    "store": (
        TILES + "  s: {kind: store, read: A}\n  x: {kind: exp2, read: s}\n",
        "t.yaml:8:25: error: 's' is a store: it has no value to read",
        None,
    ),
}


@pytest.mark.parametrize(("text", "line", "way_out"), ITERATIONS.values(), ids=ITERATIONS)
def test_values_of_other_iterations(
    complaint: Complaint, text: str, line: str, way_out: str | None
) -> None:
    """A value is read after it is computed, by name and iterations back."""
    said = complaint(text)
    assert _told(said) == [line]
    assert way_out is None or f"  help: {way_out}" in said


SHAPES = {
    "multiply": (
        TILES + "  C: {kind: mma, a: B, b: A, shape: [M, N]}\n",
        "t.yaml:7:37: error: shapes do not fit: B [K, N] times A [M, K] is not C [M, N]",
    ),
    "accumulate": (
        TILES
        + "  D: {kind: load, shape: [N, M], type: fp32}\n"
        + "  C: {kind: mma, a: A, b: B, shape: [M, N], accumulate: D}\n",
        "t.yaml:8:57: error: shapes do not fit: D [N, M] accumulates into C [M, N]",
    ),
    "reduce to columns": (
        TILES + "  m: {kind: reduce, function: max, read: A, shape: [K]}\n",
        "t.yaml:7:52: error: shapes do not fit: A [M, K] does not reduce to m [K]",
    ),
    "reduce to nothing less": (
        TILES + "  m: {kind: reduce, function: max, read: A, shape: [M, K]}\n",
        "t.yaml:7:52: error: shapes do not fit: A [M, K] does not reduce to m [M, K]",
    ),
    "rescale": (
        TILES + "  v: {kind: load, shape: [N]}\n  s: {kind: rescale, read: A, by: v}\n",
        "t.yaml:8:35: error: shapes do not fit: v [N] does not scale A [M, K]",
    ),
    "elementwise": (
        TILES + "  x: {kind: elementwise, function: add, read: [A, B]}\n",
        "t.yaml:7:51: error: shapes do not fit: B [K, N] is read for x [M, K]",
    ),
    "transposed": (
        (
            "  A: {kind: load, shape: [M, K]}\n  B: {kind: load, shape: [K, M]}\n"
            "  x: {kind: elementwise, function: add, read: [A, B]}\n"
        ),
        "t.yaml:7:51: error: shapes do not fit: B [K, M] is read for x [M, K]",
    ),
    "convert": (
        TILES + "  x: {kind: convert, read: A, shape: [M, N]}\n",
        "t.yaml:7:28: error: shapes do not fit: A [M, K] is read for x [M, N]",
    ),
    "one dimension twice": (
        "  A: {kind: load, shape: [M, M]}\n",
        "t.yaml:5:26: error: A has the dimension M twice",
    ),
    "no shape": (
        "  c: {kind: custom, cost: {latency: 3}}\n  x: {kind: exp2, read: c}\n",
        "t.yaml:6:3: error: x has no shape: nothing that it reads has one",
    ),
    "types": (
        TILES
        + "  S: {kind: mma, a: A, b: B, shape: [M, N]}\n"
        + "  C: {kind: mma, a: A, b: S, shape: [K, N]}\n",
        "t.yaml:8:27: error: types do not fit: A is bf16, S is fp32",
    ),
    "cut along a foreign dimension": (
        "  A: {kind: load, shape: [M, K], subtile: {N: 2}}\n",
        "t.yaml:5:44: error: A cannot be cut along N: it has M, K",
    ),
}


@pytest.mark.parametrize(("text", "line"), SHAPES.values(), ids=SHAPES)
def test_shapes_that_do_not_fit(complaint: Complaint, text: str, line: str) -> None:
    """Both shapes are named."""
    assert line in _told(complaint(text))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("-128", "must be at least 1, found -128"),
        ("0", "must be at least 1, found 0"),
        ("1.5", "must be a whole number, found 1.5"),
        ("2147483648", "must be at most 2147483647, found 2147483648"),
        ("1e400", "found"),
        (".nan", "found"),
        ("abc", "must be a whole number, found 'abc'"),
        ("true", "must be a whole number, found true"),
        ("", "must be a whole number, found nothing"),
    ],
)
def test_numbers_that_are_no_size(complaint: Complaint, number: str, words: str) -> None:
    """Negative, zero, fractional, huge, infinite, NaN, and what is no number."""
    text = f"schema: twill/loop/v1\nname: t\nparameters: {{M: {number}}}\noperations:\n"
    (line,) = _told(complaint(text + "  A: {kind: load, shape: [M]}\n"))
    assert line.startswith("t.yaml:3:")
    assert words in line


def test_whole_numbers_may_be_written_as_floats(loop: Callable[[str], object]) -> None:
    """``1e3`` is a thousand."""
    text = "schema: twill/loop/v1\nname: t\nparameters: {M: 1e3}\noperations:\n"
    read = loop(text + "  A: {kind: load, shape: [M]}\n")
    assert read.parameters == {"M": 1000}  # type: ignore[attr-defined]


def test_duplicate_key(complaint: Complaint) -> None:
    """The second one is pointed at, the first is named."""
    said = complaint("  A: {kind: load, shape: [M, K]}\n  A: {kind: load, shape: [K, N]}\n")
    line = "t.yaml:6:3: error: the key 'A' stands twice in this mapping; first at 5:3"
    assert _told(said) == [line]


def test_name_of_an_input_and_an_operation(complaint: Complaint) -> None:
    """A value has one origin."""
    said = complaint(
        "schema: twill/loop/v1\nname: t\nparameters: {M: 64}\n"
        "inputs: {Q: {shape: [M], in: shared}}\noperations:\n  Q: {kind: load, shape: [M]}\n"
    )
    assert _told(said) == ["t.yaml:6:3: error: 'Q' is both an input and an operation"]


KEYS = {
    "missing": (
        "  C: {kind: mma, a: A, shape: [M, N]}\n",
        "t.yaml:5:3: error: C: kind 'mma' needs the key 'b'",
    ),
    "missing with an empty value": (
        "  C: {kind: mma, a: A, b: , shape: [M, N]}\n",
        "t.yaml:5:3: error: C: kind 'mma' needs the key 'b'",
    ),
    "not taken": (
        "  A: {kind: load, shape: [M, K], read: B}\n",
        "t.yaml:5:34: error: kind 'load' does not take the key 'read'",
    ),
    "memory of a store": (
        "  A: {kind: load, shape: [M, K]}\n  s: {kind: store, read: A, in: shared}\n",
        "t.yaml:6:29: error: kind 'store' does not take the key 'in'",
    ),
    "beside a stated cost": (
        "  x: {kind: exp2, read: x@-1, shape: [M], in: shared, cost: {latency: 3}}\n",
        "t.yaml:5:43: error: x: 'in' means nothing beside a stated cost",
    ),
    "too many operands": (
        "  x: {kind: convert, read: [x@-1, x@-2], shape: [M]}\n",
        "t.yaml:5:28: error: kind 'convert' reads one value, found 2",
    ),
    "no operands": (
        "  x: {kind: exp2, read: [], shape: [M]}\n",
        "t.yaml:5:25: error: must have at least 1 entry, found 0",
    ),
}


@pytest.mark.parametrize(("text", "line"), KEYS.values(), ids=KEYS)
def test_keys_of_a_kind(complaint: Complaint, text: str, line: str) -> None:
    """A key that would be ignored is refused."""
    (told,) = _told(complaint(text))
    assert told.split(";")[0] == line


STORAGE = {
    "input": (
        "x: {kind: exp2, read: Q, in_place: Q}",
        "t.yaml:6:38: error: x cannot take over 'Q': a loop-invariant tile stays as it is",
    ),
    "accumulate on an input": (
        "C: {kind: mma, a: Q, b: Q, shape: [M, N], accumulate: Q}",
        "t.yaml:6:57: error: C cannot add to 'Q': a loop-invariant tile stays as it is",
    ),
    "unknown": (
        "x: {kind: exp2, read: Q, in_place: Z}",
        "t.yaml:6:38: error: unknown value 'Z'; known here: x, Q",
    ),
    "itself": (
        "x: {kind: exp2, read: Q, in_place: x}",
        "t.yaml:6:38: error: x reads itself in the same iteration: a value from the future",
    ),
}


@pytest.mark.parametrize(("operation", "line"), STORAGE.values(), ids=STORAGE)
def test_storage_that_cannot_be_taken(complaint: Complaint, operation: str, line: str) -> None:
    """Only a value computed before can be overwritten."""
    said = complaint(
        "schema: twill/loop/v1\nname: t\nparameters: {M: 64, N: 64}\n"
        f"inputs: {{Q: {{shape: [M, N], in: shared}}}}\noperations:\n  {operation}\n"
    )
    assert _told(said) == [line]


def test_accumulator_is_overwritten_where_it_is(complaint: Complaint) -> None:
    """Tensor cores add in place; another place would need a copy that nobody pays for."""
    operation = "  C: {kind: mma, a: A, b: B, shape: [M, N], accumulate: C@-1, in_place: C@-2}\n"
    said = complaint(TILES + operation)
    assert _told(said) == ["t.yaml:7:73: error: C adds to C@-1 where it is, not to C@-2"]


def test_operation_of_a_target_that_does_not_exist(complaint: Complaint) -> None:
    """The nearest operation is offered."""
    said = complaint(
        "schema: twill/loop/v1\nname: t\nparameters: {M: 64}\n"
        "targets: {h100: {operations: {Ab: {subtile: {M: 2}}}}}\n"
        "operations:\n  A: {kind: load, shape: [M]}\n"
    )
    assert _told(said) == ["t.yaml:4:31: error: unknown operation 'Ab'; did you mean 'A'?"]


def test_streaming_operation_with_an_operand(complaint: Complaint) -> None:
    """What runs ahead of the loop can wait for nothing in it."""
    said = complaint("  x: {kind: custom, read: x@-1, cost: {streaming: true}}\n")
    assert _told(said) == ["t.yaml:5:27: error: x streams and cannot read x@-1"]


COSTS = {
    "negative": ("latency: -1", "must be at least 0, found -1"),
    "fraction": ("latency: 1.5", "must be a whole number, found 1.5"),
    "interval too short": ("units: {u: [[0, 4]]}", "must have 3 entries, found 2"),
    "empty interval": ("units: {u: [[0, 0, 1]]}", "must be at least 1, found 0"),
    "key": ("latencyy: 3", "unknown key 'latencyy'; did you mean 'latency'?"),
    "no warps": ("warps: 0", "must be at least 1, found 0"),
}


@pytest.mark.parametrize(("cost", "words"), COSTS.values(), ids=COSTS)
def test_stated_costs(complaint: Complaint, cost: str, words: str) -> None:
    """Costs are whole cycles from 0 on; reservations last at least one."""
    said = complaint(f"  x: {{kind: custom, cost: {{{cost}}}}}\n")
    assert any(line.startswith("t.yaml:5:") and words in line for line in _told(said)), said


def test_everything_wrong_is_told_at_once(complaint: Complaint) -> None:
    """Three mistakes of one kind, three lines, in the order of the file."""
    said = complaint(
        "  A: {kind: load, shape: [M, Q]}\n"
        "  B: {kind: load, shape: [K, N], subtile: {R: 2}}\n"
        "  C: {kind: mma, a: X, b: B, shape: [M, N]}\n"
    )
    assert [line[:12] for line in _told(said)] == ["t.yaml:5:30:", "t.yaml:6:44:", "t.yaml:7:21:"]


def test_a_loop_that_is_neither_shipped_nor_a_file() -> None:
    """The nearest shipped loop is offered."""
    from twill.diagnostics import InputError
    from twill.spec.loop import load_loop

    with pytest.raises(InputError, match="unknown loop 'gem'; did you mean 'gemm'"):
        load_loop("gem")
