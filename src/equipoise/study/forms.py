"""What is asked: forms, items, checks, laboratory ranges."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from equipoise.study.words import Code, Name, Rule, Source, SpanWord, Words


class ItemType(StrEnum):
    """What kind of value an item holds."""

    NUMBER = "number"
    INTEGER = "integer"
    YES_NO = "yes_no"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    TEXT = "text"
    CODE = "code"


class Item(Words):
    """One question of a form.

    A computed item has `compute` (an SQL rule over items of the record), `function` (a clinical
    rule of the package, with `inputs` naming the item behind each argument that is called
    otherwise) or `risk` (a risk table, which the reader turns into a rule); the server fills it in
    and it is never typed.

    `units` are other units in which a number may be entered: unit -> how many of `unit` one of it
    is (`{mg/dL: 17.1}` of an item in umol/L). The record keeps both.
    """

    label: str
    type: ItemType
    unit: str | None = None
    units: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    range: SpanWord | None = None
    codes: dict[Code, str] = Field(default_factory=dict)
    required: bool = False
    required_when: Rule | None = None
    compute: Rule | None = None
    function: Name | None = None
    inputs: dict[Name, Name] = Field(default_factory=dict)
    risk: Name | None = None
    ctcae: Name | None = None
    cdash: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9]{1,7}$")
    sdtm: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.[A-Z0-9_]{1,16}$")
    help: str | None = None
    source: Source | None = None

    @property
    def computed(self) -> bool:
        """Whether the server fills the item in."""
        return self.compute is not None or self.function is not None


class CheckLevel(StrEnum):
    """What a failed check does."""

    HARD = "hard"
    SOFT = "soft"


class Check(Words):
    """A rule that a form should satisfy, within it or across the record.

    A rule that is unknown because something is missing does not fail.
    """

    rule: Rule
    say: str
    level: CheckLevel = CheckLevel.SOFT


class FormPurpose(StrEnum):
    """What the package knows a form for; a form of the study's own has none."""

    SUBJECT = "subject"
    DISEASE = "disease"
    VITAL_SIGNS = "vital_signs"
    LABORATORY = "laboratory"
    LESIONS = "lesions"
    DOSING = "dosing"
    ADVERSE_EVENTS = "adverse_events"
    MEDICATIONS = "medications"
    SURGERY = "surgery"
    COMPLICATIONS = "complications"
    PATHOLOGY = "pathology"
    FOLLOW_UP = "follow_up"
    DEATH = "death"
    DISPOSITION = "disposition"


class Form(Words):
    """A page of questions.

    `repeats` says what one row of a repeating form is (`one lesion`); absent for one row a visit.
    `domain` is the SDTM domain its rows belong to.
    """

    form: Name
    title: str
    purpose: FormPurpose | None = None
    repeats: str | None = None
    domain: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    items: dict[Name, Item] = Field(min_length=1)
    checks: dict[Name, Check] = Field(default_factory=dict)


class LimitsFor(Words):
    """Normal limits for some: of one site's laboratory, one sex, completed years of age, days.

    What is not said is meant for all. A site's own limits come before those of all sites, and of
    two the one that says more of sex, age and days.
    """

    low: float | None = None
    high: float | None = None
    site: Name | None = None
    sex: Literal["female", "male"] | None = None
    age: SpanWord | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    source: Source | None = None


class NormalRange(Words):
    """Normal limits of one laboratory item.

    `female` and `male` override the limits of all, and `ranges` both, for whom they are meant.
    """

    low: float | None = None
    high: float | None = None
    female: SpanWord | None = None
    male: SpanWord | None = None
    ranges: tuple[LimitsFor, ...] = ()
    unit: str
    source: Source | None = None
