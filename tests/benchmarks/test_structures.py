"""Role structures of forward attention: granularities, the experts' partitions, the page."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import structure_words as words
from benchmarks.granularity import Granularity
from benchmarks.partitions import (
    EXPERTS,
    expert_labels,
    images,
    in_words,
    row_of,
    same_partition,
)
from benchmarks.structure_cases import Case, all_cases, compared, granularities
from benchmarks.structure_measure import measure
from benchmarks.structure_page import page, stale, table
from benchmarks.structures import PAGE, RESULTS, STORED, stored
from tests.attention import attention
from twill.diagnostics import InputError
from twill.expert_match import value_of
from twill.formats import problem_digest
from twill.problem import Op
from twill.schedule import Optimal
from twill.solver import SolveOptions, solve
from twill.storage import buffers

HOPPER, BLACKWELL = Granularity("h100"), Granularity("b200")
EVERY = tuple(dict.fromkeys((*granularities(), *compared())))


@pytest.mark.parametrize("cut", EVERY, ids=lambda cut: cut.name)
def test_every_operation_has_a_role_in_the_experts_kernel(cut: Granularity) -> None:
    """The labels name all operations of every granularity, in as many roles as the kernel has."""
    problem = cut.elaborated().problem
    labels = expert_labels(problem, cut.machine)
    assert list(labels) == [op.name for op in problem.ops]
    roles = {"h100": 3, "b200": 4 if cut.unscaled else 5}[cut.machine]
    assert len(set(labels.values())) == roles


def test_an_operation_that_the_kernel_does_not_have_is_refused() -> None:
    """Forward attention on the wrong machine has moves that FA3 knows nothing of."""
    problem = BLACKWELL.elaborated().problem
    with pytest.raises(InputError) as caught:
        expert_labels(problem, "h100")
    assert caught.value.diagnostics[0].message.startswith("FA3: ")


def test_experts_roles_are_their_own_image() -> None:
    """Exchange of the sub-tiles exchanges consumers: the partition stays what it is."""
    for cut in (HOPPER, BLACKWELL):
        problem = cut.elaborated().problem
        assert len(images(problem, expert_labels(problem, cut.machine))) == 1


def test_a_lopsided_partition_has_an_image() -> None:
    """One operation of the first sub-tile moved away, or the same one of the second."""
    problem = HOPPER.elaborated().problem
    labels = {**expert_labels(problem, "h100"), "l[m0]": "apart"}
    found = images(problem, labels)
    assert [same_partition(labels, image) for image in found] == [True, False]
    assert found[1]["l[m1]"] == "apart"
    assert found[1]["l[m0]"] == found[1]["m[m0]"]


def test_partitions_in_words_name_values_where_all_slices_are_there() -> None:
    """All slices are the value, all of a row the row's, the rest is named one by one."""
    problem = replace(HOPPER, columns=2, whole=True).elaborated().problem
    labels = expert_labels(problem, "h100")
    first = "S[m0], m[m0], alpha[m0], x[m0], p[m0], l_scaled[m0], l[m0], P[m0], O_scaled[m0], O[m0]"
    assert in_words(problem, labels) == ("K, V", first, first.replace("m0", "m1"))
    together = dict.fromkeys(labels, "all") | {"x[m1,n1]": "apart"}
    assert "x[m0], x[m1,n0]" in in_words(problem, together)[0]


def test_names_are_taken_apart() -> None:
    """Values and rows of operations, cut or not."""
    assert (value_of("P.tensor[m0,n3]"), row_of("P.tensor[m0,n3]")) == ("P.tensor", "m0")
    assert (value_of("K[n1]"), row_of("K[n1]"), row_of("K")) == ("K", "", "")


def ops(cut: Granularity) -> dict[str, Op]:
    """The operations of a granularity by name."""
    return cut.elaborated().problem.op


@pytest.mark.parametrize("columns", [1, 4])
def test_p_beside_s_changes_its_place_and_nothing_else(columns: int) -> None:
    """On b200 the problem is the shipped one but for the storage of P in tensor memory."""
    over = Granularity("b200", 64, columns).elaborated().problem
    beside = Granularity("b200", 64, columns, beside=True).elaborated().problem
    moved = tuple(
        replace(op, in_place=None) if value_of(op.name) == "P.tensor" else op for op in over.ops
    )
    assert beside.ops == moved
    assert sorted(beside.dependences, key=repr) == sorted(over.dependences, key=repr)
    rings = {value_of(buffer.name) for buffer in buffers(beside)}
    assert "P.tensor" in rings
    assert "P.tensor" not in {value_of(buffer.name) for buffer in buffers(over)}


def test_on_h100_p_beside_s_has_registers_of_its_own() -> None:
    """P never leaves the registers there: it takes over those of p, or has others."""
    over, beside = ops(HOPPER)["P[m0]"], ops(replace(HOPPER, beside=True))["P[m0]"]
    assert over.in_place is not None
    assert beside == replace(over, in_place=None)


def test_whole_scores_are_one_multiply_per_row_tile() -> None:
    """The softmax is in four slices, S, K and V are not cut, PV is a chain of four."""
    names = ops(replace(BLACKWELL, columns=4, whole=True))
    counts = {value: sum(value_of(n) == value for n in names) for value in ("K", "V", "S", "O")}
    assert counts == {"K": 1, "V": 1, "S": 2, "O": 8}
    assert sum(value_of(name) == "p" for name in names) == 8


def test_never_rescaled_has_no_correction() -> None:
    """O accumulates in tensor memory: nothing reads it out, alpha serves l alone."""
    names = {value_of(name) for name in ops(replace(BLACKWELL, unscaled=True))}
    assert not names & {"O_scaled", "O.register", "O_scaled.tensor"}
    assert {"alpha", "l_scaled", "O"} <= names


def test_rescaling_in_chunks_leaves_the_multiplies_whole() -> None:
    """O is read, multiplied and written back in four parts; one ring of tensor memory holds it."""
    problem = replace(BLACKWELL, chunks=4).elaborated().problem
    counts = [sum(value_of(op.name) == value for op in problem.ops) for value in ("O_scaled", "O")]
    assert counts == [8, 2]
    rings = [ring for ring in buffers(problem) if "O[m0]" in ring.members]
    assert [(ring.size, ring.accumulator) for ring in rings] == [(128, True)]
    assert "O_scaled.tensor[m0,d3]" in rings[0].members


def test_a_shared_warp_group_widens_the_file_alone() -> None:
    """The what-if of the command line: 3072 registers more, everything else as it was."""
    plain, shared = BLACKWELL, replace(BLACKWELL, shared=True)
    one, other = plain.elaborated().problem, shared.elaborated().problem
    assert one.roles is not None
    assert other.roles is not None
    assert other.roles.register_file == (one.roles.register_file or 0) + 3072
    assert replace(other, roles=one.roles) == one
    assert "--what-if roles.register_file=68608" in shared.options


def test_cases_have_one_name_each_and_say_how_to_repeat_them() -> None:
    """A plain granularity is repeated by options of twill, the others by this benchmark."""
    cases = all_cases()
    assert all(name == case.name for name, case in cases.items())
    assert (
        cases["b200-64-1/free"].command == "twill solve flash_attention_forward -m b200 --set N=64"
    )
    assert cases["b200-64-1/expert"].command.endswith("--case b200-64-1/expert")


def test_a_reduced_loop_end_to_end() -> None:
    """Roles fixed, free and avoided: the best of the latter two is as good as any."""
    problem = attention()
    labels = {"K": "load", "V": "load", "S": "c", "P": "c", "O": "c"}
    free = solve(problem, SolveOptions(60, levels=()))
    wanted = replace(problem.requirements, roles=labels)
    expert = solve(replace(problem, requirements=wanted), SolveOptions(60, levels=()))
    avoided = replace(problem.requirements, other_than=images(problem, labels))
    other = solve(replace(problem, requirements=avoided), SolveOptions(60, levels=()))
    assert isinstance(free, Optimal)
    assert isinstance(expert, Optimal)
    assert isinstance(other, Optimal)
    assert free.schedule.ii == min(expert.schedule.ii, other.schedule.ii)
    roles = {name: placed.role or "" for name, placed in other.schedule.ops.items()}
    assert not same_partition(roles, labels)


def test_a_case_is_measured_with_its_partition() -> None:
    """FA3's roles reach the tensor cores' bound, and the answer knows them again."""
    row = measure(Case(HOPPER, "expert"), 60)
    assert (row["ii"], row["bound"], row["is_expert"]) == (2048, 2048, True)
    assert row["roles"][0] == "K, V"
    assert row["bounds"][0]["name"] == "tensor"


def test_the_problem_of_a_case_is_one_that_twill_reads(tmp_path: Path) -> None:
    """What --problem prints goes into twill verify, show and solve like any other."""
    command = [sys.executable, "-m", "benchmarks.structures", "--problem", "b200-64-1-beside/free"]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    path = tmp_path / "problem.json"
    path.write_text(child.stdout)
    show = [sys.executable, "-m", "twill", "show", str(path), "--json"]
    shown = subprocess.run(show, capture_output=True, text=True, check=True)
    assert len(json.loads(shown.stdout)["problem"]["ops"]) == 30


def test_the_page_is_what_the_answers_give() -> None:
    """Nobody edits a table by hand, or answers without writing the page."""
    rows = stored()
    assert page(PAGE.read_text(), rows) == PAGE.read_text()
    assert table(rows) == (RESULTS / "structures.md").read_text()


def said(name: str) -> words.Row:
    """A stored answer that the prose of the page rests on."""
    return stored()[name]


def test_what_the_page_says_of_fa3() -> None:
    """An optimum wherever it was decided; hand-offs are what separates it."""
    name, _ = EXPERTS["h100"]
    for cut in (cut for cut in compared() if cut.machine == "h100"):
        expert = said(Case(cut, "expert").name)
        assert expert["ii"] == expert["bound"], cut.name
    for tile in ("h100-128-1", "h100-64-1"):
        expert, other = said(f"{tile}/expert-levels"), said(f"{tile}/other-levels")
        assert words.separating(expert, other) == "handoff_cost, in which it is better"
        verdict = words.verdict(said(f"{tile}/free"), expert, other, name)
        assert verdict == "FA3 is an optimum, not the only one"


def test_what_the_page_says_of_fa4() -> None:
    """Not optimal in whole tiles, optimal in slices; the numbers of the prose."""
    assert said("b200-128-1/expert")["status"] == "infeasible"
    budgets = said("b200-128-1-shared/expert")["budgets"]
    assert sum(registers for _, _, registers in budgets) == 528
    ii = {name: row["ii"] for name, row in stored().items() if "ii" in row}
    assert ii["b200-128-1-shared/expert"] > ii["b200-128-1-shared/free"]
    assert ii["b200-64-1/expert"] > ii["b200-64-1/free"]
    nearer = ii["b200-64-1/expert-without-registers"], ii["b200-64-1-chunks2/expert"]
    half = (ii["b200-64-1/expert"] + ii["b200-64-1/free"]) / 2
    assert max(nearer) < half
    assert ii["b200-64-1-unscaled/expert"] - ii["b200-64-1-unscaled/free"] == 1
    halves = ii["b200-128-2-whole-unscaled/expert"] / ii["b200-128-2-whole-unscaled/free"]
    assert 1.01 < halves < 1.05
    fine = said("b200-64-2-whole-chunks2/expert")
    assert fine["ii"] == fine["bound"]
    near = said("b200-64-2-whole-chunks2/near-levels")
    levels = said("b200-64-2-whole-chunks2/expert-levels")
    assert words.separating(levels, near) == "robustness, in which it is worse"


def test_answers_about_an_earlier_model_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of loop, machine or model must not leave old numbers that look new."""
    case = Case(HOPPER)
    row = {"case": case.name, "problem_sha256": "0" * 64}
    monkeypatch.setattr("benchmarks.structure_page.all_cases", lambda: {case.name: case})
    assert stale({case.name: row}) == (case.name,)
    fresh = {**row, "problem_sha256": problem_digest(case.problem()[1])}
    assert stale({case.name: fresh}) == ()
    text = "<!-- version: begin -->\n<!-- version: end -->\n"
    assert f"`{case.name}`" in page(text, {case.name: row})


def test_the_store_is_sorted_like_the_cases() -> None:
    """The file changes only where an answer does."""
    names = [row["case"] for row in json.loads(STORED.read_text())]
    assert names == [name for name in all_cases() if name in names]


def answer(status: str, ii: int | None = None, low: int | None = None, **more: object) -> words.Row:
    """A stored answer, as far as verdicts look at it."""
    row = {"status": status, "ii": ii, "ii_lower_bound": low if low is not None else ii, **more}
    return {key: value for key, value in row.items() if value is not None}


def test_verdicts() -> None:
    """Only what is proved is said."""
    free, same, worse = answer("optimal", 100), answer("optimal", 100), answer("optimal", 110)
    assert words.verdict(free, same, None, "FA") == "FA is an optimum"
    assert words.verdict(free, same, same, "FA") == "FA is an optimum, not the only one"
    assert words.verdict(free, same, worse, "FA") == "FA is the only optimum"
    assert words.verdict(free, worse, None, "FA") == "not optimal: at least 10.0% above"
    assert words.verdict(free, answer("feasible", 110, 99), None, "FA") == "not decided"
    assert words.verdict(free, answer("unknown", None, 101), None, "FA") == "not decided"
    assert words.verdict(free, answer("infeasible"), None, "FA") == "FA does not fit"
    loose = answer("feasible", 105, 95)
    assert words.verdict(loose, worse, None, "FA") == "not optimal: at least 4.8% above"
    assert words.verdict(loose, same, None, "FA") == "not decided"


def test_narrower_answers_bound_the_free_problem() -> None:
    """A schedule with roles required counts for the problem without; never below its bound."""
    unknown = answer("unknown", None, 90, bound=90)
    found = {**answer("optimal", 100, 100), "tflops": 1.0}
    both = words.with_roles_free(unknown, found, None)
    assert words.ii(both) == "90 to 100"
    met = words.with_roles_free({**unknown, "ii_lower_bound": 100}, found)
    assert (words.ii(met), words.proof(met)) == ("100", "one engine's word")
    free = answer("optimal", 95, 95)
    assert words.with_roles_free(free, found) is free
    assert words.with_roles_free(unknown, answer("unknown", None, 91)) is unknown


def test_the_first_level_that_separates() -> None:
    """A few cycles of time do not; a level that is not proved ends what is known."""
    one = {"levels": [level("ii", 10), level("time", 10000), level("handoff_cost", 1)]}
    near = {"levels": [level("ii", 10), level("time", 10040), level("handoff_cost", 2)]}
    assert words.separating(one, near) == "handoff_cost, in which it is better"
    far = {"levels": [level("ii", 10), level("time", 10060), level("handoff_cost", 1)]}
    assert words.separating(far, one) == "time, in which it is worse"
    assert words.separating(one, one) == "none: they tie"
    open_ = {"levels": [level("ii", 10), level("time", 10000, proved=False)]}
    assert words.separating(one, open_) == "not decided from time on"


def level(name: str, value: int, proved: bool = True) -> words.Row:
    """A level of a stored answer."""
    return {"name": name, "value": value, "lower_bound": value, "proved": proved, "unit": ""}


def test_circuits_in_words() -> None:
    """Slices of one value in a row are one; the end that closes the circuit is not repeated."""
    ring = ["O[m0,n0]", "O[m0,n1]", "S[m0]", "S.register[m0]", "O[m0,n0]"]
    assert words.circuit(ring) == "O → S → S.register"


def test_experts_are_known_for_the_machines_of_the_table() -> None:
    """Every machine of the table has its kernel."""
    assert {cut.machine for cut in EVERY} == set(EXPERTS)
