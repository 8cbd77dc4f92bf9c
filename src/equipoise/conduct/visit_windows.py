"""When a visit may take place: its window after its clock, and whether a form's day lies in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from equipoise.conduct.entries import FORM_DATE
from equipoise.conduct.findings import Finding, FindingKind
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.view import SubjectView, arm_of
from equipoise.study.forms import CheckLevel, FormPurpose
from equipoise.study.schedule import VisitDays, visit_days

DOSE_DAY = "dose_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitWindow:
    """The days on which a visit may take place, and the one that is planned.

    A visit whose study says no window has one day, and may take place on any other as well.
    """

    earliest: dt.date
    planned: dt.date
    latest: dt.date
    said: bool = True

    def open_on(self, day: dt.date) -> bool:
        """Tell whether the visit may take place on a day."""
        return not self.said or self.earliest <= day <= self.latest


def visit_window(
    occurrence: str, *, subject: SubjectRecord, rulebook: Rulebook
) -> VisitWindow | None:
    """Return the window of a visit of a subject; None for one of any time or without its clock."""
    found, arm = rulebook.visit(occurrence), arm_of(subject, rulebook=rulebook)
    if found is None or found[1].start is None:
        return None
    name, visit = found
    clock = rulebook.study.schedule.clocks.get(visit.start or "", "")
    start = SubjectView(rulebook=rulebook, subject=subject).value(clock)
    if not isinstance(start, dt.date):
        return None
    days = (one for one in visit_days(name, visit, arm=arm or "") if one.occurrence == occurrence)
    own = next(days, None)
    said = visit.window is not None or (own is not None and own.earliest < own.latest)
    return None if own is None else _from(start, own, said=said)


def _from(start: dt.date, days: VisitDays, *, said: bool) -> VisitWindow:
    return VisitWindow(
        earliest=start + dt.timedelta(days=days.earliest),
        planned=start + dt.timedelta(days=days.planned),
        latest=start + dt.timedelta(days=days.latest),
        said=said,
    )


def first_day(row: Row, *, rulebook: Rulebook) -> dt.date:
    """Return the day of the visit that a row speaks of: of a dose, the first day of its cycle."""
    number = row.value(DOSE_DAY)
    dosing = rulebook.forms[row.form].form.purpose is FormPurpose.DOSING
    if not dosing or not isinstance(number, int):
        return row.date
    return row.date - dt.timedelta(days=number - 1)


def visit_day(
    occurrence: str,
    *,
    subject: SubjectRecord,
    rulebook: Rulebook,
    without: Row | None = None,
) -> dt.date | None:
    """Return the day on which a visit took place: the earliest of its forms; None before it.

    `without` is a row that does not count.
    """
    key = None if without is None else without.key
    rows = (row for row in subject.rows.values() if row.visit == occurrence and row.key != key)
    return min((first_day(row, rulebook=rulebook) for row in rows), default=None)


def window_findings(row: Row, *, subject: SubjectRecord, rulebook: Rulebook) -> tuple[Finding, ...]:
    """Return the finding that a visit lies outside its window, told of the form that begins it.

    A form that is filled later (the report of a specimen, a later dose) belongs to a visit that
    took place before.
    """
    window = visit_window(row.visit, subject=subject, rulebook=rulebook)
    day = first_day(row, rulebook=rulebook)
    if window is None or window.open_on(day):
        return ()
    before = visit_day(row.visit, subject=subject, rulebook=rulebook, without=row)
    if before is not None and before <= day:
        return ()
    say = (
        f"the visit '{row.visit}' of {day} lies outside {window.earliest} .. {window.latest}, "
        f"planned for {window.planned}"
    )
    return (
        Finding(
            kind=FindingKind.VISIT_OUTSIDE_WINDOW,
            item=FORM_DATE,
            say=say,
            got=str(day),
            level=CheckLevel.SOFT,
        ),
    )
