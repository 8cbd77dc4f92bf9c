"""The gate of a seamless phase 2/3 trial: responses of one arm, by the binomial distribution."""

from __future__ import annotations

from scipy.special import betainc

from equipoise.stats.numerics.counts import refuse_counts, refuse_rate


def gate_probability(n: int, *, responses: int, rate: float) -> float:
    r"""Return the probability that at least so many of n subjects respond.

    .. math:: P(X \ge r) = \sum_{k=r}^{n} \binom{n}{k} p^k (1-p)^{n-k} = I_p(r, n - r + 1)

    Parameters
    ----------
    n : int
        Subjects whose response is known at the gate.
    responses : int
        Smallest number of responses with which the trial goes on, from 0 to n.
    rate : float
        True response rate.

    Raises
    ------
    BadInput
        For counts that are no part of a whole, and a rate outside [0, 1].
    """
    refuse_counts(responses, n, where="responses, n", least=1)
    refuse_rate(rate, where="rate")
    if responses == 0:
        return 1.0
    return float(betainc(responses, n - responses + 1, rate))
