"""How far apart two starts must be: longest paths over everything that is a difference.

Dependences, rings that can have only so many slots, the stage limit and a known bound on the
length all say ``start[v] - start[u] >= some number`` at a fixed II. Their closure gives every
start a window relative to any other, and a lower bound on the length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twill.problem import Problem
from twill.solver.bounds import dependence_arcs, reuse_arcs

NOTHING = -(2**40)
"""Stands for "no path": below every sum of delays, far from overflow."""


@dataclass(frozen=True)
class Distances:
    """``least(u, v) <= start[v] - start[u] <= most(u, v)`` in every schedule looked for."""

    index: dict[str, int]
    matrix: npt.NDArray[np.int64]
    length: int

    def least(self, u: str, v: str) -> int:
        """The least that v starts after u."""
        return int(self.matrix[self.index[u], self.index[v]])

    def most(self, u: str, v: str) -> int:
        """The most that v starts after u."""
        return -self.least(v, u)


def distances(problem: Problem, ii: int, longest: int | None = None) -> Distances | None:
    """The closure at ``ii`` for schedules no longer than ``longest``; None if there are none.

    ``length`` of the result is a lower bound on the length of every schedule.
    """
    index = {op.name: i for i, op in enumerate(problem.ops)}
    direct = np.full((len(index), len(index)), NOTHING, dtype=np.int64)
    np.fill_diagonal(direct, 0)
    for src, dst, least in _arcs(problem, ii):
        u, v = index[src], index[dst]
        direct[u, v] = max(direct[u, v], least)
    paths = closed(direct)
    if paths is None:
        return None
    tails = np.array([0 if op.streaming else op.latency for op in problem.ops], dtype=np.int64)
    length = int((paths + tails[np.newaxis, :]).max())
    floor = 1 - problem.limits.max_stages * ii
    limits = np.full_like(direct, floor)
    if longest is not None:
        limits = np.maximum(limits, (tails - longest)[:, np.newaxis])
    tight = closed(np.maximum(paths, limits))
    return None if tight is None else Distances(index, tight, length)


def _arcs(problem: Problem, ii: int) -> list[tuple[str, str, int]]:
    """(u, v, least): start[v] - start[u] >= least."""
    rings = [arc for ring in reuse_arcs(problem) for arc in ring]
    arcs = dependence_arcs(problem) + rings
    return [(arc.src, arc.dst, arc.delay - arc.distance * ii) for arc in arcs]


def closed(direct: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """Longest paths between all pairs; None if a circuit is positive."""
    paths = direct.copy()
    for k in range(len(paths)):
        np.maximum(paths, paths[:, k, np.newaxis] + paths[np.newaxis, k, :], out=paths)
        np.maximum(paths, NOTHING, out=paths)
    return None if (np.diagonal(paths) > 0).any() else paths
