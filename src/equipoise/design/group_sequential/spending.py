"""Alpha spending: how much of the one-sided error may be used up by a share of the information."""

from __future__ import annotations

from dataclasses import dataclass
from math import e, log1p, sqrt
from typing import assert_never

from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input


@dataclass(frozen=True, slots=True)
class OBrienFlemingSpending:
    """Lan-DeMets spending of the O'Brien-Fleming kind: almost nothing early."""


@dataclass(frozen=True, slots=True)
class PocockSpending:
    """Lan-DeMets spending of the Pocock kind: about evenly."""


Spending = OBrienFlemingSpending | PocockSpending


def alpha_spent(spending: Spending, *, fraction: float, alpha_one_sided: float) -> float:
    r"""Return the one-sided error that may be spent up to an information fraction.

    .. math:: \text{O'Brien-Fleming: } 2 - 2\Phi(z_{1-\alpha/2} / \sqrt t), \qquad
              \text{Pocock: } \alpha \log(1 + (e - 1) t)

    Parameters
    ----------
    spending : Spending
        Kind of spending.
    fraction : float
        Information fraction t, above 0 and at most 1.
    alpha_one_sided : float
        Error spent at t = 1.

    Raises
    ------
    BadInput
        For a fraction outside (0, 1] and an alpha outside (0, 0.5).

    References
    ----------
    Lan and DeMets 1983, doi:10.1093/biomet/70.3.659.
    """
    refuse_alpha(alpha_one_sided)
    if not 0 < fraction <= 1:
        raise bad_input(
            "an information fraction lies above 0 and is at most 1",
            where="fraction",
            got=fraction,
            fix="events at the look over events at the last look",
        )
    match spending:
        case OBrienFlemingSpending():
            return float(2 * ndtr(ndtri(alpha_one_sided / 2) / sqrt(fraction)))
        case PocockSpending():
            return alpha_one_sided * log1p((e - 1) * fraction)
        case _:
            assert_never(spending)


def refuse_alpha(alpha_one_sided: float) -> None:
    """Refuse a one-sided error that is no error rate."""
    if not 0 < alpha_one_sided < 0.5:
        raise bad_input(
            "a one-sided error lies between 0 and 0.5",
            where="alpha_one_sided",
            got=alpha_one_sided,
            fix="0.025",
        )
