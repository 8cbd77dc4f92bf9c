"""Difference of two proportions over strata: score, hybrid and Mantel-Haenszel intervals.

Each takes one `FourfoldTable` a stratum and weights it by :math:`n_1 n_2 / N`. A stratum that
holds one arm only compares nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtr

from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.proportions.difference import DifferenceInterval, DifferenceMethod
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing
from equipoise.stats.proportions.one_sample import wilson
from equipoise.stats.proportions.score_ends import ScoreTerm, lower_difference, weighted_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class _ArmOverStrata:
    """One arm's weighted rate, and the variance of it at either end of its interval."""

    estimate: float
    variance_lower: float
    variance_upper: float


def stratified_miettinen_nurminen(
    tables: Sequence[FourfoldTable], *, confidence: float = 0.95
) -> DifferenceInterval:
    r"""Return the score interval of a common difference, strata weighted by Mantel-Haenszel.

    With :math:`w = n_1 n_2 / N` scaled to a sum of 1, and the variance :math:`V(\delta)` of
    `miettinen_nurminen` in each stratum, the ends solve

    .. math:: \frac{\sum w (\hat p_1 - \hat p_2 - \delta)}{\sqrt{\sum w^2 V(\delta)}} = \pm z

    Roots to 1e-12; one stratum gives the interval of `miettinen_nurminen`.

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
    Miettinen and Nurminen 1985, doi:10.1002/sim.4780040211; the weights are those of Mantel and
    Haenszel, which do not change with the difference.
    """
    kept = comparing(tables)
    z = normal_deviate(confidence)
    terms = _terms(kept)
    return DifferenceInterval(
        estimate=weighted_difference(terms),
        lower=lower_difference(terms, deviate=z),
        upper=-lower_difference([term.swapped() for term in terms], deviate=z),
        confidence=confidence,
        method=DifferenceMethod.MIETTINEN_NURMINEN,
        tables=kept,
    )


def stratified_newcombe(
    tables: Sequence[FourfoldTable], *, confidence: float = 0.95
) -> DifferenceInterval:
    r"""Return the hybrid of two stratified Wilson intervals, weighted by Mantel-Haenszel.

    For each arm the Wilson intervals of the strata, at a deviate shrunk to
    :math:`z \sqrt{\sum w^2 v} / \sum w \sqrt v` with :math:`v = \hat p \hat q / n`, average to
    :math:`(l, u)`. With :math:`\lambda = \sum w^2 / n` of each arm the ends are

    .. math:: \hat\delta - z \sqrt{\lambda_1 l_1 (1 - l_1) + \lambda_2 u_2 (1 - u_2)}, \qquad
              \hat\delta + z \sqrt{\lambda_1 u_1 (1 - u_1) + \lambda_2 l_2 (1 - l_2)}

    One stratum gives the interval of `newcombe`.

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
    Yan and Su 2010, Statistics in Biopharmaceutical Research 2(3).
    """
    kept = comparing(tables)
    z = normal_deviate(confidence)
    weights = _weights(kept)
    one = _stratified_wilson([(t.x1, t.n1) for t in kept], weights=weights, z=z)
    other = _stratified_wilson([(t.x2, t.n2) for t in kept], weights=weights, z=z)
    estimate = one.estimate - other.estimate
    return DifferenceInterval(
        estimate=estimate,
        lower=max(-1.0, estimate - z * sqrt(one.variance_lower + other.variance_upper)),
        upper=min(1.0, estimate + z * sqrt(one.variance_upper + other.variance_lower)),
        confidence=confidence,
        method=DifferenceMethod.NEWCOMBE,
        tables=kept,
    )


def mantel_haenszel_difference(
    tables: Sequence[FourfoldTable], *, confidence: float = 0.95
) -> DifferenceInterval:
    r"""Return the weighted difference and z standard errors of Sato to each side.

    The variance stays right both for few large strata and for many small ones. With
    :math:`w = n_1 n_2 / N` not scaled

    .. math:: \mathrm{var}\,\hat\delta = \frac{\hat\delta \sum A + \sum B}{(\sum w)^2}, \quad
              A = \frac{n_1^2 x_2 - n_2^2 x_1 + n_1 n_2 (n_2 - n_1) / 2}{N^2}, \quad
              B = \frac{x_1 (n_2 - x_2) + x_2 (n_1 - x_1)}{2 N}

    The ends are cut at -1 and 1.

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
    Greenland and Robins 1985, doi:10.2307/2530643; Sato 1989, Biometrics
    45:1323-1324.
    """
    kept = comparing(tables)
    estimate = weighted_difference(_terms(kept))
    tilt = sum(_sato_tilt(table) for table in kept)
    base = sum(_sato_base(table) for table in kept)
    mass = sum(table.n1 * table.n2 / table.total for table in kept)
    half = normal_deviate(confidence) * sqrt(max(estimate * tilt + base, 0.0)) / mass
    return DifferenceInterval(
        estimate=estimate,
        lower=max(-1.0, estimate - half),
        upper=min(1.0, estimate + half),
        confidence=confidence,
        method=DifferenceMethod.SATO,
        tables=kept,
    )


def _weights(tables: Sequence[FourfoldTable]) -> list[float]:
    mass = [table.n1 * table.n2 / table.total for table in tables]
    return [share / sum(mass) for share in mass]


def _terms(tables: Sequence[FourfoldTable]) -> list[ScoreTerm]:
    return [
        ScoreTerm(table=table, weight=weight, inflation=table.total / (table.total - 1))
        for table, weight in zip(tables, _weights(tables), strict=True)
    ]


def _sato_tilt(table: FourfoldTable) -> float:
    n1, n2 = table.n1, table.n2
    return (n1 * n1 * table.x2 - n2 * n2 * table.x1 + n1 * n2 * (n2 - n1) / 2) / table.total**2


def _sato_base(table: FourfoldTable) -> float:
    crossed = table.x1 * (table.n2 - table.x2) + table.x2 * (table.n1 - table.x1)
    return crossed / (2 * table.total)


def _stratified_wilson(
    counts: Sequence[tuple[int, int]], *, weights: Sequence[float], z: float
) -> _ArmOverStrata:
    confidence = float(2 * ndtr(z * _shrinkage(counts, weights=weights)) - 1)
    ends = [wilson(successes, n, confidence=confidence) for successes, n in counts]
    spread = sum(w * w / n for w, (_, n) in zip(weights, counts, strict=True))
    lower = sum(w * end.lower for w, end in zip(weights, ends, strict=True))
    upper = sum(w * end.upper for w, end in zip(weights, ends, strict=True))
    return _ArmOverStrata(
        estimate=sum(w * end.estimate for w, end in zip(weights, ends, strict=True)),
        variance_lower=spread * max(lower * (1 - lower), 0.0),
        variance_upper=spread * max(upper * (1 - upper), 0.0),
    )


def _shrinkage(counts: Sequence[tuple[int, int]], *, weights: Sequence[float]) -> float:
    """Return by how much a stratum's deviate shrinks for the mean of strata to keep its level."""
    spreads = [successes * (n - successes) / n**3 for successes, n in counts]
    if not any(spreads):
        # All or none succeeded in every stratum: the limit for one rare rate common to all.
        spreads = [1 / n for _, n in counts]
    parts = [w * sqrt(spread) for w, spread in zip(weights, spreads, strict=True)]
    return sqrt(sum(part * part for part in parts)) / sum(parts)
