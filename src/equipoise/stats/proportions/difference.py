"""Difference of two proportions, first arm minus second, with its interval.

Of a `FourfoldTable`: score (Miettinen-Nurminen, Mee), hybrid (Newcombe) and simple intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing
from equipoise.stats.proportions.one_sample import Interval, wilson
from equipoise.stats.proportions.one_sample_intervals import wilson_corrected
from equipoise.stats.proportions.score_ends import ScoreTerm, lower_difference


class DifferenceMethod(StrEnum):
    """How the interval of a difference of proportions is made."""

    MIETTINEN_NURMINEN = "miettinen_nurminen"
    MEE = "mee"
    NEWCOMBE = "newcombe"
    NEWCOMBE_CORRECTED = "newcombe_corrected"
    WALD = "wald"
    WALD_CORRECTED = "wald_corrected"
    AGRESTI_CAFFO = "agresti_caffo"
    SATO = "sato"


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceInterval:
    """A difference of proportions with its two-sided confidence interval.

    Attributes
    ----------
    estimate : float
        First proportion minus second; the weighted mean over the tables when there are several.
    lower, upper : float
        Ends of the interval, between -1 and 1.
    confidence : float
        Confidence level, 0.95 for 95 %.
    method : DifferenceMethod
        How the interval was made.
    tables : tuple of FourfoldTable
        Counts behind the estimate: one table, or one for each stratum that holds both arms.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: DifferenceMethod
    tables: tuple[FourfoldTable, ...]


def miettinen_nurminen(table: FourfoldTable, *, confidence: float = 0.95) -> DifferenceInterval:
    r"""Return the score interval with the variance enlarged by N / (N - 1).

    The ends are the differences :math:`\delta` at which

    .. math:: \frac{\hat p_1 - \hat p_2 - \delta}{\sqrt{\frac{N}{N-1}
              (\tilde p_1 \tilde q_1 / n_1 + \tilde p_2 \tilde q_2 / n_2)}} = \pm z

    with :math:`\tilde p_1 - \tilde p_2 = \delta` most likely given the counts; roots to 1e-12.

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
    inflation = table.total / (table.total - 1)
    return _score(
        table,
        confidence=confidence,
        inflation=inflation,
        method=DifferenceMethod.MIETTINEN_NURMINEN,
    )


def mee(table: FourfoldTable, *, confidence: float = 0.95) -> DifferenceInterval:
    """Return the score interval; `miettinen_nurminen` without the factor N / (N - 1).

    Parameters, errors and precision are those of `miettinen_nurminen`.

    References
    ----------
    Mee 1984, Biometrics 40:1175-1176.
    """
    comparing([table])
    return _score(table, confidence=confidence, inflation=1.0, method=DifferenceMethod.MEE)


def newcombe(table: FourfoldTable, *, confidence: float = 0.95) -> DifferenceInterval:
    r"""Return the hybrid of two Wilson intervals :math:`(l_1, u_1)` and :math:`(l_2, u_2)`.

    .. math:: \hat\delta - \sqrt{(\hat p_1 - l_1)^2 + (u_2 - \hat p_2)^2}, \qquad
              \hat\delta + \sqrt{(u_1 - \hat p_1)^2 + (\hat p_2 - l_2)^2}

    Parameters
    ----------
    table : FourfoldTable
        Counts; both arms have subjects.
    confidence : float
        Two-sided confidence level, also of the Wilson intervals.

    Raises
    ------
    BadInput
        For an arm without subjects, and a level outside (0, 1).

    References
    ----------
    Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.
    """
    return _hybrid(table, confidence=confidence, single=wilson, method=DifferenceMethod.NEWCOMBE)


def newcombe_corrected(table: FourfoldTable, *, confidence: float = 0.95) -> DifferenceInterval:
    """Return the hybrid of two Wilson intervals with continuity correction.

    Parameters and errors are those of `newcombe`.

    References
    ----------
    Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 11.
    """
    return _hybrid(
        table,
        confidence=confidence,
        single=wilson_corrected,
        method=DifferenceMethod.NEWCOMBE_CORRECTED,
    )


def wald(table: FourfoldTable, *, confidence: float = 0.95) -> DifferenceInterval:
    r"""Return the estimate and z standard errors to each side, cut at -1 and 1.

    The variance is :math:`\hat p_1 \hat q_1 / n_1 + \hat p_2 \hat q_2 / n_2`; at rates of 0 or 1
    in both arms the interval has no width.

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
    """
    comparing([table])
    half = normal_deviate(confidence) * _wald_error(table)
    return _around(table, half=half, confidence=confidence, method=DifferenceMethod.WALD)


def wald_corrected(table: FourfoldTable, *, confidence: float = 0.95) -> DifferenceInterval:
    r"""Return the interval of `wald`, wider by :math:`(1/n_1 + 1/n_2) / 2` at each end.

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
    Fleiss, Levin and Paik 2003, doi:10.1002/0471445428, section 3.2.
    """
    comparing([table])
    half = normal_deviate(confidence) * _wald_error(table)
    half += (1 / table.n1 + 1 / table.n2) / 2
    return _around(table, half=half, confidence=confidence, method=DifferenceMethod.WALD_CORRECTED)


def agresti_caffo(table: FourfoldTable, *, confidence: float = 0.95) -> DifferenceInterval:
    """Return the Wald interval after one success and one failure are added to each arm.

    The estimate stays that of the counts themselves, so that at low levels of confidence it may
    lie outside; the ends are cut at -1 and 1.

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
    Agresti and Caffo 2000, doi:10.1080/00031305.2000.10474560.
    """
    comparing([table])
    more = FourfoldTable(x1=table.x1 + 1, n1=table.n1 + 2, x2=table.x2 + 1, n2=table.n2 + 2)
    half = normal_deviate(confidence) * _wald_error(more)
    middle = _difference(more)
    return DifferenceInterval(
        estimate=_difference(table),
        lower=max(-1.0, middle - half),
        upper=min(1.0, middle + half),
        confidence=confidence,
        method=DifferenceMethod.AGRESTI_CAFFO,
        tables=(table,),
    )


def _difference(table: FourfoldTable) -> float:
    one, other = table.rates
    return one - other


def _wald_error(table: FourfoldTable) -> float:
    one, other = table.rates
    return sqrt(one * (1 - one) / table.n1 + other * (1 - other) / table.n2)


def _around(
    table: FourfoldTable, *, half: float, confidence: float, method: DifferenceMethod
) -> DifferenceInterval:
    estimate = _difference(table)
    return DifferenceInterval(
        estimate=estimate,
        lower=max(-1.0, estimate - half),
        upper=min(1.0, estimate + half),
        confidence=confidence,
        method=method,
        tables=(table,),
    )


def _score(
    table: FourfoldTable, *, confidence: float, inflation: float, method: DifferenceMethod
) -> DifferenceInterval:
    z = normal_deviate(confidence)
    term = ScoreTerm(table=table, weight=1.0, inflation=inflation)
    return DifferenceInterval(
        estimate=_difference(table),
        lower=lower_difference([term], deviate=z),
        upper=-lower_difference([term.swapped()], deviate=z),
        confidence=confidence,
        method=method,
        tables=(table,),
    )


def _hybrid(
    table: FourfoldTable,
    *,
    confidence: float,
    single: Callable[..., Interval],
    method: DifferenceMethod,
) -> DifferenceInterval:
    comparing([table])
    one = single(table.x1, table.n1, confidence=confidence)
    other = single(table.x2, table.n2, confidence=confidence)
    estimate = one.estimate - other.estimate
    below = sqrt((one.estimate - one.lower) ** 2 + (other.upper - other.estimate) ** 2)
    above = sqrt((one.upper - one.estimate) ** 2 + (other.estimate - other.lower) ** 2)
    return DifferenceInterval(
        estimate=estimate,
        lower=max(-1.0, estimate - below),
        upper=min(1.0, estimate + above),
        confidence=confidence,
        method=method,
        tables=(table,),
    )
