from __future__ import annotations

import pytest

from tests.importers.dumps import (
    curated,
    curated_edge,
    curated_node,
    edges_of,
    nodes_of,
    read,
)
from twill.diagnostics import InputError
from twill.machine import Machine
from twill.problem import InPlace, Reservation, Result


def test_reservation_tables_are_taken_cycle_by_cycle() -> None:
    """Each run of held cycles is one reservation at its offset."""
    data = curated()
    nodes_of(data)[4] |= {"occupancy": 4, "rrt": {"CUDA": [1, 1, 0, 0, 1, 1, 0], "TMEM": [0, 1]}}
    reservations = read(data).problem.op["mulf_7"].reservations
    assert reservations == {
        "CUDA": (Reservation(0, 2), Reservation(4, 2)),
        "TMEM": (Reservation(1, 1),),
    }


def test_streaming_loads_are_as_stated() -> None:
    """A streaming load starts when its data are there, so its readers do not wait for it."""
    problem = read(curated()).problem
    assert problem.op["descriptor_load_3"].streaming
    delays = {(d.src, d.dst): d.delay for d in problem.dependences}
    assert delays["descriptor_load_3", "local_alloc_4"] == 0
    assert delays["tmem_load_5", "broadcast_6"] == 30


def test_footprints_registers_and_spill_costs(b200: Machine) -> None:
    """Words are spread over the warps, columns and bytes are as stated."""
    op = read(curated(), b200).problem.op
    assert op["descriptor_load_3"].result == Result("shared", 8192)
    assert op["tmem_load_5"].result == Result("register", 64)
    assert op["tmem_store_8"].result == Result("tensor", 64)
    assert op["tmem_load_5"].handoff.latency == 30
    assert op["tmem_load_5"].handoff.bytes == 8192 * 4


def test_hand_offs_of_the_machine_where_asked_for(b200: Machine) -> None:
    """The spill cost is left out by name then."""
    imported = read(curated(), b200, stated_handoffs=False)
    assert imported.problem.op["tmem_load_5"].handoff.latency > 500
    assert "spill costs" in {note.what for note in imported.account.left_out}


def test_a_multiply_without_a_footprint_accumulates(b200: Machine) -> None:
    """It adds to what was stored before it; the store overwrites what it left."""
    op = read(curated(), b200).problem.op
    assert op["tc_gen5_mma_9"].result == Result("tensor", 64)
    assert op["tc_gen5_mma_9"].in_place == InPlace("tmem_store_8")
    assert op["tmem_store_8"].in_place == InPlace("tc_gen5_mma_9", 1)


def test_a_load_ordered_before_a_store_is_no_value(b200: Machine) -> None:
    """Of two sources in registers a store writes the later; the other one only comes first."""
    kinds = {(d.src, d.dst): d.kind for d in read(curated(), b200).problem.dependences}
    assert kinds["tmem_load_5", "tmem_store_8"] == "anti"
    assert kinds["mulf_7", "tmem_store_8"] == "flow"
    assert kinds["tc_gen5_mma_9", "tmem_load_5"] == "flow"


def test_blocking_edges_are_as_stated(b200: Machine) -> None:
    """A contracted allocation hands the wait for its load on to its readers."""
    problem = read(curated(), b200).problem
    assert {(d.src, d.dst) for d in problem.dependences if d.blocking} == {
        ("descriptor_load_3", "tc_gen5_mma_9"),
        ("tmem_store_8", "tc_gen5_mma_9"),
        ("tc_gen5_mma_9", "tmem_load_5"),
    }


def test_views_are_contracted_or_kept_with_their_registers(b200: Machine) -> None:
    """A broadcast has no registers of its own; kept, it has those that the file states."""
    assert "broadcast_6" not in read(curated(), b200).problem.op
    kept = read(curated(), b200, contract=False).problem.op
    assert kept["broadcast_6"].result == Result("register", 64)
    assert kept["local_alloc_4"].in_place == InPlace("descriptor_load_3")
    assert kept["local_alloc_4"].result == Result("shared", 8192)


def test_what_the_file_does_not_say_is_said(b200: Machine) -> None:
    """No loop-invariant tiles, no issue times, no limits of roles: each is an assumption."""
    assumed = {note.what for note in read(curated(), b200).account.assumed}
    assert {
        "loop-invariant tiles",
        "issue of asynchronous operations",
        "roles",
        "registers per thread",
        "elementwise operations",
        "stages",
    } <= assumed


def test_without_a_machine_there_are_no_memories() -> None:
    """The format states footprints and no capacity: reading memory needs a machine."""
    with pytest.raises(InputError, match="--machine M takes the memories"):
        read(curated(), reading="memory")


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ([], "no tmem_footprint, and no store before it to accumulate on"),
        (["ttng.tmem_store", "ttng.tmem_store"], "2 stores or multiplies before it"),
    ],
)
def test_unclear_accumulation_is_refused(b200: Machine, extra: list[str], message: str) -> None:
    """Whose storage a multiply writes is not guessed."""
    data = curated()
    edges = edges_of(data)
    if not extra:
        edges.remove(curated_edge(8, 9, 12, blocks=True))
    for number in range(20, 20 + len(extra) - 1):
        nodes_of(data).append(curated_node(number, extra[0], "TMEM 12 8", tmem_footprint=8))
        edges.append(curated_edge(number, 9, 12))
    with pytest.raises(InputError) as caught:
        read(data, b200)
    assert message in caught.value.diagnostics[0].message
    assert read(data).problem.ops
