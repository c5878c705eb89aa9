"""Matrix multiply and attention by their textbook formulas, in float64, to compare loops with.

Nothing here knows of iterations, tiles or roles. ``scale`` is that of the run: the loops raise
2 to the power of scale times a score, so the softmax is that of scale * ln 2 times the scores.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Exact: TypeAlias = NDArray[np.float64]


def multiply(a: Exact, b: Exact) -> Exact:
    """C[M, N] of A[M, K] and B[K, N]."""
    product: Exact = a @ b
    return product


def _weights(q: Exact, k: Exact, scale: float) -> tuple[Exact, Exact]:
    """The softmax of the whole score matrix, row by row, and the logarithm of each row's sum."""
    scores = scale * np.log(2.0) * (q @ k.T)
    highest = scores.max(axis=1, keepdims=True)
    powers = np.exp(scores - highest)
    sums = powers.sum(axis=1, keepdims=True)
    return powers / sums, (highest + np.log(sums))[:, 0]


def attention(q: Exact, k: Exact, v: Exact, scale: float) -> Exact:
    """O[M, D] of Q[M, D], K[N, D], V[N, D]."""
    output: Exact = _weights(q, k, scale)[0] @ v
    return output


def log_sum_exp(q: Exact, k: Exact, scale: float) -> Exact:
    """What the backward loop loads as lse: by row, in units of the scores."""
    logarithms: Exact = _weights(q, k, scale)[1] / (scale * np.log(2.0))
    return logarithms


def row_sums(q: Exact, k: Exact, v: Exact, do: Exact, scale: float) -> Exact:
    """What the backward loop loads as delta: by row, the sum of dO times O."""
    sums: Exact = (do * attention(q, k, v, scale)).sum(axis=1)
    return sums


def attention_gradients(
    q: Exact, k: Exact, v: Exact, do: Exact, scale: float
) -> tuple[Exact, Exact, Exact]:
    """The gradients dQ, dK, dV of sum(dO * O) for O = attention(Q, K, V)."""
    p, _ = _weights(q, k, scale)
    dp: Exact = do @ v.T
    ds = p * (dp - (p * dp).sum(axis=1, keepdims=True)) * (scale * np.log(2.0))
    return ds @ k, ds.T @ q, p.T @ do
