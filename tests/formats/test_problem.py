from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twill.diagnostics import InputError
from twill.formats import json_schema, problem_digest, problem_from_document, problem_to_json
from twill.problem import (
    REGISTER,
    Dependence,
    Handoff,
    InPlace,
    Invariant,
    Limits,
    Memory,
    Op,
    Problem,
    RegisterRange,
    Requirements,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)
from twill.spec.reader import parse_document

_cycles = st.integers(0, 10_000)
_counts = st.integers(1, 10_000)
_texts = st.text(min_size=1, max_size=6).filter(lambda t: t not in ("register", "none"))


@st.composite
def _ops(draw: st.DrawFn, units: list[str], memories: list[str]) -> tuple[Op, ...]:
    names = draw(st.lists(_texts.map(lambda t: "o" + t.replace("@", "")), min_size=1, unique=True))
    spaces = st.sampled_from([*memories, REGISTER])
    ops = [
        Op(
            name=name,
            reservations=draw(
                st.dictionaries(
                    st.sampled_from(units),
                    st.lists(st.builds(Reservation, _cycles, _counts)).map(tuple),
                )
                if units
                else st.just({})
            ),
            issue=draw(_cycles),
            latency=draw(_cycles),
            warps=draw(st.integers(1, 8)),
            asynchronous=draw(st.booleans()),
            variable_latency=draw(st.booleans()),
            result=draw(st.none() | st.builds(Result, spaces, _cycles)),
            handoff=draw(st.just(Handoff()) | st.builds(Handoff, *[_cycles] * 7)),
            latencies=draw(st.dictionaries(_texts, _cycles, max_size=2)),
        )
        for name in names
    ]
    first = ops[0]
    if first.result is not None and draw(st.booleans()):
        distance = draw(st.integers(1, 9))
        ops[0] = Op(first.name, result=first.result, in_place=InPlace(first.name, distance))
    return tuple(ops)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Draw a problem that uses every field of the format."""
    units = draw(st.lists(_texts, unique=True, max_size=3))
    memories = draw(st.lists(_texts, unique=True, max_size=3))
    ops = draw(_ops(units, memories))
    names = st.sampled_from([op.name for op in ops])
    dependences = st.builds(
        Dependence,
        src=names,
        dst=names,
        delay=_cycles,
        distance=st.integers(1, 9),
        kind=st.sampled_from(["flow", "anti", "output", "order"]),
        blocking=st.booleans(),
        read_until=st.none() | _cycles,
    )
    registers = st.builds(
        RegisterRange,
        min=st.integers(0, 100),
        max=st.integers(101, 255),
        step=_counts,
        overhead=st.integers(0, 100),
    )
    roles = st.builds(
        RoleLimits,
        max_roles=_counts,
        max_warps=st.integers(8, 64),
        warp_group=st.integers(1, 8),
        register_file=st.none() | _cycles,
        registers=registers,
        handoff_memory=st.sampled_from([None, *memories]),
    )
    return Problem(
        name=draw(_texts),
        ops=ops,
        dependences=tuple(draw(st.lists(dependences, max_size=4))),
        units=tuple(Unit(name, draw(_counts)) for name in units),
        memories=tuple(Memory(n, draw(_cycles), draw(_texts), draw(_counts)) for n in memories),
        invariants=tuple(Invariant(f"i{n}", n, draw(_cycles)) for n in memories),
        roles=draw(st.none() | roles),
        limits=draw(
            st.builds(
                Limits, _counts, st.none() | _cycles, _cycles, st.sampled_from(["issue", "paper"])
            )
        ),
        trips=draw(_counts),
    )


@st.composite
def required(draw: st.DrawFn) -> Problem:
    """Draw a problem with requirements, which only one with roles may have."""
    problem = draw(problems().filter(lambda problem: problem.roles is not None))
    labels = st.dictionaries(st.sampled_from(list(problem.op)), _texts, min_size=1)
    wanted = st.builds(
        Requirements,
        roles=labels,
        no_handoff=st.booleans(),
        other_than=st.lists(labels, max_size=2).map(tuple),
    )
    return replace(problem, requirements=draw(wanted))


def _read(data: object) -> Problem:
    return problem_from_document(parse_document(json.dumps(data, indent=1), "p.json"))


@given(problems() | required())
def test_reading_what_was_written_gives_the_same_problem(problem: Problem) -> None:
    """Nothing is lost or added on the way through a file."""
    again = _read(problem_to_json(problem))
    assert again == problem
    assert problem_digest(again) == problem_digest(problem)


@settings(max_examples=25)
@given(problems())
def test_what_is_written_fits_the_schema(problem: Problem) -> None:
    """Other programs can rely on the published schema."""
    jsonschema.validate(problem_to_json(problem), json_schema("problem"))


def test_a_plain_modulo_scheduling_problem_stays_plain() -> None:
    """What a problem of another field does not have is left out."""
    problem = Problem(
        name="filter",
        ops=(Op("load", {"mem": (Reservation(0, 1),)}, latency=2), Op("add")),
        dependences=(Dependence("load", "add", 2), Dependence("add", "add", 1, 1)),
        units=(Unit("mem"),),
    )
    assert problem_to_json(problem) == {
        "schema": "twill/problem/v1",
        "name": "filter",
        "units": {"mem": {"capacity": 1}},
        "ops": [
            {"name": "load", "reservations": {"mem": [[0, 1, 1]]}, "latency": 2},
            {"name": "add"},
        ],
        "dependences": [
            {"src": "load", "dst": "add", "delay": 2},
            {"src": "add", "dst": "add", "delay": 1, "distance": 1},
        ],
    }


def test_a_reference_to_an_earlier_iteration_is_written_with_its_offset() -> None:
    """An accumulator takes over its own storage of the iteration before."""
    result = Result(REGISTER, 4)
    problem = Problem("x", (Op("O", result=result, in_place=InPlace("O", 1)),))
    data: dict[str, Any] = problem_to_json(problem)
    assert data["ops"][0]["in_place"] == "O@-1"


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    """The hash names the content."""
    data = _sound()
    shuffled = json.loads(json.dumps(data, sort_keys=True))
    assert problem_digest(_read(data)) == problem_digest(_read(shuffled))


def test_the_digest_sees_every_change() -> None:
    """Another latency is another problem."""
    data = _sound()
    before = problem_digest(_read(data))
    data["ops"][0]["latency"] += 1
    assert problem_digest(_read(data)) != before


def test_space_none_is_no_result() -> None:
    """Design and format allow a result to be said to be none."""
    data = _sound()
    data["ops"].append({"name": "store", "result": {"space": "none"}})
    assert _read(data).op["store"].result is None


def _sound() -> dict[str, Any]:
    return {
        "schema": "twill/problem/v1",
        "name": "sound",
        "units": {"tensor": {"capacity": 2}},
        "memories": {"shared": {"capacity": 100}},
        "invariants": {"Q": {"space": "shared", "size": 8}},
        "roles": {
            "max_roles": 2,
            "max_warps": 8,
            "registers": {"min": 24, "max": 248},
            "handoff_memory": "shared",
        },
        "ops": [
            {
                "name": "load",
                "latency": 9,
                "variable_latency": True,
                "streaming": True,
                "result": {"space": "shared", "size": 8},
            },
            {
                "name": "mma",
                "reservations": {"tensor": [[0, 4, 1]]},
                "result": {"space": "register", "size": 8},
            },
            {"name": "add", "result": {"space": "register", "size": 8}, "in_place": "mma"},
        ],
        "dependences": [{"src": "load", "dst": "mma"}, {"src": "mma", "dst": "add", "delay": 4}],
    }


WRONG: dict[str, tuple[str, object, str, str]] = {
    "unit": (
        "ops/1/reservations",
        {"tensr": [[0, 1, 1]]},
        '"tensr"',
        "unknown unit 'tensr'; did you mean 'tensor'?",
    ),
    "required role": (
        "requirements",
        {"roles": {"mmma": "x"}},
        '"mmma"',
        "unknown operation 'mmma'; did you mean 'mma'?",
    ),
    "partition": (
        "requirements",
        {"other_than": [{"mma": "x", "ad": "y"}]},
        '"ad"',
        "unknown operation 'ad'; did you mean 'add'?",
    ),
    "empty partition": (
        "requirements",
        {"other_than": [{}]},
        "{}",
        "a partition without operations would exclude every schedule",
    ),
    "amount": ("ops/1/reservations/tensor/0/2", 3, "3", "reserves 3 of 'tensor', which has 2"),
    "memory": (
        "ops/0/result/space",
        "shard",
        '"shard"',
        "unknown memory 'shard'; did you mean 'shared'?",
    ),
    "invariant": (
        "invariants/Q/space",
        "shard",
        '"shard"',
        "unknown memory 'shard'; did you mean 'shared'?",
    ),
    "register invariant": (
        "invariants/Q/space",
        "register",
        '"register"',
        "'Q' stays in registers throughout, which is not modelled",
    ),
    "hand-off memory": (
        "roles/handoff_memory",
        "x",
        '"x"',
        "unknown memory 'x'; known here: shared",
    ),
    "reserved memory": (
        "memories",
        {"shared": {"capacity": 9}, "register": {"capacity": 9}},
        '"register": {',
        "'register' is not a name for a memory: it has a meaning of its own",
    ),
    "source": (
        "dependences/0/src",
        "laod",
        '"laod"',
        "unknown operation 'laod'; did you mean 'load'?",
    ),
    "destination": (
        "dependences/1/dst",
        "zzz",
        '"zzz"',
        "unknown operation 'zzz'; known here: load, mma, add",
    ),
    "duplicate": ("ops/2/name", "Q", '"Q",', "the name 'Q' is taken, at 15:3"),
    "offset in a name": (
        "ops/1/name",
        "mma@-1",
        '"mma@-1"',
        "'mma@-1' cannot be a name: '@' introduces an iteration offset",
    ),
    "warps": ("ops/1/warps", 16, "16", "needs 16 warps, a role has at most 8"),
    "group": (
        "roles/warp_group",
        16,
        "16",
        "a group of 16 warps exceeds the 8 there are",
    ),
    "registers": (
        "roles/registers/max",
        8,
        "8\n",
        "the most registers, 8, are fewer than the least, 24",
    ),
    "overhead": (
        "roles/registers/overhead",
        248,
        "248\n",
        "an overhead of 248 leaves none of 248 registers",
    ),
    "streaming": (
        "ops/0/variable_latency",
        False,
        "true,",
        "'load' streams and must have variable latency",
    ),
    "streaming reader": (
        "dependences/0/dst",
        "load",
        "true,",
        "'load' streams and cannot depend on 'load'",
    ),
    "in place of nothing": (
        "ops/2/in_place",
        "mm",
        '"mm"',
        "unknown operation 'mm'; did you mean 'mma'?",
    ),
    "in place elsewhere": (
        "ops/2/in_place",
        "load",
        '"load"\n',
        "'add' puts its result in register and cannot take the storage of 'load' in shared",
    ),
    "in place without result": (
        "ops/2/result",
        {"space": "none"},
        '"mma"\n',
        "'add' has no result to put in place of another",
    ),
    "in place of no result": (
        "ops/1/result",
        None,
        '"mma"\n',
        "'mma' has no result whose storage could be taken",
    ),
    "negative flow delay": (
        "dependences/1/delay",
        -4,
        "-4",
        "a value cannot be read 4 cycles before it is computed",
    ),
    "negative latency": ("ops/0/latency", -4, "-4", "must be at least 0, found -4"),
    "fractional latency": ("ops/0/latency", 2.5, "2.5", "must be a whole number, found 2.5"),
    "huge latency": (
        "ops/0/latency",
        2**40,
        str(2**40),
        f"must be at most 2147483647, found {2**40}",
    ),
    "no operation": ("ops", [], "[]", "must have at least 1 entry, found 0"),
    "capacity": ("units/tensor/capacity", 0, "0", "must be at least 1, found 0"),
    "key": ("trps", 3, '"trps"', "unknown key 'trps'; did you mean 'trips'?"),
    "kind": ("dependences/0/kind", "flo", '"flo"', "unknown value 'flo'; did you mean 'flow'?"),
}


def _changed(path: str, value: object) -> dict[str, Any]:
    data = _sound()
    *parents, last = [int(p) if p.isdecimal() else p for p in path.split("/")]
    place: Any = data
    for part in parents:
        place = place[part]
    place[last] = value
    return data


@pytest.mark.parametrize(("path", "value", "at", "message"), WRONG.values(), ids=WRONG.keys())
def test_one_wrong_field_is_reported_at_its_place(
    path: str, value: object, at: str, message: str
) -> None:
    """Each field that makes no sense gives its own message, and the span is that field."""
    text = json.dumps(_changed(path, value), indent=1)
    with pytest.raises(InputError) as caught:
        problem_from_document(parse_document(text, "p.json"))
    found = {d.message: d.span for d in caught.value.diagnostics}
    span = found[message]
    assert span is not None
    line = text.split("\n")[span.line - 1]
    assert (line + "\n")[span.column - 1 :].startswith(at)


def test_a_sound_problem_is_accepted() -> None:
    """The problem that the wrong ones are made from is right."""
    assert _read(_sound()).has_load_role


def test_all_errors_come_at_once() -> None:
    """Every wrong name of a file is told in one go."""
    data = _sound()
    data["dependences"] += [{"src": "a1", "dst": "add"}, {"src": "a2", "dst": "add"}]
    data["ops"][1]["warps"] = 99
    with pytest.raises(InputError) as caught:
        _read(data)
    assert len(caught.value.diagnostics) == 3


def test_requirements_need_roles() -> None:
    """A plain modulo-scheduling problem has no roles to require anything of."""
    data = _sound()
    del data["roles"]
    data["requirements"] = {"no_handoff": True}
    with pytest.raises(InputError, match="no roles that anything could be required of"):
        _read(data)


def _chain(*edges: tuple[str, str, int, int]) -> dict[str, Any]:
    names = dict.fromkeys(name for edge in edges for name in edge[:2])
    return {
        "schema": "twill/problem/v1",
        "name": "chain",
        "ops": [{"name": name} for name in names],
        "dependences": [
            {"src": s, "dst": d, "delay": delay, "distance": distance, "kind": "order"}
            for s, d, delay, distance in edges
        ],
    }


def test_a_value_read_from_its_own_future() -> None:
    """A cycle without distance is shown with its operations and its delay."""
    data = _chain(("p", "a", 1, 0), ("a", "b", 2, 0), ("b", "c", 3, 0), ("c", "a", 0, 0))
    with pytest.raises(InputError) as caught:
        _read(data)
    (diagnostic,) = caught.value.diagnostics
    head, cycle = diagnostic.message.split(": ")
    assert head == "reads a value from its own future"
    assert cycle in {
        f"{' -> '.join(order)} takes 5 cycles at distance 0" for order in ("abca", "bcab", "cabc")
    }


def test_an_operation_after_itself() -> None:
    """The shortest cycle is a dependence of an operation on itself."""
    with pytest.raises(InputError, match="a -> a takes 1 cycle at distance 0"):
        _read(_chain(("a", "a", 1, 0)))


@pytest.mark.parametrize(
    "edges",
    [
        [("a", "b", 2, 0), ("b", "a", 2, 1)],
        [("a", "b", 2, 0), ("b", "a", -2, 0)],
        [("a", "b", 0, 0), ("b", "a", 0, 0)],
    ],
)
def test_cycles_that_can_be_scheduled_are_accepted(edges: list[tuple[str, str, int, int]]) -> None:
    """A distance, or delays that do not add up to more than nothing, leave a schedule."""
    assert len(_read(_chain(*edges)).dependences) == 2


def test_storage_that_is_taken_in_a_circle() -> None:
    """Two results cannot each take the other's storage within one iteration."""
    result = {"space": "register", "size": 1}
    data = _chain(("a", "b", 1, 0))
    data["ops"] = [
        {"name": "a", "result": result, "in_place": "b"},
        {"name": "b", "result": result, "in_place": "a"},
    ]
    with pytest.raises(InputError, match="takes over its own storage in the same iteration: a"):
        _read(data)


@pytest.mark.parametrize("text", ["mma@1", "mma@", "@-1", "mma@-0", "mma@-x", "mma@-1.5"])
def test_a_reference_that_cannot_be_read(text: str) -> None:
    """Only 'S' and 'S@-1' are references."""
    data = _sound()
    data["ops"][2]["in_place"] = text
    with pytest.raises(InputError) as caught:
        _read(data)
    assert caught.value.diagnostics[0].help == (
        "write 'S' for this iteration, 'S@-1' for the one before"
    )


def test_a_problem_may_be_yaml_too() -> None:
    """The same model reads both syntaxes."""
    text = "schema: twill/problem/v1\nname: x\nops:\n  - {name: a, latency: 1e1}\n"
    assert problem_from_document(parse_document(text, "p.yaml")).op["a"].latency == 10
