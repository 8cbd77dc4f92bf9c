r"""One odds ratio or risk ratio of many tables, weighted by Mantel and Haenszel, and its error.

With :math:`R = x_1 (n_2 - x_2) / N`, :math:`S = x_2 (n_1 - x_1) / N`,
:math:`P = (x_1 + n_2 - x_2) / N` and :math:`Q = 1 - P` of each table

.. math:: \hat\psi = \frac{\sum R}{\sum S}, \qquad \mathrm{var} \log\hat\psi =
          \frac{\sum P R}{2 (\sum R)^2} + \frac{\sum (P S + Q R)}{2 \sum R \sum S} +
          \frac{\sum Q S}{2 (\sum S)^2}

and of risks, with :math:`R = \sum x_1 n_2 / N` and :math:`S = \sum x_2 n_1 / N`

.. math:: \hat\phi = \frac{R}{S}, \qquad \mathrm{var} \log\hat\phi = \frac{1}{RS} \sum
          \frac{n_1 n_2 (x_1 + x_2) - x_1 x_2 N}{N^2}

Robins, Breslow and Greenland 1986, doi:10.2307/2531052; Greenland and Robins 1985,
doi:10.2307/2530643.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan, sqrt

from equipoise.stats.proportions.fourfold import FourfoldTable


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonRatio:
    """A ratio common to all tables, first arm over second, and the standard error of its log.

    The error is infinite when a side of the ratio is 0; the ratio is then 0, infinite or NaN.
    """

    ratio: float
    log_error: float


def ratio(top: float, bottom: float) -> float:
    """Return a ratio of numbers that are not negative: infinite over 0, NaN for 0 over 0."""
    if bottom == 0:
        return nan if top == 0 else inf
    return top / bottom


def cross_sums(tables: Sequence[FourfoldTable]) -> tuple[float, float]:
    """Return the sums of R and S, the parts of the odds ratio above and below the line."""
    above = sum(t.x1 * (t.n2 - t.x2) / t.total for t in tables)
    below = sum(t.x2 * (t.n1 - t.x1) / t.total for t in tables)
    return above, below


def common_odds_ratio(tables: Sequence[FourfoldTable]) -> CommonRatio:
    """Return the odds ratio of tables in which both arms have subjects."""
    above, below = cross_sums(tables)
    return CommonRatio(
        ratio=ratio(above, below), log_error=_log_odds_error(tables, above=above, below=below)
    )


def common_risk_ratio(tables: Sequence[FourfoldTable]) -> CommonRatio:
    """Return the risk ratio of tables in which both arms have subjects."""
    above = sum(t.x1 * t.n2 / t.total for t in tables)
    below = sum(t.x2 * t.n1 / t.total for t in tables)
    if above == 0 or below == 0:
        return CommonRatio(ratio=ratio(above, below), log_error=inf)
    spread = sum((t.n1 * t.n2 * (t.x1 + t.x2) - t.x1 * t.x2 * t.total) / t.total**2 for t in tables)
    return CommonRatio(ratio=above / below, log_error=sqrt(spread / (above * below)))


def _log_odds_error(tables: Sequence[FourfoldTable], *, above: float, below: float) -> float:
    if above == 0 or below == 0:
        return inf
    variance = 0.0
    for table in tables:
        r, s = cross_sums([table])
        p = (table.x1 + table.n2 - table.x2) / table.total
        variance += p * r / (2 * above * above) + (1 - p) * s / (2 * below * below)
        variance += (p * s + (1 - p) * r) / (2 * above * below)
    return sqrt(variance)
