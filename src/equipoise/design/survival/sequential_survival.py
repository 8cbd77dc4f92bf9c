"""A group-sequential survival design solved: its power, its subjects or its last month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, inf, log, sqrt
from typing import assert_never

from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.crossing import Crossings
from equipoise.design.group_sequential.futility import BetaSpending, Futility, NullSpending
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.sizing import (
    GroupSequentialBoundary,
    power_group_sequential,
    size_group_sequential,
)
from equipoise.design.survival.effect import (
    Effect,
    VarianceUnder,
    growth_for_power,
    mean_z,
    z_scale,
)
from equipoise.design.survival.event_course import (
    Course,
    expected_events,
    subjects_of,
    time_of_events,
    with_equal_hazards,
    with_subjects,
)
from equipoise.design.survival.fixed_design import (
    AverageHazardRatioTest,
    FixedTest,
    FormulaTest,
    effect_at,
    fixed_cautions,
    weights_of,
)
from equipoise.design.survival.survival_looks import ExpectedEnd, SurvivalLook, SurvivalLooks
from equipoise.design.survival.survival_plan import (
    AtEventFractions,
    AtEvents,
    AtMonths,
    SpendingClock,
    SurvivalPlan,
)
from equipoise.stats.numerics.root import root

ANY_POWER = 0.9
"""A sequential plan wants a power; when the drift is settled it is not used."""

YEAR = 12.0
LONGEST = 1e5
"""Months beyond which nobody plans."""

SHORTEST = 1e-3
HOPELESS = 50.0
"""Logarithm of the growth of a trial that sees no effect."""

ROUNDS = 20
SAME = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What looks at some months see, whose variance stands below it, and shares of information."""

    months: tuple[float, ...]
    effects: tuple[Effect, ...]
    under: VarianceUnder
    fractions: tuple[float, ...]

    @property
    def effect_shares(self) -> tuple[float, ...]:
        """Effects over that at the last look."""
        last = self.effects[-1].size
        return (*(effect.size / last for effect in self.effects[:-1]), 1.0)


def design_looks(plan: SurvivalPlan) -> SurvivalLooks:
    r"""Return a group-sequential survival design: its power, or its subjects, or its last month.

    At look k the test sees an effect :math:`\theta_k` with information :math:`I_k`; Z has mean
    :math:`\theta_k \sqrt{I_k}`, variance 1 and correlation :math:`\sqrt{I_j / I_k}`. With hazards
    that are not proportional the effect differs from look to look. Where error and power are by
    different variances (`VarianceUnder.BOTH`), the trial with one look is sized by both, and the
    looks inflate it.

    Parameters
    ----------
    plan : SurvivalPlan
        What the design rests on.

    Raises
    ------
    BadInput
        When there is no effect, when looks are never reached, and when nothing gives the power.

    References
    ----------
    Jennison and Turnbull 2000, Group Sequential Methods with Applications to Clinical Trials.
    """
    looks = _looks_of(plan)
    seen = _seen(plan, months=looks)
    if plan.power is None:
        return _told(plan, seen, boundary=_with_power(plan, seen))
    boundary = _sized(_sequential(plan, seen, power=plan.power))
    # Where the last month was found, the subjects already have the power, but for rounding.
    growth = 1.0 if _finds_months(plan) else exp(_log_growth(plan, seen, boundary=boundary))
    course = with_subjects(plan.course, subjects=growth * subjects_of(plan.course))
    effects = tuple(_grown(effect, growth=growth) for effect in seen.effects)
    return _told(replace(plan, course=course), replace(seen, effects=effects), boundary=boundary)


def _finds_months(plan: SurvivalPlan) -> bool:
    return isinstance(plan.timing, AtEventFractions) and plan.timing.months is None


def _looks_of(plan: SurvivalPlan) -> tuple[float, ...]:
    """Return the calendar months of the looks."""
    match plan.timing:
        case AtMonths(months=months):
            return months
        case AtEvents(events=events):
            return tuple(time_of_events(plan.course, events=seen) for seen in events)
        case AtEventFractions(fractions=fractions, months=last):
            last = _last_month(plan, fractions=fractions) if last is None else last
            return _months_of_fractions(plan.course, fractions=fractions, last=last)
        case _:
            assert_never(plan.timing)


def _months_of_fractions(
    course: Course, *, fractions: tuple[float, ...], last: float
) -> tuple[float, ...]:
    events = expected_events(course, months=last).events
    early = (time_of_events(course, events=share * events) for share in fractions[:-1])
    return (*early, last)


def _last_month(plan: SurvivalPlan, *, fractions: tuple[float, ...]) -> float:
    """Return the month of the last look at which the course's subjects have the power wanted."""
    power = ANY_POWER if plan.power is None else plan.power

    def gap(last: float) -> float:
        months = _months_of_fractions(plan.course, fractions=fractions, last=last)
        seen = _seen(plan, months=months)
        if seen.effects[-1].size <= 0:
            return HOPELESS
        boundary = _sized(_sequential(plan, seen, power=power))
        return _log_growth(plan, seen, boundary=boundary)

    low = high = YEAR
    while gap(high) > 0:
        low, high = high, 2 * high
        if high > LONGEST:
            raise bad_input(
                "some month of the last look gives the power",
                where="timing",
                got=f"{subjects_of(plan.course):g} subjects",
                fix="more subjects, or less power",
            )
    while gap(low) < 0 and low > SHORTEST:
        low, high = low / 2, low
    return root(gap, low, high, xtol=1e-10)


def _seen(plan: SurvivalPlan, *, months: tuple[float, ...]) -> _Seen:
    found = [effect_at(plan.course, months=month, test=plan.test) for month in months]
    effects = tuple(effect for effect, _ in found)
    under = found[-1][1]
    return _Seen(
        months=months,
        effects=effects,
        under=under,
        fractions=_fractions(plan, months=months, effects=effects, under=under),
    )


def _fractions(
    plan: SurvivalPlan,
    *,
    months: tuple[float, ...],
    effects: tuple[Effect, ...],
    under: VarianceUnder,
) -> tuple[float, ...]:
    """Return information over that at the last look: events, where a formula is for events."""
    if isinstance(plan.test, FormulaTest):
        known = [expected_events(plan.course, months=month).events for month in months]
    elif under is VarianceUnder.ALTERNATIVE:
        known = [effect.information for effect in effects]
    else:
        known = [effect.null_information for effect in effects]
    return (*(information / known[-1] for information in known[:-1]), 1.0)


def _sequential(plan: SurvivalPlan, seen: _Seen, *, power: float) -> SequentialPlan:
    """Return the plan of the looks without their endpoint."""
    if seen.effects[-1].size <= 0:
        raise bad_input(
            "the plan assumes an effect in favour of the experimental arm at its last look",
            where="course",
            got=f"an effect of {seen.effects[-1].size:.4g}",
            fix="a hazard ratio below that of the null hypothesis",
        )
    stopping = plan.stopping
    calendar = stopping.clock is SpendingClock.CALENDAR
    times = (*(month / seen.months[-1] for month in seen.months[:-1]), 1.0) if calendar else None
    return SequentialPlan(
        information_fractions=seen.fractions,
        alpha_one_sided=stopping.alpha_one_sided,
        power=power,
        efficacy=stopping.efficacy,
        futility=_timed(stopping.futility, times=times),
        binding=stopping.binding,
        spending_times=times,
        effect_shares=seen.effect_shares,
    )


def _timed(futility: Futility, *, times: tuple[float, ...] | None) -> Futility:
    """Return a futility rule that spends by the same clock, unless it has one of its own."""
    match futility:
        case BetaSpending(spending_times=None) | NullSpending(spending_times=None):
            return replace(futility, spending_times=times)
        case _:
            return futility


@lru_cache(maxsize=32)
def _sized(plan: SequentialPlan) -> GroupSequentialBoundary:
    """Return the solved plan; proportional hazards ask for the same one again and again."""
    return size_group_sequential(plan)


def _log_growth(plan: SurvivalPlan, seen: _Seen, *, boundary: GroupSequentialBoundary) -> float:
    """Return the logarithm of the times as many subjects that the power needs."""
    single = growth_for_power(
        seen.effects[-1],
        z=_single_z(plan),
        power=boundary.plan.power,
        under=seen.under,
    )
    return log(single * boundary.inflation_factor)


def _with_power(plan: SurvivalPlan, seen: _Seen) -> GroupSequentialBoundary:
    """Return the bounds and the power of the course as it is.

    With two variances, the mean of Z is that of a trial with one look and the same power, inflated
    by the looks; the inflation is found by going round.
    """
    last, z = seen.effects[-1], _single_z(plan)
    sequential = _sequential(plan, seen, power=ANY_POWER)
    spared = z * (1 - z_scale(last, under=seen.under))
    drift = mean_z(last, under=seen.under) + spared
    found = power_group_sequential(sequential, drift=drift)
    for _ in range(ROUNDS):
        moved = mean_z(last, under=seen.under) + spared * sqrt(found.inflation_factor)
        if abs(moved - drift) < SAME * drift:
            break
        drift = moved
        found = power_group_sequential(sequential, drift=drift)
    return found


def _single_z(plan: SurvivalPlan) -> float:
    return float(-ndtri(plan.stopping.alpha_one_sided))


def _grown(effect: Effect, *, growth: float) -> Effect:
    return Effect(
        size=effect.size,
        null_information=growth * effect.null_information,
        information=growth * effect.information,
    )


def _told(plan: SurvivalPlan, seen: _Seen, *, boundary: GroupSequentialBoundary) -> SurvivalLooks:
    looks = tuple(
        _look(plan, seen, boundary=boundary, look=look) for look in range(len(seen.months))
    )
    return SurvivalLooks(
        plan=plan,
        subjects=subjects_of(plan.course),
        events=looks[-1].events,
        looks=looks,
        boundary=boundary,
        power=boundary.power,
        end=_end(plan.course, months=seen.months, found=boundary.crossings(boundary.drift)),
        null_end=_null_end(plan, looks=looks, found=boundary.crossings(0.0)),
        warnings=fixed_cautions(plan.course, months=seen.months[-1], weights=weights_of(plan.test)),
    )


def _look(
    plan: SurvivalPlan, seen: _Seen, *, boundary: GroupSequentialBoundary, look: int
) -> SurvivalLook:
    expected = expected_events(plan.course, months=seen.months[look])
    z = boundary.efficacy[look]
    return SurvivalLook(
        months=seen.months[look],
        events=expected.events,
        subjects=expected.subjects,
        effect=seen.effects[look],
        information_fraction=seen.fractions[look],
        efficacy_z=z,
        futility_z=boundary.futility[look],
        nominal_p=float(ndtr(-z)),
        estimate_at_bound=_estimate(plan.test, z=z, effect=seen.effects[look]),
        cumulative_alpha=boundary.cumulative_alpha[look],
        cumulative_power=boundary.cumulative_power[look],
        cumulative_beta=boundary.cumulative_beta[look],
    )


def _estimate(test: FixedTest, *, z: float, effect: Effect) -> float:
    """Return the estimate at a bound: a hazard ratio, or a distance from the null hypothesis."""
    distance = z / sqrt(effect.null_information)
    if isinstance(test, AverageHazardRatioTest | FormulaTest):
        return test.null_hazard_ratio * exp(-distance) if distance < inf else 0.0
    return distance


def _null_end(
    plan: SurvivalPlan, *, looks: tuple[SurvivalLook, ...], found: Crossings
) -> ExpectedEnd:
    """Return how the trial ends when the experimental arm has the hazards of the control arm."""
    course = with_equal_hazards(plan.course)
    if isinstance(plan.timing, AtMonths):
        months = plan.timing.months
    else:
        months = tuple(time_of_events(course, events=look.events) for look in looks)
    return _end(course, months=months, found=found)


def _end(course: Course, *, months: tuple[float, ...], found: Crossings) -> ExpectedEnd:
    stops = found.stops
    expected = [expected_events(course, months=month) for month in months]
    return ExpectedEnd(
        events=sum(p * seen.events for p, seen in zip(stops, expected, strict=True)),
        subjects=sum(p * seen.subjects for p, seen in zip(stops, expected, strict=True)),
        months=sum(p * month for p, month in zip(stops, months, strict=True)),
    )
