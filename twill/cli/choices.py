"""How a spec becomes a problem: the machine, tile parameters, and what is set on top."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import click

from twill.cli.options import Assignment, unique
from twill.knobs import Knobs
from twill.what_if import Change, parse_change

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user chose besides the spec itself."""

    machine: str | None = None
    parameters: Mapping[str, int] = field(default_factory=dict)
    subtile: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    knobs: Knobs = field(default_factory=Knobs)

    @property
    def of_a_spec(self) -> tuple[str, ...]:
        """The options among those given that make no sense without a spec to elaborate."""
        given = {
            "--machine": self.machine is not None,
            "--set": bool(self.parameters),
            "--subtile": bool(self.subtile),
            "--what-if": bool(self.changes),
        }
        return tuple(option for option, is_given in given.items() if is_given)


class Label(click.ParamType[tuple[str, str]]):
    """``OP=ROLE``: an operation and a label for its role."""

    name = "OP=ROLE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The pair, or a usage error."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"\s*([^\s=]+)\s*=\s*([^\s=]+)\s*", value)
        if match is None:
            self.fail(f"'{value}' is not of the form OP=ROLE, such as O_scaled=rescale", param, ctx)
        return match[1], match[2]


class WhatIf(click.ParamType[Change]):
    """``NUMBER=VALUE`` or ``NUMBER=xFACTOR``: a number of the machine, changed."""

    name = "NUMBER=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Change:
        """The change, or a usage error."""
        if isinstance(value, Change):
            return value
        change = parse_change(value)
        if change is None:
            example = "sfu.rate=32, or sfu.rate=x2"
            self.fail(f"'{value}' is not of the form NUMBER=VALUE, such as {example}", param, ctx)
        return change


def _labels(
    ctx: click.Context, param: click.Parameter, pairs: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """Repeated labels as a dict; one operation with two roles is an error."""
    labels: dict[str, str] = {}
    for name, label in pairs:
        if labels.setdefault(name, label) != label:
            text = f"{name} is fixed to {labels[name]} and to {label}"
            raise click.BadParameter(text, ctx=ctx, param=param)
    return labels


_MODEL = (
    click.option(
        "--machine", "-m", metavar="MACHINE",
        help="The GPU: a shipped name ('twill list') or the path of a YAML file.",
    ),
    click.option(
        "--set", "parameters", type=Assignment(), multiple=True, callback=unique,
        metavar="NAME=NUMBER", help="Set a tile parameter, as in N=64. May be repeated.",
    ),
    click.option(
        "--subtile", type=Assignment(), multiple=True, callback=unique, metavar="DIM=COUNT",
        help="Cut a tile dimension into COUNT sub-tiles, as in M=2. May be repeated.",
    ),
    click.option(
        "--what-if", "changes", type=WhatIf(), multiple=True, metavar="NUMBER=VALUE",
        help="Change a number of the machine, as in sfu.rate=32 or sfu.rate=x2. May be repeated.",
    ),
)  # fmt: skip

_KNOBS = (
    click.option(
        "--forbid-roles-above", "max_roles", type=click.IntRange(1, 64), metavar="K",
        help="At most K roles, the load role included.",
    ),
    click.option(
        "--registers-per-role", type=click.IntRange(1, 65536), metavar="R",
        help="At most R registers per thread in every role.",
    ),
    click.option(
        "--no-handoff", is_flag=True, help="No value in registers is read on another role.",
    ),
    click.option(
        "--fix-role", "fixed_roles", type=Label(), multiple=True, callback=_labels,
        metavar="OP=ROLE",
        help="Operations with one label share a role, with other labels they do not."
        " May be repeated.",
    ),
    click.option(
        "--max-stages", type=click.IntRange(1, 64), metavar="K",
        help="Schedules of at most K stages instead of the spec's.",
    ),
)  # fmt: skip

_NAMES = ("machine", "parameters", "subtile", "changes")
_KNOB_NAMES = ("max_roles", "registers_per_role", "no_handoff", "fixed_roles", "max_stages")


def problem_options(command: F) -> F:
    """The options that say how a spec is elaborated, as one argument ``choices``."""

    @functools.wraps(command)
    def with_choices(**values: Any) -> Any:
        choices = Choices(**{name: values.pop(name) for name in _NAMES})
        return command(**values, choices=choices)

    for option in reversed(_MODEL):
        with_choices = option(with_choices)
    return with_choices  # type: ignore[return-value]


def model_options(command: F) -> F:
    """Every option that says how a spec becomes a problem, as one argument ``choices``."""

    @functools.wraps(command)
    def with_choices(**values: Any) -> Any:
        knobs = Knobs(**{name: values.pop(name) for name in _KNOB_NAMES})
        choices = Choices(**{name: values.pop(name) for name in _NAMES}, knobs=knobs)
        return command(**values, choices=choices)

    for option in reversed((*_MODEL, *_KNOBS)):
        with_choices = option(with_choices)
    return with_choices  # type: ignore[return-value]
