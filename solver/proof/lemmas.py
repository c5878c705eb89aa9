"""What Z3 finds out about starts and roles on its way to a contradiction, as axioms.

A clause that it infers about starts says that time would gain around a circuit; one about roles,
that sharing one is transitive. Not all of them need be understood: what is missing is found
afterwards, as anything else is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import z3

from twill.solver.proof.axioms import Axioms
from twill.solver.proof.ground import Arc, Ground
from twill.solver.proof.heard import Heard, Starts, Together
from twill.solver.proof.proposals import Left, new_solver
from twill.solver.proof.terms import Terms

BATCH = 1000
"""Lemmas that are looked at together, so as not to take much memory."""


def learn(axioms: Axioms, ground: Ground, left: Left) -> bool:
    """Let Z3 contradict the axioms once more and add what it says on the way; whether it does."""
    solver = new_solver()
    heard = Heard(solver)
    solver.from_string(Terms(axioms).new())
    if left.check(solver) != z3.unsat:
        return False
    circuits: dict[int, list[list[Starts]]] = defaultdict(list)
    for lemma in heard.lemmas:
        denied = [each for each in lemma if isinstance(each, Starts)]
        if len(denied) == len(lemma):
            circuits[len(lemma)].append(denied)
        else:
            _share(axioms, [each for each in lemma if isinstance(each, Together)])
    for some in circuits.values():
        for at in range(0, len(some), BATCH):
            for arcs in _shortest(ground, some[at : at + BATCH]):
                axioms.add("circuit", sorted(arcs))
    return True


def _share(axioms: Axioms, lemma: Iterable[Together]) -> None:
    """That two operations share a role since each of a chain shares one with the next."""
    names = [op.name for op in axioms.period.problem.ops]
    next_to: dict[int, list[int]] = defaultdict(list)
    apart = [(each.u, each.v) for each in lemma if not each.holds]
    for each in lemma:
        if each.holds:
            next_to[each.u].append(each.v)
            next_to[each.v].append(each.u)
    for u, v in apart:
        chain = _chain(next_to, u, v)
        for a, b in pairwise(chain[1:]):
            axioms.add("transitive", names[u], names[a], names[b])


def _chain(next_to: dict[int, list[int]], u: int, v: int) -> list[int]:
    """The fewest operations from one to the other, empty if none lead there."""
    chains = [[u]]
    met = {u}
    for chain in chains:
        if chain[-1] == v:
            return chain
        for other in next_to[chain[-1]]:
            if other not in met:
                met.add(other)
                chains.append([*chain, other])
    return []


def _shortest(ground: Ground, lemmas: list[list[Starts]]) -> Iterator[list[Arc]]:
    """Of each lemma the circuit of the fewest of its arcs that gains time over the ground."""
    src, dst, cycles = (
        np.array([[getattr(arc, name) for arc in lemma] for lemma in lemmas])
        for name in ("src", "dst", "cycles")
    )
    link = ground.least[dst[:, :, None], src[:, None, :]] + cycles[:, None, :]
    path, via, left = link, list[Any](), np.arange(len(lemmas))
    for _ in range(src.shape[1]):
        gains = np.diagonal(path, axis1=1, axis2=2) > 0
        closed = gains.any(axis=1)
        for at in np.nonzero(closed)[0]:
            order = _back([by[at] for by in via], int(gains[at].argmax()))
            yield _arcs(ground, [lemmas[left[at]][i] for i in order])
        left, link, path = left[~closed], link[~closed], path[~closed]
        via = [by[~closed] for by in via]
        if not len(left):
            return
        sums = path[:, :, :, None] + link[:, None, :, :]
        path = sums.max(axis=2)
        via.append(sums.argmax(axis=2))


def _back(via: list[Any], start: int) -> list[int]:
    """The arcs of a closed path, read back from where its parts met."""
    order = [start]
    for by in reversed(via):
        order.append(int(by[start, order[-1]]))
    return order[::-1]


def _arcs(ground: Ground, circuit: list[Starts]) -> list[Arc]:
    arcs: list[Arc] = []
    names = ground.names
    for arc, following in zip(circuit, [*circuit[1:], circuit[0]], strict=True):
        arcs.append([names[arc.src], names[arc.dst], arc.cycles])
        arcs += ground.path(arc.dst, following.src)
    return arcs
