"""What is known of one subject between randomisation and an event, and what cannot be true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from equipoise.oncology.surgery.resection import Margin


class SurgeryOutcome(StrEnum):
    """What an operation achieved."""

    RESECTED = "resected"
    EXPLORED_ONLY = "explored_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of one subject; a date of None has not happened or is not known.

    Attributes
    ----------
    randomised : datetime.date
        Start of the clock.
    progressions : tuple[datetime.date, ...]
        Days of objective progression that are no recurrence, in any order.
    precludes_surgery : bool | None
        Whether the progression before surgery made surgery senseless or impossible; when None, it
        did if no resection follows.
    not_operated : datetime.date | None
        Day on which it was decided that there will be no operation.
    surgery, outcome : datetime.date | None, SurgeryOutcome | None
        Date and outcome of the operation.
    margin : Margin | None
        Residual tumour.
    pathological_complete : bool | None
        No viable tumour in the specimen; only checked against the margin.
    recurrence, recurrence_suspected : datetime.date | None
        Day on which the first recurrence after resection was confirmed, and the day on which it was
        first suspected. A suspicion that was not confirmed is no recurrence.
    second_primary : datetime.date | None
        First other malignant tumour.
    new_therapy : datetime.date | None
        First anti-cancer therapy outside the protocol; therapy that the protocol gives is none.
    death : datetime.date | None
        Death of any cause.
    assessments : tuple[datetime.date, ...]
        Days of adequate assessment of the disease, in any order; not evaluable is not adequate.
    last_alive : datetime.date | None
        Last day the subject was seen alive, if known; only checked against death.
    """

    randomised: dt.date
    progressions: tuple[dt.date, ...] = ()
    precludes_surgery: bool | None = None
    not_operated: dt.date | None = None
    surgery: dt.date | None = None
    outcome: SurgeryOutcome | None = None
    margin: Margin | None = None
    pathological_complete: bool | None = None
    recurrence: dt.date | None = None
    recurrence_suspected: dt.date | None = None
    second_primary: dt.date | None = None
    new_therapy: dt.date | None = None
    death: dt.date | None = None
    assessments: tuple[dt.date, ...] = ()
    last_alive: dt.date | None = None

    @property
    def explored_only(self) -> bool:
        """Whether the abdomen was opened and the tumour left."""
        return self.outcome is SurgeryOutcome.EXPLORED_ONLY

    @property
    def may_be_resected(self) -> bool:
        """Whether there was an operation that is not known to have left the tumour."""
        return self.surgery is not None and not self.explored_only


def as_known_on(cut_off: dt.date, history: History) -> History:
    """Return a history without what happened after a day.

    Outcome, margin and specimen are known from the day of surgery on.
    """

    def until(day: dt.date | None) -> dt.date | None:
        return day if day is not None and day <= cut_off else None

    def among(days: tuple[dt.date, ...]) -> tuple[dt.date, ...]:
        return tuple(day for day in days if day <= cut_off)

    operated = until(history.surgery) is not None
    return replace(
        history,
        progressions=among(history.progressions),
        not_operated=until(history.not_operated),
        surgery=until(history.surgery),
        outcome=history.outcome if operated else None,
        margin=history.margin if operated else None,
        recurrence=until(history.recurrence),
        recurrence_suspected=until(history.recurrence_suspected),
        second_primary=until(history.second_primary),
        new_therapy=until(history.new_therapy),
        death=until(history.death),
        assessments=among(history.assessments),
    )


_DATES = {
    "progressions": "progression",
    "not_operated": "a decision against surgery",
    "surgery": "surgery",
    "recurrence": "recurrence",
    "recurrence_suspected": "a suspected recurrence",
    "second_primary": "a second primary tumour",
    "new_therapy": "new therapy",
    "death": "death",
    "assessments": "an assessment",
    "last_alive": "a sign of life",
}
"""Every field that holds days, and what is found on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """One way in which a history cannot be.

    Attributes
    ----------
    says : str
        What contradicts what.
    found : Callable[[History], bool]
        Whether it does.
    """

    says: str
    found: Callable[[History], bool]


def _early(name: str) -> Contradiction:
    return Contradiction(
        says=f"{_DATES[name]} before randomisation",
        found=lambda history: any(day < history.randomised for day in _days(history, name)),
    )


def _posthumous(name: str) -> Contradiction:
    return Contradiction(
        says=f"{_DATES[name]} after death",
        found=lambda history: (
            history.death is not None and any(day > history.death for day in _days(history, name))
        ),
    )


def _days(history: History, name: str) -> tuple[dt.date, ...]:
    days: dt.date | tuple[dt.date, ...] | None = getattr(history, name)
    if days is None:
        return ()
    return days if isinstance(days, tuple) else (days,)


def _after(one: dt.date | None, other: dt.date | None) -> bool:
    return one is not None and other is not None and one > other


CONTRADICTIONS: tuple[Contradiction, ...] = (
    Contradiction(
        says="recurrence without resection",
        found=lambda one: one.recurrence is not None and not one.may_be_resected,
    ),
    Contradiction(
        says="a suspected recurrence without resection",
        found=lambda one: one.recurrence_suspected is not None and not one.may_be_resected,
    ),
    Contradiction(
        says="recurrence before surgery",
        found=lambda one: _after(one.surgery, one.recurrence),
    ),
    Contradiction(
        says="a suspected recurrence before surgery",
        found=lambda one: _after(one.surgery, one.recurrence_suspected),
    ),
    Contradiction(
        says="recurrence confirmed before it was suspected",
        found=lambda one: _after(one.recurrence_suspected, one.recurrence),
    ),
    Contradiction(
        says="a margin without surgery",
        found=lambda one: one.margin is not None and one.surgery is None,
    ),
    Contradiction(
        says="an outcome of surgery without its date",
        found=lambda one: one.outcome is not None and one.surgery is None,
    ),
    Contradiction(
        says="R0 or R1 of an exploration",
        found=lambda one: one.explored_only and one.margin in {Margin.R0, Margin.R1},
    ),
    Contradiction(
        says="a pathological response without resection",
        found=lambda one: one.pathological_complete is not None and not one.may_be_resected,
    ),
    Contradiction(
        says="complete pathological response with R1 or R2",
        found=lambda one: (
            one.pathological_complete is True and one.margin in {Margin.R1, Margin.R2}
        ),
    ),
    Contradiction(
        says="a decision against surgery after surgery",
        found=lambda one: _after(one.not_operated, one.surgery),
    ),
    Contradiction(
        says="whether progression precluded surgery, without a progression",
        found=lambda one: one.precludes_surgery is not None and not one.progressions,
    ),
    *(_early(name) for name in _DATES if name not in {"assessments", "last_alive"}),
    *(_posthumous(name) for name in _DATES if name != "death"),
)
"""Every contradiction that is looked for; an assessment may lie before randomisation."""


def contradictions_of(history: History) -> Iterator[str]:
    """Return why a history is impossible, every reason of it."""
    return (one.says for one in CONTRADICTIONS if one.found(history))


def say_history(history: History) -> str:
    """Return what is known of a subject, without what is not."""
    said = {field.name: getattr(history, field.name) for field in fields(history)}
    return ", ".join(
        f"{name} {_say(fact)}" for name, fact in said.items() if fact not in (None, ())
    )


def _say(fact: object) -> str:
    return " and ".join(map(str, fact)) if isinstance(fact, tuple) else str(fact)
