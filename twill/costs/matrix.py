"""Matrix multiply-accumulate: a tile is covered by instructions of the machine's shapes.

One instruction takes as long as its multiplications at the tensor core's rate, or as its
operands need to pass the port of the memory that they are read from, whichever is longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from twill.costs.arithmetic import Ledger, choose, instructions, text, type_bits
from twill.costs.requests import MatrixMultiply, OpCost, Unsupported
from twill.machine import Machine, MatrixModel
from twill.problem import REGISTER
from twill.quantity import Quantity


@dataclass(frozen=True, slots=True)
class _Instruction:
    """One shape of the covering, issued ``count`` times by each of the groups of warps."""

    m: int
    n: int
    k: int
    count: int
    compute: Fraction
    bytes: Fraction
    cycles: Fraction

    def __str__(self) -> str:
        return f"{self.count} · m{self.m}n{self.n}k{self.k}"


def matrix_cost(machine: Machine, request: MatrixMultiply) -> OpCost:
    """Cost of one tile; raises Unsupported where no covering by instructions exists."""
    model = machine.costs.matrix
    if model is None:
        raise Unsupported(f"machine '{machine.name}' has no matrix multiply")
    rate = choose(
        model.rates, request.dtype, f"machine '{machine.name}' multiplies no {request.dtype}"
    )
    _check_spaces(machine, model, request)
    groups = _groups(model, request)
    covering = _covering(machine, model, request, rate, groups)
    ledger = Ledger(machine)
    fetched = _fetched(model, request)
    cycles = _hold_tensor_core(ledger, model, covering, groups, fetched, rate)
    if fetched is None:
        fetched = groups * sum((i.count * i.bytes for i in covering), Fraction(0))
    ledger.share(model.operand_port, cycles, fetched, f"B read from {model.operand_memory}")
    issue = _issue(ledger, model, covering, groups, cycles, fetched)
    tail = model.tail[request.a_space]
    latency = ledger.note("latency", cycles + ceil(tail.exact), f"{cycles} + {tail}", tail)
    return OpCost(
        reservations=ledger.reservations,
        issue=issue,
        latency=latency,
        occupancy=cycles,
        warps=request.warps if model.fetch_bytes else groups * model.warps.whole,
        asynchronous=model.asynchronous,
        lines=tuple(ledger.lines),
    )


def _check_spaces(machine: Machine, model: MatrixModel, request: MatrixMultiply) -> None:
    operands = model.operands
    for name, space, legal in (
        ("operand a", request.a_space, operands.a),
        ("operand b", request.b_space, operands.b),
        ("the accumulator", request.accumulator_space, operands.accumulator),
    ):
        if space not in legal:
            message = f"{model.instruction} of '{machine.name}' cannot have {name} in {space}"
            raise Unsupported(message, f"it can be in: {', '.join(legal)}")


def _groups(model: MatrixModel, request: MatrixMultiply) -> int:
    """The groups of warps among which an accumulator in registers is divided by rows.

    Where warps fetch operands for themselves they may form any grid; see ``_fetched``.
    """
    if request.accumulator_space != REGISTER or model.fetch_bytes is not None:
        return 1
    warps = model.warps.whole
    if request.warps % warps:
        message = f"{model.instruction} is executed by groups of {warps} warps, not {request.warps}"
        raise Unsupported(message, f"use {_around(request.warps, warps, warps)} warps")
    return request.warps // warps


def _covering(
    machine: Machine, model: MatrixModel, request: MatrixMultiply, rate: Quantity, groups: int
) -> tuple[_Instruction, ...]:
    rows = _split_rows(model, request.m, groups)
    columns = _split_columns(model, request.n)
    depth = _depth(model, request.dtype)
    if request.k % depth:
        raise _not_multiple(model, "k", request.k, depth, depth)
    return tuple(
        _instruction(machine, model, request, rate, (m, n, depth, p * q * (request.k // depth)))
        for m, p in rows.items()
        for n, q in columns.items()
    )


def _split_rows(model: MatrixModel, m: int, groups: int) -> dict[int, int]:
    sizes = sorted((size.whole for size in model.tile.m), reverse=True)
    split: dict[int, int] = {}
    rest, uneven = divmod(m, groups)
    for size in sizes:
        count, rest = divmod(rest, size)
        if count:
            split[size] = count
    if rest or uneven or not split:
        raise _not_multiple(model, "m", m, sizes[-1] * groups, sizes[-1] * groups)
    return split


def _split_columns(model: MatrixModel, n: int) -> dict[int, int]:
    sizes = model.tile.n
    count, rest = divmod(n, sizes.max.whole)
    if n < sizes.min.whole or rest % sizes.step.whole or 0 < rest < sizes.min.whole:
        raise _not_multiple(model, "n", n, sizes.step.whole, sizes.min.whole)
    split = {sizes.max.whole: count} if count else {}
    return split | ({rest: 1} if rest else {})


def _depth(model: MatrixModel, dtype: str) -> int:
    return model.tile.k_bytes.whole * 8 // type_bits(dtype)


def _not_multiple(model: MatrixModel, name: str, size: int, step: int, low: int) -> Unsupported:
    message = f"{name} = {size} is not a multiple of {step}, the step of {model.instruction}"
    if size < low and size % step == 0:
        message = f"{name} = {size} is below {low}, the least of {model.instruction}"
    return Unsupported(message, f"the nearest sizes are {_around(size, step, low)}")


def _around(size: int, step: int, low: int) -> str:
    below = size // step * step
    sizes = [s for s in (below, below + step) if s >= low]
    return " and ".join(str(s) for s in sizes or [low])


def _instruction(
    machine: Machine,
    model: MatrixModel,
    request: MatrixMultiply,
    rate: Quantity,
    shape: tuple[int, int, int, int],
) -> _Instruction:
    m, n, k, count = shape
    compute = max(m, model.full_rate_rows.whole) * n * k / rate.exact
    rows = m * (request.a_space == model.operand_memory)
    columns = n * (request.b_space == model.operand_memory)
    size = Fraction((rows + columns) * k * type_bits(request.dtype), 8)
    cycles = compute
    if model.operand_port is not None and model.fetch_bytes is None:
        cycles = max(compute, size / machine.units[model.operand_port].capacity.exact)
    return _Instruction(m, n, k, count, compute, size, cycles)


def _fetched(model: MatrixModel, request: MatrixMultiply) -> Fraction | None:
    """Bytes of operands that the warps fetch by their own instructions, None if the engine does.

    The warps of a column of their grid need the same part of b, those of a row the same of
    a. Of the legal grids the one that fetches least is taken; with a in registers the warps
    are divided by rows, since a then is laid out like an earlier accumulator.
    """
    if model.fetch_bytes is None:
        return None
    by_rows = request.a_space != model.operand_memory
    a = 0 if by_rows else request.m
    b = request.n * (request.b_space == model.operand_memory)
    grids = [(p, q) for p, q in _grids(model, request) if q == 1 or not by_rows]
    if not grids:
        step = model.tile.m[0].whole * request.warps
        raise _not_multiple(model, "m", request.m, step, step)
    lines = min(a * q + b * p for p, q in grids)
    return Fraction(lines * request.k * type_bits(request.dtype), 8)


def _grids(model: MatrixModel, request: MatrixMultiply) -> list[tuple[int, int]]:
    """The grids of rows × columns in which the warps can divide the tile evenly."""
    warps, m, n = request.warps, model.tile.m[0].whole, model.tile.n.step.whole
    pairs = [(rows, warps // rows) for rows in range(1, warps + 1) if warps % rows == 0]
    return [(p, q) for p, q in pairs if request.m % (m * p) == 0 and request.n % (n * q) == 0]


def _hold_tensor_core(
    ledger: Ledger,
    model: MatrixModel,
    covering: tuple[_Instruction, ...],
    groups: int,
    fetched: Fraction | None,
    rate: Quantity,
) -> int:
    cycles = ceil(groups * sum((i.count * i.cycles for i in covering), Fraction(0)))
    each = ", ".join(f"{i} of {text(i.cycles)} cycles" for i in covering)
    formula = f"{groups} · ({each}) at {rate}" if groups > 1 else f"{each} at {rate}"
    sources = [rate, model.full_rate_rows]
    if fetched and model.operand_port is not None:
        port = ledger.machine.units[model.operand_port].capacity
        feeding = ceil(fetched / port.exact)
        if feeding > cycles:
            cycles, formula = feeding, f"{text(fetched)} B of operands / {port}"
    if model.operand_port is not None:
        sources.append(ledger.machine.units[model.operand_port].capacity)
    ledger.hold(model.unit, cycles, formula, *sources)
    return cycles


def _issue(
    ledger: Ledger,
    model: MatrixModel,
    covering: tuple[_Instruction, ...],
    groups: int,
    cycles: int,
    fetched: Fraction,
) -> int:
    """Cycles of each group's instruction stream: starting the engine, or all of the time."""
    count = sum(instruction.count for instruction in covering)
    if model.issue is not None:
        formula = f"{instructions(count)} · {model.issue}"
        return ledger.note("issue", max(1, ceil(count * model.issue.exact)), formula, model.issue)
    if model.issue_slots is not None:
        slots = groups * count * model.issue_slots.exact
        if model.fetch_bytes is not None:
            slots += fetched / model.fetch_bytes.exact
        issue_unit = ledger.machine.issue_unit
        ledger.share(issue_unit, cycles, slots, "thread instructions", model.issue_slots)
    return ledger.note("issue", cycles, "ordinary instructions: all of the time")
