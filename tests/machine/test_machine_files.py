"""Machine files: provenance of every number, variants, and what is said about mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args

import pytest

from twill.costs import Elementwise, Load, cost
from twill.diagnostics import InputError
from twill.machine import Machine
from twill.quantity import Confidence, Quantity
from twill.spec.machine import load_machine, shipped_machines
from twill.spec.machine_layers import merge_layers, read_layers

Edit = Callable[..., Path]
Write = Callable[..., Path]
Complain = Callable[[Path], str]

FASTER_EXP = """
title: An H100 with twice the exponential rate
extends: h100
sources: {ME: "measured by me"}
costs:
  elementwise:
    exponential:
      types:
        fp32:
          rate: {value: 32, source: ME, confidence: microbenchmarked}
"""


def numbers(value: object) -> list[Quantity]:
    """Every quantity in a tree of frozen types, found without the reader's own list."""
    if isinstance(value, Quantity):
        return [value]
    if isinstance(value, dict):
        return [q for item in value.values() for q in numbers(item)]
    if isinstance(value, tuple):
        return [q for item in value for q in numbers(item)]
    if is_dataclass(value):
        return [q for f in fields(value) for q in numbers(getattr(value, f.name))]
    return []


def test_shipped_machines() -> None:
    """The machines that ship."""
    assert shipped_machines() == ("a100", "b200", "figure1", "h100")


@pytest.mark.parametrize("name", shipped_machines())
def test_every_number_has_its_origin(name: str) -> None:
    """Each number has a unit, a cited source and a confidence; a derived one says from what."""
    machine = load_machine(name)
    assert set(numbers(machine)) == set(machine.quantities)
    for quantity in machine.quantities:
        assert quantity.unit, quantity.name
        assert quantity.source, quantity.name
        assert len(quantity.citation) > len(quantity.source), quantity.name
        assert quantity.confidence in get_args(Confidence)
        if {"DERIVED", "ESTIMATE", "MODEL"} & set(quantity.source.split(", ")):
            assert quantity.note, quantity.name
            assert quantity.confidence in ("derived", "estimated"), quantity.name


@pytest.mark.parametrize("name", shipped_machines())
def test_every_source_is_used(name: str) -> None:
    """A shipped file cites nothing that no number rests on."""
    (layer,) = read_layers(name)
    assert isinstance(layer.data, dict)
    used = {key for q in load_machine(name).quantities for key in q.source.split(", ")}
    assert set(layer.data["sources"]) == used


def test_variant_moves_only_the_changed_number(h100: Machine, variant: Write) -> None:
    """A variant differs from its base in the one number that it states."""
    other = load_machine(str(variant(FASTER_EXP)))
    assert other.lineage == ("variant", "h100")
    assert other.digest != h100.digest
    before, after = ({q.name: q for q in m.quantities} for m in (h100, other))
    moved = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert moved == {"costs.elementwise.exponential.types.fp32.rate"}
    changed = after[moved.pop()]
    assert (changed.value, changed.source, changed.citation) == (32, "ME", "measured by me")
    assert changed.note == ""
    assert cost(other, Elementwise("exp2", 8192, "fp32", 4)).occupancy == 256


def test_variant_of_a_file_beside_it(variant: Write) -> None:
    """A path in 'extends' is relative to the file; the chain is the lineage."""
    variant(FASTER_EXP, "base")
    body = "title: second\nextends: base.yaml\n"
    assert load_machine(str(variant(body, "second"))).lineage == ("second", "base", "h100")


def test_variant_can_take_a_part_away(variant: Write) -> None:
    """A part set to null is absent, also an entry of a table."""
    body = "title: t\nextends: h100\ncosts: {store: null, move: {shared: null}}\n"
    costs = load_machine(str(variant(body))).costs
    assert costs.store is None
    assert costs.move is not None
    assert set(costs.move) == {"register"}


def test_taking_away_what_others_need(variant: Write, complaint: Complain) -> None:
    """A unit cannot go while a cost model names it."""
    text = complaint(variant("title: t\nextends: h100\nunits: {sfu: null}\n"))
    assert "unknown unit 'sfu'" in text


def test_variant_can_change_the_form_of_a_law(variant: Write) -> None:
    """Points replace 'fixed' and 'per_kib', and nothing of the old law stays."""
    body = """
title: law
extends: h100
sources: {ME: "measured by me"}
costs:
  load:
    latencies:
      l2:
        points:
          - {bytes: 0, value: 500, source: ME, confidence: microbenchmarked}
          - {bytes: 32768, value: 700, source: ME, confidence: microbenchmarked}
"""
    machine = load_machine(str(variant(body)))
    assert cost(machine, Load(16384, "shared")).latency == 600


def test_digest_is_of_the_content(tmp_path: Path, edited: Edit, h100: Machine) -> None:
    """Comments and places do not count, numbers do."""
    moved = edited("title:", "# a comment\ntitle:")
    assert load_machine(str(moved)).digest == h100.digest
    assert load_machine(str(edited("value: 1.83", "value: 1.84"))).digest != h100.digest
    assert tmp_path in moved.parents


def test_unknown_machine_has_its_nearest() -> None:
    """The nearest name and all names are offered."""
    with pytest.raises(InputError) as caught:
        load_machine("h10")
    text = str(caught.value)
    assert "unknown machine 'h10'; did you mean 'h100'?" in text
    assert "a100, b200, figure1, h100" in text


def test_extending_an_unknown_machine(variant: Write, complaint: Complain) -> None:
    """The error points at the 'extends' line."""
    text = complaint(variant("title: t\nextends: h200x\n"))
    assert "variant.yaml:4:" in text
    assert "unknown machine 'h200x'; did you mean" in text


def test_shipped_name_with_a_suffix() -> None:
    """A shipped name written as a file that does not exist is recognised."""
    with pytest.raises(InputError, match=r"(?s)no file h100.yaml.*is called 'h100'"):
        load_machine("h100.yaml")


def test_extending_no_name(variant: Write, complaint: Complain) -> None:
    """A number is no machine, and is the only thing complained about."""
    text = complaint(variant("title: t\nextends: 5\n"))
    assert "must be the name or path of a machine" in text
    assert text.count("error:") == 1


def test_extending_another_kind_of_file(variant: Write, complaint: Complain) -> None:
    """The base must be a machine file."""
    base = variant("title: t\n", "base")
    base.write_text(base.read_text("utf-8").replace("machine/v1", "loop/v1"), "utf-8")
    text = complaint(variant("title: t\nextends: base.yaml\n"))
    assert "base.yaml:1:9: error: expected schema twill/machine/v1" in text


def test_extending_in_a_circle(variant: Write, complaint: Complain) -> None:
    """A circle is refused with its path."""
    variant("title: t\nextends: a.yaml\n", "b")
    text = complaint(variant("title: t\nextends: b.yaml\n", "a"))
    assert "extend each other in a circle: a → b → a" in text


def test_extending_a_missing_file(variant: Write, complaint: Complain) -> None:
    """A file that is not there is an error at the 'extends' line."""
    text = complaint(variant("title: t\nextends: nowhere.yaml\n"))
    assert "variant.yaml:4:" in text
    assert "there is no file" in text


def test_error_in_a_variant_points_into_the_variant(variant: Write, complaint: Complain) -> None:
    """A number without a source is at fault where it stands, not in the base."""
    text = complaint(variant("title: t\nextends: h100\nclock_ghz: {value: 2}\n"))
    assert "variant.yaml:5:" in text
    assert "missing key 'source'" in text
    assert "missing key 'confidence'" in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("unit: sfu\n", "unit: sfuu\n", "unknown unit 'sfuu'; did you mean 'sfu'?"),
        ("issue_unit: issue", "issue_unit: isue", "unknown unit 'isue'; did you mean 'issue'?"),
        (
            "operand_port: shared",
            "operand_port: tensor",
            "'operand_port' needs a unit with a capacity in B/cycle, which 'tensor' is not",
        ),
        ("memories: [shared]", "memories: [shard]", "unknown memory 'shard'; did you mean"),
        ("b: [shared]", "b: [sharde]", "unknown memory 'sharde'; did you mean 'shared'?"),
        ("    shared:\n      register:", "    shared:\n      rgister:", "unknown memory 'rgister'"),
        ("source: FVLA", "source: FLVA", "unknown source 'FLVA'; did you mean 'FVLA'?"),
        (
            "confidence: documented",
            "confidence: documentd",
            "unknown value 'documentd'; did you mean 'documented'?",
        ),
        ("      bf16: {value: 2048", "      bf15: {value: 2048", "unknown element type 'bf15'"),
        ("{value: 2048, source", "{value: -1, source", "must be more than 0, found -1"),
        ("{value: 2048, source", "{value: 0, source", "must be more than 0, found 0"),
        ("{value: 2048, source", "{value: .nan, source", "NaN"),
        ("{value: 2048, source", "{value: 1e99, source", "must be at most"),
        ("{value: 2048, source", "{source", "missing key 'value'"),
        ("value: 1, source: MODEL", "value: 0, source: MODEL", "must be at least 1, found 0"),
        ("value: 232448", "value: 232448.5", "must be a whole number, found 232448.5"),
        ("{value: 1.83, source", "{value: 1.83, unit: MHz, source", "'MHz'"),
        ("  max_roles:", "  max_rolse:", "unknown key 'max_rolse'; did you mean 'max_roles'?"),
        ("  handoff_memory: shared\n", "", "more than one role needs handoff_memory"),
        ("value: 248,", "value: 250,", "'max' must be 'min' plus a multiple of 'step'"),
        ("max: {value: 256,", "max: {value: 250,", "'min' and 'max' must be multiples of 'step'"),
        ("asynchronous: true", "asynchronous: false", "'issue' goes with 'asynchronous: true'"),
        ("latency: l2", "latency: l3", "'latencies' has no 'l3'"),
        ("bytes: 8192", "bytes: 512", "the 'bytes' of a law's points must increase"),
        (
            "functions: [exp2]",
            "functions: [exp2, add]",
            "'add' is already a function of 'arithmetic'",
        ),
        ("schema: twill/machine/v1", "schema: twill/loop/v1", "expected schema twill/machine/v1"),
    ],
)
def test_mistakes(edited: Edit, complaint: Complain, old: str, new: str, message: str) -> None:
    """Each mistake is named at its place, with a way out where there is one."""
    text = complaint(edited(old, new))
    assert message in text
    assert "edited.yaml:" in text


def test_all_mistakes_at_once(edited: Edit, complaint: Complain) -> None:
    """Two mistakes of different kinds in the names of one file come together."""
    path = edited("unit: sfu\n", "unit: sfuu\n")
    path.write_text(path.read_text("utf-8").replace("source: FVLA", "source: FLVA"), "utf-8")
    text = complaint(path)
    assert "unknown unit 'sfuu'" in text
    assert "unknown source 'FLVA'" in text


def test_a_law_needs_one_form(edited: Edit, complaint: Complain) -> None:
    """A law without numbers is refused."""
    text = complaint(
        edited("    staging_stream:\n      per_kib:", "    staging_stream: {}\n    x:")
    )
    assert "a law has either 'points', or 'fixed' and 'per_kib'" in text


def test_merging_keeps_the_base_untouched() -> None:
    """The document of a file that extends nothing is the file itself."""
    layers = read_layers("h100")
    assert merge_layers(layers).data == layers[0].data
