"""Field types shared by every model at the YAML edge.

Models derive from :class:`Model`. Use these types rather than bare ``int`` and ``float``:
they refuse what no cycle count or size can be, with a message that a reader understands.
"""

from __future__ import annotations

import math
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

LARGEST = 2**31 - 1
"""Solvers work on integers; beyond this no cycle count, size or capacity makes sense."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-\[\]]*\Z")
_MAX_NAME = 100


class Model(BaseModel):
    """A mapping of a file: strict types, no unknown keys, immutable."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, validate_default=False
    )


def _name(value: str) -> str:
    if len(value) > _MAX_NAME or not _NAME.match(value):
        raise PydanticCustomError(
            "twill_name",
            "must be a name: a letter or '_', then letters, digits, '_', '.', '-' or '[]'; "
            "found {found}",
            {"found": repr(value[:40])},
        )
    return value


def _largest(value: float) -> float:
    if math.fabs(value) > LARGEST:
        raise PydanticCustomError(
            "twill_too_large", "must be at most {limit}", {"limit": f"{LARGEST:,}"}
        )
    return value


Name = Annotated[str, AfterValidator(_name)]
"""An identifier, as of an operation, a unit, a memory or a parameter."""

Text = Annotated[str, Field(min_length=1)]
"""Text for the reader, not empty."""

Count = Annotated[int, Field(ge=1, le=LARGEST)]
"""A whole number from 1 on: a capacity, an extent, a size."""

NonNegative = Annotated[int, Field(ge=0, le=LARGEST)]
"""A whole number from 0 on: cycles, an offset, a distance, an amount."""

Integer = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
"""A whole number of either sign."""

Total = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""A sum over many iterations, as the time of a whole loop in cycles."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False), AfterValidator(_largest)]
"""A number above 0, as a rate per cycle."""

NonNegativeNumber = Annotated[float, Field(ge=0, allow_inf_nan=False), AfterValidator(_largest)]
"""A number from 0 on."""

Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""A number from 0 to 1."""
