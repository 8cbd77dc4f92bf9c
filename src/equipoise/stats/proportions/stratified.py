"""Two arms compared within strata: Mantel-Haenszel test and odds ratio, Breslow-Day test.

Each takes one `FourfoldTable` a stratum. A stratum that holds one arm only compares nothing and
is left out; the `tables` of a result are those that counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf, sqrt
from typing import assert_never

from scipy.special import chdtrc

from equipoise.base.errors import BadInput, bad_input
from equipoise.stats.numerics.likelihood import ChiSquareTest
from equipoise.stats.proportions.common_ratio import common_odds_ratio, cross_sums, ratio
from equipoise.stats.proportions.fourfold import Continuity, FourfoldTable, comparing
from equipoise.stats.proportions.ratio import RatioInterval, RatioMethod, around_log


class Homogeneity(StrEnum):
    """Which test of equal odds ratios."""

    BRESLOW_DAY = "breslow_day"
    TARONE = "tarone"


@dataclass(frozen=True, slots=True, kw_only=True)
class MantelHaenszelTest:
    """A Cochran-Mantel-Haenszel test of two arms.

    Attributes
    ----------
    chi_square : float
        Statistic with one degree of freedom.
    p_value : float
        Two-sided.
    observed, expected : float
        Successes in the first arm, seen and expected if the arms were equal in each stratum.
    variance : float
        Hypergeometric variance of observed minus expected.
    continuity : Continuity
        Whether the statistic was corrected.
    tables : tuple of FourfoldTable
        The strata that counted.
    """

    chi_square: float
    p_value: float
    observed: float
    expected: float
    variance: float
    continuity: Continuity
    tables: tuple[FourfoldTable, ...]


def cochran_mantel_haenszel(
    tables: Sequence[FourfoldTable], *, continuity: Continuity = Continuity.NONE
) -> MantelHaenszelTest:
    r"""Return the test that no stratum's arms differ.

    With :math:`m = x_1 + x_2` successes among :math:`N` subjects of a stratum

    .. math:: \chi^2 = \frac{(|\sum x_1 - n_1 m / N| - c)^2}
              {\sum n_1 n_2 m (N - m) / (N^2 (N - 1))}

    where c is 0, or the smaller of 1/2 and the distance itself (the convention of R).

    Parameters
    ----------
    tables : sequence of FourfoldTable
        One for each stratum.
    continuity : Continuity
        Whether to correct; R's ``mantelhaen.test`` corrects unless told not to, SAS does not.

    Raises
    ------
    BadInput
        When no stratum holds both arms, and when in each of them all or none succeeded.

    References
    ----------
    Mantel and Haenszel 1959, doi:10.1093/jnci/22.4.719.
    """
    kept = comparing(tables)
    observed = float(sum(table.x1 for table in kept))
    expected = sum(table.n1 * (table.x1 + table.x2) / table.total for table in kept)
    variance = sum(_hypergeometric_variance(table) for table in kept)
    if variance <= 0:
        raise _nothing_varies(kept)
    distance = abs(observed - expected)
    distance -= _correction(continuity, distance=distance)
    chi_square = distance * distance / variance
    return MantelHaenszelTest(
        chi_square=chi_square,
        p_value=float(chdtrc(1, chi_square)),
        observed=observed,
        expected=expected,
        variance=variance,
        continuity=continuity,
        tables=kept,
    )


def mantel_haenszel_odds_ratio(
    tables: Sequence[FourfoldTable], *, confidence: float = 0.95
) -> RatioInterval:
    r"""Return the common odds ratio with the interval of Robins, Breslow and Greenland.

    With :math:`R = x_1 (n_2 - x_2) / N` and :math:`S = x_2 (n_1 - x_1) / N` of each stratum

    .. math:: \hat\psi = \frac{\sum R}{\sum S}, \qquad
              \log\hat\psi \pm z \sqrt{\mathrm{var} \log\hat\psi}

    with the variance that stands in `common_ratio`. When either sum is 0 the log has no standard
    error: the interval is then 0 to infinity.

    Parameters
    ----------
    tables : sequence of FourfoldTable
        One for each stratum.
    confidence : float
        Two-sided confidence level.

    Raises
    ------
    BadInput
        When no stratum holds both arms, and for a level outside (0, 1).

    References
    ----------
    Robins, Breslow and Greenland 1986, doi:10.2307/2531052.
    """
    kept = comparing(tables)
    common = common_odds_ratio(kept)
    return around_log(
        common.ratio,
        error=common.log_error,
        confidence=confidence,
        method=RatioMethod.ODDS_MANTEL_HAENSZEL,
        tables=kept,
    )


def breslow_day(
    tables: Sequence[FourfoldTable], *, test: Homogeneity = Homogeneity.TARONE
) -> ChiSquareTest:
    r"""Return the test that all strata have one odds ratio.

    With :math:`E` the successes in the first arm that give a stratum the odds ratio of Mantel and
    Haenszel, and :math:`V` the inverse sum of the inverse cells that go with it

    .. math:: \chi^2 = \sum \frac{(x_1 - E)^2}{V} -
              \frac{(\sum x_1 - E)^2}{\sum V}

    on one degree of freedom less than there are strata; the term after the minus sign is
    Tarone's, and is left out for `Homogeneity.BRESLOW_DAY`. Strata in which all or none succeeded
    have every odds ratio and are left out.

    Parameters
    ----------
    tables : sequence of FourfoldTable
        One for each stratum.
    test : Homogeneity
        With or without Tarone's term.

    Raises
    ------
    BadInput
        With fewer than two strata to compare, and when the common odds ratio is 0, infinite or
        unknown.

    References
    ----------
    Breslow and Day 1980, Statistical Methods in Cancer Research I, IARC, p. 142;
    Tarone 1985, doi:10.1093/biomet/72.1.91.
    """
    kept = tuple(t for t in comparing(tables) if 0 < t.x1 + t.x2 < t.total)
    common = ratio(*cross_sums(kept))
    if len(kept) < 2 or not 0 < common < inf:
        raise _nothing_to_compare(kept, common=common)
    fits = [_fitted(table, odds_ratio=common) for table in kept]
    chi_square = sum(gap * gap / variance for gap, variance in fits)
    match test:
        case Homogeneity.BRESLOW_DAY:
            pass
        case Homogeneity.TARONE:
            chi_square -= sum(gap for gap, _ in fits) ** 2 / sum(spread for _, spread in fits)
        case _:
            assert_never(test)
    df = len(kept) - 1
    return ChiSquareTest(
        chi_square=chi_square, df=df, p_value=float(chdtrc(df, max(chi_square, 0.0)))
    )


def _hypergeometric_variance(table: FourfoldTable) -> float:
    total, successes = table.total, table.x1 + table.x2
    spread = table.n1 * table.n2 * successes * (total - successes)
    return spread / (total * total * (total - 1))


def _correction(continuity: Continuity, *, distance: float) -> float:
    match continuity:
        case Continuity.NONE:
            return 0.0
        case Continuity.YATES:
            return min(0.5, distance)
        case _:
            assert_never(continuity)


def _fitted(table: FourfoldTable, *, odds_ratio: float) -> tuple[float, float]:
    """Return successes of the first arm less those of this odds ratio, and their variance."""
    margin = table.x1 + table.x2
    slope = table.n2 - margin + odds_ratio * (margin + table.n1)
    start = odds_ratio * margin * table.n1
    # The positive root, in the spelling that also holds for an odds ratio of 1.
    root = sqrt(max(slope * slope + 4 * (1 - odds_ratio) * start, 0.0))
    expected = 2 * start / (slope + root)
    cells = (expected, table.n1 - expected, margin - expected, table.n2 - margin + expected)
    return table.x1 - expected, 1 / sum(1 / cell for cell in cells)


def _nothing_varies(tables: Sequence[FourfoldTable]) -> BadInput:
    return bad_input(
        "a Mantel-Haenszel test needs a stratum in which some succeeded and some did not",
        where="tables",
        got=f"{len(tables)} stratum or strata in which all or none succeeded",
        fix="report the counts; nothing can be tested",
    )


def _nothing_to_compare(tables: Sequence[FourfoldTable], *, common: float) -> BadInput:
    return bad_input(
        "equal odds ratios are tested in two strata or more, around a finite common odds ratio",
        where="tables",
        got=f"{len(tables)} strata where success varies, common odds ratio {common:g}",
        fix="pool sparse strata, or leave the test out",
    )
