"""Event-free survival of one subject: the date that counts, whether it is an event, and why.

EFS runs from randomisation to progression that precludes surgery, incomplete resection (by
convention), recurrence, or death of any cause, whichever comes first. How an incomplete resection
is dated moves the type I error when the arms are operated at different times: JCOG0801-A,
doi:10.1093/jjco/hys122.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from equipoise.base.errors import BadInput, Fault, bad_input
from equipoise.oncology.resection import Margin


class SurgeryOutcome(StrEnum):
    """What an operation achieved."""

    RESECTED = "resected"
    EXPLORED_ONLY = "explored_only"


class EfsEvent(StrEnum):
    """Kind of event; at one date the earlier in this list gives its name."""

    PROGRESSION = "progression"
    INCOMPLETE_RESECTION = "incomplete resection"
    RECURRENCE = "recurrence"
    DEATH = "death"


class ProgressionRule(StrEnum):
    """Which progression before surgery is an event."""

    PRECLUDING_SURGERY = "precluding_surgery"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSurgery:
    """An incomplete resection is an event on the day of surgery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAnEvent:
    """An incomplete resection is no event; later progression, recurrence or death is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """An incomplete resection is an event at the same day of the trial for everybody.

    Choose a day after the surgery of the slower arm: an operation later than it is dated back.

    Attributes
    ----------
    days : int
        Days from randomisation.
    """

    days: int

    def __post_init__(self) -> None:
        """Refuse a landmark before randomisation."""
        if self.days < 0:
            raise bad_input("a landmark lies ahead", where="days", got=self.days, fix="112")


IncompleteResection = AtSurgery | NotAnEvent | Landmark


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of one subject; a date of None has not happened or is not known.

    Attributes
    ----------
    randomised : datetime.date
        Start of the clock.
    progression : datetime.date | None
        First objective progression that is not a recurrence.
    precludes_surgery : bool | None
        Whether that progression made surgery senseless or impossible; when None, it did if no
        resection follows.
    surgery, outcome : datetime.date | None, SurgeryOutcome | None
        Date and outcome of the operation.
    margin : Margin | None
        Residual tumour. R1 and RX are no events.
    recurrence : datetime.date | None
        First recurrence after resection.
    death : datetime.date | None
        Death of any cause.
    last_assessment : datetime.date | None
        Last adequate assessment of the disease.
    pathological_complete : bool | None
        No viable tumour in the specimen; only checked against the margin.
    """

    randomised: dt.date
    progression: dt.date | None = None
    precludes_surgery: bool | None = None
    surgery: dt.date | None = None
    outcome: SurgeryOutcome | None = None
    margin: Margin | None = None
    recurrence: dt.date | None = None
    death: dt.date | None = None
    last_assessment: dt.date | None = None
    pathological_complete: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFreeSurvival:
    """Event-free survival of one subject.

    Attributes
    ----------
    date : datetime.date
        Date of the event, or of censoring.
    event : EfsEvent | None
        None when censored.
    reason : str
        One sentence.
    """

    date: dt.date
    event: EfsEvent | None
    reason: str

    @property
    def is_event(self) -> bool:
        """Whether the subject had an event."""
        return self.event is not None


def event_free_survival(
    history: History,
    *,
    incomplete_resection: IncompleteResection,
    progression: ProgressionRule = ProgressionRule.PRECLUDING_SURGERY,
    cut_off: dt.date | None = None,
) -> EventFreeSurvival:
    """Return the first event of a subject, or where follow-up without event ends.

    Parameters
    ----------
    history : History
        What is known of the subject.
    incomplete_resection : IncompleteResection
        What R2 and exploration without resection count as.
    progression : ProgressionRule
        Whether progression counts although a resection followed.
    cut_off : datetime.date | None
        Data cut-off; what lies after it is not known. A landmark after it is no event yet.

    Returns
    -------
    EventFreeSurvival
        The earliest event up to the cut-off; progression gives its name to an event on the day of
        a death. Without event, censored at the last assessment, at the cut-off when assessed after
        it, and at randomisation when never assessed after that.

    Raises
    ------
    BadInput
        Every reason why the history is impossible: recurrence without resection, a margin without
        surgery, R0 or R1 of an exploration, anything before randomisation, after death, a
        recurrence before surgery, a complete pathological response with R1 or R2.
    """
    faults = _faults(history, cut_off)
    if faults:
        raise BadInput(*faults)
    known = history if cut_off is None else _as_known_on(cut_off, history)
    events = {
        EfsEvent.PROGRESSION: _progression(known, rule=progression),
        EfsEvent.INCOMPLETE_RESECTION: _incomplete(known, dating=incomplete_resection),
        EfsEvent.RECURRENCE: known.recurrence,
        EfsEvent.DEATH: known.death,
    }
    dated = [
        (date, event)
        for event, date in events.items()
        if date is not None and (cut_off is None or date <= cut_off)
    ]
    if not dated:
        return _censored(history, cut_off)
    date, event = min(dated, key=lambda pair: pair[0])
    later = [f"{other} of {when}" for when, other in sorted(dated) if other is not event]
    rest = f", before or with {' and '.join(later)}" if later else ""
    words = _event_words(event, known, incomplete_resection)
    return EventFreeSurvival(date=date, event=event, reason=f"Event on {date}: {words}{rest}")


def _progression(history: History, *, rule: ProgressionRule) -> dt.date | None:
    """Return the date of progression when it counts."""
    date = history.progression
    if date is None:
        return None
    match rule:
        case ProgressionRule.ANY:
            return date
        case ProgressionRule.PRECLUDING_SURGERY:
            counts = history.precludes_surgery or not _resected_after(date, history)
            return date if counts else None
        case _:
            assert_never(rule)


def _resected_after(date: dt.date, history: History) -> bool:
    """Tell whether surgery followed: a resection, or any surgery the progression allowed."""
    if history.surgery is None or history.surgery < date:
        return False
    return history.precludes_surgery is False or history.outcome is not SurgeryOutcome.EXPLORED_ONLY


def _incomplete(history: History, *, dating: IncompleteResection) -> dt.date | None:
    """Return the date of an incomplete resection when it counts."""
    explored = history.outcome is SurgeryOutcome.EXPLORED_ONLY
    if not (explored or history.margin is Margin.R2):
        return None
    match dating:
        case AtSurgery():
            return history.surgery
        case NotAnEvent():
            return None
        case Landmark():
            return history.randomised + dt.timedelta(days=dating.days)
        case _:
            assert_never(dating)


def _as_known_on(cut_off: dt.date, history: History) -> History:
    """Forget what lies after the cut-off."""

    def until(date: dt.date | None) -> dt.date | None:
        return None if date is None or date > cut_off else date

    operated = until(history.surgery) is not None
    return replace(
        history,
        progression=until(history.progression),
        surgery=until(history.surgery),
        outcome=history.outcome if operated else None,
        margin=history.margin if operated else None,
        recurrence=until(history.recurrence),
        death=until(history.death),
    )


def _censored(history: History, cut_off: dt.date | None) -> EventFreeSurvival:
    last = history.last_assessment
    if last is None or last <= history.randomised:
        reason = f"Censored on {history.randomised}, at randomisation: never assessed after it"
        return EventFreeSurvival(date=history.randomised, event=None, reason=reason)
    if cut_off is not None and last > cut_off:
        reason = f"Censored on {cut_off}, the data cut-off: assessed later, no event until then"
        return EventFreeSurvival(date=cut_off, event=None, reason=reason)
    reason = f"Censored on {last}, the last assessment: no event known"
    return EventFreeSurvival(date=last, event=None, reason=reason)


def _event_words(event: EfsEvent, history: History, dating: IncompleteResection) -> str:
    match event:
        case EfsEvent.PROGRESSION:
            followed = history.surgery is not None and history.surgery >= (
                history.progression or history.randomised
            )
            return "progression, surgery followed" if followed else "progression"
        case EfsEvent.INCOMPLETE_RESECTION:
            explored = history.outcome is SurgeryOutcome.EXPLORED_ONLY
            what = "exploration without resection" if explored else "R2 resection"
            at_landmark = isinstance(dating, Landmark)
            return f"{what} of {history.surgery}, dated at the landmark" if at_landmark else what
        case EfsEvent.RECURRENCE | EfsEvent.DEATH:
            return str(event)
        case _:
            assert_never(event)


def _faults(history: History, cut_off: dt.date | None) -> list[Fault]:
    return [*_surgery_faults(history), *_order_faults(history, cut_off)]


def _surgery_faults(history: History) -> list[Fault]:
    explored = history.outcome is SurgeryOutcome.EXPLORED_ONLY
    operated = history.surgery is not None
    left_behind = history.margin in {Margin.R1, Margin.R2}
    wrong = {
        "recurrence without resection": history.recurrence and (explored or not operated),
        "a margin without surgery": history.margin and not operated,
        "an outcome of surgery without its date": history.outcome and not operated,
        "R0 or R1 of an exploration": explored and history.margin in {Margin.R0, Margin.R1},
        "complete pathological response with R1 or R2": (
            history.pathological_complete and left_behind
        ),
    }
    return [_fault(what, history) for what, found in wrong.items() if found]


def _order_faults(history: History, cut_off: dt.date | None) -> list[Fault]:
    clinical = (history.progression, history.surgery, history.recurrence)
    dates = [date for date in (*clinical, history.death) if date is not None]
    alive = [date for date in (*clinical, history.last_assessment) if date is not None]
    before_start = min(dates, default=history.randomised) < history.randomised
    after_death = history.death is not None and max(alive, default=history.death) > history.death
    no_surgery_yet = (
        history.recurrence is not None
        and history.surgery is not None
        and history.recurrence < history.surgery
    )
    wrong = {
        "a date before randomisation": before_start,
        "a date after death": after_death,
        "recurrence before surgery": no_surgery_yet,
        "data cut-off before randomisation": cut_off is not None and cut_off < history.randomised,
    }
    return [_fault(what, history) for what, found in wrong.items() if found]


def _fault(what: str, history: History) -> Fault:
    fix = "correct the entry in the record"
    where = "history of a subject"
    return Fault(kind="impossible_history", what=what, where=where, got=str(history), fix=fix)
