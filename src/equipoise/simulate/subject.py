"""A virtual subject: plain values, one course for each arm, time in whole days.

Days of the subject count from the start of accrual; days of a course from its enrolment (day 0 is
the day of randomisation, or of registration where nobody is randomised).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.study.functions import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDay:
    """A visit that takes place: its occurrence (`cycle_2`), the visit's name, and its day."""

    occurrence: str
    visit: str
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormValues:
    """What is measured or asked at one visit for one form."""

    occurrence: str
    form: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionSeen:
    """One lesion at one scan, in the words of the form of lesions."""

    lesion: str
    kind: str
    organ: str
    state: str
    diameter_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One assessment of the lesions; the scan before enrolment has the baseline."""

    occurrence: str
    day: int
    lesions: tuple[LesionSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDose:
    """One dose, or the same dose on `days` consecutive days from `dose_day` on, in mg a day.

    `change` is a code of the form of doses: none, reduced, omitted, delayed or stopped.
    """

    occurrence: str
    day: int
    drug: str
    dose_day: int
    planned_mg: float
    given_mg: float
    change: str
    reason: str | None = None
    days: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Surgery:
    """What became of the operation.

    Attributes
    ----------
    planned_day : int
        Day of the operation, or the day on which it was given up.
    reason : str | None
        Why there was none; None when there was one.
    resected : bool
        Whether the tumour was taken out; an operation without is an exploration.
    margin : str | None
        Resection margin; None without resection.
    viable_percent : float | None
        Viable tumour in the specimen; None without resection, and where it is not drawn.
    """

    planned_day: int
    reason: str | None = None
    resected: bool = False
    margin: str | None = None
    viable_percent: float | None = None

    @property
    def day(self) -> int | None:
        """Day of the operation; None when there was none."""
        return self.planned_day if self.reason is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """One adverse event; no end means that it lasts as long as anybody looks.

    Where `end_known` is false the day of the end is not remembered, only its month.
    """

    term: str
    grade: int
    start: int
    end: int | None
    serious: bool
    related: bool
    end_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """The history of the disease under one arm.

    Attributes
    ----------
    response : str | None
        Best response before surgery; None in an arm without one, and after a death before it.
    surgery : Surgery | None
        None in a study without surgery.
    progression_day, recurrence_day, new_therapy_day, dropout_day : int | None
        None for what death precludes. What lies after `dropout_day` happens unseen.
    death_day : int
        Everybody dies; nearly always long after the end of the trial.
    death_cause : str
        Code of the form of death.
    recurrence_site : str | None
        Code of the form of follow-up; None without recurrence.
    dropout_reason : str | None
        Code of the form of the end of the study; None without dropout.
    """

    response: str | None
    surgery: Surgery | None
    progression_day: int | None
    recurrence_day: int | None
    new_therapy_day: int | None
    death_day: int
    death_cause: str
    dropout_day: int | None
    recurrence_site: str | None = None
    dropout_reason: str | None = None

    @property
    def last_day(self) -> int:
        """The day of death or dropout, after which nothing is seen."""
        return self.death_day if self.dropout_day is None else self.dropout_day


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualCourse:
    """What happens to a subject under one arm: the truth, and what a hospital sees of it.

    Attributes
    ----------
    arm : str
        Name of the arm.
    fate : Fate
        The history of the disease.
    visits : tuple[VisitDay, ...]
        Visits after enrolment that take place, by day.
    values : tuple[FormValues, ...]
        What is measured at them.
    scans : tuple[Scan, ...]
        Assessments after enrolment.
    doses : tuple[GivenDose, ...]
        Doses, those that were left out too.
    adverse_events : tuple[AdverseEvent, ...]
        By day of start.
    completed_day : int | None
        Day of the last visit that the study plans; None when it does not take place.
    """

    arm: str
    fate: Fate
    visits: tuple[VisitDay, ...]
    values: tuple[FormValues, ...]
    scans: tuple[Scan, ...]
    doses: tuple[GivenDose, ...]
    adverse_events: tuple[AdverseEvent, ...]
    completed_day: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualSubject:
    """A subject as it came for screening, with its course under each arm.

    The courses share frailty and random numbers: they differ by what the arms do.

    Attributes
    ----------
    number : int
        From 0, in the order of arrival.
    site : str
        Name of the site; empty in a study without sites.
    screening_day, enrolment_day : int
        Days after the start of accrual.
    frailty : float
        On the log hazard; nobody sees it.
    baseline : Mapping[str, Value]
        Values before enrolment by item.
    lesions : tuple[LesionSeen, ...]
        Lesions before enrolment.
    screening : tuple[VisitDay, ...]
        Visits before enrolment, with days after enrolment (from below 0 to 0).
    values : tuple[FormValues, ...]
        What is measured and asked at them.
    courses : Mapping[str, VirtualCourse]
        By arm.
    """

    number: int
    site: str
    screening_day: int
    enrolment_day: int
    frailty: float
    baseline: Mapping[str, Value]
    lesions: tuple[LesionSeen, ...]
    screening: tuple[VisitDay, ...]
    values: tuple[FormValues, ...]
    courses: Mapping[str, VirtualCourse]
