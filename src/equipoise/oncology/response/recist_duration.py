"""Duration of a response: from its first day to progression or death, or censored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.errors import bad_input
from equipoise.oncology.response.best_response import (
    USUAL_RULES,
    Dated,
    DatedResponse,
    ResponseRules,
    counted_responses,
    first_response,
)
from equipoise.oncology.response.recist import Response
from equipoise.oncology.response.recist_words import Timepoint


class EndOfResponse(StrEnum):
    """How a response ended, or why it is censored."""

    PROGRESSION = "progression"
    DEATH = "death"
    STILL_RESPONDING = "still_responding"
    AFTER_A_GAP = "after_a_gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What else is known of a subject, and when watching a response ends.

    Attributes
    ----------
    death : datetime.date | None
        Day of death.
    last_day : datetime.date | None
        Last day that counts: surgery, another anti-cancer therapy, the cut, whichever is first. A
        scan or a death on that day counts.
    longest_gap_days : int | None
        Progression or death more than this many days after the last adequate assessment is not
        counted: too much was missed. None counts it however late.

    Raises
    ------
    BadInput
        For a gap of less than one day.
    """

    death: dt.date | None = None
    last_day: dt.date | None = None
    longest_gap_days: int | None = None

    def __post_init__(self) -> None:
        """Refuse a gap that no assessments can keep."""
        if self.longest_gap_days is not None and self.longest_gap_days < 1:
            got, fix = self.longest_gap_days, "1 or more, or None"
            raise bad_input("no such gap", where="longest_gap_days", got=got, fix=fix)


ONLY_SCANS = Watched()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDuration:
    """How long a response lasted.

    Attributes
    ----------
    start : datetime.date
        First day of CR or PR, whichever came first.
    end : datetime.date
        Day of the event, or last adequate assessment.
    how : EndOfResponse
        The first two are events, the others censor.
    """

    start: dt.date
    end: dt.date
    how: EndOfResponse

    @property
    def is_event(self) -> bool:
        """Whether the response ended; otherwise it is censored."""
        return self.how in {EndOfResponse.PROGRESSION, EndOfResponse.DEATH}

    @property
    def days(self) -> int:
        """Length in days, both ends included, so that no response lasts 0 days."""
        return (self.end - self.start).days + 1

    @property
    def explanation(self) -> str:
        """One sentence that says from when to when, and why it ends there."""
        ends = {
            EndOfResponse.PROGRESSION: f"progression on {self.end}",
            EndOfResponse.DEATH: f"death on {self.end}",
            EndOfResponse.STILL_RESPONDING: f"the last adequate assessment on {self.end}, censored",
            EndOfResponse.AFTER_A_GAP: (
                f"the last adequate assessment on {self.end}, censored because what came later "
                "came after too long a gap"
            ),
        }
        return f"Response from {self.start} to {ends[self.how]}: {self.days} days"


def response_duration(
    timepoints: Sequence[Dated],
    *,
    confirmed: bool,
    watched: Watched = ONLY_SCANS,
    rules: ResponseRules = USUAL_RULES,
) -> ResponseDuration | None:
    """Return how long the response of one subject lasted.

    Parameters
    ----------
    timepoints : Sequence[Dated]
        As in `best_overall_response`.
    confirmed : bool
        Whether a response has to be confirmed; the duration starts on its first day all the same.
    watched : Watched
        Death, the last day that counts, and the longest gap.
    rules : ResponseRules
        What the protocol fixes about responses.

    Returns
    -------
    ResponseDuration | None
        None for a subject without response.

    Notes
    -----
    Event: the first of PD and death. Censored at the last adequate assessment (any call but NE);
    before surgery that is the last scan before it, because a resected tumour cannot respond.
    """
    until = watched.last_day
    found = first_response(timepoints, confirmed=confirmed, until=until, rules=rules)
    if found is None or found.date is None:
        return None
    counted = counted_responses(timepoints, until=until, rules=rules)
    adequate = [point for point in counted if point.response not in {Response.NE, Response.PD}]
    last = adequate[-1].date
    event = _event(counted, watched)
    if event is None:
        return ResponseDuration(start=found.date, end=last, how=EndOfResponse.STILL_RESPONDING)
    day, how = event
    gap = watched.longest_gap_days
    if gap is not None and (day - last).days > gap:
        return ResponseDuration(start=found.date, end=last, how=EndOfResponse.AFTER_A_GAP)
    return ResponseDuration(start=found.date, end=day, how=how)


def _event(
    counted: Sequence[DatedResponse], watched: Watched
) -> tuple[dt.date, EndOfResponse] | None:
    """Return the first of progression and death; progression on the day of death goes first."""
    if counted[-1].response is Response.PD:
        return counted[-1].date, EndOfResponse.PROGRESSION
    if watched.death is None or (watched.last_day and watched.death > watched.last_day):
        return None
    return watched.death, EndOfResponse.DEATH


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A new lesion after a resection: the day from which it counts, and the scan that shows it."""

    date: dt.date
    seen_on: dt.date


def recurrence_after(timepoints: Sequence[Timepoint], *, surgery: dt.date) -> Recurrence | None:
    """Return the first recurrence after a resection; None without one.

    After a resection there is no target left and no nadir to grow from: only a new lesion counts,
    and it is an event of event-free or recurrence-free survival, not PD of the response before
    surgery. A lesion that was equivocal first dates it back, but never to before surgery.

    Parameters
    ----------
    timepoints : Sequence[Timepoint]
        Of one subject, in order; those on the day of surgery or before do not count.
    surgery : datetime.date
        Day of the resection.
    """
    after = [point for point in timepoints if point.date > surgery]
    seen = next((point for point in after if point.new_lesion), None)
    if seen is None:
        return None
    first = seen.progressed_on or seen.date
    certain = {one.name for one in seen.lesions if one.newly_seen}
    suspected = (
        point.date
        for point in after
        if first <= point.date <= seen.date
        and any(one.suspected and one.name in certain for one in point.lesions)
    )
    return Recurrence(date=min(suspected, default=seen.date), seen_on=seen.date)
