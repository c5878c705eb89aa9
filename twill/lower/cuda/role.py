"""One role of a warp-specialised kernel: a function that follows its program line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from twill.diagnostics import Diagnostic, InputError
from twill.elaborate.tiles import TileOp
from twill.lower.cuda.arithmetic import Arithmetic
from twill.lower.cuda.bodies import Place, bodies, iteration
from twill.lower.cuda.family import RoleFamily
from twill.lower.cuda.frame import Box, Kernel, Run1D, Source
from twill.lower.cuda.shared_memory import SharedMemory
from twill.lower.cuda.text import Lines, block, call, comment
from twill.lower.cuda.variables import Variables
from twill.lower.order import queue_of
from twill.lower.program import (
    Arrive,
    Drain,
    Instruction,
    Receive,
    RoleProgram,
    Run,
    Send,
    Sync,
    Wait,
)
from twill.lower.required import by_one

if TYPE_CHECKING:
    from twill.lower.cuda.specialised import Specialised

GROUP = 128
"""Threads of a warp group; a role owns whole ones."""


def threads_of(role: RoleProgram) -> int:
    """Threads of a role: whole warp groups."""
    return -(-role.warps * 32 // GROUP) * GROUP


@dataclass(frozen=True)
class RoleText:
    """Writes one role's function."""

    of: Specialised
    program: RoleProgram

    @property
    def kernel(self) -> Kernel:
        """What is known of the whole."""
        return self.of.kernel

    @property
    def memory(self) -> SharedMemory:
        """Where everything lies."""
        return self.of.memory

    @property
    def tiles(self) -> Mapping[str, TileOp]:
        """What every operation computes."""
        return self.kernel.elaboration.tiles

    @cached_property
    def variables(self) -> Variables:
        """The role's registers."""
        return Variables(self.program, self.tiles, self.kernel.names)

    @cached_property
    def family(self) -> RoleFamily:
        """Who writes its operations."""
        arithmetic = Arithmetic(self.kernel.elaboration, self.variables, self.memory)
        return self.of.family.role(arithmetic, self.memory, self.program)

    @property
    def narrow(self) -> bool:
        """Whether one warp does it all; then one lane does."""
        return self.program.warps == 1

    @property
    def name(self) -> str:
        """Its identifier."""
        return self.kernel.names[self.program.name]

    def text(self) -> Lines:
        """The function: variables, bodies, and what follows the loop."""
        head = f"__device__ __forceinline__ void role_{self.name}("
        last = self._by_one(self.family.last())
        loop = [*self._before(), "", *bodies(self.program, self.write), *last]
        after = self._after()
        inside = [
            "const int trips = p.trips;",
            *([] if self.narrow and not after else self._thread()),
            *self._group(loop),
            *self.of.frame.block(),
            *self.memory.barriers(self._barriers()),
            *self.family.begin(),
            *self.variables.declare(),
            *(self._by_one_lane(loop, after) if self.narrow else [*loop, *after]),
        ]
        return block(f"{head}const Parameters& p, uint32_t shared) {{", inside)

    def _by_one_lane(self, loop: Lines, after: Lines) -> Lines:
        """One lane does the loop; what follows it is for the whole warp group."""
        if not after:
            return ["if (threadIdx.x % 128 >= 32 || !twill::elected()) return;", *loop]
        alone = block("if (threadIdx.x % 128 < 32 && twill::elected()) {", loop)
        return [*alone, "__syncwarp();", *self.of.more_registers(self.program), *after]

    def _thread(self) -> Lines:
        first = self.of.first_thread[self.program.name]
        minus = f" - {first}" if first else ""
        lines = [f"const int thread = threadIdx.x{minus};"]
        text = [i for i in self.program.body if self._issuer(i)]
        if text and not self.narrow:
            lines.append("const bool issuer = thread / 32 == 0;")
        if any(t.function == "fma" or t.kind == "exp2" for t in self._own()):
            lines.append("const float scale = p.scale;")
        return lines

    def _group(self, loop: Lines) -> Lines:
        """The number of the warp group, shuffled: the compiler then knows that lanes agree."""
        if not any(" group * " in line for line in loop):
            return []
        return ["const int group = __shfl_sync(0xffffffff, thread / 128, 0);"]

    def _own(self) -> list[TileOp]:
        return [self.tiles[i.op] for i in self.program.body if isinstance(i, Run)]

    def _barriers(self) -> list[str]:
        """The barriers that a role waits for, arrives on, or lets an engine arrive on."""
        used: dict[str, None] = {}
        for i in self.program.body:
            if isinstance(i, Wait | Arrive):
                used[i.barrier] = None
            if isinstance(i, Run):
                used |= dict.fromkeys(s.barrier for s in i.signals)
        return list(used)

    def _before(self) -> Lines:
        """The load role fetches the loop's inputs; who reads them waits for them."""
        residents = [r.name for r in self.kernel.program.residents]
        if not residents:
            return []
        if self.narrow and self.program is self._loader():
            total = sum(r.size for r in self.kernel.program.residents)
            lines = ["const twill::Barrier<1> inputs_full{shared + inputs_full_AT};"]
            lines.append(f"inputs_full.expect(0, {total});")
            for name in residents:
                lines += self._copy(
                    self.of.frame.input(name), self.memory.resident(name), 0, "inputs_full.of(0)"
                )
            return lines
        reads = any(o.invariant for t in self._own() for o in t.operands)
        wait = "twill::Barrier<1>{shared + inputs_full_AT}.wait(0);"
        return [wait] if reads else []

    def _loader(self) -> RoleProgram:
        roles = self.kernel.program.roles
        return next((r for r in roles if r.warps == 1), roles[0])

    def _after(self) -> Lines:
        """Everything under way ends: shared memory is the block's only while the block is there."""
        lines = self.of.frame.after(self.program, self.variables)
        if any(tile.kind == "store" for tile in self._own()):
            lines += self._by_one(["twill::stores_done();"])
        if self.narrow:
            return lines
        return [*self.family.finish(), *lines]

    # Instructions

    def write(self, instruction: Instruction, place: Place) -> Lines:
        """The statements of one instruction."""
        i = instruction
        at = iteration(i.offset)
        match i:
            case Run():
                return [*comment([self._note(i)]), *self._run(i)]
            case Wait():
                return self._wait(i, at)
            case Arrive():
                before = [*self._publish(i.after), *self.family.tell(i.after)]
                return [*before, self._arrive(i.barrier, at)]
            case Drain():
                if place.number is not None and place.number < i.lag:
                    return []  # there is no such iteration
                return self._drain(i, i.pending if place.steady else i.certain)
            case Sync():
                return self._sync(i)
            case Send():
                return self._send(i, at)
            case Receive():
                return self._receive(i, at)

    def _wait(self, i: Wait, at: str) -> Lines:
        lines = [f"{self.kernel.names[i.barrier]}.wait({_less(at, i.lag)});"]
        lines += self.family.heard(i)
        if not i.issuer or self.narrow:
            return lines
        return [f"if (issuer) {lines[0]}"] if len(lines) == 1 else block("if (issuer) {", lines)

    def _sync(self, i: Sync) -> Lines:
        fence = any(self._seen_by_engines(v) for v in i.publishes)
        lines = ["twill::publish_to_engines();"] if fence else []
        lines += self.family.before_sync(i.publishes)
        number = list(self.kernel.program.roles).index(self.program) + 1
        meet = f"twill::sync_role<{number}, {threads_of(self.program)}>();"
        return [*lines, meet, *self.family.after_sync()]

    def _arrive(self, barrier: str, at: str) -> str:
        return f"{self.kernel.names[barrier]}.arrive_warp({at});"

    def _note(self, run: Run) -> str:
        """Where the schedule has an operation: cycle of the period, stage, role, unit."""
        problem = self.kernel.elaboration.problem
        stage = self.program.stage(run, self.kernel.program.stages)
        unit = queue_of(problem, run.op)
        what = f"{run.op}@{run.offset:+d}"
        return f"cycle {run.cycle:4} | stage {stage} | {self.program.name} | {unit} | {what}"

    def _issuer(self, i: Instruction) -> bool:
        if isinstance(i, Run):
            return by_one(self.kernel.elaboration.problem.op[i.op])
        return isinstance(i, Wait | Drain) and i.issuer

    def _run(self, run: Run) -> Lines:
        tile = self.tiles[run.op]
        if tile.kind == "load":
            return self._load(run, tile)
        if tile.kind == "store":
            return self._store(run, tile)
        at = iteration(run.offset)
        lines = self.family.run(tile, lambda distance: _less(at, distance))
        lines += [line for s in run.signals for line in self.family.signal(s, at)]
        return self._by_one(lines) if self._issuer(run) else lines

    def _load(self, run: Run, tile: TileOp) -> Lines:
        at = iteration(run.offset)
        size = self.kernel.program.ring_of[run.op].size
        (signal,) = run.signals
        barrier = self.kernel.names[signal.barrier]
        lines = [f"{barrier}.expect({at}, {size});"]
        source = self.of.frame.source(tile, at)
        lines += self._copy(source, self.memory.slot(run.op, at), size, f"{barrier}.of({at})")
        return self._by_one(lines)

    def _copy(self, source: Source, to: str, size: int, barrier: str) -> Lines:
        match source:
            case Box(map_, row, column):
                return call("twill::load_box", to, f"p.{map_}", row, column, barrier)
            case Run1D(pointer):
                return call("twill::load_bytes", to, pointer, str(size), barrier)

    def _store(self, run: Run, tile: TileOp) -> Lines:
        (operand,) = tile.operand("read")
        at = iteration(run.offset)
        slot = self.memory.slot(operand.name, _less(at, operand.distance))
        size = self.kernel.program.ring_of[operand.name].size
        target = self.of.frame.target(tile, at)
        return self._by_one(call("twill::add_floats", target, slot, str(size)))

    def _by_one(self, lines: Lines) -> Lines:
        if self.narrow:
            return lines
        return block("if (issuer && twill::elected()) {", lines)

    def _drain(self, drain: Drain, pending: int) -> Lines:
        if self.tiles[drain.op].kind == "store":
            return self._by_one([f"twill::stores_have_read<{pending}>();"])
        return self.family.drain(drain, pending)

    def _publish(self, op: str) -> Lines:
        """What the role's threads stored must be seen by the engines that read it."""
        return ["twill::publish_to_engines();"] if self._seen_by_engines(op) else []

    def _seen_by_engines(self, value: str) -> bool:
        problem = self.kernel.elaboration.problem
        if self.tiles[value].space != self.memory.memory or problem.op[value].asynchronous:
            return False
        readers = [d.dst for d in problem.dependences if d.src == value]
        return any(problem.op[name].asynchronous for name in readers)

    def _send(self, send: Send, at: str) -> Lines:
        if not self.kernel.elaboration.problem.op[send.value].handoff.bytes:
            message = (
                f"{send.value} goes to another role, but its stated cost gives it no room there"
            )
            hint = "keep its readers on its role with --no-handoff"
            raise InputError([Diagnostic(message, help=hint)])
        value = self.variables.written(send.value)
        slot = self.memory.sent(send.value, at)
        return call(f"twill::send_{self._kind(send.value)}", slot, value, "thread")

    def _receive(self, receive: Receive, at: str) -> Lines:
        to = self.variables.received(receive.value, receive.reader)
        slot = self.memory.sent(receive.value, _less(at, receive.lag))
        return call(f"twill::receive_{self._kind(receive.value)}", to, slot, "thread")

    def _kind(self, value: str) -> str:
        return "tile" if len(self.tiles[value].shape) == 2 else "vector"


def _less(iteration_: str, distance: int) -> str:
    return f"{iteration_} - {distance}" if distance else iteration_
