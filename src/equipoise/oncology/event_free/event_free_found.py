"""What of a history is an event by the rules, when, and why another thing is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from equipoise.oncology.event_free.event_free_history import History
from equipoise.oncology.event_free.event_free_rules import (
    Clearance,
    Dating,
    EfsEvent,
    EventRules,
    Landmark,
    NewTherapy,
    NotAnEvent,
    OnTheDay,
    ProgressionRule,
    SecondPrimary,
)
from equipoise.oncology.surgery.resection import Margin

EARLY_DEATH_DAYS = 90
"""Days after surgery within which a death is told as one; it is an event like any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that happened to a subject.

    Attributes
    ----------
    event : EfsEvent
        What kind of event it is or would be.
    happened : datetime.date
        When.
    counts_on : datetime.date | None
        The date that counts; None when it is no event.
    words : str
        What it was.
    remark : str
        Why it is none, or why that date counts; empty when nothing needs to be said.
    """

    event: EfsEvent
    happened: dt.date
    counts_on: dt.date | None
    words: str
    remark: str = ""

    @property
    def on(self) -> dt.date:
        """The date that counts; when it happened, for what is no event."""
        return self.happened if self.counts_on is None else self.counts_on


def found_in(history: History, rules: EventRules) -> tuple[Found, ...]:
    """Return everything that a history holds, event or not, in the order of `EfsEvent`."""
    return (
        *_progressions(history, rules.progression),
        *_incomplete_resections(history, rules),
        *_surgeries_not_reached(history, rules.surgery_not_reached),
        *_recurrences(history),
        *_second_primaries(history, rules.second_primary),
        *_deaths(history),
        *_new_therapies(history, rules.new_therapy),
    )


def _progressions(history: History, rule: ProgressionRule) -> Iterator[Found]:
    for day in sorted(history.progressions):
        followed = history.surgery is not None and day <= history.surgery
        remark = _not_precluding(day, history)
        match rule:
            case ProgressionRule.ANY:
                counts = True
            case ProgressionRule.PRECLUDING_SURGERY:
                counts = not remark
            case _:
                assert_never(rule)
        yield Found(
            event=EfsEvent.PROGRESSION,
            happened=day,
            counts_on=day if counts else None,
            words="progression, surgery followed" if followed and counts else "progression",
            remark="" if counts else remark,
        )


def _not_precluding(day: dt.date, history: History) -> str:
    """Say why a progression did not preclude surgery; empty when it did, or came after it."""
    if history.surgery is None or history.surgery < day or history.precludes_surgery:
        return ""
    if history.precludes_surgery is False:
        return f"it did not preclude the surgery of {history.surgery}"
    if history.outcome is None:
        return f"surgery followed on {history.surgery}, whether a resection is not known"
    return "" if history.explored_only else f"a resection followed on {history.surgery}"


def _incomplete_resections(history: History, rules: EventRules) -> Iterator[Found]:
    what, remark = _residual(history, rules.clearance)
    if history.surgery is None or not what:
        return
    if remark:
        yield Found(
            event=EfsEvent.INCOMPLETE_RESECTION,
            happened=history.surgery,
            counts_on=None,
            words=what,
            remark=remark,
        )
        return
    yield _dated(
        rules.incomplete_resection,
        history,
        event=EfsEvent.INCOMPLETE_RESECTION,
        happened=history.surgery,
        words=what,
    )


def _residual(history: History, clearance: Clearance) -> tuple[str, str]:
    """Return what was left of the tumour, and why that is a complete resection all the same."""
    if history.explored_only:
        return "exploration without resection", ""
    match history.margin:
        case Margin.R2:
            return "R2 resection", ""
        case Margin.R1:
            enough = clearance is Clearance.R0_OR_R1
            return "R1 resection", "R1 is a complete resection here" if enough else ""
        case Margin.RX:
            return "RX resection", "residual tumour could not be assessed"
        case Margin.R0 | None:
            return "", ""
        case _:
            assert_never(history.margin)


def _surgeries_not_reached(history: History, dating: Dating) -> Iterator[Found]:
    day = history.not_operated
    if day is None:
        return
    words = "a decision against surgery"
    if history.surgery is None:
        event = EfsEvent.SURGERY_NOT_REACHED
        yield _dated(dating, history, event=event, happened=day, words=words)
        return
    yield Found(
        event=EfsEvent.SURGERY_NOT_REACHED,
        happened=day,
        counts_on=None,
        words=words,
        remark=f"surgery followed on {history.surgery}",
    )


def _dated(
    dating: Dating, history: History, *, event: EfsEvent, happened: dt.date, words: str
) -> Found:
    """Return a failure of surgery with the date that counts by the convention."""
    counts_on: dt.date | None = happened
    remark = ""
    match dating:
        case OnTheDay():
            pass
        case NotAnEvent():
            counts_on, remark = None, f"{event} is no event here"
        case Landmark(days=days):
            counts_on = history.randomised + dt.timedelta(days=days)
            remark = f"found on {happened} and dated at the landmark of day {days}"
        case _:
            assert_never(dating)
    return Found(event=event, happened=happened, counts_on=counts_on, words=words, remark=remark)


def _recurrences(history: History) -> Iterator[Found]:
    confirmed, suspected = history.recurrence, history.recurrence_suspected
    if confirmed is not None:
        first = confirmed if suspected is None else suspected
        yield Found(
            event=EfsEvent.RECURRENCE,
            happened=first,
            counts_on=first,
            words="recurrence",
            remark="" if first == confirmed else f"first suspected then, confirmed on {confirmed}",
        )
    elif suspected is not None:
        yield Found(
            event=EfsEvent.RECURRENCE,
            happened=suspected,
            counts_on=None,
            words="a suspected recurrence",
            remark="it is not confirmed",
        )


def _second_primaries(history: History, rule: SecondPrimary) -> Iterator[Found]:
    day = history.second_primary
    if day is None:
        return
    counts_on: dt.date | None = day
    remark = ""
    match rule:
        case SecondPrimary.EVENT:
            pass
        case SecondPrimary.NOT_AN_EVENT:
            counts_on, remark = None, "another tumour is no event here"
        case _:
            assert_never(rule)
    yield Found(
        event=EfsEvent.SECOND_PRIMARY,
        happened=day,
        counts_on=counts_on,
        words="second primary tumour",
        remark=remark,
    )


def _new_therapies(history: History, rule: NewTherapy) -> Iterator[Found]:
    day = history.new_therapy
    if day is None:
        return
    counts_on: dt.date | None = day
    remark = ""
    match rule:
        case NewTherapy.EVENT:
            pass
        case NewTherapy.CONTINUE:
            counts_on, remark = None, "follow-up continues through it"
        case NewTherapy.CENSOR:
            counts_on, remark = None, "it censors what comes after it"
        case _:
            assert_never(rule)
    yield Found(
        event=EfsEvent.NEW_THERAPY,
        happened=day,
        counts_on=counts_on,
        words="new therapy",
        remark=remark,
    )


def _deaths(history: History) -> Iterator[Found]:
    if history.death is None:
        return
    yield Found(
        event=EfsEvent.DEATH,
        happened=history.death,
        counts_on=history.death,
        words="death",
        remark=_soon_after_surgery(history.death, history.surgery),
    )


def _soon_after_surgery(death: dt.date, surgery: dt.date | None) -> str:
    if surgery is None or (death - surgery).days > EARLY_DEATH_DAYS:
        return ""
    return f"{(death - surgery).days} days after surgery"
