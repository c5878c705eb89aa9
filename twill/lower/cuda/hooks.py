"""Hooks: what a loop file does not say, left to functions that the user writes.

A kernel calls a hook where an operation has a stated cost and no known function, or where the frame
does not know where a tile lies. The text declares each with a body that does nothing; with
``-DTWILL_HOOKS='"my_hooks.cuh"'`` it takes the user's file instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from twill.elaborate.tiles import TileOp
from twill.lower.cuda.names import comment
from twill.lower.cuda.text import Lines

_CALL = re.compile(r"\b(hook_\w+)\(")


def hooks(text: str, tiles: Mapping[str, TileOp], names: Mapping[str, str]) -> Lines:
    """Declarations of the hooks that a text calls; none if it calls none."""
    called = list(dict.fromkeys(_CALL.findall(text)))
    if not called:
        return []
    said = {f"hook_{names[name]}": _words(tile) for name, tile in tiles.items()}
    lines = [
        "// HOOKS: what the loop file does not say. Each gets the iteration, then its result, then",
        "// what it reads: registers as arrays, shared memory as addresses, floats as pointers.",
        "#ifdef TWILL_HOOKS",
        "#include TWILL_HOOKS",
        "#else",
    ]
    for name in called:
        lines += [
            f"// HOOK {comment(said.get(name) or _place(name))}",
            "template <typename... Arguments>",
            f"__device__ __forceinline__ int {name}(int iteration, Arguments&&...) {{",
            "  return iteration;",
            "}",
        ]
    return [*lines, "#endif"]


_PLACES = {
    "row_of_": "the first row of a tile of {}",
    "column_of_": "the first column of a tile of {}",
    "first_of_": "the first element of a tile of {}",
    "after_": "what role {} does with what it holds when the loop is over",
}


def _place(name: str) -> str:
    """What a hook of the frame is asked for."""
    rest = name.removeprefix("hook_")
    return next(
        words.format(rest.removeprefix(start))
        for start, words in _PLACES.items()
        if rest.startswith(start)
    )


def _words(tile: TileOp) -> str:
    """What is known of an operation."""
    function = f" {tile.function}" if tile.function else ""
    reads = ", ".join(f"{o.name}@-{o.distance}" if o.distance else o.name for o in tile.operands)
    return f"{tile.name}: {tile.kind}{function} of {reads or 'nothing'}"
