from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.cache.asking import asked, kept, optimum
from twill.cache import Store
from twill.formats import problem_to_json

ROOT = Path(__file__).resolve().parents[2]
_HAMMER = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.cache.asking import asked, kept
from twill.cache import Store
from twill.formats import outcome_from_document, problem_from_document
from twill.spec.reader import read_document

folder, me = Path(sys.argv[1]), int(sys.argv[2])
problem = problem_from_document(read_document(folder / "problem.json"))
outcome = outcome_from_document(read_document(folder / "outcome.json"))
store = Store(folder / "cache", max_entries=3)
questions = [asked(replace(problem, name=f"problem{i}")) for i in range(5)]
outcomes = [
    replace(outcome, schedule=replace(outcome.schedule, problem_sha256=q.data["problem"]))
    for q in questions
]
sys.stdin.readline()
hits = 0
for turn in range(60):
    i = (turn * (me + 1)) % 5
    found = store.find(questions[i], problem, 60)
    if found is not None:
        assert found.outcome == outcomes[i], "another answer"
        hits += 1
    if turn % 20 == 19 and me == 0:
        store.clear()
    store.keep(questions[i], kept(outcomes[i]))
print(hits)
"""


def test_processes_share_the_cache(tmp_path: Path) -> None:
    """Four at a time write, read, prune and clear: each finds whole entries or none."""
    from twill.formats import outcome_to_json

    problem, outcome = optimum()
    (tmp_path / "problem.json").write_text(json.dumps(problem_to_json(problem)))
    (tmp_path / "outcome.json").write_text(json.dumps(outcome_to_json(outcome)))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _HAMMER, str(tmp_path), str(me)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for me in range(4)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=120) for process in running]
    assert [err for _, err in ended] == [""] * 4
    assert sum(int(out) for out, _ in ended) > 0
    store = Store(tmp_path / "cache")
    assert 1 <= store.contents().entries <= 3
    assert [path for path in store.answers.iterdir() if path.name.startswith(".")] == []


def test_the_last_of_two_writers_wins(tmp_path: Path) -> None:
    """Both have written a right answer; either may stand."""
    problem, outcome = optimum()
    stores = [Store(tmp_path), Store(tmp_path)]
    for limit, store in enumerate(stores, 10):
        store.keep(asked(problem), kept(outcome, limit))
    assert stores[0].find(asked(problem), problem, 60) == kept(outcome, 11)
    assert stores[0].contents().entries == 1
