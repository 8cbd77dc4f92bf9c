"""Event-free survival of one subject: the date that counts, whether it is an event, and why.

EFS runs from randomisation to progression that precludes surgery, incomplete resection (by
convention), recurrence, or death of any cause, whichever comes first. How an incomplete resection
is dated moves the type I error when the arms are operated at different times: JCOG0801-A,
doi:10.1093/jjco/hys122. `event_free_rules` holds every switch, `event_free_history` what is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from equipoise.base.errors import BadInput, Fault
from equipoise.oncology.event_free.event_free_found import Found, found_in
from equipoise.oncology.event_free.event_free_history import (
    History,
    as_known_on,
    contradictions_of,
    say_history,
)
from equipoise.oncology.event_free.event_free_rules import (
    CensorBeforeGap,
    EfsCensoring,
    EfsEvent,
    EventRules,
    IgnoreMissedVisits,
    NewTherapy,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFreeSurvival:
    """Event-free survival of one subject.

    Attributes
    ----------
    date : datetime.date
        Date of the event, or of censoring.
    event : EfsEvent | None
        None when censored.
    censoring : EfsCensoring | None
        The rule that censored; None with an event.
    reason : str
        One sentence: what happened, what came later, and what did not count and why.
    """

    date: dt.date
    event: EfsEvent | None
    censoring: EfsCensoring | None
    reason: str

    @property
    def is_event(self) -> bool:
        """Whether the subject had an event."""
        return self.event is not None


_FDA = EventRules()


def event_free_survival(
    history: History, *, rules: EventRules = _FDA, cut_off: dt.date | None = None
) -> EventFreeSurvival:
    """Return the first event of a subject, or where follow-up without event ends.

    Parameters
    ----------
    history : History
        What is known of the subject.
    rules : EventRules
        What counts as an event, and what censors.
    cut_off : datetime.date | None
        Data cut-off; what lies after it is not known. A landmark after it is no event yet.

    Returns
    -------
    EventFreeSurvival
        The earliest event up to the cut-off, named by the order of `EfsEvent` when several share
        its date. Without event, censored at the last assessment, or at randomisation when never
        assessed after it. A therapy that censors, and that came before the event (or, without
        one, before the last assessment), moves the end to the last assessment on or before it; a
        gap before the event that is too long moves it to the assessment before the gap. What a
        landmark dates has happened when it happened, for both.

    Raises
    ------
    BadInput
        Every reason why the history is impossible; `CONTRADICTIONS` lists them.
    """
    _refuse(history, cut_off)
    known = history if cut_off is None else as_known_on(cut_off, history)
    every = found_in(known, rules)
    events = [one for one in every if _counts(one, cut_off)]
    first = min(events, key=lambda one: one.on, default=None)
    ended = _by_therapy(known, first, rules) or _by_gap(known, first, rules)
    if ended is not None:
        return ended
    if first is None:
        return _without_event(known, every, cut_off)
    return _with_event(first, every, events)


def _counts(found: Found, cut_off: dt.date | None) -> bool:
    return found.counts_on is not None and (cut_off is None or found.counts_on <= cut_off)


def _with_event(first: Found, every: Sequence[Found], events: Sequence[Found]) -> EventFreeSurvival:
    said = [first.words, first.remark] if first.remark else [first.words]
    alike = [one.words for one in events if one is not first and one.on == first.on]
    later = [
        f"{one.words} of {one.on}"
        for one in sorted(events, key=lambda one: one.on)
        if one.on != first.on
    ]
    said += [f"named before {' and '.join(alike)} of the same day"] if alike else []
    said += [f"before {' and '.join(later)}"] if later else []
    passed = [one for one in every if one.counts_on is None and one.happened <= first.on]
    return EventFreeSurvival(
        date=first.on,
        event=first.event,
        censoring=None,
        reason=f"Event on {first.on}: {', '.join(said)}{_not_counted(passed)}",
    )


def _without_event(
    known: History, every: Sequence[Found], cut_off: dt.date | None
) -> EventFreeSurvival:
    last = _last_assessed(known, until=None)
    passed = [one for one in every if one.counts_on is None]
    ahead = [
        f"{one.words} of {one.happened} counts on {one.on}, after the cut-off"
        for one in every
        if one.counts_on is not None and not _counts(one, cut_off)
    ]
    rest = "".join(f"; {words}" for words in ahead) + _not_counted(passed)
    if last is None:
        return _censored(
            known.randomised,
            EfsCensoring.NEVER_ASSESSED,
            because=f"at randomisation: never assessed after it{rest}",
        )
    return _censored(
        last,
        EfsCensoring.LAST_ASSESSMENT,
        because=f"the last assessment: no event known{rest}",
    )


def _not_counted(passed: Sequence[Found]) -> str:
    told = [f"{one.words} of {one.happened} ({one.remark})" for one in passed]
    return f"; not counted: {', '.join(told)}" if told else ""


def _by_therapy(known: History, first: Found | None, rules: EventRules) -> EventFreeSurvival | None:
    """Return where a new therapy ends follow-up, when it does."""
    therapy = known.new_therapy
    match rules.new_therapy:
        case NewTherapy.CONTINUE | NewTherapy.EVENT:
            return None
        case NewTherapy.CENSOR:
            pass
        case _:
            assert_never(rules.new_therapy)
    end = first.happened if first is not None else _last_assessed(known, until=None)
    if therapy is None or end is None or therapy >= end:
        return None
    seen = _last_assessed(known, until=therapy)
    what = f"{first.words} of {end}" if first is not None else f"the assessment of {end}"
    return _censored(
        seen or known.randomised,
        EfsCensoring.NEW_THERAPY,
        because=(f"{_where(seen)} up to the new therapy of {therapy}, which came before {what}"),
    )


def _by_gap(known: History, first: Found | None, rules: EventRules) -> EventFreeSurvival | None:
    """Return where follow-up ends before too long a gap, when the event lies after one."""
    match rules.missed_visits:
        case IgnoreMissedVisits():
            return None
        case CensorBeforeGap(longest_gap_days=longest):
            pass
        case _:
            assert_never(rules.missed_visits)
    if first is None:
        return None
    seen = _last_assessed(known, until=first.happened - dt.timedelta(days=1))
    gap = (first.happened - (seen or known.randomised)).days
    if gap <= longest:
        return None
    return _censored(
        seen or known.randomised,
        EfsCensoring.MISSED_VISITS,
        because=(
            f"{_where(seen)} before {first.words} of {first.happened}: {gap} days lie between, "
            f"and {longest} at most may"
        ),
    )


def _where(seen: dt.date | None) -> str:
    return "at randomisation, without an assessment" if seen is None else "the last assessment"


def _last_assessed(known: History, *, until: dt.date | None) -> dt.date | None:
    """Return the last assessment after randomisation, up to a day if one is given."""
    days = (
        day
        for day in known.assessments
        if day > known.randomised and (until is None or day <= until)
    )
    return max(days, default=None)


def _censored(date: dt.date, censoring: EfsCensoring, *, because: str) -> EventFreeSurvival:
    reason = f"Censored on {date}, {because}"
    return EventFreeSurvival(date=date, event=None, censoring=censoring, reason=reason)


def _refuse(history: History, cut_off: dt.date | None) -> None:
    found = list(contradictions_of(history))
    if cut_off is not None and cut_off < history.randomised:
        found.append("data cut-off before randomisation")
    if found:
        raise BadInput(*(_fault(what, history) for what in found))


def _fault(what: str, history: History) -> Fault:
    return Fault(
        kind="impossible_history",
        what=what,
        where="history of a subject",
        got=say_history(history),
        fix="correct the entry in the record",
    )
