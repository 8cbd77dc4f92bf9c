"""A common effect of many trials without a log of any one of them, for trials with few events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log
from typing import assert_never

from equipoise.base.errors import BadInput, bad_input
from equipoise.stats.evidence.effect_sizes import EffectMeasure
from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.proportions.common_ratio import (
    CommonRatio,
    common_odds_ratio,
    common_risk_ratio,
)
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing


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

    .. math:: \log\frac{\sum x_1 (n_2 - x_2) / N}{\sum x_2 (n_1 - x_1) / N} \quad\text{or}\quad
              \log\frac{\sum x_1 n_2 / N}{\sum x_2 n_1 / N}

    with the variances that stand in `common_ratio`. Tables without any success, or without
    subjects in one arm, say nothing.

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
    found = _common(kept, measure=measure)
    if not 0 < found.ratio < inf:
        raise _no_ratio(kept)
    estimate = log(found.ratio)
    return MantelHaenszelEffect(
        measure=measure,
        estimate=estimate,
        std_err=found.log_error,
        lower=estimate - z * found.log_error,
        upper=estimate + z * found.log_error,
        confidence=confidence,
        tables=kept,
    )


def _common(tables: Sequence[FourfoldTable], *, measure: EffectMeasure) -> CommonRatio:
    match measure:
        case EffectMeasure.LOG_ODDS_RATIO:
            return common_odds_ratio(tables)
        case EffectMeasure.LOG_RISK_RATIO:
            return common_risk_ratio(tables)
        case _:
            assert_never(measure)


def _no_ratio(tables: Sequence[FourfoldTable]) -> BadInput:
    return bad_input(
        "a pooled ratio needs successes, and for odds failures, in both arms",
        where="tables",
        got=f"{len(tables)} table(s) whose ratio is 0, infinite or unknown",
        fix="report the counts",
    )
