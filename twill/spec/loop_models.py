"""The shape of a loop file (``twill/loop/v1``) for pydantic; meanings are checked afterwards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from twill.spec.fields import Count, Model, Name, NonNegative, Text

Kind = Literal[
    "load",
    "store",
    "mma",
    "elementwise",
    "exp2",
    "reduce",
    "convert",
    "rescale",
    "move",
    "custom",
]
ElementType = Literal["fp32", "tf32", "int32", "fp16", "bf16", "fp8", "int8", "fp4"]
Shape = Annotated[list[Name], Field(min_length=1, max_length=2)]
Interval = tuple[NonNegative, Count, Count]


def _value_name(name: str) -> str:
    if not name.replace("_", "").replace("-", "").isalnum():
        raise PydanticCustomError(
            "twill_name", "a value's name has letters, digits, '_' and '-' only"
        )
    return name


ValueName = Annotated[Name, AfterValidator(_value_name)]
"""The name of a value. Slices (``S[m0]``) and inserted moves (``P.shared``) add to it."""


class ResultModel(Model):
    """Where the result of an explicit cost lives, and its size there."""

    in_: Annotated[Name, Field(alias="in", description="register, or a memory of the machine")]
    size: Annotated[NonNegative, Field(description="registers per thread, or the memory's unit")]


class CostModel(Model):
    """Costs stated by the author instead of a machine's model."""

    units: Annotated[
        dict[Name, Count | list[Interval]],
        Field(description="cycles from the start on, or intervals [offset, length, amount]"),
    ] = {}
    issue: Annotated[NonNegative, Field(description="cycles of the role's instruction stream")] = 1
    latency: Annotated[
        NonNegative | None, Field(description="cycles until the result; default: last reservation")
    ] = None
    warps: Count = 1
    asynchronous: bool = False
    variable_latency: bool = False
    streaming: bool = False
    result: ResultModel | None = None


class InputModel(Model):
    """A loop-invariant tile."""

    shape: Shape
    type: ElementType | None = None
    in_: Annotated[Name, Field(alias="in", description="the memory in which it stays")]


class OperationModel(Model):
    """One operation; which keys a kind takes is checked after the shape."""

    kind: Kind
    shape: Shape | None = None
    type: ElementType | None = None
    in_: Annotated[Name | None, Field(alias="in", description="where the result lives")] = None
    a: Text | None = None
    b: Text | None = None
    read: Text | Annotated[list[Text], Field(min_length=1)] | None = None
    by: Text | None = None
    accumulate: Text | None = None
    function: Text | None = None
    reduce: Literal["add"] | None = None
    in_place: Text | None = None
    subtile: dict[Name, Count] = {}
    warps: Count | None = None
    cost: CostModel | None = None


class TargetOperationModel(Model):
    """Defaults of one operation on one machine."""

    subtile: dict[Name, Count] = {}


class TargetModel(Model):
    """Defaults on one machine."""

    parameters: dict[Name, Count] = {}
    subtile: dict[Name, Count] | None = None
    warps: Count | None = None
    trips: Count | None = None
    operations: dict[ValueName, TargetOperationModel] = {}


class LoopModel(Model):
    """A loop file."""

    schema_: Annotated[Literal["twill/loop/v1"], Field(alias="schema")]
    name: Name
    title: Text = "a loop"
    description: Text | None = None
    parameters: dict[Name, Count] = {}
    trips: Annotated[Count, Field(description="nominal trip count")] = 64
    stages: Annotated[
        int, Field(ge=1, le=64, description="the most iterations that a schedule may span")
    ] = 8
    type: Annotated[ElementType, Field(description="of loads and conversions")] = "bf16"
    warps: Annotated[
        Count | None, Field(description="warps over which a register tile is spread")
    ] = None
    subtile: dict[Name, Count] = {}
    targets: dict[Name, TargetModel] = {}
    inputs: dict[ValueName, InputModel] = {}
    operations: Annotated[dict[ValueName, OperationModel], Field(min_length=1)]
