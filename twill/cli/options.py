"""Options that commands share, and the types of their values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from twill.diagnostics import nearest

F = TypeVar("F", bound=Callable[..., Any])


class Choice(click.Choice[str]):
    """One of a few words; a misspelt one gets the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word itself, or a usage error that offers the nearest."""
        if value not in self.choices:
            close = nearest(str(value), self.choices)
            hint = f"; did you mean '{close}'?" if close else ""
            listed = ", ".join(self.choices)
            self.fail(f"'{value}' is not one of {listed}{hint}", param, ctx)
        return str(value)


class Assignment(click.ParamType[tuple[str, int]]):
    """``NAME=NUMBER`` with a positive whole number."""

    name = "NAME=NUMBER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """The pair, or a usage error."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(\S+)\s*", value)
        if match is None:
            self.fail(f"'{value}' is not of the form NAME=NUMBER, such as N=64", param, ctx)
        name, number = match.groups()
        if not re.fullmatch(r"[0-9]{1,9}", number) or int(number) == 0:
            need = "a positive whole number of at most nine digits"
            self.fail(f"{name} needs {need}, not '{number}'", param, ctx)
        return name, int(number)


class Seconds(click.ParamType[float]):
    """A positive, finite number of seconds."""

    name = "SECONDS"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number, or a usage error."""
        try:
            seconds = float(value)
        except ValueError:
            self.fail(f"'{value}' is not a number of seconds", param, ctx)
        if not (math.isfinite(seconds) and 0 < seconds <= 1e7):
            self.fail(f"{value} is not between 0 and 10 000 000 seconds", param, ctx)
        return seconds


def unique(
    ctx: click.Context, param: click.Parameter, pairs: Sequence[tuple[str, int]]
) -> dict[str, int]:
    """Repeated assignments as a dict; one name twice is an error, not the last one's win."""
    values: dict[str, int] = {}
    for name, number in pairs:
        if values.setdefault(name, number) != number:
            raise click.BadParameter(
                f"{name} is set to {values[name]} and to {number}", ctx=ctx, param=param
            )
    return values


def json_option(command: F) -> F:
    """``--json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document instead of text."
    )(command)


def color_option(command: F) -> F:
    """``--no-color``."""
    return click.option(
        "--no-color", is_flag=True, help="Plain text. The variable NO_COLOR does the same."
    )(command)
