"""What must hold of an expert's kernel in itself: roles, steps, buffers, barriers, pairings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twill.diagnostics import Diagnostic, unknown
from twill.expert import Expert, ExpertBarrier, ExpertRole, Step
from twill.spec.nodes import Document, Key
from twill.spec.steps import dimensions, overlap
from twill.what_if import parse_change

Path = tuple[Key, ...]


def check_expert(document: Document, expert: Expert) -> Iterator[Diagnostic]:
    """Everything that is wrong with a kernel whatever it is compared with."""
    checker = _Checker(document, expert)
    yield from checker.roles()
    yield from checker.steps()
    yield from checker.buffers()
    yield from checker.barriers()
    yield from checker.pairings()
    yield from checker.sources()


class _Checker:
    """The checks, with the places of the file."""

    def __init__(self, document: Document, expert: Expert) -> None:
        self.document, self.expert = document, expert
        self.names = [role.name for role in expert.roles]
        self.values = [
            step.value for role in expert.roles for group in role.order for step in group
        ]

    def roles(self) -> Iterator[Diagnostic]:
        """Dimensions are those of the tile; something runs in the loop."""
        for role in self.expert.roles:
            yield from self._dimension(role.per, ("roles", role.name, "per"))
        if not self.expert.roles or any(
            group for role in self.expert.roles for group in role.order
        ):
            return
        yield self.document.error(("roles",), "no role has a step in its order", key=True)

    def _dimension(self, name: str | None, path: Path) -> Iterator[Diagnostic]:
        if name is not None and name not in self.expert.tile:
            yield self.document.error(path, unknown("dimension", name, self.expert.tile))

    def steps(self) -> Iterator[Diagnostic]:
        """A step stands once: within a role, and in one role only."""
        before: list[tuple[ExpertRole, Step]] = []
        for role in self.expert.roles:
            for path, step in _steps(self.document, role):
                yield from self._index(role, step, path)
                yield from self._again(before, role, step, path)
                before.append((role, step))

    def _index(self, role: ExpertRole, step: Step, path: Path) -> Iterator[Diagnostic]:
        for dimension in dimensions(step):
            if dimension not in self.expert.tile:
                yield self.document.error(path, unknown("dimension", dimension, self.expert.tile))
            elif dimension == role.per:
                message = f"{step}: there is a role '{role.name}' for each sub-tile of {dimension}"
                yield self.document.error(path, message, f"write {replace(step, index=())}")

    def _again(
        self, before: list[tuple[ExpertRole, Step]], role: ExpertRole, step: Step, path: Path
    ) -> Iterator[Diagnostic]:
        other = next(((r, s) for r, s in before if overlap(s, step)), None)
        if other is None:
            return
        if other[0] is role:
            message = f"{step} stands in the order of '{role.name}' already, as {other[1]}"
            yield self.document.error(path, message)
        else:
            message = f"{step} is on the role '{other[0].name}' already, as {other[1]}"
            help_ = "where sub-tiles are on different roles, say which: S[m0]@0"
            yield self.document.error(path, message, help_)

    def buffers(self) -> Iterator[Diagnostic]:
        """What is stored exists."""
        known = (*self.values, *self.expert.invariants)
        for buffer in self.expert.buffers:
            path: Path = ("buffers", buffer.name)
            yield from self._dimension(buffer.per, (*path, "per"))
            for i, value in enumerate(buffer.values):
                if value not in known:
                    help_ = "a value of a role's order, or one of 'invariants'"
                    message = unknown("value", value, known)
                    yield self.document.error((*path, "values", i), message, help_)

    def barriers(self) -> Iterator[Diagnostic]:
        """Both ends exist, and what they synchronise is in their roles."""
        for i, barrier in enumerate(self.expert.barriers):
            path: Path = ("barriers", i)
            yield from self._end(barrier, barrier.src, barrier.after, (*path, "src"), "after")
            yield from self._end(barrier, barrier.dst, barrier.before, (*path, "dst"), "before")
            if not barrier.note and (barrier.after is None or barrier.before is None):
                message = f"the barrier '{barrier.name}' does not say what it orders"
                help_ = "add 'after' and 'before', or a 'note' that says what it is for"
                yield self.document.error(path, message, help_)

    def _end(
        self, barrier: ExpertBarrier, name: str, step: Step | None, path: Path, key: str
    ) -> Iterator[Diagnostic]:
        role = next((role for role in self.expert.roles if role.name == name), None)
        if role is None:
            yield self.document.error(path, unknown("role", name, self.names))
        elif step is not None and not any(overlap(step, s) for g in role.order for s in g):
            message = f"the barrier '{barrier.name}': {step} is not in the order of '{name}'"
            yield self.document.error((*path[:-1], key), message)

    def pairings(self) -> Iterator[Diagnostic]:
        """There is something to compare with, or it is said why not; changes are changes."""
        if not self.expert.pairings and not self.expert.missing:
            message = "neither 'pairings' nor 'missing' says whether it can be compared"
            help_ = "add a loop and a machine under 'pairings', or what lacks under 'missing'"
            yield self.document.error((), message, help_)
        for i, pairing in enumerate(self.expert.pairings):
            for j, text in enumerate(pairing.what_if):
                if parse_change(text) is None:
                    message = f"'{text[:60]}' is no change of a machine"
                    help_ = "write NUMBER=VALUE, such as roles.register_file=68608"
                    yield self.document.error(("pairings", i, "what_if", j), message, help_)

    def sources(self) -> Iterator[Diagnostic]:
        """Lines of a file mean something at a commit of a repository only."""
        for i, source in enumerate(self.expert.sources):
            needed = {
                "file": source.file,
                "commit": source.commit,
                "repository": source.repository,
            }
            absent = [key for key, text in needed.items() if not text]
            if (source.lines or source.file or source.commit) and absent:
                message = f"lines of a file need {' and '.join(map(repr, absent))}"
                yield self.document.error(("sources", i), message)


def _steps(document: Document, role: ExpertRole) -> Iterator[tuple[Path, Step]]:
    """The steps of a role with their places: a step by itself, or one of a group."""
    data = document.data
    assert isinstance(data, dict)
    for i, group in enumerate(role.order):
        alone = isinstance(data["roles"][role.name]["order"][i], str)
        for j, step in enumerate(group):
            path: Path = ("roles", role.name, "order", i)
            yield (path if alone else (*path, j)), step
