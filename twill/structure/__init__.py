"""The structure of a kernel: roles, iteration offsets, orders, rings and synchronisation.

What two kernels have in common once cycles are left out: a verified schedule and an expert's
kernel become the same kind of thing, and are compared criterion by criterion
(``docs/comparing.md``).
"""

from __future__ import annotations

from twill.structure.align import aligned, closure
from twill.structure.model import Barrier, Body, Instruction, Ring, Structure, of_schedule

__all__ = [
    "Barrier",
    "Body",
    "Instruction",
    "Ring",
    "Structure",
    "aligned",
    "closure",
    "of_schedule",
]
