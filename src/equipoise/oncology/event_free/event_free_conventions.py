"""The same history under each dating of an incomplete resection, side by side.

An incomplete resection is found at surgery, and surgery comes later after neoadjuvant treatment.
Dated at surgery, the same failure counts later there than in the arm that is operated at once; at a
landmark it counts on one day for both; as no event it waits for progression, recurrence or death.
JCOG0801-A compared the three: doi:10.1093/jjco/hys122.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from equipoise.oncology.event_free.event_free import EventFreeSurvival, event_free_survival
from equipoise.oncology.event_free.event_free_history import History
from equipoise.oncology.event_free.event_free_rules import (
    EventRules,
    Landmark,
    NotAnEvent,
    OnTheDay,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Event-free survival of one subject under the three conventions.

    Attributes
    ----------
    subject : str
        Who.
    randomised : datetime.date
        Start of the clock.
    at_surgery, not_an_event, landmark : EventFreeSurvival
        The end when an incomplete resection is an event on the day of surgery, no event, or one at
        the landmark.
    """

    subject: str
    randomised: dt.date
    at_surgery: EventFreeSurvival
    not_an_event: EventFreeSurvival
    landmark: EventFreeSurvival

    @property
    def agree(self) -> bool:
        """Whether the convention makes no difference to date and event."""
        ends = (self.at_surgery, self.not_an_event, self.landmark)
        return len({(end.date, end.event) for end in ends}) == 1


def compare_conventions(
    histories: Mapping[str, History],
    *,
    landmark: Landmark,
    rules: EventRules,
    cut_off: dt.date | None = None,
) -> tuple[SideBySide, ...]:
    """Return each history under the three conventions.

    Parameters
    ----------
    histories : Mapping[str, History]
        Subject -> what is known.
    landmark : Landmark
        The day of the third convention.
    rules : EventRules
        Every other switch; its own dating of incomplete resections is not used.
    cut_off : datetime.date | None
        Data cut-off.

    Raises
    ------
    BadInput
        When a history is impossible.
    """
    ways = [
        replace(rules, incomplete_resection=dating)
        for dating in (OnTheDay(), NotAnEvent(), landmark)
    ]
    return tuple(
        _side_by_side(
            subject,
            history,
            [event_free_survival(history, rules=way, cut_off=cut_off) for way in ways],
        )
        for subject, history in histories.items()
    )


def _side_by_side(subject: str, history: History, ends: list[EventFreeSurvival]) -> SideBySide:
    at_surgery, not_an_event, landmark = ends
    return SideBySide(
        subject=subject,
        randomised=history.randomised,
        at_surgery=at_surgery,
        not_an_event=not_an_event,
        landmark=landmark,
    )
