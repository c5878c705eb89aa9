"""Random damage to a bundle: any JSON leaf or entry, any byte of a file, any token of a proof.

The oracle: a damaged bundle is rejected, or it still proves the claim that it proved before.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twill.check import Invalid, Result, check
from twill.check.certificate import limits

Files = dict[str, bytes]
"""The files of a bundle, by name."""


@dataclass(frozen=True)
class Damage:
    """What was changed, in words, and the files with the change."""

    what: str
    files: Files


def bundle_files(folder: Path) -> Files:
    """Every file of a bundle that is checked, by its name in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".json", ".xz"}
    }


def claim(result: Result) -> tuple[object, ...]:
    """What a certificate claims: the problem, what is said of it, within which limits."""
    kind = None if result.schedule is None else result.schedule.ii
    return (result.sha256, kind, json.dumps(limits(result.problem)), result.problem.profile)


def survives(files: Files, folder: Path, before: tuple[object, ...]) -> str:
    """How a damaged bundle fares: the message of its rejection, or nothing if all is as before.

    Raises AssertionError where it is accepted for another claim. Nothing else gets out.
    """
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    try:
        after = claim(check(folder))
    except Invalid as fault:
        return str(fault)
    except FileNotFoundError:
        return "no certificate"
    assert after == before, f"accepted, and it claims {after}, not {before}"
    return ""


def damages(files: Files, seed: int, count: int) -> Iterator[Damage]:
    """Random single changes; the same seed gives the same ones."""
    rng = random.Random(seed)  # noqa: S311
    proofs = [name for name in files if name.endswith(".xz")]
    ways = [_certificate, _any_byte, _cut]
    if proofs:
        ways += [_proof_value, _proof_value, _proof_token, _proof_token, _proof_line]
    for _ in range(count):
        found = None
        while found is None or found.files == files:
            found = rng.choice(ways)(rng, files)
        yield found


def _certificate(rng: random.Random, files: Files) -> Damage:
    """One value of certificate.json or problem.json."""
    name = rng.choice(["certificate.json", "certificate.json", "problem.json"])
    data = json.loads(files[name])
    what = change_value(rng, data)
    if data == json.loads(files[name]):
        return Damage("nothing", files)
    return Damage(f"{name}: {what}", {**files, name: json.dumps(data).encode()})


def _any_byte(rng: random.Random, files: Files) -> Damage:
    """One byte of one file."""
    name = rng.choice(sorted(files))
    content = bytearray(files[name])
    place = rng.randrange(len(content))
    content[place] = rng.randrange(256)
    return Damage(f"{name}: byte {place}", {**files, name: bytes(content)})


def _cut(rng: random.Random, files: Files) -> Damage:
    """A file cut short, made longer, taken away or swapped for another."""
    name, other = rng.choice(sorted(files)), rng.choice(sorted(files))
    content = files[name]
    how = rng.randrange(4)
    if how == 0:
        return Damage(f"{name}: cut", {**files, name: content[: rng.randrange(len(content))]})
    if how == 1:
        return Damage(f"{name}: longer", {**files, name: content + rng.randbytes(3)})
    if how == 2:
        return Damage(f"{name}: empty", {**files, name: b""})
    return Damage(f"{name}: is {other}", {**files, name: files[other], other: content})


def _proof_value(rng: random.Random, files: Files) -> Damage:
    """One value of a refutation, its hash made to fit: what it says has to be wrong."""
    return _proof(rng, files, lambda data: change_value(rng, data))


def _proof_token(rng: random.Random, files: Files) -> Damage:
    """One literal, hint or number of a proof."""

    def change(data: Any) -> str:
        lines = data["lrat"].split("\n")
        number = rng.randrange(max(1, len(lines) - 1))
        tokens = lines[number].split(" ")
        place = rng.randrange(len(tokens))
        what = f"lrat line {number}, token {place}"
        how = rng.randrange(4)
        if how == 0:
            del tokens[place]
        elif how == 1:
            tokens.insert(place, rng.choice(tokens))
        elif how == 2 and tokens[place].lstrip("-").isdecimal():
            tokens[place] = str(-int(tokens[place]))
        else:
            top = len(data["axioms"]) + len(lines)
            tokens[place] = str(rng.randint(-2, top))
        lines[number] = " ".join(tokens)
        data["lrat"] = "\n".join(lines)
        return what

    return _proof(rng, files, change)


def _proof_line(rng: random.Random, files: Files) -> Damage:
    """One step of a proof dropped, doubled, moved, or one axiom dropped with its name."""

    def change(data: Any) -> str:
        if rng.randrange(3) == 0:
            place = rng.randrange(len(data["axioms"]))
            del data["axioms"][place]
            return f"axiom {place + 1} dropped"
        lines = data["lrat"].split("\n")
        place = rng.randrange(len(lines))
        line = lines.pop(place)
        if rng.randrange(2):
            lines.insert(rng.randrange(len(lines) + 1), line)
            lines.insert(place, rng.choice([line, *lines]))
        data["lrat"] = "\n".join(lines)
        return f"lrat line {place} dropped, doubled or moved"

    return _proof(rng, files, change)


def _proof(rng: random.Random, files: Files, change: Callable[[Any], str]) -> Damage:
    name = rng.choice([name for name in sorted(files) if name.endswith(".xz")])
    data = json.loads(lzma.decompress(files[name]))
    what = change(data)
    if data == json.loads(lzma.decompress(files[name])):
        return Damage("nothing", files)
    return Damage(f"{name}: {what}", with_proof(files, name, data))


def with_proof(files: Files, name: str, data: Any) -> Files:
    """The bundle with another refutation, whose hash the certificate then states."""
    content = lzma.compress(json.dumps(data, ensure_ascii=False).encode(), preset=0)
    certificate = json.loads(files["certificate.json"])
    fewest = [each["step"] for each in certificate["at_ii"]]
    for step in (*certificate["lower_bound"], *fewest):
        if step.get("file") == name:
            step["sha256"] = hashlib.sha256(content).hexdigest()
    return {**files, name: content, "certificate.json": json.dumps(certificate).encode()}


_OTHERS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 10**12, [], {}, "", "x", "0" * 64),
    *("monotone", "horizon", "refutation", "resource", "proved by arithmetic"),
)


def change_value(rng: random.Random, data: Any) -> str:
    """Change one leaf or entry of a JSON value in place; says where."""
    places = list(_places(data, ""))
    node, key, at = rng.choice(places)
    other_node, other_key, _ = rng.choice(places)
    value = node[key]
    how = rng.randrange(6)
    if how == 0:
        del node[key]
        return f"{at} dropped"
    if how == 1 and isinstance(node, list):
        node.insert(key, deepcopy(value))
        return f"{at} doubled"
    if how == 2 and isinstance(node, list):
        place = rng.randrange(len(node))
        node[key], node[place] = node[place], node[key]
        return f"{at} swapped"
    if how <= 3 and type(value) is int:
        node[key] = value + rng.choice([-2, -1, 1, 2])
    elif how <= 4:
        node[key] = deepcopy(other_node[other_key])
    else:
        node[key] = rng.choice(_OTHERS)
    return f"{at} changed"


def _places(node: Any, at: str) -> Iterator[tuple[Any, Any, str]]:
    """Every entry of every list and object, as (where it is in, key, place)."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield node, key, f"{at}.{key}"
        if isinstance(value, dict | list):
            yield from _places(value, f"{at}.{key}")
