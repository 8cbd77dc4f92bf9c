"""The worst grade of one adverse event in a run of days, whatever its dates leave open.

Days are whole numbers on any calendar (days after enrolment, ordinals of dates).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSpan:
    """One adverse event: its grade and its first and last day, as far as they are known.

    Attributes
    ----------
    grade : int | None
        1 to 5; None when it was not recorded.
    starts : tuple[int, int]
        Earliest and latest day on which it can have begun.
    ends : tuple[int, int] | None
        Earliest and latest day on which it can have ended; None while it lasts.
    """

    grade: int | None
    starts: tuple[int, int]
    ends: tuple[int, int] | None


def worst_grade(events: Iterable[EventSpan], *, first: int, last: int) -> int | None:
    """Return the worst grade among events that were there on some day of `first` .. `last`.

    0 without any: an event that nobody recorded is one that the subject did not have. None when
    a grade is missing, or a partial date leaves open whether a worse event was there.
    """
    known, possible = [0], [0]
    for event in events:
        ends = event.ends
        surely = event.starts[1] <= last and (ends is None or ends[0] >= first)
        maybe = event.starts[0] <= last and (ends is None or ends[1] >= first)
        if maybe and event.grade is None:
            return None
        if maybe and event.grade is not None:
            possible.append(event.grade)
            known.append(event.grade if surely else 0)
    return max(known) if max(known) == max(possible) else None


def worst_begun(events: Iterable[EventSpan], *, first: int, last: int) -> int | None:
    """Return the worst grade among events that began on a day of `first` .. `last`.

    0 and None as in `worst_grade`.
    """
    begun = (
        EventSpan(grade=event.grade, starts=event.starts, ends=event.starts) for event in events
    )
    return worst_grade(begun, first=first, last=last)
