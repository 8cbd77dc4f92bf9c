"""Best overall response and date of progression by iRECIST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from equipoise.base.errors import bad_input
from equipoise.oncology.response.irecist_words import IResponse


class IDated(Protocol):
    """Anything with a date and a response by iRECIST; an `ITimepoint` is one."""

    @property
    def date(self) -> dt.date:
        """Date of the assessment."""
        ...

    @property
    def response(self) -> IResponse | None:
        """Response; None at baseline."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedIResponse:
    """A time point of which only date and response are known."""

    date: dt.date
    response: IResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class BestIResponse:
    """Best overall response by iRECIST and the first assessment that gives it.

    `response` is None when the subject was never assessed after baseline.
    """

    response: IResponse | None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IProgression:
    """The progression of a subject by iRECIST.

    Attributes
    ----------
    date : datetime.date
        First iUPD of the episode that was confirmed, or that stayed open to the end.
    confirmed_on : datetime.date | None
        The iCPD; None when it was never confirmed and never reset.
    """

    date: dt.date
    confirmed_on: dt.date | None


_RANK = {response: rank for rank, response in enumerate(IResponse)}
_NEEDS_TIME = (IResponse.ISD, IResponse.NON_ICR_NON_IUPD)


def irecist_best(
    timepoints: Sequence[IDated],
    *,
    since: dt.date,
    minimum_sd_days: int = 42,
    until: dt.date | None = None,
) -> BestIResponse:
    """Return the best overall response by iRECIST (iBOR).

    Parameters
    ----------
    timepoints : Sequence[IDated]
        In order; those without response are passed over, and those after the first iCPD.
    since : datetime.date
        From here the minimum duration of iSD is counted.
    minimum_sd_days : int
        Days from `since` to an assessment that can establish iSD; an earlier one is NE.
    until : datetime.date | None
        Last day that counts.

    Returns
    -------
    BestIResponse
        The best of iCR > iPR > iSD > NON-iCR/NON-iUPD > iCPD > iUPD > NE, the first at a tie. As in
        table 3 of the paper a response needs no confirmation, and one after an iUPD that was not
        confirmed counts.

    Raises
    ------
    BadInput
        For a negative number of days.
    """
    if minimum_sd_days < 0:
        got = minimum_sd_days
        raise bad_input("days are 0 or more", where="minimum_sd_days", got=got, fix="42")
    best = BestIResponse(response=None)
    for point in _counted(timepoints, until=until):
        early = point.date < since + dt.timedelta(days=minimum_sd_days)
        call = IResponse.NE if early and point.response in _NEEDS_TIME else point.response
        if best.response is None or _RANK[call] < _RANK[best.response]:
            best = BestIResponse(response=call, date=point.date)
    return best


def irecist_progression(
    timepoints: Sequence[IDated], *, until: dt.date | None = None
) -> IProgression | None:
    """Return the progression by iRECIST; None without one.

    The date is that of the first iUPD of the episode that was confirmed; only iUPD and NE lie
    between. An episode that nothing but iUPD and NE follows counts from its first iUPD, too, though
    unconfirmed. An iUPD that was reset is no progression. (pharmaverse admiralonco, vignette on
    iRECIST.) Parameters as in `irecist_best`.
    """
    first: dt.date | None = None
    for point in _counted(timepoints, until=until):
        if point.response is IResponse.ICPD:
            return IProgression(date=first or point.date, confirmed_on=point.date)
        if point.response is IResponse.IUPD:
            first = first or point.date
        elif point.response is not IResponse.NE:
            first = None
    return None if first is None else IProgression(date=first, confirmed_on=None)


def _counted(timepoints: Sequence[IDated], *, until: dt.date | None) -> list[DatedIResponse]:
    counted: list[DatedIResponse] = []
    for point in timepoints:
        if point.response is None or (until is not None and point.date > until):
            continue
        counted.append(DatedIResponse(date=point.date, response=point.response))
        if point.response is IResponse.ICPD:
            break
    return counted
