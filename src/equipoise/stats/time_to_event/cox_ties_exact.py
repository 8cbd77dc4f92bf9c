r"""The exact partial likelihood of tied events: which of those at risk had them, given how many.

With :math:`r_i = \exp(x_i^\top\beta)`, an event time with events D, m of them, among those at risk
R gives

.. math:: \sum_{i \in D} x_i^\top\beta - \log e_m(r_i : i \in R)

where :math:`e_m` is the sum, over all sets of m rows at risk, of the product of their r. It grows
row by row: :math:`e_j \leftarrow e_j + r_i e_{j-1}`. Gail, Lubin and Rubinstein 1981,
doi:10.1093/biomet/68.3.703.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from equipoise.stats.numerics.columns import FloatArray, IntArray
from equipoise.stats.numerics.newton import Local
from equipoise.stats.time_to_event.cox_risk_sets import RiskSets


def exact_log_likelihood(beta: FloatArray, sets: RiskSets) -> Local:
    """Return the exact log partial likelihood of one stratum.

    It takes O(n m p^2) for m tied events at most; with delayed entry, that for each event time.

    Parameters
    ----------
    beta : FloatArray, shape (p,)
        Coefficients.
    sets : RiskSets
        Risk sets with one term for each event time.
    """
    risk = beta @ sets.covariates
    # Dividing every r by one number changes nothing, and keeps the largest sum of products near 1.
    risk -= risk.max() + np.log(risk.size / np.bincount(sets.tie).max())
    value = float(np.sum(risk[sets.dead]))
    score = sets.event_sum.copy()
    bend = np.zeros((beta.size, beta.size))
    # A Newton step too far empties a risk set; its likelihood is not finite, and it is halved.
    with np.errstate(all="ignore"):
        for total in _totals(np.exp(risk), sets):
            mean = total[0, 1:] / total[0, 0]
            value -= float(np.log(total[0, 0]))
            score -= mean
            bend += total[1:, 1:] / total[0, 0] - np.outer(mean, mean)
    return Local(value=value, score=score, information=bend)


def _totals(relative: FloatArray, sets: RiskSets) -> Iterator[FloatArray]:
    """Give, for each event time, the sum of products with its derivatives.

    Each is a matrix, shape (1 + p, 1 + p): the sum itself in the corner, its first derivatives
    beside it, its second derivatives inside.
    """
    deaths = np.bincount(sets.tie)
    for run in _runs(sets):
        sums = np.zeros((deaths[list(run)].max() + 1, *(sets.design.shape[0],) * 2))
        sums[0, 0, 0] = 1
        for moment, joining in run.items():
            for row in joining:
                _join(sums, relative[row], covariates=sets.covariates[:, row])
            yield sums[deaths[moment]]


def _runs(sets: RiskSets) -> Iterator[dict[int, IntArray]]:
    """Give the event times that grow from one another, each with the rows that join at it.

    Without delayed entry risk sets only grow, back in time: one run. With it, each begins anew.
    """
    ends = sets.last + 1
    if sets.entries is None:
        starts = np.concatenate(([0], ends[:-1]))
        yield {
            moment: np.arange(*pair) for moment, pair in enumerate(zip(starts, ends, strict=True))
        }
        return
    for moment, end in enumerate(ends.tolist()):
        yield {moment: np.flatnonzero(sets.entries.until[:end] > moment)}


def _join(sums: FloatArray, relative: float, *, covariates: FloatArray) -> None:
    """Let one more row be among those at risk; the product rule is a shift by its covariates."""
    shift = np.eye(sums.shape[1])
    shift[1:, 0] = covariates
    sums[1:] += relative * (shift @ sums[:-1] @ shift.T)
