"""Small dumps of our own making, as plain data that tests may change before they are read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from twill.importers import Imported, Options, import_document
from twill.machine import Machine
from twill.spec.reader import parse_document

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(os.environ.get("TWILL_CASES", ROOT.parent / "shared" / "cases"))
"""Graphs of real kernels; tests of them are skipped where they are absent."""

Json = dict[str, Any]

SHARED = "#ttg.nvmma_shared<{elementBitWidth = 16}>, #ttg.shared_memory"
TENSOR = "#ttng.tensor_memory_encoding<blockM = 128>, #ttng.tensor_memory, mutable"
TOKEN = "!ttg.async.token"
FALSE: Json = {"const": 0, "type": "i1"}
TRUE: Json = {"const": -1, "type": "i1"}


def of(op: str, result: int = 0) -> Json:
    """An operand: a result of an operation."""
    return {"op": op, "result": result}


def handed_on(index: int) -> Json:
    """An operand: what the iteration before yielded."""
    return {"iter_arg": {"loop": 0, "idx": index}}


def operation(kind: str, operands: list[Json], results: list[str], loop: bool = True) -> Json:
    """An entry of the operations table."""
    return {
        "kind": kind,
        "scope": "loop:0" if loop else "function",
        "operands": operands,
        "result_types": results,
        "attributes": {},
    }


def node(number: int, op: str, kind: str, costs: str, warps: int = 4) -> Json:
    """A node; ``costs`` are pipeline, latency, issue and occupancy in one text."""
    pipeline, latency, issue, occupancy = costs.split()
    return {
        "id": number,
        "op_ref": op,
        "op_kind": kind,
        "pipeline": pipeline,
        "latency": int(latency),
        "self_latency": int(issue),
        "occupancy": int(occupancy),
        "min_warps": warps,
        "is_super_node": False,
    }


def edge(src: int, dst: int, latency: int, distance: int = 0) -> Json:
    """An edge of the dump."""
    kind = "loop_carried" if distance else "data"
    return {"src": src, "dst": dst, "kind": kind, "distance": distance, "latency": latency}


def attention() -> Json:
    """A loop like attention: S = QK, P = exp2(S), O scaled and accumulated in tensor memory."""
    tile, half = "tensor<128x64xf32, #layout>", "tensor<128x64xf16, #layout>"
    loaded, memory = "tensor<64x64xf16, #layout>", f"!ttg.memdesc<64x64xf16, {SHARED}>"
    wide = f"!ttg.memdesc<128x64xf32, {TENSOR}>"
    inside: list[tuple[str, str, list[Json], list[str]]] = [
        ("k_at", "arith.muli", [{"iv": 0}, {"const": 64, "type": "i32"}], ["i32"]),
        ("k", "tt.descriptor_load", [{"arg": "K"}, of("k_at")], [loaded]),
        ("k_mem", "ttg.local_alloc", [of("k")], [memory]),
        ("k_t", "ttg.memdesc_trans", [of("k_mem")], [memory]),
        ("s", "ttng.tc_gen5_mma", _multiply("q_mem", "k_t", "s_mem", handed_on(0), FALSE), [TOKEN]),
        ("s_reg", "ttng.tmem_load", [of("s_mem"), of("s")], [tile, TOKEN]),
        ("e", "math.exp2", [of("s_reg")], [tile]),
        ("p", "arith.truncf", [of("e")], [half]),
        ("p_mem", "ttng.tmem_alloc", [of("p")], [f"!ttg.memdesc<128x64xf16, {TENSOR}>"]),
        ("o_reg", "ttng.tmem_load", [of("o_mem"), handed_on(1)], [tile, TOKEN]),
        ("o_new", "arith.mulf", [of("o_reg"), {"const": 1.5, "type": tile}], [tile]),
        ("o_st", "ttng.tmem_store", [of("o_mem"), of("o_reg", 1), of("o_new"), TRUE], [TOKEN]),
        ("v", "tt.descriptor_load", [{"arg": "V"}, of("k_at")], [loaded]),
        ("v_mem", "ttg.local_alloc", [of("v")], [memory]),
        ("o", "ttng.tc_gen5_mma", _multiply("p_mem", "v_mem", "o_mem", of("o_st"), TRUE), [TOKEN]),
    ]
    costs = [
        *("CUDA 1 1 1", "TMA 500 30 90", "NONE 0 0 0", "NONE 0 0 0", "TC 400 30 128"),
        *("CUDA 130 64 64", "SFU 280 64 64", "CUDA 52 32 32", "NONE 0 0 0", "CUDA 130 64 64"),
        *("CUDA 70 64 64", "CUDA 50 24 24", "TMA 500 30 90", "NONE 0 0 0", "TC 300 30 128"),
    ]
    one_warp = {"k_at", "k", "k_mem", "k_t", "s", "p_mem", "v", "v_mem", "o"}
    nodes = [
        node(number, name, kind, costs[number], 1 if name in one_warp else 4)
        for number, (name, kind, _, _) in enumerate(inside)
    ]
    edges = [
        *(edge(0, 1, 1), edge(0, 12, 1), edge(1, 2, 500), edge(2, 3, 0), edge(3, 4, 0)),
        *(edge(4, 5, 400), edge(5, 6, 130), edge(6, 7, 280), edge(7, 8, 52), edge(8, 14, 0)),
        *(edge(9, 10, 130), edge(9, 11, 130), edge(10, 11, 70), edge(11, 14, 50)),
        *(edge(12, 13, 500), edge(13, 14, 0), edge(5, 4, 130, 1), edge(14, 9, 300, 1)),
    ]
    q_mem = f"!ttg.memdesc<128x64xf16, {SHARED}>"
    outside = {
        "q_mem": operation("ttg.local_alloc", [{"arg": "Q"}], [q_mem], loop=False),
        "s_mem": operation("ttng.tmem_alloc", [], [wide, TOKEN], loop=False),
        "o_mem": operation("ttng.tmem_alloc", [], [wide, TOKEN], loop=False),
    }
    ops = {name: operation(kind, reads, types) for name, kind, reads, types in inside}
    ops["end"] = operation("scf.yield", [of("s_reg", 1), of("o")], [])
    for name in ("s", "o"):
        ops[name]["attributes"]["operandSegmentSizes"] = [1, 1, 1, 1, 1, 1, 0, 0]
    return dump(nodes, edges, {**outside, **ops}, min_ii=550, res_mii=256, rec_mii=550)


def _multiply(a: str, b: str, into: str, token: Json, accumulate: Json) -> list[Json]:
    return [of(a), of(b), of(into), token, accumulate, TRUE]


def dump(nodes: list[Json], edges: list[Json], ops: Json | None = None, **totals: int) -> Json:
    """A whole file with one loop."""
    loop = {"loop_id": 0, "is_outer": False, "trip_count": 16, "trip_count_estimated": False}
    return {
        "schema_version": "ddg-0.1",
        "config": {
            "schedule_algo": "rau",
            "smem_budget_bytes": 232448,
            "tmem_budget_bytes": 262144,
        },
        "kernel": {"name": "small", "args": []},
        "ops": ops or {},
        "loops": [{**loop, **totals, "ddg": {"nodes": nodes, "edges": edges}}],
    }


def plain(*costs: str, edges: list[Json]) -> Json:
    """A dump of nodes without an operations table, by their costs."""
    nodes = [node(i, f"op{i}", "arith.addf", text) for i, text in enumerate(costs)]
    return dump(nodes, edges)


def curated_node(number: int, kind: str, costs: str, **rest: object) -> Json:
    """A node of a curated file; ``costs`` are pipeline, latency and occupancy."""
    pipeline, latency, occupancy = costs.split()
    held, total = int(occupancy), int(latency)
    table = {pipeline: [1] * held + [0] * (total - held)} if held else {}
    return {
        "id": number,
        "op_ref": f"op_{number}",
        "op_kind": kind,
        "pipeline": pipeline,
        "latency": total,
        "occupancy": held,
        "rrt": table,
        "min_warps": 4,
        "regs": 0,
        "spill_cost": 0,
        "smem_footprint": 0,
        "tmem_footprint": 0,
        "variable_latency": False,
        "streaming": False,
        **rest,
    }


def curated_edge(src: int, dst: int, latency: int, distance: int = 0, blocks: bool = False) -> Json:
    """An edge of a curated file."""
    return {"src": src, "dst": dst, "distance": distance, "latency": latency, "blocking": blocks}


def curated() -> Json:
    """The second half of attention: O loaded, scaled, stored and accumulated, V streaming."""
    one, load = {"min_warps": 1}, {"variable_latency": True, "streaming": True, "min_warps": 1}
    held = {"regs": 8192, "spill_cost": 30}
    nodes = [
        curated_node(3, "tt.descriptor_load", "TMA 40 10", smem_footprint=8192, **load),
        curated_node(4, "ttg.local_alloc", "NONE 0 0", **one),
        curated_node(5, "ttng.tmem_load", "TMEM 30 16", **held),
        curated_node(6, "tt.broadcast", "NONE 0 0", **held),
        curated_node(7, "arith.mulf", "CUDA 20 16", **held),
        curated_node(8, "ttng.tmem_store", "TMEM 12 8", tmem_footprint=64),
        curated_node(9, "ttng.tc_gen5_mma", "TC 50 32", **one),
    ]
    edges = [
        *(curated_edge(3, 4, 40, blocks=True), curated_edge(4, 9, 0), curated_edge(5, 6, 30)),
        *(curated_edge(6, 7, 0), curated_edge(5, 8, 30), curated_edge(7, 8, 20)),
        *(curated_edge(8, 9, 12, blocks=True), curated_edge(9, 5, 50, 1, blocks=True)),
    ]
    loop = {"loop_id": 0, "trip_count": 4, "ddg": {"nodes": nodes, "edges": edges}}
    return {
        "schema_version": "curated-ddg-0.2",
        "curation_source": {"ddg_sha256": "00"},
        "loops": [loop],
    }


def text_of(data: object) -> str:
    """A dump as the text of a file, a key a line."""
    return json.dumps(data, indent=1)


def read(data: object, machine: Machine | None = None, **options: Any) -> Imported:
    """Import plain data as if it stood in a file."""
    document = parse_document(text_of(data), "small.ddg.json")
    return import_document(document, machine=machine, options=Options(**options))


def nodes_of(data: Json) -> list[Json]:
    """The nodes of the first loop."""
    found: list[Json] = data["loops"][0]["ddg"]["nodes"]
    return found


def edges_of(data: Json) -> list[Json]:
    """The edges of the first loop."""
    found: list[Json] = data["loops"][0]["ddg"]["edges"]
    return found
