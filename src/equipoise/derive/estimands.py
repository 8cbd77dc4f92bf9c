"""What each estimand of a time-to-event endpoint does with events and what comes between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from equipoise.study.analyses import Estimand
from equipoise.study.endpoints import (
    AtLandmark,
    AtSurgery,
    DatedEvent,
    MissedVisits,
    NewTherapy,
    NotAnEvent,
    TimeToEvent,
)

Dating = AtSurgery | NotAnEvent | AtLandmark


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEvent:
    """An event of the study and the date that counts for it.

    Attributes
    ----------
    name : str
        Name of the event.
    dating : AtSurgery | NotAnEvent | AtLandmark
        `AtSurgery` is the event's own date.
    """

    name: str
    dating: Dating


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How one estimand takes what happens after the start.

    Attributes
    ----------
    events : tuple[CountedEvent, ...]
        In the order of the study file; at one date the earlier gives its name.
    censored_by, ended_by : str | None
        Date of a new therapy that censors, and of one that is an event; None when it is neither.
    longest_gap_days : float | None
        Longest gap between an event and the assessment before it; None when gaps are ignored.
    """

    events: tuple[CountedEvent, ...]
    censored_by: str | None
    ended_by: str | None
    longest_gap_days: float | None


def switches_of(endpoint: TimeToEvent, estimand: Estimand) -> Switches:
    """Return how an estimand takes an endpoint.

    The sensitivity estimand's dating of incomplete resection replaces that of every event for
    which the study names a dating.
    """
    return Switches(
        events=tuple(_counted(event, endpoint, estimand) for event in endpoint.events),
        censored_by=_new_therapy(endpoint, estimand, does=NewTherapy.CENSOR),
        ended_by=_new_therapy(endpoint, estimand, does=NewTherapy.EVENT),
        longest_gap_days=_longest_gap(endpoint, estimand),
    )


def estimands_of(endpoint: TimeToEvent) -> tuple[Estimand, ...]:
    """Return the estimands that differ: the primary one, and sensitivity when a switch differs."""
    primary, sensitivity = (switches_of(endpoint, estimand) for estimand in Estimand)
    return (Estimand.PRIMARY,) if primary == sensitivity else tuple(Estimand)


def _counted(event: str | DatedEvent, endpoint: TimeToEvent, estimand: Estimand) -> CountedEvent:
    if isinstance(event, str):
        return CountedEvent(name=event, dating=AtSurgery())
    instead = endpoint.intercurrent.incomplete_resection
    match estimand:
        case Estimand.PRIMARY:
            dating = event.date
        case Estimand.SENSITIVITY:
            dating = instead or event.date
        case _:
            assert_never(estimand)
    return CountedEvent(name=event.event, dating=dating)


def _new_therapy(endpoint: TimeToEvent, estimand: Estimand, *, does: NewTherapy) -> str | None:
    """Return the date of a new therapy when it does this in an estimand."""
    rule = endpoint.intercurrent.new_therapy
    if rule is None:
        return None
    choice = rule.primary if estimand is Estimand.PRIMARY else rule.sensitivity
    return rule.date if choice is does else None


def _longest_gap(endpoint: TimeToEvent, estimand: Estimand) -> float | None:
    rule = endpoint.intercurrent.missed_visits
    if rule is None:
        return None
    choice = rule.primary if estimand is Estimand.PRIMARY else rule.sensitivity
    match choice:
        case MissedVisits.IGNORE:
            return None
        case MissedVisits.CENSOR_IF_TWO:
            return rule.longest_gap.days
        case _:
            assert_never(choice)
