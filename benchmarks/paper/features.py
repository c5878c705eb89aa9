"""What the paper's system takes in and gives out."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from benchmarks.paper.claim import Claim, Finding, verdict
from benchmarks.paper.kernels import (
    HOPPER_FORWARD,
    KERNELS,
    both,
    default_schedule,
    paper_solution,
    read_as_paper,
)
from benchmarks.paper.questions import (
    ask_default,
    problem_of,
)
from twill.accounting import Usage
from twill.formats import problem_digest

CODE = Path(__file__).parents[2]


def claim_input() -> Claim:
    """Reservation tables, edges, footprints, registers, spills, blocking, variable latency."""
    programs = [read_as_paper(question) for question in KERNELS.values()]
    used = {
        "reservation tables": any(op.uses for p in programs for op in p.ops),
        "iteration distances": any(e.distance for p in programs for e in p.edges),
        "footprints": any(op.footprint for p in programs for op in p.ops),
        "registers": any(op.registers for p in programs for op in p.ops),
        "spill costs": any(op.spill for p in programs for op in p.ops),
        "blocking edges": any(e.blocking for p in programs for e in p.edges),
        "variable latency": any(op.variable_latency for p in programs for op in p.ops),
        "operations of several warps": any(op.warps > 1 for p in programs for op in p.ops),
    }
    sizes = ", ".join(
        f"{name} {len(p.ops)} operations, {len(p.edges)} edges"
        for name, p in zip(KERNELS, programs, strict=True)
    )
    missing = [name for name, is_used in used.items() if not is_used]
    return Claim(
        "input",
        "4",
        "A loop as a graph of tile operations",
        "reservation tables, edges (u, v, d, δ), footprints, registers, spill costs, blocking,"
        " variable latency",
        "each of these occurs in the programs of the four kernels",
        (Finding("both", verdict(not missing), sizes),),
        ("twill show flash_attention_forward -m h100 --problem",),
        used,
    )


def claim_extraction() -> Claim:
    """The graph is taken from Triton's IR."""
    from twill.importers import FORMATS

    known = ", ".join(FORMATS)
    return Claim(
        "extraction",
        "5",
        "The graph extracted from Triton's IR",
        "the input comes out of the Triton compiler",
        "some importer reads Triton IR itself",
        (
            Finding(
                "both",
                verdict(any("ttgir" in name for name in FORMATS)),
                f"loops are written in YAML; 'twill import' reads graphs that a Triton compiler"
                f" dumps ({known}), not its IR",
            ),
        ),
        ("twill import --help",),
    )


def claim_machines() -> Claim:
    """Another machine file is all it takes."""
    found = {
        machine: ask_default(replace(HOPPER_FORWARD, machine=machine), False).schedule
        for machine in ("h100", "b200")
    }
    solved = {machine: schedule.ii for machine, schedule in found.items() if schedule}
    named = _files_that_name(tuple(found))
    text = "; ".join(f"{machine}: II {ii}" for machine, ii in solved.items())
    return Claim(
        "machines",
        "4.2, 6",
        "Another machine description, no heuristics per GPU",
        "the same solver gives FA3 on Hopper and FA4 on Blackwell",
        "the same loop is solved on both, and no code of solver, elaboration or verifier tests for"
        " a machine by name",
        (
            Finding(
                "both",
                verdict(len(solved) == len(found) and not named),
                f"{text}; files whose code names a machine: {', '.join(named) or 'none'}",
            ),
        ),
        tuple(replace(HOPPER_FORWARD, machine=m).command("default") for m in found),
    )


def _files_that_name(machines: tuple[str, ...]) -> list[str]:
    """Source files that have a machine's name as a string."""
    folders = ("solver", "twill/elaborate", "twill/costs", "twill/verify")
    files = sorted(path for folder in folders for path in (CODE / folder).rglob("*.py"))
    quoted = [f"{quote}{m}{quote}" for m in machines for quote in ("'", '"')]
    return [
        str(path.relative_to(CODE)) for path in files if any(q in path.read_text() for q in quoted)
    ]


def claim_streaming() -> Claim:
    """Loads that run ahead have no latency in the loop; their rings are a parameter."""
    program = read_as_paper(HOPPER_FORWARD)
    streaming = {op.name for op in problem_of(HOPPER_FORWARD).ops if op.streaming}
    free = all(edge.delay == 0 for edge in program.edges if edge.src in streaming)
    problem, schedule = problem_of(HOPPER_FORWARD), default_schedule(HOPPER_FORWARD)
    start = {name: placed.start for name, placed in schedule.ops.items()}
    usage = Usage(problem, schedule.ii, start, {n: str(p.role) for n, p in schedule.ops.items()})
    depths = {b.name: usage.depth(b) for b in usage.buffers if b.name in streaming}
    return Claim(
        "streaming",
        "5.1",
        "Streaming loads and the depth of their rings",
        "loads that run ahead cost no latency; the depth is a parameter of the kernel",
        "edges out of streaming loads have no delay (profile paper); the schedule states a depth"
        " for each of their rings (default)",
        (
            Finding(
                "paper", verdict(free and bool(streaming)), f"no delay after {_and(streaming)}"
            ),
            Finding(
                "default",
                verdict(depths.keys() == streaming),
                "depths chosen: "
                + ", ".join(f"{n} {d}" for n, d in depths.items())
                + "; the report gives the depth needed for the latencies of L2 and DRAM",
            ),
        ),
        both(HOPPER_FORWARD),
    )


def _and(names: set[str]) -> str:
    return " and ".join(sorted(names))


def claim_knobs() -> Claim:
    """Sub-tiles, registers and groups are the user's to set."""
    turned = {
        "--subtile": replace(HOPPER_FORWARD, subtile=(("M", 1),)),
        "--registers-per-role": replace(HOPPER_FORWARD, registers=128),
        "--forbid-roles-above": replace(HOPPER_FORWARD, max_roles=2),
        "--no-handoff": replace(HOPPER_FORWARD, no_handoff=True),
    }
    digests = {problem_digest(problem_of(question)) for question in turned.values()}
    digests.add(problem_digest(problem_of(HOPPER_FORWARD)))
    return Claim(
        "knobs",
        "6",
        "Sub-tiled inputs; registers and groups as parameters",
        "inputs are sub-tiled by hand; the register budget and the warps are given",
        "each option gives a problem of its own, which both profiles take",
        (Finding("both", verdict(len(digests) == len(turned) + 1), ", ".join(turned)),),
        tuple(question.command("default") for question in turned.values()),
    )


def claim_annotated_output() -> Claim:
    """A pipelined schedule with a group for every operation."""
    ops = {op.name for op in problem_of(HOPPER_FORWARD).ops}
    solution, schedule = paper_solution(HOPPER_FORWARD), default_schedule(HOPPER_FORWARD)
    paper = ops == solution.start.keys() == {n for n, at in solution.places.items() if at}
    default = ops == {name for name, placed in schedule.ops.items() if placed.role}
    return Claim(
        "annotated_output",
        "5",
        "Output: a pipelined program with warps annotated",
        "each operation with its place in the pipeline and its warps",
        "every operation has a start and a group",
        (
            Finding("paper", verdict(paper), "start and group of each operation (paper.json)"),
            Finding("default", verdict(default), "start, stage, slot and role (schedule.json)"),
        ),
        tuple(f"{command} -o out" for command in both(HOPPER_FORWARD)),
    )


def claim_pseudocode() -> Claim:
    """Pseudocode and a coloured graph, from which the authors write CUDA by hand."""
    lowered = find_spec("twill.lower") is not None
    return Claim(
        "pseudocode",
        "5, Figure 9",
        "Output: pseudocode and a coloured graph",
        "printed for the person who writes the kernel",
        "a lowering of schedules to programs (twill.lower) exists",
        (
            Finding(
                "both",
                verdict(lowered),
                "the report has a timeline and each role's operations in issue order with what"
                " they wait for; " + ("programs are generated" if lowered else "no program text"),
            ),
        ),
        (HOPPER_FORWARD.command("default"),),
    )


CLAIMS = (
    claim_input,
    claim_extraction,
    claim_machines,
    claim_streaming,
    claim_knobs,
    claim_annotated_output,
    claim_pseudocode,
)
