"""The shapes of ``certificate.json`` and of a refutation file; what they mean is checked later."""

from __future__ import annotations

from typing import Any

from twill.check.reading import (
    Default,
    Reader,
    any_text,
    by_kind,
    listing,
    mapping,
    maybe,
    one_of,
    record,
    row,
    text,
    whole,
)

CERTIFICATE = "twill/certificate/v1"
REFUTATION = "twill/refutation/v1"

PROOFS = (
    "proved by arithmetic",
    "proved by a checked refutation",
    "two engines agree",
    "one engine's word",
    "not proved",
)
"""How a bound of a level is known."""

_II = whole(1)
_SUM = whole(0)
_ANY = whole(-(2**53))
_TERMS = mapping(_SUM)


def _anything(value: Any, _at: str) -> Any:
    return value


def _why(value: Any, at: str) -> tuple[Any, ...]:
    kinds = {
        "dependence": row(text, whole(0)),
        "ring": row(text, text, row(text, maybe(whole(0))), text),
    }
    kind = one_of(*kinds)(value[0] if isinstance(value, list) and value else None, at)
    found: tuple[Any, ...] = kinds[kind](value, at)
    return found


def _step(**fields: Reader) -> Reader:
    return record({"kind": text, **fields})


_ARCS = listing(
    record({"src": text, "dst": text, "delay": _ANY, "distance": _ANY, "why": _why}), least=1
)
_REFUTATION_STEP = _step(
    ii=_II,
    file=text,
    sha256=text,
    stages=maybe(whole(1)),
    lemmas=listing(one_of("monotone", "horizon")),
    axioms=mapping(whole(1)),
    steps=whole(1),
)
_CIRCUIT = _step(arcs=_ARCS, delay=_ANY, distance=_ANY, ii=_II)
_STEP = by_kind(
    {
        "resource": _step(unit=text, capacity=whole(1), ops=_TERMS, sum=_SUM, ii=_II),
        "exclusion": _step(ops=_TERMS, sum=_SUM, ii=_II),
        "recurrence": _CIRCUIT,
        "buffer": _CIRCUIT,
        "role": _step(
            name=one_of("longest issue", "the only role"), ops=_TERMS, other=_SUM, sum=_SUM, ii=_II
        ),
        "memory": _step(memory=text, lines=_TERMS, sum=_SUM, capacity=_SUM),
        "endless circuit": _step(arcs=_ARCS, delay=_ANY, distance=_ANY),
        "refutation": _REFUTATION_STEP,
    }
)
_WITNESS = record(
    {
        "ops": mapping(record({"start": _SUM, "role": maybe(text)})),
        "roles": listing(record({"name": text, "warps": whole(1), "registers": maybe(_SUM)})),
    }
)

certificate: Reader = record(
    {
        "schema": one_of(CERTIFICATE),
        "twill": text,
        "problem": record({"name": text, "file": text, "sha256": text}),
        "sources": listing(
            record(
                {
                    "what": one_of("spec", "machine"),
                    "name": text,
                    "file": maybe(text),
                    "sha256": text,
                }
            )
        ),
        "profile": text,
        "limits": record(
            {
                "max_stages": whole(1),
                "max_roles": maybe(whole(1)),
                "max_warps": maybe(whole(1)),
                "register_file": maybe(_SUM),
                "registers": maybe(
                    record({"min": _SUM, "max": _SUM, "step": whole(1), "overhead": _SUM})
                ),
                "named_barriers": maybe(_SUM),
            }
        ),
        "claim": by_kind({"optimal": _step(ii=_II), "infeasible": _step()}),
        "witness": maybe(_WITNESS),
        "lower_bound": listing(_STEP),
        "levels": listing(
            record(
                {
                    "name": text,
                    "value": _ANY,
                    "lower_bound": maybe(_ANY),
                    "proof": one_of(*PROOFS),
                }
            )
        ),
        "at_ii": listing(
            record(
                {
                    "name": one_of("stages", "roles"),
                    "at_least": whole(2),
                    "step": by_kind({"refutation": _REFUTATION_STEP}),
                }
            )
        ),
    }
)

refutation: Reader = record(
    {
        "schema": one_of(REFUTATION),
        "problem": text,
        "ii": _II,
        "limits": record({"max_stages": whole(1), "max_roles": Default(maybe(whole(1)), None)}),
        "exchanges": listing(record({"first": text, "moves": mapping(text)})),
        "atoms": listing(_anything),
        "axioms": listing(row(text, _anything, _anything)),
        "lrat": any_text,
    }
)
