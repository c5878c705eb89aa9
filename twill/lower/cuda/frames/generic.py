"""The frame of a loop that Twill does not know: coordinates and what follows the loop are hooks."""

from __future__ import annotations

from dataclasses import dataclass

from twill.elaborate.tiles import TileOp
from twill.lower.cuda.frame import Box, Kernel, Run1D, Source
from twill.lower.cuda.text import Lines
from twill.lower.cuda.variables import Variables
from twill.lower.program import RoleProgram


@dataclass(frozen=True)
class Generic:
    """Tensor maps by the names of the loads and inputs; the rest is left to hooks."""

    kernel: Kernel

    def parameters(self) -> Lines:
        """One tensor map for each tile that comes from memory, a pointer for each vector."""
        tiles, vectors = self._sources()
        lines = ["// Matrices are row by row; what the block works on is up to the hooks."]
        lines += ["struct Parameters {"]
        lines += [f"  CUtensorMap {name};" for name in tiles]
        lines += [f"  const float* {name};" for name in vectors]
        lines += [f"  float* {name};" for name in self._stored()]
        return [*lines, "  int trips;", "  float scale;", "};"]

    def _sources(self) -> tuple[list[str], list[str]]:
        names, made = self.kernel.names, self.kernel.elaboration
        tiles = [names[i.name] for i in made.loop.inputs if len(i.shape) == 2]
        vectors = [names[i.name] for i in made.loop.inputs if len(i.shape) == 1]
        for op in made.tiles.values():
            if op.kind == "load" and not op.stated:
                (tiles if len(op.shape) == 2 else vectors).append(names[op.value])
        return list(dict.fromkeys(tiles)), list(dict.fromkeys(vectors))

    def _stored(self) -> list[str]:
        stores = [t for t in self.kernel.elaboration.tiles.values() if t.kind == "store"]
        return list(dict.fromkeys(f"to_{self.kernel.names[t.value]}" for t in stores))

    def block(self) -> Lines:
        """Nothing is known of it."""
        return []

    def source(self, op: TileOp, iteration: str) -> Source:
        """Row and column, or the first element, from hooks."""
        name = self.kernel.names[op.value]
        if len(op.shape) == 1:
            return Run1D(f"p.{name} + hook_first_of_{name}({iteration}, p)")
        return Box(name, f"hook_row_of_{name}({iteration}, p)", f"hook_column_of_{name}(0, p)")

    def input(self, name: str) -> Source:
        """The same of a loop-invariant tile, asked for iteration 0."""
        plain = self.kernel.names[name]
        if len(self.kernel.elaboration.loop.input[name].shape) == 1:
            return Run1D(f"p.{plain} + hook_first_of_{plain}(0, p)")
        return Box(plain, f"hook_row_of_{plain}(0, p)", f"hook_column_of_{plain}(0, p)")

    def target(self, op: TileOp, iteration: str) -> str:
        """Where a tile is added, from a hook."""
        name = self.kernel.names[op.value]
        return f"p.to_{name} + hook_first_of_{self.kernel.names[op.name]}({iteration}, p)"

    def after(self, role: RoleProgram, variables: Variables) -> Lines:
        """One hook for each role that holds something in registers."""
        held = [variables.written(h.values[0]) for h in role.held if " for " not in h.name]
        if not held:
            return []
        return [f"hook_after_{self.kernel.names[role.name]}(0, p, thread, {', '.join(held)});"]

    def self_test(self) -> str:
        """What is right is not known."""
        return ""
