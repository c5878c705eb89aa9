"""Where the CUDA compiler is: the wheels of the extra ``cuda``, else what is on the PATH.

Compiling needs no GPU and no driver. nvcc runs a host compiler over every file, also where
only code for the GPU comes out, so g++ (or what NVCC_CCBIN names) must be there too.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from twill.diagnostics import Diagnostic, InputError

_WAY_OUT = (
    "pip install 'twill-gpu[cuda]' brings nvcc and nvdisasm (no GPU is needed); nvcc also needs "
    "a host compiler (Debian: apt-get install g++)"
)


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The programs that compile a kernel and read the result. ``version`` is nvcc's."""

    nvcc: Path
    nvdisasm: Path
    version: str


def find_toolchain() -> Toolchain:
    """The toolchain of this Python environment, else of the PATH.

    :raises InputError: where a part of it is missing, with what to install.
    """
    missing = missing_tools()
    if missing:
        message = f"cannot compile CUDA: {' and '.join(missing)} not found"
        raise InputError([Diagnostic(message, help=_WAY_OUT)])
    nvcc, nvdisasm = _program("nvcc"), _program("nvdisasm")
    assert nvcc is not None
    assert nvdisasm is not None
    return Toolchain(nvcc, nvdisasm, _version(nvcc))


def missing_tools() -> list[str]:
    """The programs that compiling needs and that are not installed."""
    missing = [name for name in ("nvcc", "nvdisasm") if _program(name) is None]
    host = os.environ.get("NVCC_CCBIN") or "g++"
    return missing + ([] if shutil.which(host) else [host])


def _program(name: str) -> Path | None:
    for folder in _wheels():
        if (folder / name).is_file():
            return folder / name
    found = shutil.which(name)
    return Path(found) if found else None


def _wheels() -> list[Path]:
    """Folders of programs that NVIDIA's wheels have put into this environment, newest first."""
    spec = importlib.util.find_spec("nvidia")
    places = list(spec.submodule_search_locations or ()) if spec else []
    return sorted((x for p in places for x in Path(p).glob("cu[0-9]*/bin")), reverse=True)


def _version(nvcc: Path) -> str:
    """What nvcc calls itself, such as ``13.5.37``."""
    done = subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    words = done.stdout.replace(",", " ").split()
    return next((w[1:] for w in words if w[0] == "V" and w[1:2].isdigit()), "unknown")
