"""The steps from a document to a problem and its account, the same for every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from twill.diagnostics import Diagnostic, InputError
from twill.importers.account import Account, Notes, Reading
from twill.importers.build import Setting, build
from twill.importers.options import Options
from twill.importers.overview import overview
from twill.importers.source import Request, Source
from twill.importers.structure import prepare
from twill.machine import Machine
from twill.problem import Problem
from twill.spec.nodes import Document

Reader = Callable[[Document, Request], Source]


def make(
    document: Document, read: Reader, machine: Machine | None, options: Options
) -> tuple[Problem, Account]:
    """The problem of a document and its account.

    :raises InputError: with everything that is wrong, each at its place.
    """
    reading = _reading(machine, options)
    name = PurePath(document.path).name.split(".", 1)[0] or "graph"
    request = Request(name, reading, options.loop, options.allow_unknown)
    source = read(document, request)
    notes = source.notes
    contracted = options.contract if options.contract is not None else reading != "timing"
    graph = prepare(source.graph, reading, contracted, options.rings, notes)
    setting = Setting(reading, machine, options.max_stages, options.stated_handoffs)
    problem = build(graph, setting, notes, document)
    if notes.errors:
        raise InputError(notes.errors)
    overview(source, problem, setting, notes)
    return problem, _account(document, source, reading, notes)


def _reading(machine: Machine | None, options: Options) -> Reading:
    """What was asked for, checked against what there is to take limits from."""
    reading: Reading = options.reading or ("joint" if machine else "timing")
    if reading == "joint" and (machine is None or machine.roles is None):
        message = "the reading 'joint' needs a machine with roles, registers and hand-off costs"
        raise InputError([Diagnostic(message, help="name one with --machine")])
    if reading == "timing" and machine is not None:
        message = "the reading 'timing' takes nothing from a machine"
        raise InputError([Diagnostic(message, help="leave --machine out, or read 'joint'")])
    if reading == "timing" and options.rings:
        message = "the reading 'timing' has no memories, so rings would be without limit"
        raise InputError([Diagnostic(message, help="read 'memory' or 'joint'")])
    return reading


def _account(document: Document, source: Source, reading: Reading, notes: Notes) -> Account:
    return Account(
        source=document.path,
        schema=source.schema,
        loop=source.loop,
        reading=reading,
        taken=tuple(notes.taken),
        assumed=tuple(notes.assumed),
        left_out=tuple(notes.left_out),
        not_understood=tuple(notes.not_understood),
        totals=source.totals,
        idle=source.idle,
    )
