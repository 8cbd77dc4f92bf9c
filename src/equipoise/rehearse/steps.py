"""What happens on one day of a rehearsal, and the days of its calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from equipoise.conduct.forms import FilledForm
from equipoise.simulate.subject import VirtualSubject

START = dt.date(2026, 1, 5)
"""Day 0 of every rehearsal. Its dates mean nothing; a fixed one keeps them the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive:
    """A subject comes for screening."""

    subject: VirtualSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """The trial decides whether a subject may enter, and in which arm."""

    subject: VirtualSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter:
    """Somebody enters a form, and says why what is found about it is right as it is."""

    filled: FilledForm
    site: str
    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done on a day after the start of accrual."""

    day: int
    does: Arrive | Enrol | Enter


def date_of(day: int) -> dt.date:
    """Return the date of a day after the start of accrual."""
    return START + dt.timedelta(days=day)


def subject_name(subject: VirtualSubject) -> str:
    """Return the number under which a subject is registered."""
    return f"{subject.number + 1:04d}"
