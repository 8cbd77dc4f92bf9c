"""The gate of a seamless phase 2/3 trial: responses of one arm, by the binomial distribution."""

from __future__ import annotations

from scipy.special import betainc

from equipoise.base.errors import bad_input


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
    if n < 1 or not 0 <= responses <= n:
        raise bad_input(
            "a gate asks for no more responses than there are subjects",
            where="responses, n",
            got=f"{responses} of {n}",
            fix="for example responses=14, n=44",
        )
    if not 0 <= rate <= 1:
        raise bad_input("a rate lies between 0 and 1", where="rate", got=rate, fix="0.45")
    if responses == 0:
        return 1.0
    return float(betainc(responses, n - responses + 1, rate))
