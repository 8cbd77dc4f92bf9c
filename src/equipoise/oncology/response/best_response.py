"""Best overall response and best change of the sum, from a subject's time points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Protocol, assert_never

from equipoise.base.errors import bad_input
from equipoise.oncology.response.recist import Response
from equipoise.oncology.response.recist_words import Timepoint


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

    @property
    def progressed_on(self) -> dt.date | None:
        """Day from which PD counts, when it is before the assessment; None is its own day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedResponse:
    """A time point of which only date and overall response are known."""

    date: dt.date
    response: Response
    progressed_on: dt.date | None = None


class AfterComplete(StrEnum):
    """What a PR, SD or NON-CR/NON-PD means once CR was called.

    As called: each call stands. Progression: what is seen again after CR is PD (guideline, table 3,
    first reading of its footnote). Recoded: a CR that a PR follows before it could be confirmed was
    called too early and was PR (second reading); after any other CR it is PD.
    """

    AS_CALLED = "as_called"
    PROGRESSION = "progression"
    RECODED = "recoded"


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
    after_complete : AfterComplete
        How a lesser response after CR is read. `recist_responses` never leaves the question open
        but for nodes; calls of a reader may.
    """

    minimum_sd_days: int = 42
    confirm_days: int = 28
    most_ne_between: int = 1
    most_sd_between: int = 0
    after_complete: AfterComplete = AfterComplete.AS_CALLED

    def __post_init__(self) -> None:
        """Refuse negative numbers."""
        numbers = (self.minimum_sd_days, self.confirm_days)
        if min(*numbers, self.most_ne_between, self.most_sd_between) < 0:
            raise bad_input("a rule is negative", where="rules", got=self, fix="0 or more")


ADMIRALONCO = ResponseRules()
"""pharmaverse admiralonco, `derive_param_confirmed_bor`, with 42 and 28 days."""

ADMIRALONCO_ACCEPT_SD = ResponseRules(most_sd_between=1)
"""The same with its option `accept_sd`: one SD may lie between a PR and its confirmation."""

GUIDELINE = ResponseRules(after_complete=AfterComplete.PROGRESSION)
"""Eisenhauer 2009, table 3, a CR being real."""

GUIDELINE_RECODED = ResponseRules(after_complete=AfterComplete.RECODED)
"""Eisenhauer 2009, table 3, a CR that turns into PR having been PR."""

USUAL_RULES = ADMIRALONCO


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
        worse counts, NE only alone; from the first day on which a PD counts (`progressed_on`) there
        is PD and nothing after it.
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
    leaves room, the conventions of pharmaverse admiralonco (``derive_param_confirmed_bor``) unless
    the rules say otherwise.
    """
    counted = counted_responses(timepoints, until=until, rules=rules)
    if not counted:
        return BestResponse(response=None)
    candidates = [
        _credit(counted[place:], since=since, confirmed=confirmed, rules=rules)
        for place in range(len(counted))
    ]
    return min(candidates, key=_order)


def first_response(
    timepoints: Sequence[Dated],
    *,
    confirmed: bool,
    until: dt.date | None = None,
    rules: ResponseRules = USUAL_RULES,
) -> BestResponse | None:
    """Return the first CR or PR that counts, whichever comes first; None without one.

    The date of response is its date, not that of the assessment that confirmed it. Parameters as
    in `best_overall_response`.
    """
    counted = counted_responses(timepoints, until=until, rules=rules)
    for place in range(len(counted)):
        found = _responded(counted[place:], confirmed=confirmed, rules=rules)
        if found is not None:
            return found
    return None


def progression_date(
    timepoints: Sequence[Dated],
    *,
    until: dt.date | None = None,
    rules: ResponseRules = USUAL_RULES,
) -> dt.date | None:
    """Return the day from which the first PD counts; None without PD. Parameters as in the best."""
    counted = counted_responses(timepoints, until=until, rules=rules)
    progressed = bool(counted) and counted[-1].response is Response.PD
    return counted[-1].date if progressed else None


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


def counted_responses(
    timepoints: Sequence[Dated], *, until: dt.date | None, rules: ResponseRules
) -> list[DatedResponse]:
    """Return the responses that count: one a day, in order, up to the day from which PD counts."""
    known = [
        DatedResponse(date=point.date, response=point.response, progressed_on=point.progressed_on)
        for point in timepoints
        if point.response is not None and (until is None or point.date <= until)
    ]
    worst = {point.date: point for point in sorted(known, key=_same_day_order)}
    return _up_to_progression(_reread([worst[date] for date in sorted(worst)], rules=rules))


def _up_to_progression(days: list[DatedResponse]) -> list[DatedResponse]:
    """Return the days before PD counts, and PD on the first day from there."""
    progressed = [day for day in days if day.response is Response.PD]
    if not progressed:
        return days
    since = min(min(day.progressed_on or day.date, day.date) for day in progressed)
    before = [day for day in days if day.date < since]
    found = DatedResponse(date=days[len(before)].date, response=Response.PD)
    return [*before, found]


def _reread(days: list[DatedResponse], *, rules: ResponseRules) -> list[DatedResponse]:
    """Return the days with what follows a CR read as the rules say."""
    match rules.after_complete:
        case AfterComplete.AS_CALLED:
            return days
        case AfterComplete.PROGRESSION:
            return _progressed_after_complete(days)
        case AfterComplete.RECODED:
            return _recoded(days, rules=rules)
        case _:
            assert_never(rules.after_complete)


def _progressed_after_complete(days: list[DatedResponse]) -> list[DatedResponse]:
    lost = _lost_complete(days)
    if lost is None:
        return days
    _, place = lost
    return [*days[:place], DatedResponse(date=days[place].date, response=Response.PD)]


def _recoded(days: list[DatedResponse], *, rules: ResponseRules) -> list[DatedResponse]:
    lost = _lost_complete(days)
    if lost is None:
        return days
    start, place = lost
    completes = [day for day in days[start:place] if day.response is Response.CR]
    lasted = (completes[-1].date - completes[0].date).days
    if days[place].response is not Response.PR or lasted >= rules.confirm_days:
        return _progressed_after_complete(days)
    partial = [
        DatedResponse(date=day.date, response=Response.PR) if day in completes else day
        for day in days[start:place]
    ]
    return _recoded([*days[:start], *partial, *days[place:]], rules=rules)


def _lost_complete(days: Sequence[DatedResponse]) -> tuple[int, int] | None:
    """Return the place of the first CR and of the first lesser response after it, before any PD."""
    before = list(takewhile(lambda day: day.response is not Response.PD, days))
    start = next((i for i, day in enumerate(before) if day.response is Response.CR), len(before))
    kept = (Response.CR, Response.NE)
    lost = next((i for i, day in enumerate(before) if i > start and day.response not in kept), None)
    return None if lost is None else (start, lost)


def _same_day_order(point: DatedResponse) -> int:
    return -1 if point.response is Response.NE else _RANK[point.response]


def _credit(
    points: Sequence[DatedResponse], *, since: dt.date, confirmed: bool, rules: ResponseRules
) -> BestResponse:
    """Return what the first of these points counts as, in the light of those after it."""
    point = points[0]
    responded = _responded(points, confirmed=confirmed, rules=rules)
    if responded is not None:
        return responded
    if point.response in {Response.PD, Response.NE}:
        return BestResponse(response=point.response, date=point.date)
    if point.date < since + dt.timedelta(days=rules.minimum_sd_days):
        return BestResponse(response=Response.NE, date=point.date)
    floor = Response.SD if point.response in _FLOOR_OF_SD else Response.NON_CR_NON_PD
    return BestResponse(response=floor, date=point.date)


def _responded(
    points: Sequence[DatedResponse], *, confirmed: bool, rules: ResponseRules
) -> BestResponse | None:
    """Return the first of these points when it is a CR or PR that counts."""
    point = points[0]
    if point.response not in {Response.CR, Response.PR}:
        return None
    if not confirmed:
        return BestResponse(response=point.response, date=point.date)
    on = _confirmation(points, rules=rules)
    if on is None:
        return None
    return BestResponse(response=point.response, date=point.date, confirmed_on=on)


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
