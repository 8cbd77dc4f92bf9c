"""A log-rank design with one look, solved for what its question leaves out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, log
from typing import assert_never, overload

from scipy.special import ndtri

from equipoise.base.errors import BadInput, bad_input
from equipoise.design.survival.accrual_rates import (
    accrual_at_rates,
    months_for_subjects,
    subjects_at_rates,
)
from equipoise.design.survival.cautions import event_cautions
from equipoise.design.survival.effect import Effect, growth_for_power, mean_z, power_of, z_scale
from equipoise.design.survival.event_course import (
    ArmCourse,
    Course,
    StratifiedCourse,
    Stratum,
    TwoArmCourse,
    expected_events,
)
from equipoise.design.survival.hazards import times_ratio
from equipoise.design.survival.logrank_formula import (
    effect_of_course,
    effect_of_events,
    hazard_ratio_at_bound,
    variance_under,
)
from equipoise.design.survival.logrank_question import (
    EventQuestion,
    PacedAccrual,
    StratumHazard,
    TrialQuestion,
)
from equipoise.stats.numerics.root import root

LONGEST = 1e5
"""Months beyond which nobody plans."""

SHORTEST = 1e-6
YEAR = 12.0
STRONGEST = 8.0
"""Distance on the log scale from the null hazard ratio to the strongest effect looked for."""

NONE = 1e-9
"""Distance at which there is no effect any more."""

FIRST_DISTANCE = 0.1
"""A hazard ratio of 0.9, as the first guess."""

SAME = 1e-11


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDesign:
    """Events, hazard ratio and power that belong together.

    Attributes
    ----------
    question : EventQuestion
        What was known.
    events, hazard_ratio, power : float
        All three.
    z : float
        Bound on Z, large in favour of the experimental arm.
    hazard_ratio_at_bound : float
        Estimated hazard ratio that just rejects, about.
    warnings : tuple of str
        Sentences to read beside the numbers.
    """

    question: EventQuestion
    events: float
    hazard_ratio: float
    power: float
    z: float
    hazard_ratio_at_bound: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDesign:
    """A trial with one look, everything about it known; numbers of people are not rounded.

    Attributes
    ----------
    question : TrialQuestion
        What was known.
    subjects, accrual_months, follow_up_months, hazard_ratio, power : float
        All five.
    months : float
        Calendar month of the look: accrual and follow-up.
    events, control_events, experimental_events : float
        Events expected by then.
    z : float
        Bound on Z, large in favour of the experimental arm.
    hazard_ratio_at_bound : float
        Estimated hazard ratio that just rejects, about.
    course : Course
        Arms, strata and accrual, to ask more of.
    warnings : tuple of str
        Sentences to read beside the numbers.
    """

    question: TrialQuestion
    subjects: float
    accrual_months: float
    follow_up_months: float
    hazard_ratio: float
    power: float
    months: float
    events: float
    control_events: float
    experimental_events: float
    z: float
    hazard_ratio_at_bound: float
    course: Course
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """What is tried for a trial; the power follows."""

    subjects: float
    accrual_months: float
    follow_up_months: float
    hazard_ratio: float

    @property
    def months(self) -> float:
        return self.accrual_months + self.follow_up_months


@overload
def solve_logrank(question: EventQuestion) -> EventDesign: ...
@overload
def solve_logrank(question: TrialQuestion) -> TrialDesign: ...
def solve_logrank(question: EventQuestion | TrialQuestion) -> EventDesign | TrialDesign:
    r"""Return a log-rank design with one look, solved for what its question leaves out.

    All formulas say :math:`power = \Phi((\theta - z / \sqrt{I_0}) \sqrt{I_1})`, see
    `LogrankFormula`; events are those expected by the look.

    Parameters
    ----------
    question : EventQuestion or TrialQuestion
        What is known; exactly one field is None.

    Raises
    ------
    BadInput
        When no value of what is asked for gives the power.
    """
    match question:
        case EventQuestion():
            return _solve_events(question)
        case TrialQuestion():
            return _solve_trial(question)
        case _:
            assert_never(question)


def course_of_trial(
    question: TrialQuestion, *, subjects: float, accrual_months: float, hazard_ratio: float
) -> Course:
    """Return arms, strata and accrual of a trial with numbers for what its question leaves out."""
    accrual = accrual_at_rates(question.accrual.rates, months=accrual_months)
    experimental = question.test.allocation / (1 + question.test.allocation)
    lost, lost_too = question.dropout_hazards

    def stratum_course(stratum: StratumHazard) -> TwoArmCourse:
        here = subjects * stratum.share
        hazard = times_ratio(stratum.hazard, hazard_ratio)
        return TwoArmCourse(
            control=ArmCourse(
                subjects=here * (1 - experimental), hazard=stratum.hazard, dropout_hazard=lost
            ),
            experimental=ArmCourse(
                subjects=here * experimental, hazard=hazard, dropout_hazard=lost_too
            ),
            accrual=accrual,
        )

    if len(question.strata) == 1:
        return stratum_course(question.strata[0])
    return StratifiedCourse(
        strata=tuple(
            Stratum(label=stratum.label, course=stratum_course(stratum))
            for stratum in question.strata
        )
    )


def _solve_events(question: EventQuestion) -> EventDesign:
    test, events, ratio = question.test, question.events, question.hazard_ratio
    z, under = _bound(question), variance_under(test.formula)
    if ratio is None:
        ratio = _ratio_of_events(question, events=_known(events))
    if events is None:
        one = effect_of_events(test, events=1.0, hazard_ratio=ratio)
        events = growth_for_power(one, z=z, power=_known(question.power), under=under)
    effect = effect_of_events(test, events=events, hazard_ratio=ratio)
    return EventDesign(
        question=question,
        events=events,
        hazard_ratio=ratio,
        power=power_of(effect, z=z, under=under),
        z=z,
        hazard_ratio_at_bound=hazard_ratio_at_bound(test, z=z, events=events),
        warnings=event_cautions(events=events, hazard_ratio=ratio, allocation=test.allocation),
    )


def _ratio_of_events(question: EventQuestion, *, events: float) -> float:
    test, needed = question.test, _bound(question) + float(ndtri(_known(question.power)))

    def gap(log_ratio: float) -> float:
        effect = effect_of_events(test, events=events, hazard_ratio=exp(log_ratio))
        return mean_z(effect, under=variance_under(test.formula)) - needed

    return _ratio_root(gap, null=test.null_hazard_ratio)


def _solve_trial(question: TrialQuestion) -> TrialDesign:
    asked = question.asked()
    match asked:
        case "power":
            return _told(question, _tried(question))
        case "subjects":
            trial = _tried(question, subjects=1.0)
            return _told(question, replace(trial, subjects=_subjects(question, trial)))
        case "hazard_ratio":
            ratio = _ratio_root(
                lambda log_ratio: _gap(question, _tried(question, hazard_ratio=exp(log_ratio))),
                null=question.test.null_hazard_ratio,
            )
            return _told(question, _tried(question, hazard_ratio=ratio))
        case _:
            months = _months_root(
                lambda months: _gap(question, _tried(question, **{asked: months})), asked=asked
            )
            return _told(question, _tried(question, **{asked: months}))


def _tried(question: TrialQuestion, **tried: float) -> _Trial:
    """Return a trial with a number for what is asked for."""
    known = {
        name: tried.get(name, getattr(question, name))
        for name in ("subjects", "accrual_months", "follow_up_months", "hazard_ratio")
    }
    if isinstance(question.accrual, PacedAccrual):
        rates = question.accrual.rates
        if known["accrual_months"] is None:
            known["accrual_months"] = months_for_subjects(rates, subjects=known["subjects"])
        known["subjects"] = subjects_at_rates(rates, months=known["accrual_months"])
    return _Trial(**known)


def _gap(question: TrialQuestion, trial: _Trial) -> float:
    """Return by how much the mean of Z is above what the power needs."""
    under = variance_under(question.test.formula)
    effect = _effect(question, trial)
    needed = _bound(question) * z_scale(effect, under=under) + float(ndtri(_known(question.power)))
    return mean_z(effect, under=under) - needed


def _subjects(question: TrialQuestion, trial: _Trial) -> float:
    return growth_for_power(
        _effect(question, trial),
        z=_bound(question),
        power=_known(question.power),
        under=variance_under(question.test.formula),
    )


def _effect(question: TrialQuestion, trial: _Trial) -> Effect:
    return effect_of_course(
        question.test,
        course=_course(question, trial),
        hazard_ratio=trial.hazard_ratio,
        months=trial.months,
    )


def _course(question: TrialQuestion, trial: _Trial) -> Course:
    return course_of_trial(
        question,
        subjects=trial.subjects,
        accrual_months=trial.accrual_months,
        hazard_ratio=trial.hazard_ratio,
    )


def _told(question: TrialQuestion, trial: _Trial) -> TrialDesign:
    test, z = question.test, _bound(question)
    course = _course(question, trial)
    expected = expected_events(course, months=trial.months)
    return TrialDesign(
        question=question,
        subjects=trial.subjects,
        accrual_months=trial.accrual_months,
        follow_up_months=trial.follow_up_months,
        hazard_ratio=trial.hazard_ratio,
        power=power_of(_effect(question, trial), z=z, under=variance_under(test.formula)),
        months=trial.months,
        events=expected.events,
        control_events=expected.control,
        experimental_events=expected.experimental,
        z=z,
        hazard_ratio_at_bound=hazard_ratio_at_bound(test, z=z, events=expected.events),
        course=course,
        warnings=event_cautions(
            events=expected.events, hazard_ratio=trial.hazard_ratio, allocation=test.allocation
        ),
    )


def _ratio_root(gap: Callable[[float], float], *, null: float) -> float:
    """Return the hazard ratio, below that of the null hypothesis, at which a gap closes."""
    near, far = NONE, FIRST_DISTANCE
    # From weak to strong: with hardly any events left, the strongest effects are hard to show.
    while gap(log(null) - far) < 0:
        near, far = far, 1.5 * far
        if far > STRONGEST:
            raise _unreachable("hazard_ratio", "more events, or less power")
    return exp(root(gap, log(null) - far, log(null) - near, xtol=SAME))


def _months_root(gap: Callable[[float], float], *, asked: str) -> float:
    """Return the months at which a gap closes, from a year outwards."""
    low = high = YEAR
    while gap(high) < 0:
        low, high = high, 2 * high
        if high > LONGEST:
            raise _unreachable(asked, "more subjects, a stronger effect or less power")
    while low > 0 and gap(low) > 0:
        low, high = (low / 2 if low > SHORTEST else 0.0), low
    if low == 0:
        raise _unreachable(asked, "fewer subjects: the power is reached without this time")
    return root(gap, low, high, xtol=SAME)


def _bound(question: EventQuestion | TrialQuestion) -> float:
    return float(-ndtri(question.test.alpha_one_sided))


def _known(value: float | None) -> float:
    if value is None:  # a question leaves out one thing, and that is not this one
        raise AssertionError(value)
    return value


def _unreachable(asked: str, fix: str) -> BadInput:
    return bad_input(
        f"some {asked.replace('_', ' ')} gives the power asked for",
        where=asked,
        got="none does",
        fix=fix,
    )
