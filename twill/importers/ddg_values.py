"""The values of a dump: which operand is whose result, and which storage an operation touches.

The dump has the operands of every operation of the function. An edge between two nodes is
there because one reads a result of the other, directly or as what the iteration before
handed on. A *token* among the results carries no value: it says that two operations touch the
same storage and in which order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twill.importers.ddg_model import DdgNode, Operand, Operation
from twill.importers.types import TypeName

ALLOCATIONS = ("ttg.local_alloc", "ttng.tmem_alloc")
MEMORY_VIEWS = (
    "ttg.memdesc_trans",
    "ttg.memdesc_index",
    "ttg.memdesc_subslice",
    "ttg.memdesc_subview",
    "ttg.memdesc_reshape",
    "ttg.memdesc_reinterpret",
)
REGISTER_VIEWS = ("tt.expand_dims", "tt.broadcast", "tt.splat", "tt.reshape", "tt.trans")
MULTIPLIES = ("ttng.tc_gen5_mma",)
TENSOR_LOAD, TENSOR_STORE = "ttng.tmem_load", "ttng.tmem_store"
TILE_LOADS = ("tt.descriptor_load",)
ACCUMULATOR, ACCUMULATE = 2, 4
"""Operand groups of a multiply: what it accumulates in, and whether it does."""

_SEGMENTS = "operandSegmentSizes"


@dataclass(frozen=True, slots=True)
class Touch:
    """What a node does to a storage: reads what is there, writes something new, or both."""

    reads: bool
    writes: bool


class Values:
    """Operands resolved, for one loop of a dump."""

    def __init__(self, ops: dict[str, Operation], nodes: Sequence[DdgNode], loop: int) -> None:
        self.ops = ops
        self.nodes = {node.id: node for node in nodes}
        self.owner = {node.op_ref: node.id for node in nodes}
        self.loop = loop
        scope = f"loop:{loop}"
        self.yields = [o for o in ops.values() if o.kind == "scf.yield" and o.scope == scope]

    def op(self, node: int) -> Operation:
        """The operation of a node; one that the file does not describe has no operands."""
        known = self.nodes[node]
        return self.ops.get(known.op_ref) or Operation(kind=known.op_kind)

    def results_read(self, src: int, dst: int, distance: int) -> list[TypeName]:
        """The types of the results of ``src`` that are operands of ``dst``."""
        found = []
        for operand in self.op(dst).operands:
            for name, result, carried in self._origins(operand):
                if self.owner.get(name) == src and carried == (distance > 0):
                    types = self.ops[name].result_types
                    found += [TypeName(types[result])] if result < len(types) else []
        return found

    def _origins(self, operand: Operand) -> Iterator[tuple[str, int, bool]]:
        """Which operation's which result an operand is, and whether of an earlier iteration."""
        if operand.op is not None and operand.op in self.ops:
            yield operand.op, operand.result, False
        carried = operand.iter_arg
        if carried is None or carried.loop != self.loop:
            return
        for handed_on in self.yields:
            if carried.idx < len(handed_on.operands):
                source = handed_on.operands[carried.idx]
                if source.op is not None and source.op in self.ops:
                    yield source.op, source.result, True

    def storage(self, operand: Operand) -> str | None:
        """The allocation that an operand names, through any views of it."""
        name, seen = operand.op, set[str]()
        while name is not None and name in self.ops and name not in seen:
            seen.add(name)
            op = self.ops[name]
            if op.kind in ALLOCATIONS:
                return name
            if op.kind not in MEMORY_VIEWS or not op.operands:
                return None
            name = op.operands[0].op
        return None

    def touches(self, node: int) -> dict[str, Touch]:
        """The storage that a node reads and writes, by allocation."""
        op = self.op(node)
        if op.kind in MULTIPLIES:
            groups = operand_groups(op)
            found = {a: Touch(True, False) for o in op.operands if (a := self.storage(o))}
            accumulator = groups[ACCUMULATOR] if len(groups) > ACCUMULATOR else ()
            target = self.storage(accumulator[0]) if accumulator else None
            if target is not None:
                found[target] = Touch(_accumulates(groups), True)
            return found
        if op.kind == TENSOR_STORE and op.operands:
            target = self.storage(op.operands[0])
            return {target: Touch(False, True)} if target else {}
        return {a: Touch(True, False) for o in op.operands if (a := self.storage(o))}

    def written_storage(self, node: int) -> str | None:
        """The allocation that a node writes to, None if it writes to none."""
        return next((name for name, t in self.touches(node).items() if t.writes), None)


def operand_groups(op: Operation) -> list[tuple[Operand, ...]]:
    """The operands by the groups that the operation declares; one each where it declares none."""
    sizes = op.attributes.get(_SEGMENTS)
    if not isinstance(sizes, list) or not all(isinstance(size, int) for size in sizes):
        return [(operand,) for operand in op.operands]
    groups, at = [], 0
    for size in sizes:
        groups.append(op.operands[at : at + size])
        at += size
    return groups


def _accumulates(groups: list[tuple[Operand, ...]]) -> bool:
    """Whether a multiply adds to what is there: not if it is told, by a constant, not to."""
    flag = groups[ACCUMULATE] if len(groups) > ACCUMULATE else ()
    return not (flag and flag[0].op is None and flag[0].iter_arg is None and flag[0].const == 0)
