"""Partial dates: ISO 8601 with the unknown end left out (`2026`, `2026-03`, `2026-03-02`)."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date of which month or day may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    def earliest(self) -> dt.date:
        """Return the first day it can be."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> dt.date:
        """Return the last day it can be."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def complete(self) -> bool:
        """Whether year, month and day are known."""
        return self.day is not None

    def __str__(self) -> str:
        """Return the ISO 8601 spelling, cut where knowledge ends."""
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def parse_partial_date(text: str) -> PartialDate:
    """Read an ISO 8601 date of which the end may be missing.

    Raises
    ------
    ValueError
        When the text is no date, or no day of the calendar.
    """
    match = _PARTIAL.match(text.strip())
    if match is None:
        raise ValueError("a date is written 2026-03-02, 2026-03 or 2026")
    year, month, day = (int(part) if part else None for part in match.groups())
    date = PartialDate(year=year or 0, month=month, day=day)
    date.earliest()
    return date
