from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.importers.dumps import (
    Json,
    attention,
    curated,
    edge,
    edges_of,
    node,
    nodes_of,
    plain,
    read,
    text_of,
)
from twill.diagnostics import Diagnostic, InputError
from twill.importers import import_document
from twill.machine import Machine
from twill.spec.reader import parse_document

Change = Callable[[Json], Any]


def _errors(data: object, **options: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputError) as caught:
        read(data, **options)
    return caught.value.diagnostics


def _at(diagnostic: Diagnostic) -> str:
    """What stands at the place of a diagnostic."""
    assert diagnostic.span is not None
    return diagnostic.span.source[diagnostic.span.column - 1 :]


def _two_ways(data: Json) -> None:
    edges_of(data)[:] = [edge(0, 1, 5), edge(1, 0, 0)]


DDG: list[tuple[Change, str, str]] = [
    (lambda d: edges_of(d)[0].update(dst=7), "there is no node 7", "7"),
    (lambda d: edges_of(d)[0].update(latency=-5), "must be at least 0, found -5", "-5"),
    (lambda d: edges_of(d)[0].update(distance=-1), "must be at least 0", "-1"),
    (lambda d: edges_of(d)[0].update(latency=10**12), "must be at most 2147483647", "10000"),
    (lambda d: edges_of(d)[0].update(latency=1.5), "must be a whole number", "1.5"),
    (lambda d: edges_of(d)[0].update(kind="dta"), "did you mean 'data'?", '"dta"'),
    (lambda d: edges_of(d)[0].update(latncy=1), "did you mean 'latency'?", '"latncy"'),
    (lambda d: edges_of(d)[0].pop("latency"), "missing key 'latency'", "{"),
    (_two_ways, "reads a value from its own future", "{"),
    (lambda d: edges_of(d).append(edge(1, 1, 0)), "1 -> 1 at distance 0", "{"),
    (lambda d: nodes_of(d)[1].update(id=0), "two nodes have the id 0; the first at", "0"),
    (lambda d: nodes_of(d)[1].update(pipeline="CUDAA"), "did you mean 'CUDA'?", '"CUDAA"'),
    (lambda d: nodes_of(d)[1].update(min_warps=0), "must be at least 1", "0"),
    (lambda d: nodes_of(d)[1].update(pipeline="NONE"), "but names none", "4"),
    (lambda d: nodes_of(d)[1].update(ports=2), "unknown key 'ports'", '"ports"'),
    (lambda d: nodes_of(d).clear(), "at least 1 entry", "[]"),
    (lambda d: d["loops"][0].update(trip_count=0), "must be at least 1", "0"),
    (lambda d: d["loops"][0].update(exits=2), "unknown key 'exits'", '"exits"'),
    (lambda d: d["config"].update(sm=1), "unknown key 'sm'", '"sm"'),
    (lambda d: d.update(loops=[]), "at least 1 entry", "[]"),
    (lambda d: d.update(schema_version="ddg-0.9"), "did you mean 'ddg-0.1'?", '"ddg-0.9"'),
    (lambda d: d.update(schema_version=1), "a value that is no text", "1"),
    (lambda d: d.pop("schema_version"), "missing key 'schema_version'", "{"),
    (lambda d: d["ops"].update(x={"kind": "a"}), "unknown operation 'op0'", '"op0"'),
    (lambda d: d["loops"].append(d["loops"][0]), "two loops have the number 0", "0"),
]


@pytest.mark.parametrize(("change", "message", "place"), DDG, ids=[c[1] for c in DDG])
def test_wrong_dumps(change: Change, message: str, place: str) -> None:
    """Each fault is named at its exact place."""
    data = plain("CUDA 3 3 3", "CUDA 4 4 4", edges=[edge(0, 1, 5)])
    change(data)
    found = [d for d in _errors(data) if message in f"{d.message} {d.help}"]
    assert found
    assert _at(found[0]).startswith(place)


CURATED: list[tuple[Change, str, str]] = [
    (lambda d: nodes_of(d)[4]["rrt"].update(CUDA=[2]), "asks for 2 of 'CUDA' in cycle 0", "2"),
    (lambda d: nodes_of(d)[4]["rrt"].update(CUDA=[1]), "but rrt holds CUDA for 1", "16"),
    (lambda d: nodes_of(d)[4]["rrt"].update(CUD=[1]), "did you mean 'CUDA'?", '"CUD"'),
    (lambda d: nodes_of(d)[4].update(smem_footprint=4), "in more than one of registers", "{"),
    (lambda d: nodes_of(d)[4].update(streaming=True), "must have variable latency", "true"),
    (lambda d: edges_of(d)[0].update(src=4, dst=3), "streams and cannot depend on node 4", "{"),
    (lambda d: edges_of(d)[0].update(blocking="yes"), "must be true or false", '"yes"'),
    (lambda d: nodes_of(d)[4].pop("regs"), "missing key 'regs'", "{"),
]


@pytest.mark.parametrize(("change", "message", "place"), CURATED, ids=[c[1] for c in CURATED])
def test_wrong_curated_files(change: Change, message: str, place: str) -> None:
    """Each fault is named at its exact place."""
    data = curated()
    change(data)
    found = [d for d in _errors(data) if message in f"{d.message} {d.help}"]
    assert found
    assert _at(found[0]).startswith(place)


def test_everything_at_once() -> None:
    """Every fault has its diagnostic, in one go."""
    data = plain("CUDA 3 3 3", "CUDA 4 4 4", edges=[edge(0, 5, 5), edge(6, 1, 1)])
    nodes_of(data)[1]["id"] = 0
    found = _errors(data)
    assert [_at(d)[0] for d in found] == ["0", "5", "6", "1"]


@pytest.mark.parametrize("cut", [1, 40, 400, -2])
def test_truncated_files(cut: int) -> None:
    """A file that ends too early is not valid JSON, and the end is shown."""
    document_text = text_of(plain("CUDA 3 3 3", edges=[]))[:cut]
    with pytest.raises(InputError) as caught:
        import_document(parse_document(document_text, "small.json"))
    assert caught.value.diagnostics[0].span is not None


@pytest.mark.parametrize("data", [[], 3, "x", None, {"schema_version": {}}])
def test_other_things_altogether(data: object) -> None:
    """What is no dump at all is one plain error."""
    assert len(_errors(data)) == 1


def test_format_asked_for_and_another_found() -> None:
    """--format says what the file must be."""
    found = _errors(curated(), format="ddg-0.1")
    assert "the file is curated-ddg-0.2, not ddg-0.1" in found[0].message
    assert read(curated(), format="curated-ddg-0.2").problem.ops


def test_the_loop_must_be_chosen_and_exist() -> None:
    """Of several loops none is taken by chance."""
    data = plain("CUDA 3 3 3", edges=[])
    data["loops"].append({**data["loops"][0], "loop_id": 1})
    (found,) = _errors(data)
    assert "2 loops" in found.message
    assert found.help == "choose with --loop: 0, 1"
    assert "there is no loop 9" in _errors(data, loop=9)[0].message


def test_references_of_the_operations_table() -> None:
    """A node is one operation of the file and of its kind."""
    data = attention()
    nodes_of(data)[5]["op_ref"] = "s_rge"
    nodes_of(data)[6]["op_ref"] = "s"
    messages = [d.message for d in _errors(data)]
    assert "unknown operation 's_rge'; did you mean 's_reg'?" in messages
    assert "is math.exp2 here and ttng.tc_gen5_mma in the operations table" in messages
    assert "node 4 is this operation already" in messages


def test_without_an_operations_table_nothing_is_known_of_memory() -> None:
    """Timing needs none, memory does."""
    data = plain("CUDA 3 3 3", edges=[])
    assert "no operations table" in _errors(data, reading="memory")[0].message


def test_unknown_operations_on_memory_are_refused(b200: Machine) -> None:
    """By its numbers such an operation can be timed; where its result lives is not guessed."""
    data = attention()
    data["ops"]["s_reg"]["kind"] = nodes_of(data)[5]["op_kind"] = "new.peek"
    (found,) = _errors(data, machine=b200)
    assert "not understood what this kind of operation does to memory" in found.message
    assert _at(found).startswith('"new.peek"')
    (noted,) = read(data).account.not_understood
    assert "unknown kind of operation 'new.peek'" in noted.message


def test_an_inner_loop_has_buffers_of_its_own() -> None:
    """They are not in the graph, so only timing can be read."""
    data = attention()
    nodes_of(data)[0]["is_super_node"] = True
    assert "stands for an inner loop" in _errors(data, reading="memory")[0].message


def test_sizes_that_no_memory_has(b200: Machine) -> None:
    """A type may say anything; a tile beyond 2 GiB is refused where its node stands."""
    data = attention()
    data["ops"]["s_reg"]["result_types"][0] = "tensor<999999999x999999999xf32, #layout>"
    assert "more than 2,147,483,647 bytes" in _errors(data, machine=b200)[0].message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reading": "joint"}, "needs a machine"),
        ({"rings": True}, "rings would be without limit"),
    ],
)
def test_readings_that_cannot_be(options: Json, message: str) -> None:
    """What a reading needs is asked for in words."""
    assert message in _errors(attention(), **options)[0].message


def test_timing_takes_nothing_from_a_machine(b200: Machine) -> None:
    """A machine that changes nothing is a misunderstanding."""
    assert "takes nothing" in _errors(attention(), machine=b200, reading="timing")[0].message


def test_unknown_keys_are_noted_where_they_are_harmless() -> None:
    """A description may say more than is known; --allow-unknown extends that to everything."""
    data = plain("CUDA 3 3 3", "MATRIX 4 4 4", edges=[edge(0, 1, 5)])
    data["kernel"]["arch"] = "x"
    edges_of(data)[0]["weight"] = 3
    assert len(_errors(data)) == 2
    imported = read(data, allow_unknown=True)
    messages = [d.message for d in imported.account.not_understood]
    assert any("'arch'" in m for m in messages)
    assert any("'weight'" in m for m in messages)
    assert any("unknown pipeline 'MATRIX'" in m for m in messages)
    assert "MATRIX" in imported.problem.unit


def test_long_chains_do_not_exhaust_the_stack() -> None:
    """Thousands of nodes in a row are read, contracted and checked for cycles."""
    count = 3000
    nodes = [node(i, f"op{i}", "tt.broadcast", "NONE 0 0 0") for i in range(count)]
    edges = [edge(i, i + 1, 0) for i in range(count - 1)]
    data = plain("CUDA 1 1 1", edges=edges)
    nodes_of(data)[1:] = nodes[1:]
    assert [op.name for op in read(data, contract=True).problem.ops] == [
        "addf_0",
        f"broadcast_{count - 1}",
    ]
    edges_of(data).append(edge(count - 1, 0, 0))
    assert "from its own future" in _errors(data)[0].message
