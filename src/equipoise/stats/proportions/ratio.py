"""Ratio of two proportions (risk ratio) and of their odds, first arm over second."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf, log, sqrt

from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.proportions.common_ratio import ratio
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing
from equipoise.stats.proportions.score_ends import lower_ratio


class RatioMethod(StrEnum):
    """Which ratio it is, and how its interval is made."""

    RISK_MIETTINEN_NURMINEN = "risk_ratio_miettinen_nurminen"
    RISK_KOOPMAN = "risk_ratio_koopman"
    RISK_KATZ = "risk_ratio_katz"
    ODDS_WOOLF = "odds_ratio_woolf"
    ODDS_MANTEL_HAENSZEL = "odds_ratio_mantel_haenszel"
    ODDS_CONDITIONAL = "odds_ratio_conditional"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioInterval:
    """A risk ratio or odds ratio with its two-sided confidence interval.

    Attributes
    ----------
    estimate : float
        The ratio, first arm over second; infinite when only the second arm is at 0, NaN when
        both sides of the ratio are 0.
    lower, upper : float
        Ends of the interval, from 0 to infinity.
    confidence : float
        Confidence level, 0.95 for 95 %.
    method : RatioMethod
        Which ratio, and how the interval was made.
    tables : tuple of FourfoldTable
        Counts behind the estimate: one table, or one for each stratum that holds both arms.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: RatioMethod
    tables: tuple[FourfoldTable, ...]


def risk_ratio_miettinen_nurminen(
    table: FourfoldTable, *, confidence: float = 0.95
) -> RatioInterval:
    r"""Return the score interval of the risk ratio, its variance enlarged by N / (N - 1).

    The ends are the ratios :math:`\phi` at which

    .. math:: \frac{\hat p_1 - \phi \hat p_2}{\sqrt{\frac{N}{N-1}
              (\tilde p_1 \tilde q_1 / n_1 + \phi^2 \tilde p_2 \tilde q_2 / n_2)}} = \pm z

    with :math:`\tilde p_1 = \phi \tilde p_2` most likely given the counts; relative precision
    1e-10. The lower end is 0 when the first arm has no success, the upper end is infinite when
    the second has none.

    Parameters
    ----------
    table : FourfoldTable
        Counts; both arms have subjects.
    confidence : float
        Two-sided confidence level.

    Raises
    ------
    BadInput
        For an arm without subjects, and a level outside (0, 1).

    References
    ----------
    Miettinen and Nurminen 1985, doi:10.1002/sim.4780040211.
    """
    comparing([table])
    return _score(
        table,
        confidence=confidence,
        inflation=table.total / (table.total - 1),
        method=RatioMethod.RISK_MIETTINEN_NURMINEN,
    )


def risk_ratio_koopman(table: FourfoldTable, *, confidence: float = 0.95) -> RatioInterval:
    """Return the score interval without the factor N / (N - 1).

    Parameters, errors and precision are those of `risk_ratio_miettinen_nurminen`.

    References
    ----------
    Koopman 1984, doi:10.2307/2531405.
    """
    comparing([table])
    return _score(table, confidence=confidence, inflation=1.0, method=RatioMethod.RISK_KOOPMAN)


def risk_ratio_katz(table: FourfoldTable, *, confidence: float = 0.95) -> RatioInterval:
    r"""Return the Wald interval on the log scale.

    .. math:: \log\hat\phi \pm z \sqrt{1/x_1 - 1/n_1 + 1/x_2 - 1/n_2}

    An arm without success has no standard error: the interval is then 0 to infinity.

    Parameters
    ----------
    table : FourfoldTable
        Counts; both arms have subjects.
    confidence : float
        Two-sided confidence level.

    Raises
    ------
    BadInput
        For an arm without subjects, and a level outside (0, 1).

    References
    ----------
    Katz, Baptista, Azen and Pike 1978, doi:10.2307/2530610.
    """
    comparing([table])
    error = inf
    if table.x1 and table.x2:
        error = sqrt(1 / table.x1 - 1 / table.n1 + 1 / table.x2 - 1 / table.n2)
    one, other = table.rates
    return around_log(
        ratio(one, other),
        error=error,
        confidence=confidence,
        method=RatioMethod.RISK_KATZ,
        tables=(table,),
    )


def odds_ratio_woolf(table: FourfoldTable, *, confidence: float = 0.95) -> RatioInterval:
    r"""Return the Wald interval of the log odds ratio.

    .. math:: \log\hat\psi \pm z \sqrt{1/x_1 + 1/(n_1 - x_1) + 1/x_2 + 1/(n_2 - x_2)}

    An empty cell leaves no standard error: the interval is then 0 to infinity.

    Parameters
    ----------
    table : FourfoldTable
        Counts; both arms have subjects.
    confidence : float
        Two-sided confidence level.

    Raises
    ------
    BadInput
        For an arm without subjects, and a level outside (0, 1).

    References
    ----------
    Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x.
    """
    comparing([table])
    cells = (table.x1, table.n1 - table.x1, table.x2, table.n2 - table.x2)
    return around_log(
        ratio(cells[0] * cells[3], cells[1] * cells[2]),
        error=sqrt(sum(1 / cell for cell in cells)) if all(cells) else inf,
        confidence=confidence,
        method=RatioMethod.ODDS_WOOLF,
        tables=(table,),
    )


def around_log(
    estimate: float,
    *,
    error: float,
    confidence: float,
    method: RatioMethod,
    tables: tuple[FourfoldTable, ...],
) -> RatioInterval:
    """Return z standard errors of the log ratio to each side; infinite `error` tells nothing."""
    z = normal_deviate(confidence)
    known = error < inf
    return RatioInterval(
        estimate=estimate,
        lower=exp(log(estimate) - z * error) if known else 0.0,
        upper=exp(log(estimate) + z * error) if known else inf,
        confidence=confidence,
        method=method,
        tables=tables,
    )


def _score(
    table: FourfoldTable, *, confidence: float, inflation: float, method: RatioMethod
) -> RatioInterval:
    z = normal_deviate(confidence)
    one, other = table.rates
    inverse = lower_ratio(table.swapped(), inflation=inflation, deviate=z)
    return RatioInterval(
        estimate=ratio(one, other),
        lower=lower_ratio(table, inflation=inflation, deviate=z),
        upper=ratio(1.0, inverse),
        confidence=confidence,
        method=method,
        tables=(table,),
    )
