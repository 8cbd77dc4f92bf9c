"""Best overall response and best change of the sum, from a subject's time points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from equipoise.base.errors import bad_input
from equipoise.oncology.recist import Response
from equipoise.oncology.recist_words import Timepoint


class Dated(Protocol):
    """Anything with a date and a response; a `Timepoint` is one."""

    @property
    def date(self) -> dt.date:
        """Date of the assessment."""
        ...

    @property
    def response(self) -> Response | None:
        """Overall response; None at baseline."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedResponse:
    """A time point of which only date and overall response are known."""

    date: dt.date
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRules:
    """What a protocol fixes about best overall response.

    Attributes
    ----------
    minimum_sd_days : int
        Days from the reference date to an assessment that can establish SD; 42 to 56 are usual.
    confirm_days : int
        Days from a response to the assessment that confirms it, at least.
    most_ne_between, most_sd_between : int
        NE, and for PR also SD, that may lie between a response and its confirmation.
    """

    minimum_sd_days: int = 42
    confirm_days: int = 28
    most_ne_between: int = 1
    most_sd_between: int = 0

    def __post_init__(self) -> None:
        """Refuse negative numbers."""
        numbers = (self.minimum_sd_days, self.confirm_days)
        if min(*numbers, self.most_ne_between, self.most_sd_between) < 0:
            raise bad_input("a rule is negative", where="rules", got=self, fix="0 or more")


USUAL_RULES = ResponseRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class BestResponse:
    """Best overall response of a subject.

    Attributes
    ----------
    response : Response | None
        None when the subject was never assessed after baseline.
    date : datetime.date | None
        First assessment that gives this response.
    confirmed_on : datetime.date | None
        Assessment that confirmed a CR or PR; None when confirmation was not asked for.
    """

    response: Response | None
    date: dt.date | None = None
    confirmed_on: dt.date | None = None


_RANK = {response: rank for rank, response in enumerate(Response)}
_FLOOR_OF_SD = (Response.CR, Response.PR, Response.SD)


def best_overall_response(
    timepoints: Sequence[Dated],
    *,
    since: dt.date,
    confirmed: bool,
    until: dt.date | None = None,
    rules: ResponseRules = USUAL_RULES,
) -> BestResponse:
    """Return the best overall response of one subject.

    Parameters
    ----------
    timepoints : Sequence[Dated]
        In any order; those without response (the baseline) are passed over. Of two on one day the
        worse counts; after the first PD none counts.
    since : datetime.date
        From here the minimum duration of SD is counted: randomisation or start of treatment.
    confirmed : bool
        Whether CR and PR need a second assessment; not required in randomised trials.
    until : datetime.date | None
        Last day that counts, the day of surgery for example: after a resection there is no target
        disease left.
    rules : ResponseRules
        Numbers that the protocol fixes.

    Returns
    -------
    BestResponse
        The best of CR > PR > SD > NON-CR/NON-PD > PD > NE; the earliest assessment at a tie.

    Notes
    -----
    CR is confirmed by a CR, PR by a CR or PR, at ``date + confirm_days`` or later; between them lie
    only CR and NE (and PR, for PR), no PR after a CR. What is not confirmed, and SD, counts as SD
    from ``since + minimum_sd_days`` and as NE before. Eisenhauer 2009, table 3; where the table
    leaves room, the conventions of pharmaverse admiralonco (``derive_param_confirmed_bor``).
    """
    counted = _counted(timepoints, until=until)
    if not counted:
        return BestResponse(response=None)
    candidates = [
        _credit(counted[place:], since=since, confirmed=confirmed, rules=rules)
        for place in range(len(counted))
    ]
    return min(candidates, key=_order)


def best_percentage_change(
    timepoints: Sequence[Timepoint], *, until: dt.date | None = None
) -> float | None:
    """Return the smallest change of the sum from baseline in per cent.

    Every assessment after baseline up to `until` counts, those after PD too; None when no sum is
    known.
    """
    changes = [
        point.change_from_baseline_percent
        for point in timepoints
        if until is None or point.date <= until
    ]
    return min((change for change in changes if change is not None), default=None)


def _order(best: BestResponse) -> tuple[int, dt.date]:
    return _RANK[best.response or Response.NE], best.date or dt.date.max


def _counted(timepoints: Sequence[Dated], *, until: dt.date | None) -> list[DatedResponse]:
    """Return one response a day, in order, up to the first PD."""
    known = [
        DatedResponse(date=point.date, response=point.response)
        for point in timepoints
        if point.response is not None and (until is None or point.date <= until)
    ]
    worst = {point.date: point for point in sorted(known, key=_same_day_order)}
    days = [worst[date] for date in sorted(worst)]
    first = next((place for place, day in enumerate(days) if day.response is Response.PD), None)
    return days if first is None else days[: first + 1]


def _same_day_order(point: DatedResponse) -> int:
    return -1 if point.response is Response.NE else _RANK[point.response]


def _credit(
    points: Sequence[DatedResponse], *, since: dt.date, confirmed: bool, rules: ResponseRules
) -> BestResponse:
    """Return what the first of these points counts as, in the light of those after it."""
    point = points[0]
    if point.response in {Response.CR, Response.PR}:
        confirmation = _confirmation(points, rules=rules) if confirmed else point.date
        if confirmation is not None:
            on = confirmation if confirmed else None
            return BestResponse(response=point.response, date=point.date, confirmed_on=on)
    if point.response in {Response.PD, Response.NE}:
        return BestResponse(response=point.response, date=point.date)
    if point.date < since + dt.timedelta(days=rules.minimum_sd_days):
        return BestResponse(response=Response.NE, date=point.date)
    floor = Response.SD if point.response in _FLOOR_OF_SD else Response.NON_CR_NON_PD
    return BestResponse(response=floor, date=point.date)


def _confirmation(points: Sequence[DatedResponse], *, rules: ResponseRules) -> dt.date | None:
    """Return the date of the assessment that confirms the first of these points."""
    first = points[0]
    due = first.date + dt.timedelta(days=rules.confirm_days)
    same = (Response.CR,) if first.response is Response.CR else (Response.CR, Response.PR)
    for place, point in enumerate(points[1:], start=1):
        if point.response in same and point.date >= due:
            window = [between.response for between in points[1 : place + 1]]
            return point.date if _holds(first.response, window, rules=rules) else None
    return None


def _holds(first: Response, window: Sequence[Response], *, rules: ResponseRules) -> bool:
    """Tell whether a response held over the assessments up to its confirmation."""
    if window.count(Response.NE) > rules.most_ne_between:
        return False
    if first is Response.CR:
        return set(window) <= {Response.CR, Response.NE}
    if window.count(Response.SD) > rules.most_sd_between:
        return False
    calls = [response for response in window if response in {Response.CR, Response.PR}]
    lost_complete = sorted(calls, key=_RANK.__getitem__, reverse=True) != calls
    allowed = {*_FLOOR_OF_SD, Response.NE}
    return set(window) <= allowed and not lost_complete
