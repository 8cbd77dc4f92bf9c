"""A form as somebody filled it in: what comes to the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.conduct.entries import Place
from equipoise.conduct.values import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A form as somebody filled it in.

    Attributes
    ----------
    subject : str
        Number of the subject.
    visit : str
        Occurrence of a visit: `screening`, or `cycle_2` of a series.
    form : str
        Name of the form.
    row : int
        Row of a form that repeats, from 1.
    date : date
        The day the form is about.
    values : Mapping[str, Value | InUnit]
        Typed values by item; a number may come in another unit that the item takes. An item left
        out keeps its value; None takes it away.
    why : str | None
        Why values change that were there before.
    """

    subject: str
    visit: str
    form: str
    date: dt.date
    values: Mapping[str, Given]
    row: int = 1
    why: str | None = None

    @property
    def place(self) -> Place:
        """Where in the record the form goes."""
        return Place(subject=self.subject, visit=self.visit, form=self.form, row=self.row)
