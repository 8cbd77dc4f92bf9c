"""What is assumed of a one-arm trial with times to an event, and the test it ends with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, log

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha
from equipoise.stats.numerics.counts import refuse_share
from equipoise.stats.time_to_event.one_sample_logrank import OneSampleVariance
from equipoise.stats.time_to_event.reference_hazard import WeibullHazard


class AlternativeVariance(StrEnum):
    """Variance of the events less the expected ones when the hazard ratio is not 1."""

    EXACT = "exact"
    """Of both, and of what they share (Wu 2015)."""

    EVENTS = "events"
    """That of the events alone, as if the expected ones were fixed (Kwak and Jung 2014); sizes are
    too small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualOver:
    """Subjects enter evenly over some months, however many they are."""

    months: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualAt:
    """Subjects enter evenly, so many each month, until there are enough."""

    per_month: float


UniformAccrual = AccrualOver | AccrualAt


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSampleTrial:
    """What is assumed of the trial.

    Attributes
    ----------
    reference : WeibullHazard
        Survival under the null hypothesis, its scale in months; exponential with shape 1.
    hazard_ratio : float
        Hazard in the trial over that of the reference, above 0; below 1 when treatment helps.
    accrual : UniformAccrual
        How subjects enter.
    follow_up_months : float
        From the last entry to the analysis, not negative.
    dropout_hazard : float
        Losses to follow-up per subject and month.
    """

    reference: WeibullHazard
    hazard_ratio: float
    accrual: UniformAccrual
    follow_up_months: float
    dropout_hazard: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a trial that nobody can carry out."""
        accrual = self.accrual
        amount = accrual.months if isinstance(accrual, AccrualOver) else accrual.per_month
        checks = (
            (0 < self.hazard_ratio < inf, "hazard_ratio", self.hazard_ratio, "0.6"),
            (0 < amount < inf, "accrual", accrual, "AccrualOver(months=24)"),
            (0 <= self.follow_up_months < inf, "follow_up_months", self.follow_up_months, "12"),
            (0 <= self.dropout_hazard < inf, "dropout_hazard", self.dropout_hazard, "0.0025"),
        )
        for fits, where, got, fix in checks:
            if not fits:
                what = "ratio and accrual are above 0, follow-up and dropout not negative"
                raise bad_input(what, where=where, got=got, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSampleLogrankTest:
    """The test, one-sided for fewer events than expected.

    Attributes
    ----------
    alpha_one_sided : float
        One-sided error, inside (0, 0.5).
    variance : OneSampleVariance
        What the statistic divides by.
    alternative : AlternativeVariance
        How its variance is worked out when the hazard ratio is not 1.
    """

    alpha_one_sided: float
    variance: OneSampleVariance = OneSampleVariance.EXPECTED
    alternative: AlternativeVariance = AlternativeVariance.EXACT

    def __post_init__(self) -> None:
        """Refuse an error that is no error rate."""
        refuse_alpha(self.alpha_one_sided, fix="0.05")


def reference_through(surviving: float, *, months: float, shape: float = 1.0) -> WeibullHazard:
    """Return the Weibull curve of a shape that passes through a survival probability.

    Parameters
    ----------
    surviving : float
        Share free of the event, inside (0, 1); 0.5 for a median.
    months : float
        When.
    shape : float
        Of the Weibull curve; 1 is exponential.

    Raises
    ------
    BadInput
        For a share outside (0, 1), and a month or shape that is not above 0.
    """
    refuse_share(surviving, where="surviving")
    if not (0 < months < inf and 0 < shape < inf):
        what = "a time and a shape are above 0"
        raise bad_input(what, where="months, shape", got=(months, shape), fix="months=9, shape=1")
    return WeibullHazard(scale=months / (-log(surviving)) ** (1 / shape), shape=shape)
