"""A subject as it comes for screening, before any arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.simulate.baseline import Values, draw_baseline
from equipoise.simulate.dice import Dice
from equipoise.simulate.fate import Frailty
from equipoise.simulate.habits import SCREENING_DAYS
from equipoise.simulate.lesions import draw_lesions
from equipoise.simulate.measures import measure_before
from equipoise.simulate.plan import ArmPlan, Clock, PlannedVisit
from equipoise.simulate.quantiles import category, total
from equipoise.simulate.subject import FormValues, LesionSeen, VisitDay
from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A subject at screening.

    Attributes
    ----------
    dice : Dice
        Its random numbers.
    site : str
        Name of its site.
    waits : int
        Days from screening to enrolment.
    frailty : Frailty
        What nobody sees.
    baseline, lesions : Values, tuple[LesionSeen, ...]
        What is found.
    visits, values : tuple[VisitDay, ...], tuple[FormValues, ...]
        The visits before enrolment, and what is asked at them.
    """

    dice: Dice
    site: str
    waits: int
    frailty: Frailty
    baseline: Values
    lesions: tuple[LesionSeen, ...]
    visits: tuple[VisitDay, ...]
    values: tuple[FormValues, ...]


def screening_visits(plans: Sequence[ArmPlan]) -> tuple[PlannedVisit, ...]:
    """Return the visits before enrolment: those that every arm plans."""
    common = set.intersection(*({visit.occurrence for visit in plan.visits} for plan in plans))
    visits = plans[0].visits
    return tuple(one for one in visits if one.before_enrolment and one.occurrence in common)


def screening_days(study: Study, *, visits: Sequence[PlannedVisit]) -> tuple[int, int]:
    """Return how many days screening takes at least and at most, as the schedule allows.

    Where nobody is randomised a subject is enrolled on the day of registration.
    """
    if study.randomise is None:
        return 0, 0
    timed = (visit for visit in visits if visit.clock is Clock.ENROLMENT)
    longest = min((-visit.earliest for visit in timed), default=SCREENING_DAYS[1])
    least, most = SCREENING_DAYS
    return min(least, longest), min(most, longest)


def screen(
    study: Study, scenario: Scenario, *, dice: Dice, visits: Sequence[PlannedVisit]
) -> Screened:
    """Return a subject at screening."""
    least, most = screening_days(study, visits=visits)
    waits = least + int(dice.uniform("screening") * (most - least + 1))
    sd = scenario.frailty.sd
    baseline = draw_baseline(study, scenario, dice=dice)
    return Screened(
        dice=dice,
        site=_site(study, scenario, dice=dice),
        waits=waits,
        frailty=Frailty(value=sd * dice.normal("frailty"), sd=sd),
        baseline=baseline,
        lesions=draw_lesions(scenario, dice=dice),
        visits=tuple(_visit_day(visit, waits=waits) for visit in visits),
        values=tuple(
            FormValues(
                occurrence=visit.occurrence,
                form=form,
                values=measure_before(study.forms[form], baseline=baseline),
            )
            for visit in visits
            for form in visit.forms
        ),
    )


def _visit_day(visit: PlannedVisit, *, waits: int) -> VisitDay:
    """Return a visit on the day of screening, or as near to it as the schedule allows."""
    start = -waits if visit.clock is Clock.REGISTRATION else 0
    day = min(max(-waits, start + visit.earliest), start + visit.latest)
    return VisitDay(occurrence=visit.occurrence, visit=visit.visit, day=day)


def _site(study: Study, scenario: Scenario, *, dice: Dice) -> str:
    """Return the site: by the shares of the scenario, else all alike, else none."""
    shares = scenario.sites or dict.fromkeys(study.sites, 1.0)
    return category(total(shares), dice.uniform("site")) if shares else ""
