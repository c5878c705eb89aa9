"""The shape of an expert file (``twill/expert/v1``) for pydantic; meanings are checked after."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from twill.expert import BarrierKind
from twill.spec.fields import Count, Model, Name, Positive, Text

LEAST_REGISTERS, MOST_REGISTERS, REGISTER_STEP = 24, 256, 8
"""What a kernel can ask for with ``setmaxnreg``, per thread."""


COMMIT = r"^[0-9a-f]{7,40}$"
LINES = r"^[0-9]{1,7}(-[0-9]{1,7})?$"


def _registers(value: int) -> int:
    if value % REGISTER_STEP or not LEAST_REGISTERS <= value <= MOST_REGISTERS:
        raise PydanticCustomError(
            "twill_registers",
            "registers per thread are a multiple of {step} from {least} to {most}; found {found}",
            {
                "step": REGISTER_STEP,
                "least": LEAST_REGISTERS,
                "most": MOST_REGISTERS,
                "found": value,
            },
        )
    return value


def _commit(text: str) -> str:
    if not re.search(COMMIT, text):
        message = "must be a commit, 7 to 40 digits of 0-9 and a-f; found {found}"
        raise PydanticCustomError("twill_commit", message, {"found": repr(text[:50])})
    return text


def _lines(text: str) -> str:
    first, _, last = text.partition("-")
    if not re.search(LINES, text) or int(first) > int(last or first):
        message = "must be lines, such as '750-888'; found {found}"
        raise PydanticCustomError("twill_lines", message, {"found": repr(text[:50])})
    return text


Registers = Annotated[
    int,
    AfterValidator(_registers),
    Field(
        json_schema_extra={
            "minimum": LEAST_REGISTERS,
            "maximum": MOST_REGISTERS,
            "multipleOf": REGISTER_STEP,
        }
    ),
]
Group = Annotated[list[Text], Field(min_length=1)]
Commit = Annotated[str, AfterValidator(_commit), Field(json_schema_extra={"pattern": COMMIT})]
Lines = Annotated[str, AfterValidator(_lines), Field(json_schema_extra={"pattern": LINES})]


class CitationModel(Model):
    """Where it is written."""

    what: Text
    repository: Annotated[Text | None, Field(description="owner/name, or an address")] = None
    commit: Annotated[Commit | None, Field(description="of at least 7 digits, in quotes")] = None
    file: Text | None = None
    lines: Annotated[list[Lines], Field(description="such as 750-888, in quotes")] = []


class RoleModel(Model):
    """One role: its warps, its registers and its body."""

    warps: Annotated[int, Field(ge=1, le=32)]
    registers: Annotated[
        Registers | None, Field(description="per thread; left out where the kernel sets none")
    ] = None
    per: Annotated[
        Name | None, Field(description="the dimension of whose sub-tiles each has such a role")
    ] = None
    order: Annotated[
        list[Text | Group],
        Field(description="steps such as S[m0]@+1; a list is a group without an order"),
    ]


class BufferModel(Model):
    """Storage that its values share."""

    memory: Name
    slots: Count
    per: Annotated[
        Name | None, Field(description="the dimension of whose sub-tiles each has such a buffer")
    ] = None
    alternating: Annotated[
        bool, Field(description="the values take slots in turn, else a slot holds one of each")
    ] = False
    values: Annotated[list[Name], Field(min_length=1)]


class BarrierModel(Model):
    """A synchronisation between two roles."""

    name: Text
    kind: BarrierKind
    src: Name
    dst: Name
    after: Text | None = None
    before: Text | None = None
    note: Text | None = None


class PairingModel(Model):
    """A loop on a machine with which the kernel is compared."""

    spec: Text
    machine: Text
    parameters: dict[Name, Count] = {}
    subtile: dict[Name, Count] = {}
    what_if: Annotated[list[Text], Field(description="such as roles.register_file=68608")] = []
    why: Text | None = None


class PerformanceModel(Model):
    """A published speed."""

    value: Positive
    unit: Text
    conditions: Text
    source: Text


class ExpertModel(Model):
    """An expert file."""

    schema_: Annotated[Literal["twill/expert/v1"], Field(alias="schema")]
    name: Name
    title: Text
    machine: Annotated[Text, Field(description="the GPU, as 'twill list' names it if it does")]
    sources: Annotated[list[CitationModel], Field(min_length=1)]
    tile: Annotated[dict[Name, Count], Field(min_length=1, description="of a thread block")]
    invariants: Annotated[
        list[Name], Field(description="buffered, the same in every iteration")
    ] = []
    roles: Annotated[dict[Name, RoleModel], Field(min_length=1)]
    buffers: dict[Name, BufferModel] = {}
    barriers: list[BarrierModel] = []
    pairings: list[PairingModel] = []
    missing: Annotated[list[Text], Field(description="what a comparison would need")] = []
    scope: list[Text] = []
    notes: list[Text] = []
    performance: list[PerformanceModel] = []
