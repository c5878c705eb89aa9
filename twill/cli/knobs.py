"""``--max-stages``, ``--fix-role``, ...: limits set on top of spec and machine."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from twill.knobs import Knobs

F = TypeVar("F", bound=Callable[..., Any])


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


OPTIONS = (
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


def knob_options(command: F) -> F:
    """All of them; the command gets one argument ``knobs``."""
    names = ("max_roles", "registers_per_role", "no_handoff", "fixed_roles", "max_stages")

    @functools.wraps(command)
    def with_knobs(**values: Any) -> Any:
        knobs = Knobs(**{name: values.pop(name) for name in names})
        return command(**values, knobs=knobs)

    for option in reversed(OPTIONS):
        with_knobs = option(with_knobs)
    return with_knobs  # type: ignore[return-value]
