"""Adverse events of a subject under one arm: which, how bad, from when to when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from equipoise.simulate.dice import Dice
from equipoise.simulate.habits import (
    EVENT_DAYS,
    EVENTS_AFTER_DOSE_DAYS,
    EVENTS_AFTER_SURGERY_DAYS,
    GRADE_2_SHARE,
    GRADE_4_SHARE,
    ONGOING_SHARE,
    PARTIAL_DATE_SHARE,
    RELATED_SHARE,
    SERIOUS_SHARE,
)
from equipoise.simulate.subject import AdverseEvent, Fate
from equipoise.study.scenarios import Scenario, Toxicity

_NUMBERS = 7
_ANY = frozenset({1, 2, 3, 4})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The days on which adverse events of an arm begin, and whether under drugs."""

    first: int
    last: int
    drugs: bool


def exposure(dose_days: Sequence[int], *, fate: Fate) -> Exposure | None:
    """Return when adverse events begin: during drugs before surgery, else after the operation.

    None for a subject who got neither.
    """
    surgery_day = fate.surgery.day if fate.surgery is not None else None
    if dose_days:
        last = max(dose_days) + EVENTS_AFTER_DOSE_DAYS
        last = last if surgery_day is None else min(last, surgery_day - 1)
        return _until(fate, first=min(dose_days), last=last, drugs=True)
    if surgery_day is None:
        return None
    last = surgery_day + EVENTS_AFTER_SURGERY_DAYS
    return _until(fate, first=surgery_day, last=last, drugs=False)


def _until(fate: Fate, *, first: int, last: int, drugs: bool) -> Exposure | None:
    last = min(last, fate.last_day - 1)
    return Exposure(first=first, last=last, drugs=drugs) if first <= last else None


def draw_adverse_events(
    scenario: Scenario,
    *,
    arm: str,
    exposed: Exposure | None,
    last_day: int,
    grades: Mapping[str, frozenset[int]],
    dice: Dice,
) -> tuple[AdverseEvent, ...]:
    """Return the adverse events, by day of start.

    Shares of the scenario are of subjects who are exposed; a subject has a term once, in its worst
    grade, which is one of `grades` of the term, or any of 1 to 4 where they are not known. An
    event that would end on `last_day` or later has no end.
    """
    if exposed is None:
        return ()
    found: list[AdverseEvent] = []
    for term, arms in scenario.adverse_events.items():
        if arm not in arms:
            continue
        numbers = dice.uniforms(f"event/{term}", count=_NUMBERS)
        grade = drawn_grade(arms[arm], numbers, exist=grades.get(term, _ANY))
        if grade is not None:
            event = _event(term, grade=grade, exposed=exposed, last_day=last_day, dice=dice)
            found.append(event)
    return tuple(sorted(found, key=lambda event: (event.start, event.term)))


def drawn_grade(
    toxicity: Toxicity, numbers: Sequence[float], *, exist: frozenset[int]
) -> int | None:
    """Return the grade that two uniform numbers draw among those that exist; None for no event.

    The share of grade 3 or more is kept: a 4 that does not exist is a 3, a 1 is a 2, and the other
    way round. Events of a share whose grades do not exist at all are not drawn (the check of the
    study finds such a share).
    """
    u, worse = numbers[0], numbers[1]
    if u < toxicity.grade_3_or_more:
        return _existing((4, 3) if worse < GRADE_4_SHARE else (3, 4), exist)
    if u < toxicity.any_grade:
        return _existing((2, 1) if worse < GRADE_2_SHARE else (1, 2), exist)
    return None


def _existing(grades: tuple[int, int], exist: frozenset[int]) -> int | None:
    """Return the grade that was drawn, or else the one beside it."""
    return next((grade for grade in grades if grade in exist), None)


def _event(term: str, *, grade: int, exposed: Exposure, last_day: int, dice: Dice) -> AdverseEvent:
    _, _, begins, lasts, serious, related, known = dice.uniforms(f"event/{term}", count=_NUMBERS)
    start = exposed.first + int(begins * (exposed.last - exposed.first + 1))
    least, most = EVENT_DAYS
    end = start + least + int(lasts * (most - least + 1))
    ongoing = lasts > 1 - ONGOING_SHARE or end >= last_day
    return AdverseEvent(
        term=term,
        grade=grade,
        start=start,
        end=None if ongoing else end,
        serious=grade >= 4 or (grade == 3 and serious < SERIOUS_SHARE),
        related=exposed.drugs and related < RELATED_SHARE,
        end_known=known >= PARTIAL_DATE_SHARE,
    )
