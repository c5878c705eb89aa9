"""The problems that the solver is measured on, by group.

* shipped: every loop on a machine it is meant for; all levels of the objective.
* tight: forward attention where registers, not units, decide the II.
* scaling: forward attention on the H100 with more and more sub-tiles, its resources scaled along.
* modulo: the same without roles and memories: plain modulo scheduling.
* imported: dependence graphs of other compilers, from ``$TWILL_CASES`` (left out where absent).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from twill.elaborate import elaborate
from twill.importers import load_graph
from twill.problem import Op, Problem
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.storage import constraint_dependences

SHIPPED = (
    "figure1/figure1",
    "gemm/a100",
    "gemm/h100",
    "gemm/b200",
    "flash_attention_forward/h100",
    "flash_attention_forward/b200",
    "flash_attention_backward/h100",
    "flash_attention_backward/b200",
)
SUBTILES = (4, 6, 8, 11, 13, 24)
CASES_FOLDER = Path(__file__).parents[2] / "shared" / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One problem to solve; ``levels`` as in ``SolveOptions``: () asks for the II alone."""

    name: str
    group: str
    make: Callable[[], Problem]
    levels: tuple[str, ...] | None = None


def all_cases() -> dict[str, Case]:
    """Every case by name, in the order of the table."""
    made = [*_shipped(), *_tight(), *_scaling(), *_imported()]
    return {case.name: case for case in made}


def _shipped() -> Iterator[Case]:
    for pair in SHIPPED:
        spec, machine = pair.split("/")
        yield Case(pair, "shipped", partial(shipped, spec, machine))


def shipped(spec: str, machine: str) -> Problem:
    """A shipped loop on a shipped machine, with its defaults."""
    return elaborate(load_loop(spec), load_machine(machine)).problem


def _tight() -> Iterator[Case]:
    yield Case("one-tile-168-registers", "tight", partial(tight, 1, 2, 168))
    yield Case("one-tile", "tight", partial(tight, 1, 8, 248))
    yield Case("two-tiles-160-registers", "tight", partial(tight, 2, 8, 160))
    yield Case("two-tiles-3-roles-160-registers", "tight", partial(tight, 2, 3, 160))
    yield Case("two-tiles-168-registers", "tight", partial(tight, 2, 8, 168))


def tight(subtiles: int, max_roles: int, registers: int) -> Problem:
    """Forward attention on the H100 with few roles, few registers per thread."""
    problem = forward(subtiles)
    assert problem.roles is not None
    budget = replace(problem.roles.registers, max=registers)
    return replace(problem, roles=replace(problem.roles, max_roles=max_roles, registers=budget))


def forward(subtiles: int) -> Problem:
    """Forward attention on the H100 with sub-tiles of 64 rows each."""
    rows = {"M": 64 * subtiles}
    loop = load_loop("flash_attention_forward")
    return elaborate(loop, load_machine("h100"), rows, {"M": subtiles}).problem


def _scaling() -> Iterator[Case]:
    for subtiles in SUBTILES:
        yield Case(f"forward-{subtiles}-tiles", "scaling", partial(scaled, subtiles), ())
    for subtiles in SUBTILES:
        yield Case(f"modulo-{subtiles}-tiles", "modulo", partial(plain, subtiles), ())


def scaled(subtiles: int) -> Problem:
    """Forward attention with more sub-tiles; memories, registers, roles, barriers to match."""
    problem = forward(subtiles)
    limits = problem.roles
    assert limits is not None
    assert limits.register_file is not None

    def more(amount: int) -> int:
        return -(-amount * subtiles // 2)

    return replace(
        problem,
        memories=tuple(replace(m, capacity=more(m.capacity)) for m in problem.memories),
        roles=replace(
            limits,
            max_roles=more(limits.max_roles),
            max_warps=more(limits.max_warps),
            register_file=more(limits.register_file),
        ),
        limits=replace(problem.limits, named_barriers=more(problem.limits.named_barriers or 0)),
    )


def plain(subtiles: int) -> Problem:
    """The dependences and units of forward attention alone."""
    problem = forward(subtiles)
    dependences = constraint_dependences(problem)
    return replace(
        problem,
        ops=tuple(_bare(op) for op in problem.ops),
        dependences=dependences,
        memories=(),
        invariants=(),
        roles=None,
    )


def _bare(op: Op) -> Op:
    return replace(op, result=None, in_place=None, variable_latency=False, streaming=False)


def _imported() -> Iterator[Case]:
    folder = Path(os.environ.get("TWILL_CASES", CASES_FOLDER))
    for path in sorted(folder.rglob("*ddg.json")):
        name = path.name.split(".")[0]
        yield Case(name, "imported", partial(imported, path), ())


def imported(path: Path) -> Problem:
    """The problem that a foreign dependence graph becomes."""
    return load_graph(path).problem
