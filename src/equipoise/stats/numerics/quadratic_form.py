"""Differences of groups weighed by their variance: a chi-square of the directions that have one."""

from __future__ import annotations

import numpy as np

from equipoise.stats.numerics.columns import FloatArray

SINGULAR = 1e-10
"""Directions whose variance is below this share of the largest carry no information: the scores
of the groups are tied by one equation, which rounding makes 1e-16 instead of 0."""


def quadratic_form(score: FloatArray, variance: FloatArray) -> tuple[float, int]:
    r"""Return :math:`U^\top V^{-} U` and its degrees of freedom.

    Parameters
    ----------
    score : FloatArray, shape (g,)
        U, of mean 0 under the hypothesis.
    variance : FloatArray, shape (g, g)
        V, symmetric, possibly singular.

    Returns
    -------
    float, int
        The form over the directions that vary, and their number; 0 and 0 when none does, which
        the caller refuses in the words of its own test.
    """
    spread, direction = np.linalg.eigh(variance)
    kept = spread > SINGULAR * max(float(spread[-1]), 0.0)
    part = direction[:, kept].T @ score
    return float(np.sum(part * part / spread[kept])), int(kept.sum())
