"""The course of each subject under one arm: fate, visits, events, doses, values, scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp

from equipoise.oncology.response.recist import Response
from equipoise.simulate.arm import ArmView, OnArm, phase_at, view_arm
from equipoise.simulate.baseline import Values, hazard_ratios
from equipoise.simulate.calendar import Diary, PlacedVisit, place_before_surgery, place_later
from equipoise.simulate.cycles import treat
from equipoise.simulate.fate import Findings, Times, draw_fate, draw_findings
from equipoise.simulate.habits import EVENTS_AFTER_DOSE_DAYS
from equipoise.simulate.later import Later, draw_item, draw_later
from equipoise.simulate.lesions import draw_scans
from equipoise.simulate.measures import Measured, measure_form
from equipoise.simulate.plan import ArmPlan, Clock
from equipoise.simulate.screened import Screened
from equipoise.simulate.subject import AdverseEvent, Fate, FormValues, VirtualCourse
from equipoise.simulate.toxicity import draw_adverse_events, exposure
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import RegimenPhase
from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study

RECURRENCE_SITE = "recurrence_site"
DAYS_OF_A_MONTH = 31
"""The longest month: as far apart a day can lie from another of the same month."""


def draw_courses(
    study: Study, scenario: Scenario, *, plan: ArmPlan, screened: Sequence[Screened]
) -> list[VirtualCourse]:
    """Return the course of each subject under one arm, in their order."""
    view = view_arm(study, scenario, plan=plan)
    begun = [_begin(view, one) for one in screened]
    ratios = hazard_ratios(study, scenario, [_risk_row(view, each) for each in begun])
    subjects = [_go_on(view, each, risk=risk) for each, risk in zip(begun, ratios, strict=True)]
    for phase in RegimenPhase:
        if phase in plan.regimens:
            subjects = treat(view, subjects, phase=phase)
    return [_course(view, each) for each in subjects]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A subject under one arm: visits that count from enrolment, and what surgery would show."""

    one: Screened
    diary: Diary
    placed: list[PlacedVisit]
    surgery_day: int | None
    findings: Findings


def _begin(view: ArmView, one: Screened) -> _Begun:
    scenario, plan = view.scenario, view.plan
    diary = Diary(
        dice=one.dice,
        missed_share=scenario.missed_visits,
        never_missed=frozenset(view.forms[FormPurpose.SURGERY]),
    )
    placed = place_before_surgery(plan, diary=diary, registered=-one.waits)
    return _Begun(
        one=one,
        diary=diary,
        placed=placed,
        surgery_day=next((visit.day for visit in placed if visit.plan is plan.surgery), None),
        findings=draw_findings(
            view.course,
            dice=one.dice,
            frailty=one.frailty,
            margins=scenario.margin_hazard_ratio,
            reasons=view.reasons,
        ),
    )


def _risk_row(view: ArmView, begun: _Begun) -> Values:
    """Return what risk factors may speak of: values before enrolment, and those of a specimen."""
    row = dict(begun.one.baseline)
    surgery, found = view.plan.surgery, begun.findings
    if surgery is None or not found.resected:
        return row
    later = _later(view, begun.one)
    for name in surgery.forms:
        row |= draw_later(view.study.forms[name], of=later, visit=surgery)
    return row | {"margin": found.margin, "viable_percent": found.viable_percent}


def _later(view: ArmView, one: Screened) -> Later:
    return Later(scenario=view.scenario, arm=view.arm, dice=one.dice, baseline=one.baseline)


def _go_on(view: ArmView, begun: _Begun, *, risk: float) -> OnArm:
    one, scenario = begun.one, view.scenario
    times = Times(
        course=view.course,
        dice=one.dice,
        hazard_ratio=exp(one.frailty.value) * risk,
        margins=scenario.margin_hazard_ratio,
        yearly_dropout=scenario.dropout,
    )
    surgery_day = begun.surgery_day
    scan_days = [visit.day for visit in begun.placed if _is_scan(view, visit, before=surgery_day)]
    fate = draw_fate(begun.findings, times=times, surgery_day=surgery_day, scan_days=scan_days)
    if fate.recurrence_day is not None:
        fate = replace(fate, recurrence_site=_recurrence_site(view, one))
    visits = _attended(view, begun, fate)
    days = _days_of_neoadjuvant_doses(view, visits, fate=fate)
    exposed = exposure(days, fate=fate)
    return OnArm(
        one=one,
        fate=fate,
        visits=visits,
        surgery_day=surgery_day,
        measured=Measured(
            scenario=scenario,
            arm=view.arm,
            dice=one.dice,
            baseline=one.baseline,
            treated=range(min(days) + 1, max(days) + EVENTS_AFTER_DOSE_DAYS) if days else range(0),
        ),
        events=draw_adverse_events(
            scenario,
            arm=view.arm,
            exposed=exposed,
            last_day=fate.last_day,
            grades=view.event_grades,
            dice=one.dice,
        ),
    )


def _recurrence_site(view: ArmView, one: Screened) -> str | None:
    """Return where the tumour recurs: as the scenario draws it, else any code alike."""
    u = one.dice.uniform("recurrence_site")
    forms = (view.study.forms[form] for form in view.forms[FormPurpose.FOLLOW_UP])
    item = next(
        (form.items[RECURRENCE_SITE] for form in forms if RECURRENCE_SITE in form.items), None
    )
    if item is None:
        return None
    later = _later(view, one)
    distribution = later.distribution(RECURRENCE_SITE)
    if distribution is not None:
        drawn = draw_item(distribution, u, item=item, baseline=later.baseline)
        return None if drawn is None else str(drawn)
    codes = list(item.codes)
    return codes[int(u * len(codes))] if codes else None


def _is_scan(view: ArmView, visit: PlacedVisit, *, before: int | None) -> bool:
    early = before is None or visit.day < before
    return early and not visit.missed and view.has(visit, FormPurpose.LESIONS)


def _days_of_neoadjuvant_doses(
    view: ArmView, visits: Sequence[PlacedVisit], *, fate: Fate
) -> list[int]:
    return [
        visit.day
        for visit in visits
        if view.has(visit, FormPurpose.DOSING)
        and phase_at(visit, fate=fate) is RegimenPhase.NEOADJUVANT
    ]


def _attended(view: ArmView, begun: _Begun, fate: Fate) -> tuple[PlacedVisit, ...]:
    """Return the visits that take place, by day."""
    first = [visit for visit in begun.placed if _takes_place(view, visit, fate=fate)]
    surgery_day = fate.surgery.day if fate.surgery is not None else None
    later = place_later(view.plan, diary=begun.diary, surgery_day=surgery_day, placed=first)
    visits = [*first, *(visit for visit in later if _takes_place(view, visit, fate=fate))]
    there = {visit.plan.occurrence for visit in visits}
    own = (visit for visit in visits if visit.plan.cycle is None or visit.plan.cycle in there)
    return tuple(sorted(own, key=lambda visit: visit.day))


def _takes_place(view: ArmView, visit: PlacedVisit, *, fate: Fate) -> bool:
    """Tell whether a visit takes place: none that is missed, none after the end, none in vain."""
    if visit.missed or visit.day >= fate.last_day:
        return False
    if phase_at(visit, fate=fate) is RegimenPhase.ADJUVANT:
        return not view.has(visit, FormPurpose.DOSING) or _is_treated_after_surgery(visit, fate)
    return _goes_on_before_surgery(view, visit, fate)


def _is_treated_after_surgery(visit: PlacedVisit, fate: Fate) -> bool:
    """Tell whether a subject is treated after surgery: the resected are, until recurrence."""
    resected = fate.surgery is not None and fate.surgery.resected
    return resected and (fate.recurrence_day is None or visit.day < fate.recurrence_day)


def _goes_on_before_surgery(view: ArmView, visit: PlacedVisit, fate: Fate) -> bool:
    """Tell whether a visit before surgery takes place: progression ends doses and scans."""
    if fate.response != Response.PD or fate.progression_day is None:
        return True
    if view.has(visit, FormPurpose.DOSING):
        return visit.day < fate.progression_day
    return visit.day <= fate.progression_day or not view.has(visit, FormPurpose.LESIONS)


def _course(view: ArmView, each: OnArm) -> VirtualCourse:
    scans = [visit.visit_day for visit in each.visits if view.has(visit, FormPurpose.LESIONS)]
    return VirtualCourse(
        arm=view.arm,
        fate=each.fate,
        visits=tuple(visit.visit_day for visit in each.visits),
        values=tuple(
            FormValues(
                occurrence=visit.plan.occurrence,
                form=form,
                values=_values(view, each, visit, form=form),
            )
            for visit in each.visits
            for form in visit.plan.forms
        ),
        scans=draw_scans(each.one.lesions, fate=each.fate, visits=scans, dice=each.one.dice),
        doses=each.doses,
        adverse_events=_remembered(each),
        completed_day=_completed_day(view, each),
    )


def _remembered(each: OnArm) -> tuple[AdverseEvent, ...]:
    """Return the adverse events; the day of an end that a dose hangs on is not forgotten.

    A dose within a month of the end does: the tables ask whether the event was over by then.
    """
    days = [dose.day for dose in each.doses]
    return tuple(
        replace(event, end_known=True)
        if event.end is not None and any(abs(day - event.end) <= DAYS_OF_A_MONTH for day in days)
        else event
        for event in each.events
    )


def _completed_day(view: ArmView, each: OnArm) -> int | None:
    """Return the day of the visit planned last, if it takes place."""
    timed = [visit for visit in view.plan.visits if visit.clock is Clock.ENROLMENT]
    last = max(timed, key=lambda visit: visit.planned, default=None)
    return next((visit.day for visit in each.visits if visit.plan is last), None)


def _values(view: ArmView, each: OnArm, visit: PlacedVisit, *, form: str) -> Values:
    asked = view.study.forms[form]
    values = measure_form(asked, of=each.measured, visit=visit.plan, day=visit.day)
    decided = each.laboratory.get(visit.plan.occurrence)
    if decided is None or asked.purpose is not FormPurpose.LABORATORY:
        return values
    return values | {name: decided[name] for name in asked.items if name in decided}
