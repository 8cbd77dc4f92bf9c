"""What counts as an event of event-free survival: the events in order, and every switch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.errors import bad_input


class EfsEvent(StrEnum):
    """Kind of event; at one date the earlier in this list gives its name."""

    PROGRESSION = "progression"
    INCOMPLETE_RESECTION = "incomplete resection"
    SURGERY_NOT_REACHED = "surgery not reached"
    RECURRENCE = "recurrence"
    SECOND_PRIMARY = "second primary tumour"
    DEATH = "death"
    NEW_THERAPY = "new therapy"


class EfsCensoring(StrEnum):
    """Why follow-up without event ends where it does."""

    LAST_ASSESSMENT = "last assessment"
    NEVER_ASSESSED = "never assessed"
    NEW_THERAPY = "last assessment before new therapy"
    MISSED_VISITS = "last assessment before missed visits"


class ProgressionRule(StrEnum):
    """Which progression before surgery is an event."""

    PRECLUDING_SURGERY = "precluding surgery"
    ANY = "any"


class Clearance(StrEnum):
    """Which resection is complete; RX is not known to be incomplete and is no event."""

    R0_OR_R1 = "R0 or R1"
    R0_ONLY = "R0 only"


class SecondPrimary(StrEnum):
    """What another malignant tumour is."""

    NOT_AN_EVENT = "not an event"
    EVENT = "event"


class NewTherapy(StrEnum):
    """What an anti-cancer therapy outside the protocol does before an event."""

    CONTINUE = "continue"
    CENSOR = "censor"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheDay:
    """An event on the day of surgery, or of the decision against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAnEvent:
    """No event; later progression, recurrence or death is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """An event at the same day of the trial for everybody.

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


Dating = OnTheDay | NotAnEvent | Landmark


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreMissedVisits:
    """An event counts however long the subject was not seen before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CensorBeforeGap:
    """An event after too long without assessment is censored at the assessment before the gap.

    Attributes
    ----------
    longest_gap_days : int
        Longest time from an assessment to an event that still counts. With assessments every 84
        days, 14 days early or late, two visits are missed after ``2 * 84 + 28 = 196`` days.
    """

    longest_gap_days: int

    def __post_init__(self) -> None:
        """Refuse a gap that is none."""
        if self.longest_gap_days <= 0:
            got = self.longest_gap_days
            raise bad_input("a gap lasts some days", where="longest_gap_days", got=got, fix="196")


MissedVisits = IgnoreMissedVisits | CensorBeforeGap


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """Every switch of the definition; each default is the wording of the FDA's endpoint guidance.

    Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics, FDA 2018.

    Attributes
    ----------
    incomplete_resection : OnTheDay | NotAnEvent | Landmark
        What R2 and exploration without resection count as.
    surgery_not_reached : OnTheDay | NotAnEvent | Landmark
        What a decision against surgery counts as, when no surgery follows.
    progression : ProgressionRule
        Whether progression counts although a resection followed.
    clearance : Clearance
        Whether R1 is an incomplete resection.
    second_primary : SecondPrimary
        Whether another malignant tumour counts.
    new_therapy : NewTherapy
        What a therapy outside the protocol does before an event.
    missed_visits : IgnoreMissedVisits | CensorBeforeGap
        What a long time without assessment before an event does.
    """

    incomplete_resection: Dating = OnTheDay()
    surgery_not_reached: Dating = NotAnEvent()
    progression: ProgressionRule = ProgressionRule.PRECLUDING_SURGERY
    clearance: Clearance = Clearance.R0_OR_R1
    second_primary: SecondPrimary = SecondPrimary.NOT_AN_EVENT
    new_therapy: NewTherapy = NewTherapy.CONTINUE
    missed_visits: MissedVisits = IgnoreMissedVisits()
