"""The rules of event-free survival as rows of words, for a clinician to proof-read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.oncology.event_free.event_free_history import CONTRADICTIONS
from equipoise.oncology.event_free.event_free_rules import (
    CensorBeforeGap,
    Clearance,
    EfsCensoring,
    EfsEvent,
    EventRules,
    IgnoreMissedVisits,
    Landmark,
    NewTherapy,
    NotAnEvent,
    OnTheDay,
    ProgressionRule,
    SecondPrimary,
)

FDA_SOURCE = "FDA 2018, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics"
JCOG_SOURCE = "JCOG0801-A, doi:10.1093/jjco/hys122"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One kind of event.

    Attributes
    ----------
    event : EfsEvent
        What it is called.
    when : str
        When it is one.
    counts_on : str
        The date that counts.
    source : str
        Whose rule it is.
    """

    event: EfsEvent
    when: str
    counts_on: str
    source: str


_WHEN: Mapping[EfsEvent, tuple[str, str, str]] = {
    EfsEvent.PROGRESSION: (
        "before surgery when it precludes surgery, or no resection follows; always after surgery",
        "day of the scan that shows it",
        FDA_SOURCE,
    ),
    EfsEvent.INCOMPLETE_RESECTION: (
        "explored and not resected, or R2; R1 by a switch",
        "day of surgery, or of the landmark",
        JCOG_SOURCE,
    ),
    EfsEvent.SURGERY_NOT_REACHED: (
        "only by a switch, when it was decided not to operate and no surgery follows",
        "day of the decision, or of the landmark",
        "a choice of the protocol",
    ),
    EfsEvent.RECURRENCE: (
        "after a resection, confirmed by scan or biopsy",
        "day of the first suspicion that was later confirmed",
        FDA_SOURCE,
    ),
    EfsEvent.SECOND_PRIMARY: (
        "only by a switch",
        "day it was found",
        "a choice of the protocol",
    ),
    EfsEvent.DEATH: (
        "of any cause, those after surgery among them",
        "day of death",
        FDA_SOURCE,
    ),
    EfsEvent.NEW_THERAPY: (
        "only by a switch; drugs of the protocol are none",
        "first day of the therapy",
        "a choice of the protocol",
    ),
}


def event_rows() -> tuple[EventRow, ...]:
    """Return the kinds of event in the order in which they give their name to a shared day."""
    return tuple(
        EventRow(event=event, when=when, counts_on=counts_on, source=source)
        for event in EfsEvent
        for when, counts_on, source in [_WHEN[event]]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRow:
    """One switch of `EventRules`.

    Attributes
    ----------
    name : str
        The attribute.
    question : str
        What it decides.
    default : str
        What the default does.
    others : tuple[str, ...]
        What the other choices do.
    """

    name: str
    question: str
    default: str
    others: tuple[str, ...]


_Choices = tuple[tuple[object, str], ...]

_LANDMARK = "an event on one day for everybody, a later operation dated back to it"
_DATINGS: _Choices = (
    (OnTheDay(), "an event on its day"),
    (NotAnEvent(), "no event; progression, recurrence or death after it is"),
    (Landmark(days=112), _LANDMARK),
)

SWITCHES: Mapping[str, tuple[str, _Choices]] = {
    "incomplete_resection": ("exploration without resection, and R2", _DATINGS),
    "surgery_not_reached": ("a decision against surgery without a surgery after it", _DATINGS),
    "progression": (
        "progression before surgery",
        (
            (ProgressionRule.PRECLUDING_SURGERY, "an event unless a resection followed"),
            (ProgressionRule.ANY, "an event, resection or not"),
        ),
    ),
    "clearance": (
        "R1",
        (
            (Clearance.R0_OR_R1, "a complete resection"),
            (Clearance.R0_ONLY, "an incomplete one, dated as such"),
        ),
    ),
    "second_primary": (
        "another malignant tumour",
        (
            (SecondPrimary.NOT_AN_EVENT, "recorded, no event"),
            (SecondPrimary.EVENT, "an event"),
        ),
    ),
    "new_therapy": (
        "a new therapy before an event",
        (
            (NewTherapy.CONTINUE, "follow-up continues through it"),
            (NewTherapy.CENSOR, "censored at the last assessment on or before it"),
            (NewTherapy.EVENT, "an event"),
        ),
    ),
    "missed_visits": (
        "an event after a long time without assessment",
        (
            (IgnoreMissedVisits(), "an event"),
            (CensorBeforeGap(longest_gap_days=196), "censored at the assessment before the gap"),
        ),
    ),
}
"""Every switch: what it decides, and each choice in words; numbers of days are examples."""


def switch_rows() -> tuple[SwitchRow, ...]:
    """Return every switch with its default."""
    usual = EventRules()
    return tuple(
        SwitchRow(
            name=name,
            question=question,
            default=next(words for choice, words in choices if choice == getattr(usual, name)),
            others=tuple(words for choice, words in choices if choice != getattr(usual, name)),
        )
        for name, (question, choices) in SWITCHES.items()
    )


_CENSORED: Mapping[EfsCensoring, tuple[str, str]] = {
    EfsCensoring.LAST_ASSESSMENT: ("no event up to the cut-off", "last adequate assessment"),
    EfsCensoring.NEVER_ASSESSED: (
        "no event, and no adequate assessment after randomisation",
        "randomisation",
    ),
    EfsCensoring.NEW_THERAPY: (
        "by a switch: a new therapy came before the event, or before the last assessment",
        "last adequate assessment on or before the therapy, or randomisation",
    ),
    EfsCensoring.MISSED_VISITS: (
        "by a switch: too long without assessment before the event",
        "last adequate assessment before the day of the event, or randomisation",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CensoringRow:
    """One way in which follow-up ends without event: when, and on which day."""

    censoring: EfsCensoring
    when: str
    ends_on: str


def censoring_rows() -> tuple[CensoringRow, ...]:
    """Return the ways in which follow-up ends without event."""
    return tuple(
        CensoringRow(censoring=one, when=when, ends_on=ends_on)
        for one in EfsCensoring
        for when, ends_on in [_CENSORED[one]]
    )


def contradiction_rows() -> tuple[str, ...]:
    """Return every reason for which a history is refused."""
    return tuple(one.says for one in CONTRADICTIONS)
