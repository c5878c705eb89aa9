"""Tables and sections as plain data, before they are text, HTML, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Value = int | float | str | bool | None
"""What a program reads from a cell."""


@dataclass(frozen=True, slots=True)
class Text:
    """A run of characters; ``mark`` says what they are.

    It holds words out of ``name``, ``good``, ``warn``, ``bad``, ``dim`` and ``bold``.
    """

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A share, drawn as a bar and written in percent."""

    part: int
    whole: int
    mark: str = "dim"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a reader sees, and the ``value`` that a program reads."""

    parts: tuple[Text | Gauge, ...]
    value: Value = None

    @property
    def text(self) -> str:
        """The words of the cell."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``key`` is its name for a program.

    ``align`` is ``>`` for numbers; ``wrap``: its text may take several lines; ``extra``: it is
    left out where there is little room.
    """

    key: str
    title: str
    align: Literal["<", ">"] = "<"
    wrap: bool = False
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. ``id`` is unique within its section.

    ``long``: to be folded away; ``drawn``: a picture of its section shows the same.
    """

    id: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    note: str = ""
    long: bool = False
    drawn: bool = False

    @property
    def by_key(self) -> tuple[dict[str, Cell], ...]:
        """The rows, their cells by the keys of the columns."""
        keys = [column.key for column in self.columns]
        return tuple(dict(zip(keys, row, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: sentences, tables and the names of pictures that go with them.

    ``streams``: its tables are what runs side by side, one row after the other.
    """

    id: str
    title: str
    note: str = ""
    paragraphs: tuple[Text, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[str, ...] = ()
    streams: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.paragraphs or self.tables or self.pictures)


def text(words: str, mark: str = "", value: Value = None) -> Cell:
    """A cell of words; a program reads the words, or ``value``."""
    return Cell((Text(words, mark),), words if value is None else value)


def count(value: int, shown: str | None = None, mark: str = "") -> Cell:
    """A cell of a whole number."""
    return Cell((Text(str(value) if shown is None else shown, mark),), value)


def gauge(part: int, whole: int, mark: str = "dim") -> Cell:
    """A share of a whole; a program reads it as a fraction."""
    return Cell((Gauge(part, whole, mark),), round(part / whole, 4) if whole else None)


def nothing(words: str = "", mark: str = "") -> Cell:
    """A cell without a value."""
    return Cell((Text(words, mark),) if words else ())


def joined(parts: Iterable[Text | Gauge], value: Value = None) -> Cell:
    """A cell of several runs."""
    found = tuple(parts)
    cell = Cell(found, value)
    return cell if value is not None else Cell(found, cell.text or None)
