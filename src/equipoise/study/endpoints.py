"""What is measured: events, and endpoints of four kinds."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from equipoise.base.quantities import Duration, parse_duration
from equipoise.study.words import DurationWord, Name, Rule, Source, Words


class RecordedEvent(Words):
    """Something that happened on a date of the record.

    It happened when `date` is filled and `when` (if given) is true of the subject. `suspected` is
    the date of a first suspicion: from it counts what `date` confirmed.
    """

    label: str
    date: Name
    when: Rule | None = None
    suspected: Name | None = None


class ResponseCriteria(StrEnum):
    """Response criteria that `oncology` knows."""

    RECIST_1_1 = "recist_1_1"
    IRECIST = "irecist"


class Unconfirmed(StrEnum):
    """What a progression by iRECIST is that no later scan confirmed and none undid."""

    AN_EVENT = "an_event"
    NOT_AN_EVENT = "not_an_event"


class ResponseEvent(Words):
    """Progression by response criteria.

    By RECIST 1.1 each scan that is PD; by iRECIST the first iUPD of the episode that was confirmed,
    and `unconfirmed` says what one is that nothing but iUPD and NE followed. After a resection a
    new lesion counts, unless `until`, a clock after which scans no longer count, is surgery.
    `unless` is a rule of the subject that undoes the event (progression that did not preclude
    surgery).
    """

    label: str
    response: Literal["PD"]
    criteria: ResponseCriteria = ResponseCriteria.RECIST_1_1
    unconfirmed: Unconfirmed | None = None
    until: Name | None = None
    unless: Rule | None = None


EventDefinition = RecordedEvent | ResponseEvent


class AtSurgery(Words):
    """An incomplete resection is an event on the day of surgery."""

    kind: Literal["at_surgery"] = "at_surgery"


class NotAnEvent(Words):
    """An incomplete resection is no event; a later progression or death is."""

    kind: Literal["not_an_event"] = "not_an_event"


class AtLandmark(Words):
    """An incomplete resection is an event at one day for everybody."""

    kind: Literal["landmark"] = "landmark"
    after: Duration


_LANDMARK = re.compile(r"^landmark (.+)$")


def read_dating(text: object) -> object:
    """Read `at_surgery`, `not_an_event` or `landmark 16 wk`."""
    if not isinstance(text, str):
        return text
    if match := _LANDMARK.match(text.strip()):
        return {"kind": "landmark", "after": parse_duration(match[1])}
    if text.strip() in {"at_surgery", "not_an_event"}:
        return {"kind": text.strip()}
    raise ValueError("a date is 'at_surgery', 'not_an_event' or 'landmark 16 wk'")


def say_dating(dating: AtSurgery | NotAnEvent | AtLandmark) -> str:
    """Return a dating in the words of the study file."""
    return f"landmark {dating.after}" if isinstance(dating, AtLandmark) else dating.kind


Dating = Annotated[
    Annotated[AtSurgery | NotAnEvent | AtLandmark, Field(discriminator="kind")],
    BeforeValidator(read_dating),
    PlainSerializer(say_dating, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["at_surgery", "landmark 16 wk"]}),
]


class DatedEvent(Words):
    """An event of the study with the date that counts for this endpoint."""

    event: Name
    date: Dating = AtSurgery()


class CensorAt(StrEnum):
    """Where follow-up without an event ends."""

    LAST_ASSESSMENT = "last_assessment"
    LAST_CONTACT = "last_contact"


class Censor(Words):
    """How a subject without event is censored.

    `assessed_by` names the forms that count as an assessment of the disease.
    """

    at: CensorAt
    assessed_by: tuple[Name, ...] = ()


class NewTherapy(StrEnum):
    """What a new anti-cancer therapy before the event does."""

    CONTINUE = "continue"
    CENSOR = "censor"
    EVENT = "event"


class MissedVisits(StrEnum):
    """What two or more missed assessments before the event do."""

    IGNORE = "ignore"
    CENSOR_IF_TWO = "censor_if_two"


class NewTherapyRule(Words):
    """New anti-cancer therapy: its date, and what it does."""

    date: Name
    primary: NewTherapy
    sensitivity: NewTherapy


class MissedVisitsRule(Words):
    """Missed assessments: the longest gap that two visits may leave, and what a longer one does."""

    longest_gap: DurationWord
    primary: MissedVisits
    sensitivity: MissedVisits


class Intercurrent(Words):
    """Estimand switches: what happens after randomisation and how each estimand takes it."""

    new_therapy: NewTherapyRule | None = None
    missed_visits: MissedVisitsRule | None = None
    incomplete_resection: Dating | None = Field(
        default=None, description="dating of incomplete resection in the sensitivity estimand"
    )


class RecordedTime(Words):
    """A time and event that arrive ready made, in days."""

    days: Name
    event: Rule


class MissingBinary(StrEnum):
    """What a subject without an answer counts as."""

    FAILURE = "failure"
    EXCLUDED = "excluded"


class Binary(Words):
    """Yes or no for each subject, by a rule over the record."""

    kind: Literal["binary"]
    label: str
    rule: Rule
    population: Name
    missing: MissingBinary = MissingBinary.FAILURE
    source: Source | None = None


class ResponseEndpoint(Words):
    """Best overall response, counted as success in the categories named.

    The categories are said in the words of RECIST 1.1 for either criteria: by iRECIST `CR` is iCR.
    """

    kind: Literal["response"]
    label: str
    criteria: ResponseCriteria | None = ResponseCriteria.RECIST_1_1
    recorded: Name | None = Field(default=None, description="item that holds it ready made")
    success: tuple[Literal["CR", "PR", "SD", "NON-CR/NON-PD"], ...] = ("CR", "PR")
    confirmed: bool = False
    until: Name | None = None
    population: Name
    missing: MissingBinary = MissingBinary.FAILURE
    source: Source | None = None


class TimeToEvent(Words):
    """Time from a clock to the first of some events.

    `population` restricts it to an analysis set: recurrence-free survival is of the resected.
    """

    kind: Literal["time_to_event"]
    label: str
    start: Name | None = Field(default=None, alias="from")
    events: tuple[Name | DatedEvent, ...] = ()
    censor: Censor | None = None
    intercurrent: Intercurrent = Intercurrent()
    recorded: RecordedTime | None = None
    population: Name
    source: Source | None = None


class Measured(Words):
    """A number for each subject, by an SQL expression over the record."""

    kind: Literal["measured"]
    label: str
    value: Rule
    unit: str | None = None
    population: Name
    source: Source | None = None


Endpoint = Annotated[
    Binary | ResponseEndpoint | TimeToEvent | Measured, Field(discriminator="kind")
]
