from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field

from twill.diagnostics import InputError
from twill.spec.fields import Count, Fraction, Model, Name, NonNegative, Positive, Text
from twill.spec.reader import parse_document, validate


class _Load(Model):
    kind: Literal["load"]
    bytes: Count
    memory: Literal["shared", "tensor"] = "shared"


class _Compute(Model):
    kind: Literal["compute"]
    latency: NonNegative = 0
    rate: Positive = 1
    share: Fraction = 1
    shape: tuple[Count, ...] = ()
    pair: tuple[Name, Count] | None = None
    costs: dict[Name, Count] = {}
    asynchronous: bool = False
    title: Text = "x"
    size: int | str = 0


class _Loop(Model):
    schema_id: Literal["twill/loop/v1"] = Field(alias="schema")
    name: Name
    ops: tuple[Annotated[_Load | _Compute, Field(discriminator="kind")], ...] = ()


def _validate(text: str, name: str = "a.yaml") -> _Loop:
    return validate(parse_document(text, name), _Loop)


def _errors(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(InputError) as caught:
        _validate(text)
    found = caught.value.diagnostics
    return [(d.span.line, d.span.column, d.message) for d in found if d.span]


def _op_error(line: str) -> str:
    """Return the message for one wrong line of a compute operation."""
    text = f"schema: twill/loop/v1\nname: x\nops:\n  - kind: compute\n    {line}\n"
    ((at, column, message),) = _errors(text)
    assert at == 5
    assert column >= 5
    return message


def test_a_sound_document_becomes_the_model() -> None:
    """Numbers without a fraction are whole, whatever their spelling."""
    loop = _validate(
        "schema: twill/loop/v1\nname: x\nops: [{kind: compute, latency: 1e3, shape: [64.0, 010]}]"
    )
    op = loop.ops[0]
    assert isinstance(op, _Compute)
    assert (op.latency, op.shape) == (1000, (64, 10))


MESSAGES = {
    "latncy: 3": "unknown key 'latncy'; did you mean 'latency'?",
    "latency: 2.5": "must be a whole number, found 2.5",
    "latency: -3": "must be at least 0, found -3",
    "latency: '3'": "must be a whole number, found '3'",
    "latency: true": "must be a whole number, found true",
    "latency: 4294967296": "must be at most 2147483647, found 4294967296",
    "latency: 1e300": "must be at most 2147483647, found 1e+300",
    "latency: .nan": "must be a whole number, found NaN",
    "latency: .inf": "must be a whole number, found Infinity",
    "latency:": "must be a whole number, found nothing",
    "rate: 0": "must be more than 0, found 0",
    "rate: .nan": "must be a finite number, found NaN",
    "rate: .inf": "must be a finite number, found Infinity",
    "rate: 1e999": "must be a finite number, found Infinity",
    "rate: 1e12": "must be at most 2,147,483,647",
    "rate: fast": "must be a number, found 'fast'",
    "share: 1.5": "must be at most 1, found 1.5",
    "shape: 64": "must be a list, found 64",
    "shape: [64, 0]": "must be at least 1, found 0",
    "pair: [a]": "must have 2 entries, found 1",
    "pair: [a, 1, 2]": "must have at most 2 entries, found 3",
    "costs: [1]": "must be a mapping, found a list",
    "costs: {a: x}": "must be a whole number, found 'x'",
    "asynchronous: on": "must be true or false, found 'on'",
    "title: 3": "must be text, found 3",
    "title: ''": "must not be empty",
    "size: [1]": "must be a whole number or text, found a list",
    "costs: {2x: 1}": (
        "the key '2x': must be a name: a letter or '_', then letters, digits, '_', '.', '-' or "
        "'[]'; found '2x'"
    ),
}


@pytest.mark.parametrize(("line", "message"), MESSAGES.items())
def test_a_wrong_value_gives_a_plain_message(line: str, message: str) -> None:
    """No message speaks of validators; each names what was found and what is wanted."""
    assert _op_error(line) == message


def test_a_switch_word_gets_help() -> None:
    """'on' is text here, and a reader may have meant true."""
    with pytest.raises(InputError) as caught:
        _validate("schema: twill/loop/v1\nname: x\nops: [{kind: compute, asynchronous: yes}]")
    assert caught.value.diagnostics[0].help == "write true or false"


def test_all_errors_come_at_once_in_the_order_of_the_file() -> None:
    """A file is mended in one go."""
    text = (
        "schema: twill/loop/v1\n"
        "nme: x\n"
        "ops:\n"
        "  - kind: laod\n"
        "  - bytes: 3\n"
        "  - kind: load\n"
        "    memory: tensr\n"
    )
    assert _errors(text) == [
        (1, 1, "missing key 'name'"),
        (2, 1, "unknown key 'nme'; did you mean 'name'?"),
        (4, 11, "unknown kind 'laod'; did you mean 'load'?"),
        (5, 5, "missing key 'kind'"),
        (6, 5, "missing key 'bytes'"),
        (7, 13, "unknown value 'tensr'; did you mean 'tensor'?"),
    ]


def test_unknown_keys_are_compared_with_the_keys_of_that_kind() -> None:
    """A load has no latency, so 'latency' is not offered there."""
    text = "schema: twill/loop/v1\nname: x\nops: [{kind: load, bytes: 1, latency: 2}]"
    assert _errors(text) == [(3, 30, "unknown key 'latency'; known here: kind, bytes, memory")]


def test_a_great_many_errors_are_cut_short() -> None:
    """Nobody reads the thousandth."""
    entries = ", ".join(["-1"] * 1000)
    text = f"schema: twill/loop/v1\nname: x\nops: [{{kind: compute, shape: [{entries}]}}]"
    with pytest.raises(InputError) as caught:
        _validate(text)
    assert len(caught.value.diagnostics) == 51
    assert caught.value.diagnostics[-1].message == "and 950 more errors in a.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x", "missing key 'schema'"),
        (
            "schema: twill/lop/v1\njunk: 1",
            "expected schema twill/loop/v1, found 'twill/lop/v1'; did you mean 'twill/loop/v1'?",
        ),
        ("schema: 3", "expected schema twill/loop/v1, found 3"),
        ("- 1", "expected a mapping ('key: value' lines), found a list"),
        ("hello", "expected a mapping ('key: value' lines), found 'hello'"),
    ],
)
def test_a_file_of_another_kind_is_one_error(text: str, message: str) -> None:
    """The schema line is checked before anything else."""
    ((line, column, found),) = _errors(text)
    assert (line, found) == (1, message)
    assert column >= 1


def test_deep_json_is_refused_before_the_models() -> None:
    """The limit holds for both syntaxes."""
    text = '{"schema": "twill/loop/v1", "name": ' + "[" * 200 + "]" * 200 + "}"
    with pytest.raises(InputError, match="nested more than 64 levels deep"):
        _validate(text, "a.json")


def test_bare_models_have_frozen_fields() -> None:
    """What was read is never changed."""
    loop = _validate("schema: twill/loop/v1\nname: x")
    with pytest.raises(ValueError, match="frozen"):
        loop.name = "y"  # type: ignore[misc]
