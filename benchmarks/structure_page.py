"""The tables of docs/role_structures.md and of results/structures.md, made of stored answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from benchmarks import structure_words as words
from benchmarks.granularity import Granularity
from benchmarks.partitions import EXPERTS
from benchmarks.structure_cases import LIFTED, Case, all_cases, compared, granularities, in_depth

NEIGHBOURS = "neighbouring roles"

Row = dict[str, Any]
Rows = Mapping[str, Row]

REGION = re.compile(r"(<!-- (\w+): begin -->\n).*?(<!-- \2: end -->)", re.DOTALL)


def page(text: str, rows: Rows) -> str:
    """``text`` with every marked region made anew.

    :raises KeyError: for a region that no table is made for.
    """
    return REGION.sub(lambda m: f"{m[1]}{TABLES[m[2]](rows)}\n{m[3]}", text)


def summary(row: Row) -> str:
    """One answer on one line."""
    said = [row["case"], words.ii(row) if "asked" not in row else row["status"]]
    said.append(row.get("failed") or ("" if "asked" in row else words.proof(row)))
    return "  ".join(said)


def table(rows: Rows) -> str:
    """Every answer with the command that gives it."""
    cells = [
        (
            f"`{row['case']}`",
            str(row.get("ops", "")),
            words.bound(row),
            f"{row['status']} at {row['asked']}" if "asked" in row else words.ii(row),
            row.get("failed") or ("" if "asked" in row else words.proof(row)),
            str(row.get("work") or ""),
            f"`{row['command']}`",
        )
        for row in rows.values()
    ]
    titles = ("case", "ops", "bound by arithmetic", "smallest II", "proof", "work", "command")
    intro = "Answers of `python -m benchmarks.structures`; work is CP-SAT's, deterministic.\n"
    return f"# structures\n\n{intro}\n{_markdown(titles, cells)}\n"


def _markdown(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = tuple(titles)
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _of(rows: Rows, case: Case) -> Row | None:
    return rows.get(case.name)


def _free(rows: Rows, cut: Granularity) -> Row | None:
    """What is known with any roles, from all answers about a granularity."""
    others = (Case(cut, kind, levels=True) for kind in ("free", "other", "near"))
    narrower = (_of(rows, case) for case in (Case(cut, "expert"), *others))
    return words.with_roles_free(_of(rows, Case(cut)), *narrower)


def _granularity(rows: Rows) -> str:
    titles = (
        "machine", "N", "columns", "P", "ops", "bound by arithmetic", "smallest II", "proof",
        "cycles per 128 keys", "TFLOPS",
    )  # fmt: skip
    return _markdown(titles, (_granular(rows, cut) for cut in granularities()))


def _granular(rows: Rows, cut: Granularity) -> tuple[str, ...]:
    row = _free(rows, cut)
    return (
        cut.machine,
        str(cut.keys),
        words.columns(cut),
        words.place(cut),
        str(row.get("ops", "")) if row else "",
        words.bound(row),
        words.ii(row),
        words.proof(row),
        words.per_keys(row, cut.keys),
        words.tflops(row),
    )


def _comparison(rows: Rows) -> str:
    titles = ("granularity", "kernel", "II with its roles", "proof", "II with any roles", "verdict")
    return _markdown(titles, (_compared(rows, cut) for cut in compared()))


def _compared(rows: Rows, cut: Granularity) -> tuple[str, ...]:
    name, _ = EXPERTS[cut.machine]
    expert, free = _of(rows, Case(cut, "expert")), _free(rows, cut)
    other, which = _other(rows, cut)
    if which == NEIGHBOURS and expert and other and other["ii"] != expert.get("ii"):
        other = {"status": "unknown"}  # a worse neighbour says nothing of the rest
    said = words.verdict(free, expert, other, name)
    return (words.tile(cut), name, words.ii(expert), words.proof(expert), words.ii(free), said)


def _levels(rows: Rows) -> str:
    return "\n\n".join(_in_depth(rows, cut) for cut in in_depth())


def _in_depth(rows: Rows, cut: Granularity) -> str:
    """The levels side by side: the expert's roles, any roles, any but the expert's."""
    name, _ = EXPERTS[cut.machine]
    expert, free = (_of(rows, Case(cut, kind, levels=True)) for kind in ("expert", "free"))
    other, which = _other(rows, cut)
    kinds = ((f"roles of {name}", expert), ("any roles", free), (which, other))
    known = {title: words.levels(answer) for title, answer in kinds if words.levels(answer)}
    names = next((tuple(levels) for levels in known.values()), ())
    titles = ("level", *known)
    cells = [(at, *(words.value(each.get(at)) for each in known.values())) for at in names]
    first = words.separating(expert, other)
    said = f"First level that separates {name} from the best of {which}: **{first}**."
    parts = [f"**{words.tile(cut)}**", _markdown(titles, cells), said, *_described(other, which)]
    return "\n\n".join(parts)


def _other(rows: Rows, cut: Granularity) -> tuple[Row | None, str]:
    """The best roles that are not the expert's; of neighbouring ones where no more is known."""
    other = _of(rows, Case(cut, "other", levels=True))
    near = _of(rows, Case(cut, "near", levels=True))
    if other is not None and "ii" not in other and near is not None and "ii" in near:
        return near, NEIGHBOURS
    return other, "any other roles"


def _described(other: Row | None, which: str) -> Iterator[str]:
    if other is not None and "roles" in other:
        listed = "\n".join(f"* {role}" for role in other["roles"])
        yield f"The best of {which} that were found:\n\n{listed}"


def _partitions(rows: Rows) -> str:
    """What the solver chose where it was free."""
    lines = []
    for cut in compared():
        row = _of(rows, Case(cut))
        if row is not None and "roles" in row:
            note = "the expert's" if row["is_expert"] else "other roles"
            shown = "; ".join(f"({role})" for role in row["roles"])
            lines.append(f"* {words.tile(cut)}: II {words.ii(row)}, {note}: {shown}")
    return "\n".join(lines)


def _assumptions(rows: Rows) -> str:
    titles = ("granularity", "left out", "II with the roles of FA4", "II with any roles")
    lines = []
    for cut in (Granularity("b200"), Granularity("b200", 64)):
        for lifted in ("", *LIFTED):
            expert = words.ii(_of(rows, Case(cut, "expert", lifted=lifted)))
            free = words.ii(_of(rows, Case(cut, lifted=lifted)))
            lines.append((words.tile(cut), LEFT_OUT[lifted], expert, free))
    return _markdown(titles, lines)


LEFT_OUT = {
    "": "nothing",
    "hand-offs": "what hand-offs between roles cost",
    "issue": "the time of instruction streams",
    "registers": "register budgets",
}


def _forbidden(rows: Rows) -> str:
    lines = [
        (f"`{row['case']}`", str(row["asked"]), row["status"], _needed(row["groups"]))
        for row in rows.values()
        if "asked" in row
    ]
    return _markdown(("case", "II", "answer", "together forbid it"), lines)


def _needed(groups: list[Row]) -> str:
    """Groups that are needed by name; those that may not be needed are counted."""
    needed = [group["title"] for group in groups if not group["doubtful"]]
    open_ = len(groups) - len(needed)
    more = f"; of {open_} more it is not decided" if open_ else ""
    return "; ".join(needed) + more


def stale(rows: Rows) -> tuple[str, ...]:
    """Cases whose answer is about an earlier version of loop, machine or model."""
    from twill.formats import problem_digest

    return tuple(
        case.name
        for case in all_cases().values()
        if "problem_sha256" in rows.get(case.name, {})
        and rows[case.name]["problem_sha256"] != problem_digest(case.problem()[1])
    )


def _version(rows: Rows) -> str:
    """Said on the page, so that an old number never passes for a new one."""
    old = stale(rows)
    if not old:
        return "All answers are about the loop and the machines as they are in this version."
    listed = ", ".join(f"`{name}`" for name in old)
    return f"**Answers about an earlier version of the loop or the machine**: {listed}."


TABLES: Mapping[str, Callable[[Rows], str]] = {
    "granularity": _granularity,
    "comparison": _comparison,
    "levels": _levels,
    "partitions": _partitions,
    "assumptions": _assumptions,
    "forbidden": _forbidden,
    "version": _version,
}
