"""Writing files so that nothing half-written is ever left behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from twill.diagnostics import Diagnostic, InputError


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: it holds all of ``text`` or is left as it was.

    :raises InputError: where the file cannot be written.
    """
    try:
        staged = _stage(path, text)
        try:
            staged.replace(path)
        except OSError:
            staged.unlink()
            raise
    except OSError as error:
        raise _unwritable(path, error) from None


def write_bundle(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files, by name, into a folder that is made where it is missing.

    Everything is written beside its place first and moved there last, so a full disk or a
    missing permission leaves neither a new file nor a new folder.

    :raises InputError: where one of them cannot be written.
    """
    made: list[Path] = []
    staged: dict[Path, Path] = {}
    target = folder
    try:
        made += _make_folder(folder)
        for name, content in files.items():
            target = folder / name
            staged[target] = _stage(target, content)
        for target, temporary in staged.items():
            temporary.replace(target)
    except BaseException as error:
        _clean(staged.values(), made)
        if isinstance(error, OSError):
            raise _unwritable(target, error) from None
        raise


def _stage(path: Path, content: str | bytes) -> Path:
    """Write ``content`` to a temporary file in the folder of ``path``."""
    if path.is_dir():
        raise IsADirectoryError(0, "it is a directory")
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", dir=path.parent)
    staged = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        staged.chmod(0o666 & ~_umask())
    except BaseException:
        staged.unlink()
        raise
    return staged


def _umask() -> int:
    """Return the process's file mode mask; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and its parents; return those that were made, innermost first."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    made: list[Path] = []
    try:
        for path in reversed(missing):
            path.mkdir()
            made.insert(0, path)
    except OSError:
        _clean((), made)
        raise
    if not folder.is_dir():
        raise NotADirectoryError(0, "it is a file, not a folder")
    return made


def _clean(files: Iterable[Path], folders: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
    for folder in folders:
        folder.rmdir()


def _unwritable(path: Path, error: OSError) -> InputError:
    reason = (error.strerror or "").lower() or type(error).__name__
    help = "choose another place with -o"
    return InputError([Diagnostic(f"cannot write {path}: {reason}", help=help)])
