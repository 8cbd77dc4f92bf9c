"""A common effect of many trials without a log of any one of them, for trials with few events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log, sqrt
from typing import assert_never

from equipoise.base.errors import BadInput, bad_input
from equipoise.stats.evidence.effect_sizes import EffectMeasure
from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing
from equipoise.stats.proportions.stratified import mantel_haenszel_odds_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class MantelHaenszelEffect:
    """A common effect pooled by Mantel-Haenszel weights, on the log scale.

    ``estimate``, ``lower`` and ``upper`` are logs of the ratio; ``tables`` are the counts.
    """

    measure: EffectMeasure
    estimate: float
    std_err: float
    lower: float
    upper: float
    confidence: float
    tables: tuple[FourfoldTable, ...]


def mantel_haenszel(
    tables: Sequence[FourfoldTable], *, measure: EffectMeasure, confidence: float = 0.95
) -> MantelHaenszelEffect:
    r"""Return the common odds ratio or risk ratio, weighted by Mantel and Haenszel, as a log.

    Odds ratio: see `mantel_haenszel_odds_ratio`. Risk ratio, with
    :math:`R = \sum x_1 n_2 / N` and :math:`S = \sum x_2 n_1 / N`:

    .. math:: \log\frac{R}{S}, \qquad v = \frac{1}{RS} \sum
              \frac{n_1 n_2 (x_1 + x_2) - x_1 x_2 N}{N^2}

    Tables without any success, or without subjects in one arm, say nothing.

    Parameters
    ----------
    tables : sequence of FourfoldTable
        One for each trial.
    measure : EffectMeasure
        Odds or risks; first arm against second.
    confidence : float
        Level of the interval.

    Raises
    ------
    BadInput
        When the ratio is 0, infinite or unknown, and for a level outside (0, 1).

    References
    ----------
    Robins, Breslow and Greenland 1986, doi:10.2307/2531052; Greenland and Robins 1985,
    doi:10.2307/2530643.
    """
    kept, z = comparing(tables), normal_deviate(confidence)
    match measure:
        case EffectMeasure.LOG_ODDS_RATIO:
            ratio, std_err = _odds(kept)
        case EffectMeasure.LOG_RISK_RATIO:
            ratio, std_err = _risks(kept)
        case _:
            assert_never(measure)
    return MantelHaenszelEffect(
        measure=measure,
        estimate=log(ratio),
        std_err=std_err,
        lower=log(ratio) - z * std_err,
        upper=log(ratio) + z * std_err,
        confidence=confidence,
        tables=kept,
    )


def _odds(tables: Sequence[FourfoldTable]) -> tuple[float, float]:
    found = mantel_haenszel_odds_ratio(tables, confidence=0.95)
    if not 0 < found.estimate < inf:
        raise _no_ratio(tables)
    return found.estimate, log(found.upper / found.lower) / (2 * normal_deviate(0.95))


def _risks(tables: Sequence[FourfoldTable]) -> tuple[float, float]:
    above = sum(t.x1 * t.n2 / t.total for t in tables)
    below = sum(t.x2 * t.n1 / t.total for t in tables)
    if above == 0 or below == 0:
        raise _no_ratio(tables)
    spread = sum((t.n1 * t.n2 * (t.x1 + t.x2) - t.x1 * t.x2 * t.total) / t.total**2 for t in tables)
    return above / below, sqrt(spread / (above * below))


def _no_ratio(tables: Sequence[FourfoldTable]) -> BadInput:
    return bad_input(
        "a pooled ratio needs successes, and for odds failures, in both arms",
        where="tables",
        got=f"{len(tables)} table(s) whose ratio is 0, infinite or unknown",
        fix="report the counts",
    )
