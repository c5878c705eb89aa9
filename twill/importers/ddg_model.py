"""The shape of a ``ddg-0.1`` file, as the compiler dumps it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from twill.importers.foreign import Foreign
from twill.spec.fields import Count, Integer, NonNegative, Text


class Config(Foreign):
    """How the compiler was set."""

    schedule_algo: str | None = None
    smem_budget_bytes: NonNegative | None = None
    tmem_budget_bytes: NonNegative | None = None


class Kernel(Foreign):
    """The function; of no consequence for the schedule."""

    harmless: ClassVar[bool] = True

    name: str = ""
    args: tuple[Any, ...] = ()


class IterArg(Foreign):
    """A value that the iteration before handed on."""

    loop: Integer
    idx: NonNegative


class Operand(Foreign):
    """One operand; exactly one of its ways of saying what it is."""

    op: str | None = None
    result: NonNegative = 0
    iter_arg: IterArg | None = None
    arg: str | None = None
    const: Any = None
    type: str | None = None
    iv: Integer | None = None
    unknown_block_arg: bool = False


class Operation(Foreign):
    """One operation of the function, in the loop or outside."""

    kind: Text
    scope: str = "function"
    operands: tuple[Operand, ...] = ()
    result_types: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}


class DdgNode(Foreign):
    """One operation of the loop, with its costs in cycles."""

    id: NonNegative
    op_ref: Text
    op_kind: Text
    pipeline: Text
    latency: NonNegative
    self_latency: NonNegative
    occupancy: NonNegative
    min_warps: Count
    is_super_node: bool = False


class DdgEdge(Foreign):
    """A dependence."""

    src: NonNegative
    dst: NonNegative
    kind: Literal["data", "loop_carried"]
    distance: NonNegative
    latency: NonNegative


class Ddg(Foreign):
    """The dependence graph of a loop."""

    nodes: tuple[DdgNode, ...] = Field(min_length=1)
    edges: tuple[DdgEdge, ...]


class DdgLoop(Foreign):
    """One loop of the kernel."""

    loop_id: Integer
    is_outer: bool = False
    trip_count: Count
    trip_count_estimated: bool = False
    induction_var: Any = None
    lower_bound: Any = None
    upper_bound: Any = None
    step: Any = None
    min_ii: NonNegative | None = None
    res_mii: NonNegative | None = None
    rec_mii: NonNegative | None = None
    ddg: Ddg


class DdgFile(Foreign):
    """A whole dump."""

    schema_version: Literal["ddg-0.1"]
    generated: str | None = Field(None, alias="@generated")
    config: Config = Config()
    kernel: Kernel = Kernel()
    ops: dict[str, Operation] = {}
    loops: tuple[DdgLoop, ...] = Field(min_length=1)
