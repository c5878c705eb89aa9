"""Tiny random programs and readings for profile ``paper``, and every assignment of them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

from twill.problem import Requirements, Reservation
from twill.solver.paper.check import violations
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import Fluid, PaperEdge, PaperOp, Program
from twill.solver.paper.solution import Solution


def random_program(seed: int, count: int = 3) -> tuple[Program, PaperOptions]:
    """A program of ``count`` operations and a reading of the paper; by seed."""
    rng = random.Random(seed)  # noqa: S311  # not for cryptography
    names = "ABCD"[:count]
    options = _options(rng)
    loads = rng.random() < 0.3
    ops = tuple(_op(rng, name, load=loads and i == 0) for i, name in enumerate(names))
    program = Program(
        name=f"random{seed}",
        ops=ops,
        edges=tuple(_edges(rng, names)),
        units={"u": 1, "w": rng.choice([1, 2])},
        memories={"m": rng.choice([2, 4, 6])},
        fluids=(Fluid("f", rng.randint(0, 3), 1),) if rng.random() < 0.2 else (),
        register_limit=rng.choice([None, 2, 4, 5]),
        places=rng.choice([0, 2, 2, 3]),
        designated=loads,
        max_warps=None if options.warps == "single" else rng.choice([None, 4, 6]),
        warp_group=rng.choice([1, 2]),
        requirements=_requirements(rng, names),
    )
    return program, options


def _options(rng: random.Random) -> PaperOptions:
    choices: dict[str, tuple[Any, ...]] = {
        "warps": ("groups", "groups", "single"),
        "same": ("equal", "inside", "overlap"),
        "variable_latency": ("iff", "if"),
        "concurrency": ("paper", "issue"),
        "spill_blocks": ("spilled", "all", "none"),
        "edges": ("emitted", "all"),
        "liveness": ("program", "program", "steady"),
    }
    return PaperOptions(normalise="off", **{key: rng.choice(of) for key, of in choices.items()})


def _op(rng: random.Random, name: str, *, load: bool) -> PaperOp:
    cycles = rng.choice([0, 1, 1, 1, 2])
    uses = {}
    for unit in "uw":
        if cycles and rng.random() < 0.35:
            begin = rng.randrange(cycles)
            length = rng.randint(1, cycles - begin)
            uses[unit] = (Reservation(begin, length, 1),)
    in_memory = rng.random() < 0.5
    return PaperOp(
        name=name,
        cycles=cycles,
        uses=uses,
        issue=rng.randint(0, cycles),
        footprint={"m": rng.randint(1, 2)} if in_memory else {},
        registers=0 if in_memory else rng.randint(0, 2),
        spill=rng.choice([0, 0, 1, 2]),
        variable_latency=load,
        warps=rng.choice([1, 1, 1, 2]),
    )


def _edges(rng: random.Random, names: str) -> Iterator[PaperEdge]:
    for i, src in enumerate(names):
        for j, dst in enumerate(names):
            if rng.random() < 0.25:
                distance = rng.choice([0, 0, 1, 2]) if i < j else rng.choice([1, 1, 2])
                value = rng.random() < 0.85
                blocking = rng.random() < 0.4
                delay = rng.choice([0, 0, 1, 1, 2])
                reading = rng.choice([0, 0, 1]) if value else 0
                yield PaperEdge(src, dst, delay, distance, blocking, value, reading)


def _requirements(rng: random.Random, names: str) -> Requirements:
    if rng.random() < 0.7:
        return Requirements()
    labels = {name: rng.choice("xy") for name in names[:2]}
    kind = rng.randrange(3)
    if kind == 0:
        return Requirements(no_handoff=True)
    return Requirements(roles=labels) if kind == 1 else Requirements(other_than=(labels,))


def solutions(program: Program, options: PaperOptions, ii: int, length: int) -> Iterator[Solution]:
    """Every assignment of starts and places that the checker accepts."""
    names = [op.name for op in program.ops]
    copies = -(-length // ii)
    placings = list(_placings(program, options))
    for starts in itertools.product(range(length), repeat=len(names)):
        start = dict(zip(names, starts, strict=True))
        alone = Solution(ii, length, copies, start, placings[0])
        if any(text.startswith(_TIMING) for text in violations(program, alone, options)):
            continue
        for places in placings:
            found = Solution(ii, length, copies, start, places)
            if not violations(program, found, options):
                yield found


_TIMING = ("COMPLETION", "DEPENDENCE", "CAPACITY", "MEMORY")


def _placings(program: Program, options: PaperOptions) -> Iterator[dict[str, tuple[int, ...]]]:
    single = options.warps == "single"
    choices = [
        list(itertools.combinations(range(program.places), op.warps if single else 1))
        for op in program.ops
    ]
    if not program.places:
        choices = [[()] for _ in program.ops]
    if any(not choice for choice in choices):
        choices = [[()] for _ in program.ops]
    for chosen in itertools.product(*choices):
        yield dict(zip([op.name for op in program.ops], chosen, strict=True))
