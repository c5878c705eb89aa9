"""A loop and a machine that do not go together: where, why, and the way out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.spec.loop import load_loop

Complaint = Callable[..., str]
Setting = dict[str, int]

FORWARD, BACKWARD = "flash_attention_forward", "flash_attention_backward"
TILES = "  A: {kind: load, shape: [M, K]}\n  B: {kind: load, shape: [K, N]}\n"
"""Lines 5 and 6."""


def _told(text: str) -> list[str]:
    """The messages of a rendered error, without sources and ways out."""
    return [line for line in text.splitlines() if re.match(r"(\S+:\d+:\d+: )?error: ", line)]


PLACES = {
    "memory of a load": (
        "  A: {kind: load, shape: [M, K], in: shred}\n",
        "t.yaml:5:38: error: machine 'h100': unknown memory 'shred'; did you mean 'shared'?",
    ),
    "load into registers": (
        "  A: {kind: load, shape: [M, K], in: register}\n",
        "t.yaml:5:38: error: A: a result of kind 'load' cannot be in register",
    ),
    "operand where it cannot be read": (
        TILES
        + "  R: {kind: move, read: B, in: register}\n"
        + "  C: {kind: mma, a: A, b: R, shape: [M, N]}\n",
        "t.yaml:8:27: error: C (kind 'mma') cannot read R from register",
    ),
    "input where it cannot be read": (
        (
            "schema: twill/loop/v1\nname: t\nparameters: {M: 64}\n"
            "inputs: {Q: {shape: [M], in: shared}}\n"
            "operations:\n  y: {kind: exp2, read: Q, type: fp32}\n"
        ),
        "t.yaml:6:25: error: y (kind 'exp2') cannot read Q from shared",
    ),
    "memory of an input": (
        (
            "schema: twill/loop/v1\nname: t\nparameters: {M: 64}\n"
            "inputs: {Q: {shape: [M], in: tensor}}\n"
            "operations:\n  A: {kind: load, shape: [M]}\n"
        ),
        "t.yaml:4:30: error: machine 'h100': unknown memory 'tensor'; known here: shared",
    ),
    "unit of a stated cost": (
        "  x: {kind: custom, cost: {units: {tensr: 3}}}\n",
        "t.yaml:5:36: error: machine 'h100': unknown unit 'tensr'; did you mean 'tensor'?",
    ),
    "memory of a stated result": (
        "  x: {kind: custom, cost: {result: {in: tensor, size: 3}}}\n",
        "t.yaml:5:41: error: machine 'h100': unknown memory 'tensor'; known here: register, shared",
    ),
    "more of a unit than there is": (
        "  x: {kind: custom, cost: {units: {tensor: [[0, 4, 2]]}}}\n",
        "t.yaml:5:52: error: x takes 2 of 'tensor', which has 1",
    ),
    "result that is not stated": (
        "  x: {kind: custom, shape: [M, N], cost: {latency: 3}}\n  y: {kind: exp2, read: x}\n",
        "t.yaml:6:25: error: y reads x, whose stated cost has no result",
    ),
    "function": (
        TILES + "  x: {kind: elementwise, function: fmaa, read: x@-1, shape: [M]}\n",
        "t.yaml:7:36: error: unknown function 'fmaa'; did you mean 'fma'?",
    ),
    "type of a multiply": (
        TILES.replace("]}", "], type: fp4}") + "  C: {kind: mma, a: A, b: B, shape: [M, N]}\n",
        "t.yaml:7:3: error: C: machine 'h100' multiplies no fp4",
    ),
    "warps": (
        "  x: {kind: exp2, read: x@-1, shape: [M], warps: 64}\n",
        "t.yaml:5:3: error: x takes 64 warps; a thread block has at most 32",
    ),
}


@pytest.mark.parametrize(("text", "line"), PLACES.values(), ids=PLACES)
def test_things_that_the_machine_does_not_have(complaint: Complaint, text: str, line: str) -> None:
    """Each is told at the word that names it, with what there is on h100."""
    assert _told(complaint(text, "h100")) == [line]


def test_a_machine_without_what_the_loop_needs(complaint: Complaint) -> None:
    """Flash attention on the machine of the worked example: all that is missing, at once."""
    said = complaint(FORWARD, "figure1")
    assert _told(said)[:4] == [
        "flash_attention_forward.yaml:17:26: error: machine 'figure1': unknown memory 'shared'",
        (
            "flash_attention_forward.yaml:19:3: error: K: machine 'figure1' has no "
            "loads from global memory"
        ),
        (
            "flash_attention_forward.yaml:20:3: error: V: machine 'figure1' has no "
            "loads from global memory"
        ),
        "flash_attention_forward.yaml:21:3: error: S: machine 'figure1' has no matrix multiply",
    ]
    assert "choose a machine with 'costs: matrix:', or state the cost of S ('cost:')" in said
    assert len(_told(said)) == 13


def test_a_loop_without_a_machine() -> None:
    """The shipped machines are offered."""
    with pytest.raises(InputError, match="needs a machine") as caught:
        elaborate(load_loop("gemm"), None)
    assert "h100" in str(caught.value)


SETTINGS: dict[str, tuple[str, str, Setting, Setting, list[str]]] = {
    "size of no instruction": (
        FORWARD,
        "h100",
        {"N": 100},
        {},
        [
            (
                "flash_attention_forward.yaml:21:3: error: S: n = 100 is not a multiple of 8, the "
                "step of wgmma"
            ),
            (
                "flash_attention_forward.yaml:30:3: error: O: k = 100 is not a multiple of 16, the "
                "step of wgmma"
            ),
        ],
    ),
    "sub-tile of no instruction": (
        "gemm",
        "h100",
        {},
        {"M": 4},
        ["gemm.yaml:12:3: error: C: m = 32 is not a multiple of 128, the step of wgmma"],
    ),
    "factor that does not divide": (
        FORWARD,
        "h100",
        {},
        {"M": 3},
        ["error: --subtile M=3: M = 128 does not divide into 3 sub-tiles"],
    ),
    "size that the loop's factor does not divide": (
        FORWARD,
        "h100",
        {"M": 129},
        {},
        [
            "flash_attention_forward.yaml:13:14: error: M = 129 does not divide into 2 sub-tiles",
        ],
    ),
    "unknown parameter": (
        FORWARD,
        "h100",
        {"L": 3},
        {},
        ["error: --set L=3: unknown tile parameter 'L'; known here: M, N, D"],
    ),
    "unknown sub-tiled parameter": (
        FORWARD,
        "h100",
        {},
        {"m": 2},
        ["error: --subtile m=2: unknown tile parameter 'm'; did you mean 'M'?"],
    ),
    "no parameters at all": (
        "figure1",
        "figure1",
        {"M": 2},
        {},
        ["error: --set M=2: loop 'figure1' has no tile parameters"],
    ),
    "zero": (
        FORWARD,
        "h100",
        {"M": 0},
        {"N": -1},
        ["error: --set M=0: must be at least 1", "error: --subtile N=-1: must be at least 1"],
    ),
    "huge": (
        FORWARD,
        "h100",
        {"M": 2**31},
        {},
        ["error: --set M=2147483648: must be at most 2,147,483,647"],
    ),
}


@pytest.mark.parametrize("case", SETTINGS.values(), ids=SETTINGS)
def test_settings_that_do_not_fit(
    complaint: Complaint, case: tuple[str, str, Setting, Setting, list[str]]
) -> None:
    """What the user set is named as the user wrote it."""
    spec, machine, parameters, subtile, lines = case
    assert _told(complaint(spec, machine, parameters, subtile)) == lines


def test_which_parameter_an_instruction_size_is(complaint: Complaint) -> None:
    """The instruction speaks of m, n and k; the way out says which parameters they are."""
    said = complaint(FORWARD, "h100", {"N": 100})
    assert "the nearest sizes are 96 and 104; m is M / 2, n is N, k is D" in said


def test_factor_of_one_operation(complaint: Complaint) -> None:
    """A factor of an operation is pointed at where it stands."""
    text = TILES.replace("[M, K]}", "[M, K], subtile: {M: 3}}")
    assert _told(complaint(text, "h100")) == [
        "t.yaml:5:47: error: A: M = 128 does not divide into 3 sub-tiles"
    ]


def test_factor_of_a_target(complaint: Complaint) -> None:
    """A factor that a target sets is pointed at there."""
    text = (
        "schema: twill/loop/v1\nname: t\nparameters: {M: 128}\n"
        "targets:\n  h100: {subtile: {M: 3}}\noperations:\n  A: {kind: load, shape: [M]}\n"
    )
    assert _told(complaint(text, "h100")) == [
        "t.yaml:5:23: error: M = 128 does not divide into 3 sub-tiles"
    ]


def test_factor_of_an_operation_on_one_target(complaint: Complaint) -> None:
    """The same for a single operation; other machines are not concerned."""
    text = (
        "schema: twill/loop/v1\nname: t\nparameters: {M: 128}\n"
        "targets:\n  h100: {operations: {A: {subtile: {M: 3}}}}\n"
        "operations:\n  A: {kind: load, shape: [M]}\n"
    )
    assert _told(complaint(text, "h100")) == [
        "t.yaml:5:40: error: A: M = 128 does not divide into 3 sub-tiles"
    ]


def test_factors_of_writer_and_reader(complaint: Complaint) -> None:
    """Two and three slices of a value have no common slices."""
    text = (
        "schema: twill/loop/v1\nname: t\nparameters: {M: 192}\noperations:\n"
        "  x: {kind: exp2, read: x@-1, shape: [M], subtile: {M: 2}}\n"
        "  y: {kind: exp2, read: x, subtile: {M: 3}}\n"
    )
    assert _told(complaint(text, "h100")) == [
        (
            "t.yaml:6:3: error: y is cut into 3 slices along M, x into 2: one must be a "
            "multiple of the other"
        )
    ]


def test_two_values_cannot_take_over_one_storage(complaint: Complaint) -> None:
    """The second would overwrite the first."""
    text = (
        "  x: {kind: exp2, read: x@-1, shape: [M, N]}\n"
        "  y: {kind: exp2, read: x, in_place: x}\n"
        "  z: {kind: exp2, read: x, in_place: x}\n"
    )
    said = complaint(text, "h100")
    assert _told(said) == ["t.yaml:7:3: error: y and z both take over the storage of x"]
    assert "let z take over y (in_place)" in said


ABSURD: dict[str, tuple[str, Setting, Setting, str]] = {
    "slices": (FORWARD, {"M": 2**30}, {"M": 2**20}, "more than 2,000"),
    "slices of every dimension": ("gemm", {"M": 8192, "N": 8192}, {"M": 64, "N": 64}, "4,096"),
    "tiles": (
        FORWARD,
        {"M": 2**30, "N": 2**30, "D": 2**30},
        {},
        "K: its size in shared is about 10^18, more than 2,147,483,647",
    ),
}


@pytest.mark.parametrize("case", ABSURD.values(), ids=ABSURD)
def test_absurd_sizes_end_at_once(
    complaint: Complaint, case: tuple[str, Setting, Setting, str]
) -> None:
    """No hang and no crash, whatever the sizes."""
    spec, parameters, subtile, words = case
    started = time.monotonic()
    assert words in complaint(spec, "h100", parameters, subtile)
    assert time.monotonic() - started < 10


def test_moves_count_too(complaint: Complaint) -> None:
    """Readers cut along different dimensions multiply the moves between them."""
    text = (
        "schema: twill/loop/v1\nname: t\nparameters: {M: 6400, N: 6400, K: 64}\noperations:\n"
        "  A: {kind: load, shape: [M, K]}\n  B: {kind: load, shape: [K, N]}\n"
        "  S: {kind: mma, a: A, b: B, shape: [M, N]}\n"
        "  m: {kind: reduce, function: max, read: S, shape: [M], subtile: {M: 50}}\n"
        "  x: {kind: exp2, read: S, subtile: {N: 50}}\n"
    )
    said = complaint(text, "b200")
    assert (
        "t.yaml:7:3: error: cut into 2,603 operations, more than 2,000; 2,501 of them are S" in said
    )
