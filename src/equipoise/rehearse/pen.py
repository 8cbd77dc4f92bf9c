"""The pen that fills forms of one virtual subject: keeps what a form asks, leaves out the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from equipoise.conduct.forms import FilledForm
from equipoise.conduct.values import Value
from equipoise.rehearse.steps import Enter, Step, date_of, subject_name
from equipoise.simulate.subject import VirtualSubject, VisitDay
from equipoise.study.forms import FormPurpose
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where something is written: a form at a visit, and the day it is about."""

    visit: VisitDay
    form: str
    row: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Fills the forms of one subject."""

    study: Study
    subject: VirtualSubject

    def on(self, day: int) -> dt.date:
        """Return the date of a day after enrolment."""
        return date_of(self.subject.enrolment_day + day)

    def purpose(self, form: str) -> FormPurpose | None:
        """Return what the package knows a form for."""
        return self.study.forms[form].purpose

    def fill(
        self,
        page: Page,
        values: Mapping[str, Value],
        *,
        entered: int | None = None,
        why: str | None = None,
        because: str | None = None,
    ) -> Iterator[Step]:
        """Yield the step that enters a form; nothing when it asks nothing of what is known.

        Parameters
        ----------
        page : Page
            Where.
        values : Mapping[str, Value]
            What is known.
        entered : int | None
            Day after enrolment on which it is entered; None is the day it is about.
        why : str | None
            Why values change that were there before.
        because : str | None
            Why what a check finds about the form is right as it is.
        """
        items = self.study.forms[page.form].items
        kept = {
            name: value
            for name, value in values.items()
            if value is not None and name in items and not items[name].computed
        }
        if not kept:
            return
        filled = FilledForm(
            subject=subject_name(self.subject),
            visit=page.visit.occurrence,
            form=page.form,
            row=page.row,
            date=self.on(page.visit.day),
            values=kept,
            why=why,
        )
        day = page.visit.day if entered is None else max(entered, page.visit.day)
        does = Enter(filled=filled, site=self.subject.site, because=because)
        yield Step(day=self.subject.enrolment_day + day, does=does)
