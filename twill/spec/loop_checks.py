"""What must hold of a loop on any machine: names, iterations, shapes, sub-tiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twill.diagnostics import Diagnostic, unknown
from twill.loop import Loop, Operand, Operation, Path, Shape, reduced_dimensions, shapes_of

REDUCTIONS = ("max", "sum")


def check_loop(loop: Loop) -> list[Diagnostic]:
    """Everything that is wrong with a loop whatever the machine."""
    faults = [*_check_dimensions(loop), *_check_values(loop), *_check_subtiles(loop)]
    return faults or [*_check_places(loop), *_check_shapes(loop), *_check_cuts(loop)]


def _check_dimensions(loop: Loop) -> Iterator[Diagnostic]:
    """Every dimension of a shape is a tile parameter, and names do not collide."""
    shapes = [("operations", op.name, op.shape or ()) for op in loop.operations]
    shapes += [("inputs", tile.name, tile.shape) for tile in loop.inputs]
    for section, name, shape in shapes:
        for i, dimension in enumerate(shape):
            if dimension not in loop.parameters:
                message = unknown("tile parameter", dimension, loop.parameters)
                yield loop.places.error((section, name, "shape", i), message)
        if len(set(shape)) < len(shape):
            message = f"{name} has the dimension {shape[0]} twice"
            help_ = "give the second dimension its own tile parameter"
            yield loop.places.error((section, name, "shape"), message, help_)
    for name in loop.input.keys() & loop.operation.keys():
        message = f"'{name}' is both an input and an operation"
        yield loop.places.error(("operations", name), message, key=True)


def _check_values(loop: Loop) -> Iterator[Diagnostic]:
    """Every value read exists and is computed before, or in an earlier iteration."""
    for op in loop.operations:
        reads = list(op.operands)
        adds_to = op.operand("accumulate")
        if op.in_place is not None and (adds_to is None or adds_to.reference != op.in_place):
            reads.append(Operand("in_place", op.in_place, ("operations", op.name, "in_place")))
        for operand in reads:
            yield from _check_value(loop, op, operand)


def _check_value(loop: Loop, op: Operation, operand: Operand) -> Iterator[Diagnostic]:
    order = list(loop.operation)
    name, distance = operand.reference.name, operand.reference.distance
    if name in loop.input:
        if distance:
            message = f"'{name}' is loop-invariant: it is the same in every iteration"
            yield loop.places.error(operand.path, message, f"write {name}")
        elif operand.port in ("in_place", "accumulate"):
            what = "take over" if operand.port == "in_place" else "add to"
            message = f"{op.name} cannot {what} '{name}': a loop-invariant tile stays as it is"
            yield loop.places.error(operand.path, message)
    elif name not in loop.operation:
        message = unknown("value", name, [*order, *loop.input])
        yield loop.places.error(operand.path, message)
    elif loop.operation[name].kind == "store":
        yield loop.places.error(operand.path, f"'{name}' is a store: it has no value to read")
    elif distance == 0 and order.index(name) >= order.index(op.name):
        what = "itself" if name == op.name else f"'{name}', which is computed later,"
        message = f"{op.name} reads {what} in the same iteration: a value from the future"
        help_ = f"write {name}@-1 for the last iteration's value"
        yield loop.places.error(operand.path, message, help_)


def _check_places(loop: Loop) -> Iterator[Diagnostic]:
    """A multiply adds to its accumulator where it is; what streams waits for nothing."""
    for op in loop.operations:
        operand = op.operand("accumulate")
        accumulator = operand.reference if operand is not None else op.in_place
        if op.kind == "mma" and op.cost is None and op.in_place != accumulator:
            message = f"{op.name} adds to {accumulator} where it is, not to {op.in_place}"
            help_ = f"leave 'in_place' out, or write {accumulator}"
            yield loop.places.error(("operations", op.name, "in_place"), message, help_)
        if op.cost is not None and op.cost.streaming and op.operands:
            message = f"{op.name} streams and cannot read {op.operands[0].reference}"
            help_ = "only a load that waits for nothing runs ahead"
            yield loop.places.error(op.operands[0].path, message, help_)


# Shapes


def _check_shapes(loop: Loop) -> Iterator[Diagnostic]:
    shapes = shapes_of(loop)
    checks = {"mma": _check_mma, "reduce": _check_reduce, "rescale": _check_rescale}
    for op in loop.operations:
        if op.cost is None and not shapes[op.name]:
            message = f"{op.name} has no shape: nothing that it reads has one"
            yield loop.places.error(("operations", op.name), message, "add 'shape'", key=True)
        elif op.cost is None or (op.shape is not None and op.kind != "custom"):
            yield from checks.get(op.kind, _check_same)(loop, op, shapes)


def _shown(name: object, shape: Shape) -> str:
    return f"{name} [{', '.join(shape)}]"


def _check_mma(loop: Loop, op: Operation, shapes: Mapping[str, Shape]) -> Iterator[Diagnostic]:
    """a[m, k] · b[k, n] -> [m, n], the operands in either orientation."""
    a, b = op.operand("a"), op.operand("b")
    if a is None or b is None:
        return
    left, right = shapes[a.reference.name], shapes[b.reference.name]
    result = shapes[op.name]
    both = set(left) & set(right) - set(result)
    fits = (
        len(left) == len(right) == len(result) == 2
        and len(both) == 1
        and set(left) == {result[0], *both}
        and set(right) == {result[1], *both}
    )
    if not fits:
        message = (
            f"shapes do not fit: {_shown(a.reference, left)} times {_shown(b.reference, right)}"
            f" is not {_shown(op.name, result)}"
        )
        help_ = "a has the result's first dimension, b its second, and both one in common"
        yield loop.places.error(("operations", op.name, "shape"), message, help_)
    types = [_type(loop, operand) for operand in (a, b)]
    if op.cost is None and types[0] != types[1]:
        message = f"types do not fit: {a.reference} is {types[0]}, {b.reference} is {types[1]}"
        yield loop.places.error(b.path, message, "convert one of them (kind: convert)")
    yield from _check_accumulate(loop, op, shapes)


def _type(loop: Loop, operand: Operand) -> str:
    name = operand.reference.name
    return loop.operation[name].type if name in loop.operation else loop.input[name].type


def _check_accumulate(
    loop: Loop, op: Operation, shapes: Mapping[str, Shape]
) -> Iterator[Diagnostic]:
    operand = op.operand("accumulate")
    if operand is not None and shapes[operand.reference.name] != shapes[op.name]:
        other = _shown(operand.reference, shapes[operand.reference.name])
        message = f"shapes do not fit: {other} accumulates into {_shown(op.name, shapes[op.name])}"
        yield loop.places.error(operand.path, message)


def _check_reduce(loop: Loop, op: Operation, shapes: Mapping[str, Shape]) -> Iterator[Diagnostic]:
    operand, result = op.operand("read"), shapes[op.name]
    tile = shapes[operand.reference.name] if operand is not None else ()
    if operand is not None and (len(tile) < 2 or result != tile[:1]):
        read, made = _shown(operand.reference, tile), _shown(op.name, result)
        message = f"shapes do not fit: {read} does not reduce to {made}"
        help_ = "rows are reduced: the result has the tile's first dimension"
        help_ += f", [{tile[0]}]" if tile else ""
        yield loop.places.error(("operations", op.name, "shape"), message, help_)
    if op.function is not None and op.function not in REDUCTIONS:
        message = unknown("function", op.function, REDUCTIONS)
        yield loop.places.error(("operations", op.name, "function"), message)
    yield from _check_accumulate(loop, op, shapes)


def _check_rescale(loop: Loop, op: Operation, shapes: Mapping[str, Shape]) -> Iterator[Diagnostic]:
    tile, vector = op.operand("read"), op.operand("by")
    if tile is None or vector is None:
        return
    left, right = shapes[tile.reference.name], shapes[vector.reference.name]
    if not set(right) < set(left):
        message = (
            f"shapes do not fit: {_shown(vector.reference, right)} does not scale"
            f" {_shown(tile.reference, left)}"
        )
        help_ = "'by' has one of the tile's dimensions"
        yield loop.places.error(vector.path, message, help_)


def _check_same(loop: Loop, op: Operation, shapes: Mapping[str, Shape]) -> Iterator[Diagnostic]:
    """Operands have the result's shape, or are vectors along one of its dimensions."""
    result = shapes[op.name]
    copies = op.kind in ("store", "convert", "move")
    for operand in op.operands:
        shape = shapes[operand.reference.name]
        vector = len(shape) < len(result) and set(shape) <= set(result)
        if shape != result and (copies or not vector):
            message = (
                f"shapes do not fit: {_shown(operand.reference, shape)} is read for"
                f" {_shown(op.name, result)}"
            )
            yield loop.places.error(operand.path, message)


# Sub-tiles


def _check_subtiles(loop: Loop) -> Iterator[Diagnostic]:
    """Every dimension that is cut or set is a tile parameter."""
    places: list[tuple[Path, Mapping[str, int]]] = [(("subtile",), loop.subtile)]
    places += [(("operations", op.name, "subtile"), op.subtile) for op in loop.operations]
    for name, target in loop.targets.items():
        places.append((("targets", name, "parameters"), target.parameters))
        places.append((("targets", name, "subtile"), target.subtile or {}))
        for op, factors in target.operations.items():
            places.append((("targets", name, "operations", op, "subtile"), factors))
            if op not in loop.operation:
                message = unknown("operation", op, loop.operation)
                yield loop.places.error(("targets", name, "operations", op), message, key=True)
    for path, given in places:
        for dimension in given:
            if dimension not in loop.parameters:
                message = unknown("tile parameter", dimension, loop.parameters)
                yield loop.places.error((*path, dimension), message, key=True)


def _check_cuts(loop: Loop) -> Iterator[Diagnostic]:
    """An operation is cut along dimensions that it has."""
    shapes = shapes_of(loop)
    cuts: list[tuple[Path, str, Mapping[str, int]]] = [
        (("operations", op.name), op.name, op.subtile) for op in loop.operations
    ]
    for name, target in loop.targets.items():
        for op_name, factors in target.operations.items():
            cuts.append((("targets", name, "operations", op_name), op_name, factors))
    for path, op_name, factors in cuts:
        own = (*shapes[op_name], *reduced_dimensions(loop.operation[op_name], shapes))
        for dimension in (d for d in factors if d not in own):
            has = f"it has {', '.join(own)}" if own else "it has no dimensions"
            message = f"{op_name} cannot be cut along {dimension}: {has}"
            yield loop.places.error((*path, "subtile", dimension), message, key=True)
