"""``twill cache``: the answers that are kept, and how to be rid of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from twill.cli.options import json_option
from twill.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from twill.cache import Contents, Store


@click.group("cache", short_help="Show or clear the answers kept from earlier searches.")
def cache_command() -> None:
    """The answers of earlier searches: 'twill solve' gives them again at once.

    They lie in the user's cache folder, or in TWILL_CACHE_DIR. An answer is kept for
    exactly its problem, options, and version and sources of twill; 'twill solve --no-cache'
    does without.

    \b
    twill cache show
    twill cache clear
    """  # fmt: skip


@cache_command.command("show", short_help="The folder, and how much is in it.")
@json_option
def show_command(as_json: bool) -> None:
    """Print the folder of the cache, the number of its entries and their size."""
    from twill.cache.store import MAX_BYTES

    folder, store = _store()
    try:
        contents = store.contents()
    except OSError as error:
        raise _failed("read", folder, error) from None
    _show(
        as_json,
        {"folder": str(folder), **_numbers(contents), "limit_bytes": MAX_BYTES},
        f"{folder}\n{_words(contents)}, of at most {MAX_BYTES >> 20} MiB\n",
    )


@cache_command.command("clear", short_help="Remove all entries.")
@json_option
def clear_command(as_json: bool) -> None:
    """Remove all entries of the cache, and no other file."""
    folder, store = _store()
    try:
        removed = store.clear()
    except OSError as error:
        raise _failed("clear", folder, error) from None
    _show(
        as_json,
        {"folder": str(folder), **_numbers(removed)},
        f"removed {_words(removed)}, from {folder}\n",
    )


def _store() -> tuple[Path, Store]:
    from twill.cache import Store, cache_folder

    folder = cache_folder()
    if folder is None:
        message = "there is no cache: no home folder is known"
        raise InputError([Diagnostic(message, help="name a folder with TWILL_CACHE_DIR")])
    return folder, Store(folder)


def _show(as_json: bool, document: dict[str, object], text: str) -> None:
    from twill.cli.output import emit, emit_json

    if as_json:
        emit_json(document)
    else:
        emit(text)


def _numbers(contents: Contents) -> dict[str, object]:
    return {"entries": contents.entries, "bytes": contents.bytes}


def _words(contents: Contents) -> str:
    plural = "entry" if contents.entries == 1 else "entries"
    return f"{contents.entries} {plural}, {contents.bytes / 2**10:.1f} KiB"


def _failed(what: str, folder: Path, error: OSError) -> InputError:
    reason = (error.strerror or type(error).__name__).lower()
    return InputError([Diagnostic(f"cannot {what} the cache in {folder}: {reason}")])
