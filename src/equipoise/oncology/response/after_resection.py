"""Scans after a resection: judged for recurrence by new lesions, not by a baseline cut out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from equipoise.oncology.response.recist import LesionKind, LesionState
from equipoise.oncology.response.recist_words import Timepoint, names


class AfterResection(StrEnum):
    """What a scan after a resection says."""

    RECURRENCE = "recurrence"
    PROGRESSION = "progression"
    NO_RECURRENCE = "no recurrence"
    NOT_EVALUABLE = "not evaluable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledAfter:
    """What a scan after a resection says, and why."""

    call: AfterResection
    why: str

    @property
    def explanation(self) -> str:
        """One sentence that says why."""
        return f"{self.call}: {self.why}"


def call_after_resection(
    point: Timepoint, *, resected: dt.date, tumour_left: bool | None
) -> CalledAfter | None:
    """Return what a scan says; None unless it is after the day of the resection.

    A new lesion is a recurrence, and progression where tumour was left (R2); there unequivocal
    progression of what was left is one, too. Sums are compared with nothing: their baseline was cut
    out. A scan on the day of surgery is one before it. While nobody knows whether tumour was left
    (`tumour_left` None) a scan is called as if none was, and the sentence says so.
    """
    if point.date <= resected:
        return None
    call, why = _called(point, tumour_left=tumour_left, since=f"after the resection of {resected}")
    return CalledAfter(call=call, why=why)


def _called(
    point: Timepoint, *, tumour_left: bool | None, since: str
) -> tuple[AfterResection, str]:
    new = [one for one in point.lesions if one.newly_seen]
    if tumour_left:
        return _with_tumour_left(point, since=since)
    unsure = "; whether tumour was left (R2) is not known" if tumour_left is None else ""
    remarks = f"{_remarks(point)}{unsure}"
    if new:
        return AfterResection.RECURRENCE, f"new lesion {names(new)} {since}{remarks}"
    if all(one.state is LesionState.NOT_EVALUATED for one in point.lesions):
        return AfterResection.NOT_EVALUABLE, f"nothing was evaluated {since}"
    return AfterResection.NO_RECURRENCE, f"no new lesion {since}{remarks}"


def _with_tumour_left(point: Timepoint, *, since: str) -> tuple[AfterResection, str]:
    worse = LesionState.UNEQUIVOCAL_PROGRESSION
    signs = [one for one in point.lesions if one.newly_seen or one.state is worse]
    if signs:
        why = f"new lesion or unequivocal progression of {names(signs)} {since} with tumour left"
        return AfterResection.PROGRESSION, why
    why = f"tumour was left {since}, and the sums before it measure it no longer"
    return AfterResection.NOT_EVALUABLE, why


def _remarks(point: Timepoint) -> str:
    """Return what a reader should know beside the reason."""
    suspected = [one for one in point.lesions if one.suspected]
    old = [one for one in point.lesions if one.kind is not LesionKind.NEW and one.gone is False]
    maybe = f"; {names(suspected)} may be a new lesion, to be confirmed" if suspected else ""
    back = f"; {names(old)} of baseline told as still there: what is seen after a resection is new"
    return f"{maybe}{back}" if old else maybe
