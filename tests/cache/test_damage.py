"""No damaged entry is believed: entries are changed in many ways, and asked for again."""

from __future__ import annotations

import hashlib
import json
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cache.asking import asked, cut_short, kept, optimum, solved
from twill.cache import DamagedEntry, Store
from twill.cache.entry import entry_text
from twill.cli.answers import Answer, Cache, answer
from twill.formats import outcome_to_json
from twill.problem import Problem
from twill.schedule import Feasible, Infeasible, Optimal, Outcome, Reason, Unknown
from twill.verify import verify

UNKNOWN = Unknown(Reason("no time"), 1)
NO_SCHEDULE = Infeasible(Reason("refuted"), "one engine's word")
ROUNDS = 150
WITH_SCHEDULE = (1, 2, 7, 9)


class Asking:
    """One user who asks the same question again and again."""

    def __init__(self, folder: Path, problem: Problem, truth: Outcome) -> None:
        self.truth = truth
        self.notes: list[str] = []
        self.searches = 0
        store = Store(folder)
        self.cache = Cache(store, asked(problem), problem, 60, self.notes.append)
        self.path = store.path(self.cache.question)
        self.ask()
        self.whole = self.path.read_bytes()

    def ask(self) -> Answer:
        """The answer to the question."""
        return answer(self.cache, self._search)

    def _search(self) -> tuple[Outcome, bool]:
        self.searches += 1
        return self.truth, False


def _outcomes() -> list[tuple[Problem, Outcome]]:
    problem, outcome = optimum()
    return [(problem, outcome), (problem, cut_short(outcome)), (problem, NO_SCHEDULE)]


def _damaged(rng: random.Random, raw: bytes) -> bytes:
    """The bytes of a file after one accident."""
    at, other = rng.randrange(len(raw)), rng.randrange(len(raw) + 1)
    low, high = min(at, other), max(at, other)
    kinds: list[Callable[[], bytes]] = [
        lambda: raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :],
        lambda: raw[:at] + rng.randbytes(1) + raw[at + 1 :],
        lambda: raw[:at],
        lambda: raw[:low] + raw[high:],
        lambda: raw[:low] + raw[low:high] * 2 + raw[high:],
        lambda: raw[:low] + bytes(high - low) + raw[high:],
        lambda: raw[other:] + raw[:other],
        lambda: raw + rng.randbytes(rng.randrange(1, 9)),
        lambda: rng.randbytes(rng.randrange(200)),
        lambda: b"",
    ]
    return rng.choice(kinds)()


@pytest.mark.parametrize("case", range(3), ids=["optimal", "feasible", "infeasible"])
def test_damage_is_noticed_and_mended(tmp_path: Path, case: int) -> None:
    """After any accident the answer is the right one, the user is told, the entry is whole."""
    rng = random.Random(case)  # noqa: S311  # not for cryptography
    user = Asking(tmp_path, *_outcomes()[case])
    for _ in range(ROUNDS):
        raw = _damaged(rng, user.whole)
        user.path.write_bytes(raw)
        user.notes.clear()
        user.searches = 0
        found = user.ask()
        assert found.outcome == user.truth
        assert (user.searches, len(user.notes)) == ((0, 0) if raw == user.whole else (1, 1))
        again = user.ask()
        assert (again.outcome, again.cached_s is None) == (user.truth, False)
        user.path.write_bytes(user.whole)


def _sealed(document: object) -> bytes:
    """A document with the right checksum, as only somebody who means it would write it."""
    body = json.dumps(document).encode() + b"\n"
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a JSON document."""
    inside: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    below = [place for key, item in inside for place in _places(item, (*path, key))]
    return [path, *below] if path else below


def _forged(rng: random.Random, document: Any) -> None:
    """Change one value of the document."""
    *way, last = rng.choice(_places(document))
    parent = document
    for key in way:
        parent = parent[key]
    value = parent[last]
    if rng.random() < 0.15:
        del parent[last]
    elif rng.random() < 0.15:
        parent[last] = rng.choice([None, True, 0, -1, 10**12, 0.5, "", "x", [], {}, float("nan")])
    elif isinstance(value, bool):
        parent[last] = not value
    elif isinstance(value, int | float):
        parent[last] = value + rng.choice([-1, 1, -8, 8, -value, value])
    elif isinstance(value, str):
        words = ["optimal", "feasible", "proved by arithmetic", "one engine's word", value + "'"]
        parent[last] = rng.choice(words)
    elif isinstance(value, list) and value:
        parent[last] = rng.choice([value[1:], value * 2, value[::-1]])
    elif isinstance(value, dict):
        value["more"] = next(iter(value.values()), 0)


@pytest.mark.parametrize("seed", [None, *WITH_SCHEDULE])
def test_a_forged_entry_gives_no_wrong_schedule(tmp_path: Path, seed: int | None) -> None:
    """With a right checksum, too, a schedule is one of the problem or is not believed."""
    rng = random.Random(seed)  # noqa: S311  # not for cryptography
    problem, outcome = optimum(seed)
    store, verdicts = Store(tmp_path), Counter[bool]()
    store.keep(asked(problem), kept(outcome))
    path = store.path(asked(problem))
    body = path.read_bytes().partition(b"\n")[2]
    for _ in range(2 * ROUNDS):
        document = json.loads(body)
        for _ in range(rng.choice([1, 1, 2])):
            _forged(rng, document)
        path.write_bytes(_sealed(document))
        believed = _believed(Cache(store, asked(problem), problem, 60, lambda _: None))
        verdicts[believed is not None] += 1
        if believed is not None:
            assert isinstance(believed, Optimal | Feasible)
            assert verify(problem, believed.schedule) == ()
            if believed.schedule.proof == "proved by arithmetic":
                assert believed.schedule.ii == outcome.schedule.ii
    assert verdicts[False] > verdicts[True]


def _believed(cache: Cache) -> Outcome | None:
    found = cache.find()
    return found.outcome if found else None


def refuted() -> tuple[Problem, Optimal]:
    """A problem whose optimum rests on a refutation."""
    return next(
        (p, o)
        for p, o in map(solved, range(60))
        if isinstance(o, Optimal) and o.schedule.proof == "proved by a checked refutation"
    )


def test_a_forged_proof_by_arithmetic_is_not_believed(tmp_path: Path) -> None:
    """A bound that arithmetic gives is computed again."""
    problem, outcome = refuted()
    user = Asking(tmp_path, problem, outcome)
    document = json.loads(user.whole.partition(b"\n")[2])
    document["outcome"]["schedule"]["proof"] = "proved by arithmetic"
    user.path.write_bytes(_sealed(document))
    assert user.ask().outcome == outcome
    assert "arithmetic does not prove" in user.notes[0]


@pytest.mark.parametrize("forgery", ["none", "another II", "other bytes", "of another problem"])
def test_a_forged_refutation_is_not_believed(tmp_path: Path, forgery: str) -> None:
    """A refutation is checked again, whatever the checksum says."""
    problem, outcome = refuted()
    user = Asking(tmp_path, problem, outcome)
    document = json.loads(user.whole.partition(b"\n")[2])
    ((ii, file),) = document["refutations"].items()
    document["refutations"] = {
        "none": {},
        "another II": {str(int(ii) - 1): file},
        "other bytes": {ii: file[:-40] + file[-36:]},
        "of another problem": {ii: _other_refutation(problem)},
    }[forgery]
    user.path.write_bytes(_sealed(document))
    assert user.ask().outcome == outcome
    assert "is not believed" in user.notes[0]


def _other_refutation(problem: Problem) -> str:
    found = (solved(seed) for seed in range(60))
    others = (o for p, o in found if p != problem and isinstance(o, Optimal) and o.refutations)
    return b64encode(next(others).refutations[0].file).decode()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda outcome: outcome["schedule"].update(problem_sha256="0" * 64), "another problem"),
        (lambda outcome: outcome["schedule"].update(status="feasible"), "another status"),
        (lambda outcome: outcome["schedule"]["ops"].popitem(), "fails verification"),
        (lambda outcome: outcome.update(outcome_to_json(UNKNOWN)), "not of the form"),
        (lambda outcome: _replace(outcome, outcome_to_json(UNKNOWN)), "keeps no such answer"),
    ],
)
def test_what_is_said_of_a_forged_entry(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    """Each check by itself, with the checksum right."""
    problem, outcome = optimum()
    user = Asking(tmp_path, problem, outcome)
    document = json.loads(user.whole.partition(b"\n")[2])
    change(document["outcome"])
    user.path.write_bytes(_sealed(document))
    assert user.ask().outcome == outcome
    assert why in user.notes[0]


def _replace(old: dict[str, Any], new: dict[str, Any]) -> None:
    old.clear()
    old.update(new)


def test_an_entry_in_the_place_of_another(tmp_path: Path) -> None:
    """A whole entry that answers another question is no answer to this one."""
    problem, outcome = optimum()
    user = Asking(tmp_path, problem, outcome)
    other, _ = solved(1)
    user.path.write_text(entry_text(asked(other), kept(outcome)))
    with pytest.raises(DamagedEntry, match="another question"):
        user.cache.store.find(user.cache.question, problem, 60)
    assert user.ask().outcome == outcome
    assert user.searches == 2


def test_an_entry_larger_than_the_cache(tmp_path: Path) -> None:
    """It is not read to its end."""
    problem, outcome = optimum()
    store = Store(tmp_path, max_bytes=1 << 16)
    store.keep(asked(problem), kept(outcome))
    store.path(asked(problem)).write_bytes(b"x" * (1 << 17))
    with pytest.raises(DamagedEntry, match="larger"):
        store.find(asked(problem), problem, 60)
