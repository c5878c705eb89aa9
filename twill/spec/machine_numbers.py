"""The numbers of a machine file, one type per unit: what is written must be the one expected."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twill.quantity import Confidence
from twill.spec.fields import Count, Fraction, Model, NonNegative, NonNegativeNumber, Positive, Text


class Number(Model):
    """A number with its origin. Subclasses add ``value`` and ``unit``."""

    source: Text | Annotated[list[Text], Field(min_length=1)]
    confidence: Confidence
    note: Text | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The short keys of its sources."""
        return (self.source,) if isinstance(self.source, str) else tuple(self.source)


class Capacity(Number):
    """What a unit serves at once or per cycle."""

    value: Count
    unit: Literal["operations", "thread instructions/cycle", "B/cycle"] = "operations"


class MemorySize(Number):
    """The capacity of a memory."""

    value: Count
    unit: Literal["bytes", "columns"] = "bytes"


class Whole(Number):
    """A count from 1 on."""

    value: Count
    unit: Literal["1"] = "1"


class WholeOrNone(Number):
    """A count from 0 on."""

    value: NonNegative
    unit: Literal["1"] = "1"


class Bytes(Number):
    """A size in bytes, from 1 on."""

    value: Count
    unit: Literal["B"] = "B"


class Cycles(Number):
    """A duration in cycles; may be fractional, results are rounded up."""

    value: NonNegativeNumber
    unit: Literal["cycles"] = "cycles"


class CyclesPerKib(Number):
    """The slope of a latency law."""

    value: NonNegativeNumber
    unit: Literal["cycles/KiB"] = "cycles/KiB"


class MacRate(Number):
    """Multiply-accumulates of one SM."""

    value: Positive
    unit: Literal["MAC/cycle"] = "MAC/cycle"


class ElementRate(Number):
    """Elements of one SM."""

    value: Positive
    unit: Literal["elements/cycle"] = "elements/cycle"


class ByteRate(Number):
    """Bytes of one SM."""

    value: Positive
    unit: Literal["B/cycle"] = "B/cycle"


class Slots(Number):
    """Thread instructions per element or per instruction."""

    value: Positive
    unit: Literal["thread instructions"] = "thread instructions"


class Weight(Number):
    """The part of the bytes that counts, 0 to 1."""

    value: Fraction
    unit: Literal["1"] = "1"


class Gigahertz(Number):
    """A clock rate."""

    value: Positive
    unit: Literal["GHz"] = "GHz"


class Tflops(Number):
    """10^12 floating-point operations per second of the whole GPU."""

    value: Positive
    unit: Literal["TFLOPS"] = "TFLOPS"


class PointModel(Cycles):
    """A measured point of a law."""

    bytes: NonNegative
