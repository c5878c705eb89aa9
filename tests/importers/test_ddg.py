from __future__ import annotations

from typing import Any

import pytest

from tests.importers.dumps import attention, edge, edges_of, node, nodes_of, plain, read
from twill.machine import Machine
from twill.problem import Dependence, InPlace, Problem, Reservation, Result


def _dependence(problem: Problem, src: str, dst: str) -> Dependence:
    return next(d for d in problem.dependences if (d.src, d.dst) == (src, dst))


def test_timing_is_the_graph_as_it_stands() -> None:
    """Every node is an operation, every edge a dependence, every pipeline a unit."""
    problem = read(attention()).problem
    assert len(problem.ops) == 15
    assert [op.name for op in problem.ops][4] == "tc_gen5_mma_4"
    assert problem.op["tc_gen5_mma_4"].reservations == {"TC": (Reservation(0, 128),)}
    assert problem.op["tc_gen5_mma_4"].latency == 400
    assert {unit.name: unit.capacity for unit in problem.units} == {
        "CUDA": 1,
        "TMA": 1,
        "TC": 1,
        "SFU": 1,
    }
    stated = [(e["latency"], e["distance"]) for e in edges_of(attention())]
    assert [(d.delay, d.distance) for d in problem.dependences] == stated
    assert problem.trips == 16
    assert problem.roles is None
    assert problem.memories == ()
    assert all(op.result is None for op in problem.ops)


def test_buffers_are_derived_from_the_allocations() -> None:
    """Loads fill shared memory, multiplies and stores write the allocation that they name."""
    problem = read(attention(), reading="memory").problem
    results = {op.name: op.result for op in problem.ops if op.result}
    assert results == {
        "descriptor_load_1": Result("shared", 64 * 64 * 2),
        "descriptor_load_12": Result("shared", 64 * 64 * 2),
        "tc_gen5_mma_4": Result("tensor", 64),
        "tmem_alloc_8": Result("tensor", 32),
        "tmem_store_11": Result("tensor", 64),
        "tc_gen5_mma_14": Result("tensor", 64),
    }
    assert problem.memory["shared"].capacity == 232448
    assert problem.memory["tensor"].capacity == 512


def test_accumulation_is_one_storage() -> None:
    """O is stored over what the iteration before left, the multiply adds to what was stored."""
    op = read(attention(), reading="memory").problem.op
    assert op["tmem_store_11"].in_place == InPlace("tc_gen5_mma_14", 1)
    assert op["tc_gen5_mma_14"].in_place == InPlace("tmem_store_11")
    assert op["tc_gen5_mma_4"].in_place is None


def test_a_multiply_that_always_accumulates_takes_over_its_own_storage() -> None:
    """Without a load in between, an accumulator passes from iteration to iteration."""
    data = attention()
    data["ops"]["s"]["operands"][4] = {"iter_arg": {"loop": 0, "idx": 7}}
    op = read(data, reading="memory").problem.op
    assert op["tc_gen5_mma_4"].in_place == InPlace("tc_gen5_mma_4", 1)


def test_tokens_are_no_values() -> None:
    """An edge that hands over a token orders reads and writes of one storage."""
    problem = read(attention()).problem
    assert _dependence(problem, "tmem_load_9", "tmem_store_11").kind == "anti"
    assert _dependence(problem, "tmem_load_5", "tc_gen5_mma_4").kind == "anti"
    assert _dependence(problem, "tmem_store_11", "tc_gen5_mma_14").kind == "flow"
    assert _dependence(problem, "tc_gen5_mma_14", "tmem_load_9").kind == "flow"
    assert _dependence(problem, "mulf_10", "tmem_store_11").kind == "flow"


def test_tiles_computed_before_the_loop_stay_in_memory() -> None:
    """Q takes its memory once; the storage of S and O is that of their values."""
    invariants = read(attention(), reading="memory").problem.invariants
    assert [(i.space, i.size) for i in invariants] == [("shared", 128 * 64 * 2)]


def test_addresses_are_taken_out_and_loads_stream() -> None:
    """What only computes addresses is overhead; then nothing feeds the loads."""
    imported = read(attention(), reading="memory")
    assert "muli_0" not in imported.problem.op
    load = imported.problem.op["descriptor_load_1"]
    assert load.streaming
    assert load.variable_latency
    assert _dependence(imported.problem, "descriptor_load_1", "tc_gen5_mma_4").delay == 0
    notes = {note.what: note for note in imported.account.assumed}
    assert notes["address arithmetic"].ops == ("muli_0",)
    assert notes["streaming loads"].ops == ("descriptor_load_1", "descriptor_load_12")


def test_a_load_that_depends_on_a_value_does_not_stream() -> None:
    """An address that comes out of a tile is no address arithmetic."""
    data = attention()
    edges_of(data).append(edge(9, 0, 130))
    problem = read(data, reading="memory").problem
    assert not problem.op["descriptor_load_1"].streaming
    assert "muli_0" in problem.op


def test_joint_has_roles_registers_and_waits(b200: Machine) -> None:
    """Tiles are spread over their warps; what an engine completes is waited for."""
    problem = read(attention(), b200).problem
    assert problem.roles == b200.role_limits()
    assert problem.op["tmem_load_5"].result == Result("register", 64)
    assert problem.op["truncf_7"].result == Result("register", 32)
    assert problem.op["tmem_load_5"].handoff.bytes == 128 * 64 * 4
    assert _dependence(problem, "tc_gen5_mma_4", "tmem_load_5").blocking
    assert not _dependence(problem, "tmem_load_5", "exp2_6").blocking
    assert problem.op["tmem_alloc_8"].warps == 4
    assert problem.op["tc_gen5_mma_4"].asynchronous


def test_one_engine_does_not_wait_for_itself(b200: Machine) -> None:
    """A multiply that follows a multiply is kept in order by the tensor core."""
    data = attention()
    edges_of(data).append(edge(4, 14, 128))
    assert not _dependence(read(data, b200).problem, "tc_gen5_mma_4", "tc_gen5_mma_14").blocking


def test_registers_are_taken_over_where_nothing_else_reads_them(b200: Machine) -> None:
    """An elementwise result goes where its operand was, if that operand has no other reader."""
    op = read(attention(), b200).problem.op
    assert op["exp2_6"].in_place == InPlace("tmem_load_5")
    assert op["truncf_7"].in_place == InPlace("exp2_6")
    assert op["mulf_10"].in_place == InPlace("tmem_load_9")
    data = attention()
    data["ops"]["p"]["operands"].append({"op": "s_reg"})
    edges_of(data).append(edge(5, 7, 130))
    assert read(data, b200).problem.op["exp2_6"].in_place is None


def test_single_buffered_allocations_may_become_rings(b200: Machine) -> None:
    """The edge that says that S has one slot is kept, or left to the solver, and both are said."""
    kept, freed = read(attention(), b200), read(attention(), b200, rings=True)
    edges = {(d.src, d.dst) for d in kept.problem.dependences if d.kind == "anti" and d.distance}
    assert edges == {("tmem_load_5", "tc_gen5_mma_4")}
    assert not [d for d in freed.problem.dependences if d.kind == "anti" and d.distance]
    assert "single-buffered allocations" in {note.what for note in kept.account.assumed}
    assert "allocations as rings" in {note.what for note in freed.account.assumed}


def test_a_machine_without_tensor_memory_is_refused() -> None:
    """What lives in a memory that there is not is an error at each of its operations."""
    from twill.diagnostics import InputError
    from twill.spec.machine import load_machine

    with pytest.raises(InputError) as caught:
        read(attention(), load_machine("h100"))
    found = caught.value.diagnostics
    assert len(found) == 4
    assert all("unknown memory 'tensor'" in d.message and d.span for d in found)


def test_an_inner_loop_is_one_operation() -> None:
    """A node that stands for a loop bounds the II by its latency, and says so."""
    data = plain("NONE 0 0 0", "CUDA 9 9 9", edges=[edge(0, 1, 300)])
    nodes_of(data)[0] |= {"is_super_node": True, "latency": 300}
    imported = read(data)
    assert imported.problem.ops[0].reservations == {"inner_loop": (Reservation(0, 300),)}
    assert "inner loops" in {note.what for note in imported.account.assumed}


def test_of_two_loops_one_is_chosen() -> None:
    """The other one is in the account."""
    data = plain("CUDA 3 3 3", edges=[])
    other = {**data["loops"][0], "loop_id": 4}
    other["ddg"] = {"nodes": [node(0, "x", "math.exp2", "SFU 7 7 7")], "edges": []}
    data["loops"].append(other)
    imported = read(data, loop=4)
    assert [op.name for op in imported.problem.ops] == ["exp2_0"]
    assert imported.account.loop == 4
    assert ("other loops", "0") in [(n.what, n.text) for n in imported.account.left_out]


def test_one_value_read_twice_is_one_dependence() -> None:
    """A square reads its operand twice, waits for it once and holds it once."""
    problem = read(plain("CUDA 3 3 3", "CUDA 2 2 2", edges=[edge(0, 1, 3), edge(0, 1, 3)])).problem
    assert len(problem.dependences) == 1


@pytest.mark.parametrize("options", [{}, {"reading": "memory"}])
def test_what_is_written_is_read_back(options: dict[str, Any]) -> None:
    """The problem is one that problem.json can hold."""
    import json

    from twill.formats import problem_from_document, problem_to_json
    from twill.spec.reader import parse_document

    problem = read(attention(), **options).problem
    text = json.dumps(problem_to_json(problem))
    assert problem_from_document(parse_document(text, "p.json")) == problem
