"""Earlier subjects counted in part: the power prior with a discount that is fixed beforehand."""

from __future__ import annotations

from equipoise.base.errors import bad_input
from equipoise.stats.evidence.beta_binomial import Beta
from equipoise.stats.numerics.counts import refuse_counts


def power_prior(initial: Beta, *, successes: int, n: int, discount: float) -> Beta:
    r"""Return a prior to which each earlier subject counts as a part of one.

    .. math:: p \sim \mathrm{Beta}\left(a + \delta x_0,\; b + \delta (n_0 - x_0)\right)

    Parameters
    ----------
    initial : Beta
        What was believed before the earlier trial.
    successes, n : int
        Counts of the earlier trial, ``0 <= successes <= n``.
    discount : float
        What an earlier subject is worth: 0 for nothing, 1 for as much as a new one. It is fixed
        before the new trial is seen; for weights that react to the new trial see `robust_prior`.

    Raises
    ------
    BadInput
        For a discount outside [0, 1] and counts that are no part of a whole.

    References
    ----------
    Ibrahim and Chen 2000, doi:10.1214/ss/1009212673.
    """
    refuse_counts(successes, n, where="successes, n")
    if not 0 <= discount <= 1:
        raise bad_input(
            "an earlier subject is worth between nothing and a new one",
            where="discount",
            got=discount,
            fix="0.5 to count it for half",
        )
    return Beta(a=initial.a + discount * successes, b=initial.b + discount * (n - successes))
