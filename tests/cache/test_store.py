from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cache.asking import OPTIONS, asked, cut_short, kept, optimum, solved
from tests.random_problems import random_problem
from twill.cache import Contents, Store, question
from twill.cache.store import MAX_BYTES, MAX_ENTRIES
from twill.diagnostics import InputError
from twill.formats import outcome_to_json, problem_digest
from twill.schedule import Feasible, Infeasible, Optimal, Outcome, Reason, Unknown

SEEDS = range(40)
NO_SCHEDULE = Infeasible(Reason("refuted", ("a",), ("b",)), "one engine's word")


def test_an_answer_is_found_again(tmp_path: Path) -> None:
    """First nothing, then exactly what was kept."""
    problem, outcome = optimum()
    store = Store(tmp_path / "deep" / "cache")
    assert store.find(asked(problem), problem, 60) is None
    store.keep(asked(problem), kept(outcome))
    assert store.find(asked(problem), problem, 60) == kept(outcome)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_answer_is_changed_by_the_way_through_the_cache(tmp_path: Path, seed: int) -> None:
    """What the solver says of a random problem comes back equal, to the letter of its JSON."""
    problem, outcome = solved(seed)
    store = Store(tmp_path)
    outcomes: list[Outcome] = [outcome, NO_SCHEDULE]
    if isinstance(outcome, Optimal):
        outcomes.append(cut_short(outcome))
    for each in outcomes:
        store.keep(asked(problem), kept(each))
        found = store.find(asked(problem), problem, 60)
        if not kept(each).worth_keeping:
            assert found is None
            continue
        assert found == kept(each)
        assert json.dumps(outcome_to_json(found.outcome)) == json.dumps(outcome_to_json(each))


def test_the_random_problems_have_both_answers() -> None:
    """Otherwise the test above would try only one of them."""
    kinds = {type(solved(seed)[1]) for seed in SEEDS}
    assert kinds == {Optimal, Infeasible}


def test_a_proved_answer_does_not_depend_on_the_time_limit(tmp_path: Path) -> None:
    """More time would change nothing, less would not have sufficed."""
    problem, outcome = optimum()
    for answer in (all_proved(outcome), NO_SCHEDULE):
        Store(tmp_path).keep(asked(problem), kept(answer, 10))
        for limit in (0.1, 10, 1e7):
            assert Store(tmp_path).find(asked(problem), problem, limit) is not None


def all_proved(outcome: Optimal) -> Optimal:
    """The outcome, with bounds that meet the values."""
    levels = tuple(
        replace(level, proved=True, lower_bound=level.value) for level in outcome.schedule.objective
    )
    return Optimal(replace(outcome.schedule, objective=levels))


def test_a_level_that_was_looked_at_in_time_is_not_looked_at_again(tmp_path: Path) -> None:
    """Levels take a bounded amount of work: more time finds no better bound."""
    problem, outcome = optimum()
    levels = outcome.schedule.objective
    last = replace(levels[-1], proved=False, lower_bound=0)
    for wall_s, again in ((1.0, False), (10.0, True)):
        solver = replace(outcome.schedule.solver, wall_s=wall_s)  # type: ignore[type-var]
        some = replace(outcome.schedule, objective=(*levels[:-1], last), solver=solver)
        store = Store(tmp_path)
        store.keep(asked(problem), kept(Optimal(some), 10))
        assert (store.find(asked(problem), problem, 20) is None) is again


def test_a_second_opinion_that_time_cut_off_is_asked_for_again(tmp_path: Path) -> None:
    """One engine's word is no answer to a question for two, unless there is no more time."""
    problem, outcome = optimum()
    crossed = question(problem_digest(problem), {**OPTIONS, "cross_check": True})
    for proof, again in (("one engine's word", False), ("two engines agree", True)):
        word = Optimal(replace(outcome.schedule, proof=proof))  # type: ignore[arg-type]
        for asking, answered in ((crossed, again), (asked(problem), True)):
            store = Store(tmp_path)
            store.keep(asking, kept(word, 10))
            assert store.find(asking, problem, 10) is not None
            assert (store.find(asking, problem, 20) is not None) is answered


def test_an_unproved_answer_is_one_for_no_more_than_its_time(tmp_path: Path) -> None:
    """With more time the search might say more, so it is asked."""
    problem, outcome = optimum()
    levels = outcome.schedule.objective
    last = replace(levels[-1], proved=False, lower_bound=None)
    open_level = Optimal(replace(outcome.schedule, objective=(*levels[:-1], last)))
    for answer in (cut_short(outcome), open_level):
        store = Store(tmp_path)
        store.keep(asked(problem), kept(answer, 10))
        assert store.find(asked(problem), problem, 10) == kept(answer, 10)
        assert store.find(asked(problem), problem, 0.1) == kept(answer, 10)
        assert store.find(asked(problem), problem, 10.5) is None


@pytest.mark.parametrize(
    "outcome",
    [
        Unknown(Reason("time"), 7),
        Infeasible(Reason("one slot of every value"), "proved by arithmetic"),
    ],
)
def test_what_was_not_searched_or_not_found_is_not_kept(tmp_path: Path, outcome: Outcome) -> None:
    """Arithmetic is done again at once; an unknown would only keep others from trying."""
    problem = random_problem(0)
    Store(tmp_path).keep(asked(problem), kept(outcome))
    assert list(tmp_path.iterdir()) == []


def _fill(store: Store, count: int) -> list[Path]:
    """Entries of as many questions, the first one used longest ago; their files."""
    problem, outcome = optimum()
    paths = []
    for i in range(count):
        asking = asked(replace(problem, name=f"problem{i}"))
        store.keep(asking, kept(outcome))
        paths.append(store.path(asking))
        os.utime(paths[-1], (1000 + i, 1000 + i))
    return paths


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    """Above the number of entries; being found counts as use."""
    problem, outcome = optimum()
    store = Store(tmp_path, max_entries=3)
    store.keep(asked(problem), kept(outcome))
    os.utime(store.path(asked(problem)), (1, 1))
    assert store.find(asked(problem), problem, 60) is not None
    first, second, third = _fill(store, 3)
    assert not first.exists()
    assert second.exists()
    assert third.exists()
    assert store.path(asked(problem)).exists()


def test_the_cache_stays_within_its_bytes(tmp_path: Path) -> None:
    """As many entries stay as fit."""
    size = _fill(Store(tmp_path), 1)[0].stat().st_size
    store = Store(tmp_path, max_bytes=3 * size + size // 2)
    _fill(store, 7)
    assert store.contents().entries == 3
    assert store.contents().bytes <= store.max_bytes


@pytest.mark.parametrize("remove", [lambda store: _fill(store, 1), Store.clear])
def test_files_of_processes_that_died_are_removed(
    tmp_path: Path, remove: Callable[[Store], object]
) -> None:
    """What has just been begun is left to the process that writes it."""
    store = Store(tmp_path)
    [path] = _fill(store, 1)
    dead, alive = (path.with_name(f".{path.name}.{name}") for name in ("dead", "alive"))
    for file in (dead, alive):
        file.write_text("x")
    os.utime(dead, (time.time() - 7200,) * 2)
    remove(store)
    assert not dead.exists()
    assert alive.exists()


def test_contents_and_clear(tmp_path: Path) -> None:
    """Only what the cache wrote is counted and removed: the user may have named any folder."""
    store = Store(tmp_path)
    assert store.contents() == store.clear() == Contents(0, 0)
    paths = _fill(store, 2)
    other = store.answers / "mine.txt"
    other.write_text("mine")
    there = Contents(2, sum(path.stat().st_size for path in paths))
    assert store.contents() == there
    assert store.clear() == there
    assert list(store.answers.iterdir()) == [other]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """There is nothing to find below a file, and nothing can be kept."""
    problem, outcome = optimum()
    (tmp_path / "file").write_text("x")
    store = Store(tmp_path / "file")
    assert store.find(asked(problem), problem, 60) is None
    with pytest.raises((OSError, InputError)):
        store.keep(asked(problem), kept(outcome))
    assert store.contents() == Contents(0, 0)


def test_a_folder_in_the_place_of_an_entry(tmp_path: Path) -> None:
    """It is neither read nor replaced."""
    problem, outcome = optimum()
    store = Store(tmp_path)
    store.path(asked(problem)).mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        store.find(asked(problem), problem, 60)
    with pytest.raises(InputError, match="cannot write"):
        store.keep(asked(problem), kept(outcome))


def test_cut_short_answers_are_valid() -> None:
    """The answer that these tests make up is one that the cache keeps."""
    _, outcome = optimum()
    assert isinstance(cut_short(outcome), Feasible)
    assert kept(cut_short(outcome)).worth_keeping


def test_the_documentation_states_the_limits() -> None:
    """``docs/cli.md`` says how much the cache may hold."""
    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    assert f"Beyond {MAX_BYTES >> 20} MiB or {MAX_ENTRIES} entries" in text
