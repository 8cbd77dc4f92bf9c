"""The average hazard ratio that a log-rank test sees when hazards are not proportional."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, log

from equipoise.base.errors import BadInput, bad_input
from equipoise.design.assumed import refuse_hazard_ratio
from equipoise.design.survival.effect import Effect
from equipoise.design.survival.event_course import (
    ArmCourse,
    Course,
    TwoArmCourse,
    begun,
    strata_of,
)
from equipoise.design.survival.hazards import combine, rate_and_shape
from equipoise.design.survival.incidence import events_before, incidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageHazardRatio:
    """Hazard ratio averaged over the events that are expected by a look.

    Attributes
    ----------
    hazard_ratio : float
        Geometric mean, each stretch of constant hazard ratio weighted by its expected events.
    events : float
        Expected events of both arms and all strata.
    null_information, information : float
        Information about the log hazard ratio: d q (1 - q) in each stratum with share q in the
        experimental arm, and 1 / (1 / d_control + 1 / d_experimental) in each stretch.
    """

    hazard_ratio: float
    events: float
    null_information: float
    information: float


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Expected events of a stretch of follow-up in which the hazard ratio is constant."""

    control: float
    experimental: float
    log_ratio: float
    share: float

    @property
    def events(self) -> float:
        return self.control + self.experimental


def average_hazard_ratio(course: Course, *, months: float) -> AverageHazardRatio:
    r"""Return the average hazard ratio and its information at a calendar month.

    .. math:: \log AHR = \frac{\sum_i d_i \log HR_i}{\sum_i d_i}

    over stretches of follow-up (and strata) with expected events :math:`d_i` in both arms
    together and hazard ratio :math:`HR_i`; events in closed form.

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum. Weibull times need the same shape in both arms.
    months : float
        Calendar month of the look.

    Raises
    ------
    BadInput
        When no event is expected, and when the hazard ratio is 0, infinite or changes all the
        time.

    References
    ----------
    Mukhopadhyay et al. 2020, doi:10.1080/10543406.2020.1815035; Schoenfeld 1981,
    doi:10.1093/biomet/68.1.316.
    """
    stretches = [
        stretch for stratum in strata_of(course) for stretch in _stretches(stratum, months=months)
    ]
    events = sum(stretch.events for stretch in stretches)
    if not events > 0:
        raise bad_input("events are expected by a look", where="months", got=months, fix="36")
    weighted = sum(stretch.events * stretch.log_ratio for stretch in stretches)
    return AverageHazardRatio(
        hazard_ratio=exp(weighted / events),
        events=events,
        null_information=sum(s.events * s.share * (1 - s.share) for s in stretches),
        information=sum(s.control * s.experimental / s.events for s in stretches),
    )


def hazard_ratio_effect(average: AverageHazardRatio, *, null_hazard_ratio: float = 1.0) -> Effect:
    """Return how far the average hazard ratio lies below that of the null hypothesis.

    Parameters
    ----------
    average : AverageHazardRatio
        From `average_hazard_ratio`.
    null_hazard_ratio : float
        1 to show superiority; above 1, the margin of a non-inferiority trial.
    """
    refuse_hazard_ratio(null_hazard_ratio, where="null_hazard_ratio")
    return Effect(
        size=log(null_hazard_ratio) - log(average.hazard_ratio),
        null_information=average.null_information,
        information=average.information,
    )


def _stretches(course: TwoArmCourse, *, months: float) -> list[_Stretch]:
    """Return the stretches of constant hazard ratio that have events."""
    rates = [rate_and_shape(arm.hazard) for arm in course.arms]
    (control, shape), (experimental, other) = rates
    if shape != other:
        raise _unlike("Weibull times of both arms have the same shape", f"{shape}, {other}")
    both = combine(control, experimental)
    cuts = [*list(both)[1:], inf]
    by_arm = [_events(arm, course=course, months=months, cuts=cuts) for arm in course.arms]
    share = course.experimental.subjects / sum(arm.subjects for arm in course.arms)
    found = zip(both.values(), *by_arm, strict=True)
    return [
        _Stretch(seen, other_seen, _log_ratio(low, high), share)
        for (low, high), seen, other_seen in found
        if seen + other_seen > 0
    ]


def _events(
    arm: ArmCourse, *, course: TwoArmCourse, months: float, cuts: list[float]
) -> list[float]:
    """Return the expected events of an arm between cuts of follow-up."""
    chance = incidence(arm.hazard, dropout_hazard=arm.dropout_hazard)
    before = [0.0]
    for cut in cuts:
        by_now = 0.0
        for piece, begin in begun(course.accrual):
            since = months - begin
            if since > 0:
                width = min(piece.months, since)
                area = events_before(chance, cut=cut, high=since, width=width)
                by_now += piece.share / piece.months * area
        before.append(arm.subjects * by_now)
    return [late - early for early, late in pairwise(before)]


def _log_ratio(control: float, experimental: float) -> float:
    if not (control > 0 and experimental > 0):
        raise _unlike(
            "both arms have a hazard above 0 whenever one has", f"{control}, {experimental}"
        )
    return log(experimental / control)


def _unlike(what: str, got: str) -> BadInput:
    return bad_input(
        what,
        where="hazard",
        got=got,
        fix="plan with the weighted log-rank test, which takes any hazards",
    )
