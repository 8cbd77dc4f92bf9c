"""The forms of a virtual subject under its arm: what a hospital writes down, and on which day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from equipoise.conduct.values import Value
from equipoise.rehearse.pen import Page, Pen
from equipoise.rehearse.standard_values import (
    COMPLETED,
    DIED,
    WORST_COMPLICATION,
    death_values,
    dose_values,
    end_values,
    event_end,
    event_values,
    fatal_complication,
    follow_up_values,
    lesion_values,
    pathology_values,
    surgery_values,
)
from equipoise.rehearse.steps import Step
from equipoise.simulate.subject import Fate, FormValues, VirtualCourse, VisitDay
from equipoise.study.forms import FormPurpose

REPORT_DAYS = 7
"""Days from an operation to the report of the specimen."""

DISCHARGE_DAYS = 14
"""Days from an operation to the form of its complications."""

DIED_OF_SURGERY = "surgery"


def fill_course(pen: Pen, course: VirtualCourse) -> list[Step]:
    """Return the forms after enrolment, by the day they are entered.

    What happens after dropout is not written down. What a visit finds is entered on the day of
    the visit; adverse events as they begin, and again as they end. On one day adverse events come
    first and doses after the visit, for they are decided on what is known.
    """
    steps = [
        *_events(pen, course),
        *_visit_forms(pen, course),
        *_all_doses(pen, course),
        *_never_operated(pen, course),
        *_ends(pen, course),
    ]
    return sorted(steps, key=lambda step: step.day)


def _visit_forms(pen: Pen, course: VirtualCourse) -> Iterator[Step]:
    visits = {visit.occurrence: visit for visit in course.visits}
    for asked in course.values:
        page = Page(visit=visits[asked.occurrence], form=asked.form)
        match pen.purpose(asked.form):
            case FormPurpose.LESIONS:
                yield from _lesions(pen, page, course=course)
            case FormPurpose.SURGERY | FormPurpose.PATHOLOGY | FormPurpose.COMPLICATIONS:
                yield from _surgical_form(pen, page, fate=course.fate, asked=asked)
            case FormPurpose.FOLLOW_UP:
                day, drawn = page.visit.day, asked.values
                values = follow_up_values(course.fate, day=day, drawn=drawn, on=pen.on)
                yield from pen.fill(page, values)
            case FormPurpose.DOSING:
                continue
            case FormPurpose.ADVERSE_EVENTS | FormPurpose.DEATH | FormPurpose.DISPOSITION:
                continue
            case _:
                yield from pen.fill(page, asked.values)


def _lesions(pen: Pen, page: Page, *, course: VirtualCourse) -> Iterator[Step]:
    lesions = (
        lesion
        for scan in course.scans
        if scan.occurrence == page.visit.occurrence
        for lesion in scan.lesions
    )
    for row, lesion in enumerate(lesions, start=1):
        yield from pen.fill(replace(page, row=row), lesion_values(lesion))


def _all_doses(pen: Pen, course: VirtualCourse) -> Iterator[Step]:
    visits = {visit.occurrence: visit for visit in course.visits}
    for asked in course.values:
        if pen.purpose(asked.form) is FormPurpose.DOSING:
            page = Page(visit=visits[asked.occurrence], form=asked.form)
            yield from _doses(pen, page, course=course)


def _doses(pen: Pen, page: Page, *, course: VirtualCourse) -> Iterator[Step]:
    doses = (dose for dose in course.doses if dose.occurrence == page.visit.occurrence)
    for row, dose in enumerate(doses, start=1):
        on_day = replace(page.visit, day=dose.day)
        on_form = Page(visit=on_day, form=page.form, row=row)
        yield from pen.fill(on_form, dose_values(dose), because=dose.reason)


def _surgical_form(pen: Pen, page: Page, *, fate: Fate, asked: FormValues) -> Iterator[Step]:
    surgery = fate.surgery
    if surgery is None:
        return
    match pen.purpose(page.form):
        case FormPurpose.PATHOLOGY if surgery.resected:
            page = _later(page, days=REPORT_DAYS, fate=fate)
            yield from pen.fill(page, pathology_values(surgery, drawn=asked.values))
        case FormPurpose.COMPLICATIONS if surgery.day is not None:
            page = _later(page, days=DISCHARGE_DAYS, fate=fate)
            yield from _complications(pen, page, fate=fate, drawn=asked.values)
        case FormPurpose.SURGERY:
            yield from pen.fill(page, {**asked.values, **surgery_values(surgery, on=pen.on)})
        case _:
            return


def _later(page: Page, *, days: int, fate: Fate) -> Page:
    """Return the page some days later, at the latest on the last day of the subject."""
    day = min(page.visit.day + days, fate.last_day)
    return replace(page, visit=replace(page.visit, day=day))


def _complications(
    pen: Pen, page: Page, *, fate: Fate, drawn: Mapping[str, Value]
) -> Iterator[Step]:
    """Yield the form of complications, corrected when the subject dies of the operation."""
    item = pen.study.forms[page.form].items.get("clavien")
    gradable = item is not None and WORST_COMPLICATION in item.codes
    fatal = fate.death_cause == DIED_OF_SURGERY and fate.dropout_day is None and gradable
    if fatal and page.visit.day == fate.death_day:
        yield from pen.fill(page, fatal_complication(drawn))
        return
    yield from pen.fill(page, drawn)
    if fatal:
        values, why = fatal_complication(drawn), "died of the operation"
        yield from pen.fill(page, values, entered=fate.death_day, why=why)


def _events(pen: Pen, course: VirtualCourse) -> Iterator[Step]:
    rows: Counter[str] = Counter()
    for event in course.adverse_events:
        page = _page(pen, course, purpose=FormPurpose.ADVERSE_EVENTS, day=event.start)
        if page is None:
            continue
        rows[page.visit.occurrence] += 1
        page = replace(page, row=rows[page.visit.occurrence])
        yield from pen.fill(page, event_values(event, on=pen.on))
        if event.end is not None:
            values = event_end(event, day=event.end, on=pen.on)
            yield from pen.fill(page, values, entered=event.end)


def _never_operated(pen: Pen, course: VirtualCourse) -> Iterator[Step]:
    """Yield the form of surgery of a subject who dies before the day that was planned for it."""
    fate = course.fate
    surgery = fate.surgery
    if surgery is None or fate.dropout_day is not None or fate.death_day > surgery.planned_day:
        return
    for name, visit in pen.study.schedule.visits.items():
        if visit.arms and course.arm not in visit.arms:
            continue
        for form in visit.forms:
            if pen.purpose(form) is FormPurpose.SURGERY:
                at = VisitDay(occurrence=name, visit=name, day=fate.death_day)
                values = surgery_values(surgery, on=pen.on)
                because = "died before the day of surgery"
                yield from pen.fill(Page(visit=at, form=form), values, because=because)


def _ends(pen: Pen, course: VirtualCourse) -> Iterator[Step]:
    """Yield the forms of death and of the end of the study; who completed it is seen no more."""
    fate = course.fate
    if fate.dropout_day is None and course.completed_day is None:
        page = _page(pen, course, purpose=FormPurpose.DEATH, day=fate.death_day)
        if page is not None:
            yield from pen.fill(page, death_values(fate, on=pen.on))
    day, reason = _end(course)
    page = _page(pen, course, purpose=FormPurpose.DISPOSITION, day=day)
    if page is not None:
        yield from pen.fill(page, end_values(reason, day=day, on=pen.on))


def _end(course: VirtualCourse) -> tuple[int, str]:
    fate = course.fate
    if course.completed_day is not None:
        return course.completed_day, COMPLETED
    if fate.dropout_day is not None:
        return fate.dropout_day, fate.dropout_reason or ""
    return fate.death_day, DIED


def _page(pen: Pen, course: VirtualCourse, *, purpose: FormPurpose, day: int) -> Page | None:
    """Return where something that happens on a day is written down.

    At a visit of any time if one has the form, else at the next visit that has it; None without.
    """
    for name, visit in pen.study.schedule.visits.items():
        for form in visit.forms:
            if visit.any_time and pen.purpose(form) is purpose:
                return Page(visit=VisitDay(occurrence=name, visit=name, day=day), form=form)
    for taken in course.visits:
        for form in pen.study.schedule.visits[taken.visit].forms:
            if taken.day >= day and pen.purpose(form) is purpose:
                return Page(visit=taken, form=form)
    return None
