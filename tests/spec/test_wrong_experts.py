"""Every mistake in an expert file is told at its line and column, with the way out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from twill.diagnostics import InputError
from twill.expert import Step
from twill.spec.expert import expert_from_document, load_expert
from twill.spec.reader import parse_document

FILE = """\
schema: twill/expert/v1
name: t
title: a kernel
machine: h100
sources:
  - {what: the loop, repository: o/n, commit: abcdef0, file: k.cu, lines: [1-2]}
tile: {M: 128, N: 128}
invariants: [Q]
roles:
  load: {warps: 1, registers: 24, order: [K@0, V@0]}
  consumer:
    per: M
    warps: 4
    registers: 240
    order: [S@0, [m@0, P@0], O@-1]
buffers:
  Q: {memory: shared, slots: 1, values: [Q]}
  K: {memory: shared, slots: 2, values: [K, V]}
barriers:
  - {name: full, kind: mbarrier, src: load, dst: consumer, after: K@0, before: S@0}
pairings:
  - {spec: gemm, machine: h100, what_if: [roles.register_file=68608]}
"""


@pytest.fixture
def complaint() -> Callable[[str, str], str]:
    """A function that changes the file and returns what is said about it."""

    def read(old: str, new: str) -> str:
        assert FILE.count(old) == 1, old
        with pytest.raises(InputError) as caught:
            expert_from_document(parse_document(FILE.replace(old, new), "t.yaml"))
        return str(caught.value)

    return read


Complaint = Callable[[str, str], str]


def _told(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.match(r"t\.yaml:\d+:\d+: ", line)]


def test_the_file_is_right_without_changes() -> None:
    """The mistakes below are the only ones; groups, offsets and sub-tiles are read."""
    text = FILE.replace("after: K@0", 'after: "K@+2"').replace("before: S@0", 'before: "S[m1]@-1"')
    expert = expert_from_document(parse_document(text, "t.yaml"))
    steps = [[str(step) for step in group] for group in expert.roles[1].order]
    assert steps == [["S@0"], ["m@0", "P@0"], ["O@-1"]]
    assert expert.barriers[0].after == Step("K", 2)
    assert expert.barriers[0].before == Step("S", -1, ("m1",))
    assert str(expert.barriers[0].before) == "S[m1]@-1"
    assert str(expert.barriers[0].after) == "K@+2"


WRONG = {
    "key": (
        "registers: 240",
        "register: 240",
        "t.yaml:14:5: error: unknown key 'register'; did you mean 'registers'?",
    ),
    "kind of barrier": (
        "kind: mbarrier",
        "kind: mbarier",
        "t.yaml:20:24: error: unknown value 'mbarier'; did you mean 'mbarrier'?",
    ),
    "registers not a multiple of 8": (
        "registers: 240",
        "registers: 250",
        "t.yaml:14:16: error: registers per thread are a multiple of 8 from 24 to 256; found 250",
    ),
    "too many registers": (
        "registers: 240",
        "registers: 264",
        "t.yaml:14:16: error: registers per thread are a multiple of 8 from 24 to 256; found 264",
    ),
    "too few registers": (
        "registers: 24,",
        "registers: 16,",
        "t.yaml:10:31: error: registers per thread are a multiple of 8 from 24 to 256; found 16",
    ),
    "no warps": (
        "warps: 4",
        "warps: 0",
        "t.yaml:13:12: error: must be at least 1, found 0",
    ),
    "too many warps": (
        "warps: 4",
        "warps: 33",
        "t.yaml:13:12: error: must be at most 32, found 33",
    ),
    "dimension of a role": (
        "per: M",
        "per: L",
        "t.yaml:12:10: error: unknown dimension 'L'; known here: M, N",
    ),
    "dimension of a buffer": (
        "slots: 2,",
        "slots: 2, per: L,",
        "t.yaml:18:38: error: unknown dimension 'L'; known here: M, N",
    ),
    "dimension of a step": (
        "[K@0, V@0]",
        '["K[l0]@0", V@0]',
        "t.yaml:10:43: error: unknown dimension 'L'; known here: M, N",
    ),
    "sub-tile of the role's own dimension": (
        "[S@0, [m",
        '["S[m0]@0", [m',
        "t.yaml:15:13: error: S[m0]@0: there is a role 'consumer' for each sub-tile of M",
    ),
    "no step": (
        "[K@0, V@0]",
        "[K 0, V@0]",
        "t.yaml:10:43: error: 'K 0' is no step",
    ),
    "no iteration": (
        "[K@0, V@0]",
        "[K, V@0]",
        "t.yaml:10:43: error: 'K' does not say which iteration",
    ),
    "far away": (
        "[K@0, V@0]",
        "[K@+65, V@0]",
        "t.yaml:10:43: error: 'K@+65' is more than 64 iterations away",
    ),
    "wrong step in a group": (
        "P@0]",
        "P@x]",
        "t.yaml:15:24: error: 'P@x' is no step",
    ),
    "wrong step of a barrier": (
        "before: S@0",
        "before: S@",
        "t.yaml:20:80: error: 'S@' is no step",
    ),
    "twice in a role": (
        "O@-1]",
        "O@-1, S@+1]",
        "t.yaml:15:36: error: S@+1 stands in the order of 'consumer' already, as S@0",
    ),
    "twice in a group": (
        "P@0]",
        "P@0, m@0]",
        "t.yaml:15:29: error: m@0 stands in the order of 'consumer' already, as m@0",
    ),
    "on two roles": (
        "O@-1]",
        "O@-1, V@0]",
        "t.yaml:15:36: error: V@0 is on the role 'load' already, as V@0",
    ),
    "part of it on two roles": (
        "[K@0, V@0]",
        '[K@0, V@0, "P[n0]@0"]',
        "t.yaml:15:24: error: P@0 is on the role 'load' already, as P[n0]@0",
    ),
    "value of a buffer": (
        "values: [K, V]",
        "values: [K, VV]",
        "t.yaml:18:45: error: unknown value 'VV'; did you mean 'V'?",
    ),
    "source of a barrier": (
        "src: load",
        "src: lod",
        "t.yaml:20:39: error: unknown role 'lod'; did you mean 'load'?",
    ),
    "destination of a barrier": (
        "dst: consumer",
        "dst: consumers",
        "t.yaml:20:50: error: unknown role 'consumers'; did you mean 'consumer'?",
    ),
    "step of another role": (
        "after: K@0",
        "after: S@0",
        "t.yaml:20:67: error: the barrier 'full': S@0 is not in the order of 'load'",
    ),
    "barrier without a meaning": (
        ", before: S@0",
        "",
        "t.yaml:20:5: error: the barrier 'full' does not say what it orders",
    ),
    "loop": (
        "spec: gemm",
        "spec: gem",
        "t.yaml:22:12: error: unknown loop 'gem'; did you mean 'gemm'?",
    ),
    "machine": (
        "gemm, machine: h100",
        "gemm, machine: h10",
        "t.yaml:22:27: error: unknown machine 'h10'; did you mean 'h100'?",
    ),
    "change of the machine": (
        "roles.register_file=68608",
        "roles.register_file",
        "t.yaml:22:43: error: 'roles.register_file' is no change of a machine",
    ),
    "neither pairings nor missing": (
        "pairings:\n  - {spec: gemm, machine: h100, what_if: [roles.register_file=68608]}\n",
        "",
        "t.yaml:1:1: error: neither 'pairings' nor 'missing' says whether it can be compared",
    ),
    "lines without a file": (
        "file: k.cu, ",
        "",
        "t.yaml:6:5: error: lines of a file need 'file'",
    ),
    "file without a commit": (
        "commit: abcdef0, ",
        "",
        "t.yaml:6:5: error: lines of a file need 'commit'",
    ),
    "short commit": (
        "commit: abcdef0",
        "commit: abc",
        "t.yaml:6:47: error: must be a commit, 7 to 40 digits of 0-9 and a-f; found 'abc'",
    ),
    "lines": (
        "lines: [1-2]",
        "lines: [all]",
        "t.yaml:6:76: error: must be lines, such as '750-888'; found 'all'",
    ),
    "lines backwards": (
        "lines: [1-2]",
        "lines: [2-1]",
        "t.yaml:6:76: error: must be lines, such as '750-888'; found '2-1'",
    ),
    "nothing in the loop": (
        FILE[FILE.index("  load:") : FILE.index("pairings:")],
        "  load: {warps: 1, order: []}\n",
        "t.yaml:9:1: error: no role has a step in its order",
    ),
}


@pytest.mark.parametrize(("old", "new", "line"), WRONG.values(), ids=WRONG)
def test_one_mistake(complaint: Complaint, old: str, new: str, line: str) -> None:
    """It is told once, at its place."""
    assert _told(complaint(old, new)) == [line]


def test_all_mistakes_are_told_at_once(complaint: Complaint) -> None:
    """In the order of the file."""
    told = _told(complaint("values: [K, V]}\nbarriers", "values: [A, B]}\nbarriers"))
    assert [re.sub(r": error.*", "", line) for line in told] == ["t.yaml:18:42", "t.yaml:18:45"]


def test_an_unknown_name_of_an_expert() -> None:
    """The nearest is offered."""
    with pytest.raises(InputError, match="did you mean 'fa3_forward_hdim128'"):
        load_expert("fa3_forward_hdim12")


def test_another_kind_of_file(complaint: Complaint) -> None:
    """One error, not a page of them."""
    told = complaint("twill/expert/v1", "twill/loop/v1")
    assert "expected schema twill/expert/v1" in told
    assert len(_told(told)) == 1


def test_paths_of_a_pairing_are_from_the_folder_of_the_file(tmp_path: Path) -> None:
    """A loop and a machine of one's own lie beside the expert file."""
    (tmp_path / "loop.yaml").write_text("schema: twill/loop/v1\n")
    (tmp_path / "machine.yaml").write_text("schema: twill/machine/v1\n")
    path = tmp_path / "mine.yaml"
    text = FILE.replace("spec: gemm, machine: h100", "spec: loop.yaml, machine: machine.yaml")
    path.write_text(text)
    pairing = load_expert(str(path)).pairings[0]
    assert (pairing.spec, pairing.machine) == (
        str(tmp_path / "loop.yaml"),
        str(tmp_path / "machine.yaml"),
    )
