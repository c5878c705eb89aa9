"""The shapes of ``certificate.json`` and of a refutation file; what they mean is checked later."""

from __future__ import annotations

from typing import Any

from twill.check.values import (
    Default,
    Reader,
    anything,
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


def _is_ring(why: Any) -> bool:
    return isinstance(why, list) and why[:1] == ["ring"]


_WHY_DEPENDENCE = row(one_of("dependence"), whole(0))
_WHY_RING = row(one_of("ring"), text, row(text, maybe(whole(0))), text)
_WHY = Reader(
    lambda value, at: (_WHY_RING if _is_ring(value) else _WHY_DEPENDENCE)(value, at),
    {"anyOf": [_WHY_DEPENDENCE.schema, _WHY_RING.schema]},
)
"""Why an arc holds: a dependence by its number, or a ring, what ends a life, what begins one."""

_ARCS = listing(
    record({"src": text, "dst": text, "delay": _ANY, "distance": _ANY, "why": _WHY}), least=1
)
_REFUTATION: dict[str, Reader] = {
    "ii": _II,
    "file": text,
    "sha256": text,
    "stages": maybe(whole(1)),
    "lemmas": listing(one_of("monotone", "horizon")),
    "axioms": mapping(whole(1)),
    "steps": whole(1),
}
_CIRCUIT: dict[str, Reader] = {"arcs": _ARCS, "delay": _ANY, "distance": _ANY}
_SUMS: dict[str, Reader] = {"ops": _TERMS, "sum": _SUM, "ii": _II}
_STEP = by_kind(
    {
        "resource": {"unit": text, "capacity": whole(1), **_SUMS},
        "exclusion": _SUMS,
        "recurrence": {**_CIRCUIT, "ii": _II},
        "buffer": {**_CIRCUIT, "ii": _II},
        "role": {"name": one_of("longest issue", "the only role"), "other": _SUM, **_SUMS},
        "memory": {"memory": text, "lines": _TERMS, "sum": _SUM, "capacity": _SUM},
        "endless circuit": _CIRCUIT,
        "refutation": _REFUTATION,
    }
)
_WITNESS = record(
    {
        "ops": mapping(record({"start": _SUM, "role": maybe(text)})),
        "roles": listing(record({"name": text, "warps": whole(1), "registers": maybe(_SUM)})),
    }
)

certificate = record(
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
        "claim": by_kind({"optimal": {"ii": _II}, "infeasible": {}}),
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
                    "step": by_kind({"refutation": _REFUTATION}),
                }
            )
        ),
    }
)

refutation = record(
    {
        "schema": one_of(REFUTATION),
        "problem": text,
        "ii": _II,
        "limits": record({"max_stages": whole(1), "max_roles": Default(maybe(whole(1)), None)}),
        "exchanges": listing(record({"first": text, "moves": mapping(text)})),
        "atoms": listing(anything),
        "axioms": listing(row(text, anything, anything)),
        "lrat": text,
    }
)
