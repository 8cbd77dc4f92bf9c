"""Between the stages of a Simon trial: how likely it still goes on."""

from __future__ import annotations

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.binomial_arm import binomial_tails
from equipoise.design.one_arm.simon import SimonDesign
from equipoise.stats.numerics.counts import refuse_rate


def simon_conditional_power(design: SimonDesign, *, responses: int, rate: float) -> float:
    r"""Return the probability of going on in the end, given the responses of the first stage.

    .. math:: P_p(X_2 \ge r + 1 - x_1), \qquad X_2 \sim Bin(n - n_1, p)

    and 0 for at most r1 responses, with which the trial stops. Averaged over the first stage at
    the same rate it is the power of the design.

    Parameters
    ----------
    design : SimonDesign
        The design as it is carried out.
    responses : int
        Of the first stage, from 0 to n1.
    rate : float
        True response rate assumed for the second stage.

    Raises
    ------
    BadInput
        For responses that n1 subjects cannot have, and a rate outside [0, 1].

    References
    ----------
    Lachin 2005, doi:10.1002/sim.2151.
    """
    if not isinstance(responses, int) or not 0 <= responses <= design.n1:
        raise bad_input(
            f"the first stage of {design} has from 0 to {design.n1} responses",
            where="responses",
            got=responses,
            fix="count the responses of the first n1 subjects",
        )
    refuse_rate(rate, where="rate")
    if responses <= design.r1:
        return 0.0
    missing = np.array(design.r + 1 - responses)
    return float(binomial_tails(missing, n=design.n - design.n1, rate=rate))
