"""Run emitted kernels on the CPU: every inline PTX becomes a call of a function that does the same.

``asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(a), "r"(n) : "memory")`` becomes
``ptx::mbarrier_init_shared_cta_b64(a, n)``. What those functions do is in ``emulated/``, written
from the PTX ISA; all else, kernel and header, is the text that nvcc compiles.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

EMULATED = Path(__file__).parent / "emulated"

_ASM = re.compile(r"\basm(?: volatile)?\s*\(")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_MNEMONIC = re.compile(r"(?<![\w.%])(?!setp|selp|mov)[a-z]\w*(?:\.[\w:]+)+")
_WGMMA = re.compile(r"wgmma\.mma_async\S*?\.m64n(\d+)k16\.f32\.bf16\.bf16")


def translated(text: str) -> str:
    """The text with a call in place of each piece of inline PTX."""
    pieces: list[str] = []
    done = 0
    for found in _ASM.finditer(text):
        if found.start() < done:
            continue
        end = _closing(text, found.end())
        pieces += [text[done : found.start()], _called(text[found.end() : end])]
        done = end + 1
    return "".join([*pieces, text[done:]])


def _closing(text: str, start: int) -> int:
    """Where the parenthesis that opens in front of ``start`` is closed."""
    depth, at = 1, start
    while depth:
        if text[at] == '"':
            at = _STRING.match(text, at).end() - 1  # type: ignore[union-attr]
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at - 1


def _called(inside: str) -> str:
    """``ptx::name(operands)`` for what stands between the parentheses of an asm statement."""
    code, at = "", 0
    while found := re.compile(r"\s*" + _STRING.pattern).match(inside, at):
        code, at = code + found[1], found.end()
    arguments = ", ".join(_operands(inside, at))
    if wgmma := _WGMMA.search(code):
        return f"ptx::wgmma_mma_async<{wgmma[1]}>({arguments})"
    mnemonic = _MNEMONIC.search(code.replace("\\n", " "))
    if mnemonic is None:
        return "(void)0"
    return f"ptx::{re.sub(r'[^a-z0-9]+', '_', mnemonic[0])}({arguments})"


def _operands(inside: str, at: int) -> list[str]:
    """The expressions of outputs and inputs, in order; strings without one are clobbers."""
    found = []
    while string := _STRING.search(inside, at):
        at = string.end()
        opening = re.compile(r"\s*\(").match(inside, at)
        if opening:
            at = _closing(inside, opening.end()) + 1
            found.append(inside[opening.end() : at - 1])
    return found


def emulate(
    folder: Path,
    files: Mapping[str, str],
    driver: str,
    arguments: Sequence[object],
    gxx: str,
    patience: int = 60,
) -> subprocess.CompletedProcess[str]:
    """Compile a kernel's files and its driver for the CPU, and run that.

    A thread that waits longer than ``patience`` seconds waits for ever.
    """
    for name, text in files.items():
        (folder / name).write_text(translated(text), encoding="utf-8")
    program = folder / "emulated"
    options = ["-std=c++20", "-O1", "-pthread", "-w", f"-I{folder}", f"-I{EMULATED}"]
    options.append(f"-DPATIENCE_SECONDS={patience}")
    built = subprocess.run(
        [gxx, *options, "-include", "cuda_on_cpu.h", "-o", program, EMULATED / driver],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    command = [str(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
