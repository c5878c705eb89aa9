"""How one kind of GPU executes the operations of roles; what it does not need does nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twill.elaborate import Elaboration
from twill.elaborate.tiles import TileOp
from twill.lower.cuda.arithmetic import Arithmetic
from twill.lower.cuda.shared_memory import SharedMemory
from twill.lower.cuda.text import Lines
from twill.lower.cuda.variables import Variables
from twill.lower.program import Drain, RoleProgram, Signal, Wait

Iterations = Callable[[int], str]
"""The C++ name of the iteration ``distance`` before the one that is worked on."""


@dataclass(frozen=True)
class RoleFamily(ABC):
    """Writes what depends on the kind of GPU in one role."""

    arithmetic: Arithmetic
    memory: SharedMemory
    role: RoleProgram

    @property
    def variables(self) -> Variables:
        """The role's registers."""
        return self.arithmetic.variables

    @abstractmethod
    def run(self, tile: TileOp, at: Iterations) -> Lines:
        """The statements of an operation other than a copy of the copy engine."""

    @abstractmethod
    def drain(self, drain: Drain, pending: int) -> Lines:
        """Until an asynchronous operation of the role's own is done."""

    def begin(self) -> Lines:
        """Names that its statements use."""
        return []

    def signal(self, signal: Signal, at: str) -> Lines:
        """Have an operation's engine arrive on a barrier when it is done; ``at``: its iteration."""
        return _nothing(signal, at)

    def heard(self, wait: Wait) -> Lines:
        """What stands behind a wait."""
        return _nothing(wait)

    def tell(self, op: str) -> Lines:
        """What stands in front of an arrival that says that an operation is done."""
        return _nothing(op)

    def before_sync(self, publishes: Sequence[str]) -> Lines:
        """What stands in front of a meeting of the role's warps that lets them read values."""
        return _nothing(publishes)

    def after_sync(self) -> Lines:
        """What stands behind such a meeting."""
        return []

    def last(self) -> Lines:
        """What the issuing thread does behind the loop."""
        return []

    def finish(self) -> Lines:
        """What all threads do behind the loop: nothing is under way."""
        return []


class Family(ABC):
    """Writes what depends on the kind of GPU in a kernel. ``arch``: what to compile it for."""

    arch: str

    @property
    def words(self) -> tuple[str, ...]:
        """What it needs 8 bytes of shared memory for."""
        return ()

    @property
    def barriers(self) -> tuple[str, ...]:
        """Barriers for one arrival that it needs for itself."""
        return ()

    @abstractmethod
    def role(self, arithmetic: Arithmetic, memory: SharedMemory, role: RoleProgram) -> RoleFamily:
        """The writer of one role."""

    @abstractmethod
    def header(self, elaboration: Elaboration) -> str:
        """Its parts of ``twill.cuh``."""

    def setup(self) -> Lines:
        """Before the roles begin, with the meeting of all threads."""
        return ["__syncthreads();"]

    def teardown(self) -> Lines:
        """When all roles have ended."""
        return []


def _nothing(*_: object) -> Lines:
    return []
