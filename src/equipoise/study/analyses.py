"""What is estimated, and in which order it is shown."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from equipoise.base.quantities import Duration
from equipoise.study.words import DurationWord, Name, Words


class ProportionInterval(StrEnum):
    """Interval of one proportion."""

    CLOPPER_PEARSON = "clopper_pearson"
    WILSON = "wilson"


class CurveInterval(StrEnum):
    """Interval of a Kaplan-Meier curve."""

    LOG_LOG = "log_log"
    LOG = "log"
    PLAIN = "plain"


class TimeUnit(StrEnum):
    """Unit in which times are told."""

    MONTHS = "months"
    DAYS = "days"


class TiesWord(StrEnum):
    """How Cox regression takes tied times."""

    EFRON = "efron"
    BRESLOW = "breslow"


class Estimand(StrEnum):
    """Which estimand of the endpoint is analysed."""

    PRIMARY = "primary"
    SENSITIVITY = "sensitivity"


def _after_start(durations: tuple[Duration, ...]) -> tuple[Duration, ...]:
    if any(duration.days <= 0 for duration in durations):
        raise ValueError("survival is told at times after the start, for example 12 mo")
    return durations


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("each name stands once")
    return names


Covariates = Annotated[tuple[Name, ...], Field(min_length=1), AfterValidator(_each_once)]


class FlowAnalysis(Words):
    """CONSORT flow: screened, randomised, treated, operated, resected, analysed."""

    method: Literal["flow"]
    title: str


class BaselineAnalysis(Words):
    """Summary of items by group."""

    method: Literal["baseline"]
    title: str
    items: tuple[Name, ...] = Field(min_length=1)
    by: Name | None = None
    population: Name


class ProportionAnalysis(Words):
    """Share of subjects with success, with its interval."""

    method: Literal["proportion"]
    title: str
    endpoints: tuple[Name, ...] = Field(min_length=1)
    by: Name | None = None
    intervals: tuple[ProportionInterval, ...] = (ProportionInterval.CLOPPER_PEARSON,)


class CategoriesAnalysis(Words):
    """How many subjects are in each category of items (surgery, margin, complications)."""

    method: Literal["categories"]
    title: str
    items: tuple[Name, ...] = Field(min_length=1)
    by: Name | None = None
    population: Name


class CurveAnalysis(Words):
    """Kaplan-Meier curve, median and survival at some times."""

    method: Literal["kaplan_meier"]
    title: str
    endpoint: Name
    estimand: Estimand = Estimand.PRIMARY
    by: Name | None = None
    interval: CurveInterval = CurveInterval.LOG_LOG
    at: Annotated[tuple[DurationWord, ...], AfterValidator(_after_start)] = ()
    unit: TimeUnit = TimeUnit.MONTHS


class LogRankAnalysis(Words):
    """Log-rank test between groups, stratified or not."""

    method: Literal["logrank"]
    title: str
    endpoint: Name
    estimand: Estimand = Estimand.PRIMARY
    by: Name
    strata: tuple[Name, ...] = ()


class CoxAnalysis(Words):
    """Cox regression on covariates (an arm counts as 1 when experimental)."""

    method: Literal["cox"]
    title: str
    endpoint: Name
    estimand: Estimand = Estimand.PRIMARY
    covariates: Covariates
    strata: tuple[Name, ...] = ()
    ties: TiesWord = TiesWord.EFRON


class LogisticAnalysis(Words):
    """Logistic regression of a binary endpoint on covariates."""

    method: Literal["logistic"]
    title: str
    endpoint: Name
    covariates: Covariates


class SummaryAnalysis(Words):
    """Summary of a measured endpoint, with how many lie at or beyond some limits."""

    method: Literal["summary"]
    title: str
    endpoint: Name
    by: Name | None = None
    at_most: tuple[float, ...] = ()
    at_least: tuple[float, ...] = ()


class WaterfallAnalysis(Words):
    """Best change of each subject, sorted, coloured by group."""

    method: Literal["waterfall"]
    title: str
    endpoint: Name = Field(description="a response endpoint, or a measured one in per cent")
    by: Name | None = None


class SwimmerAnalysis(Words):
    """One lane a subject: treatment, scans, surgery, recurrence, death."""

    method: Literal["swimmer"]
    title: str
    endpoint: Name = Field(description="the time-to-event endpoint whose end closes the lane")
    by: Name | None = None


class AdverseEventsAnalysis(Words):
    """Subjects by term and worst grade, each counted once a term."""

    method: Literal["adverse_events"]
    title: str
    by: Name | None = None
    population: Name


class LaboratoryShiftAnalysis(Words):
    """Subjects by CTCAE grade at baseline and worst grade after it, item by item."""

    method: Literal["laboratory_shift"]
    title: str
    items: Annotated[tuple[Name, ...], AfterValidator(_each_once)] = Field(
        default=(), description="laboratory items with a CTCAE term; all of them when left out"
    )
    by: Name | None = None
    population: Name


class DoseIntensityAnalysis(Words):
    """Relative dose intensity of each drug: given of the dose that the calendar plans."""

    method: Literal["dose_intensity"]
    title: str
    by: Name | None = None
    at_least: tuple[float, ...] = Field(default=(), description="limits in per cent")


Analysis = Annotated[
    FlowAnalysis
    | BaselineAnalysis
    | ProportionAnalysis
    | CategoriesAnalysis
    | CurveAnalysis
    | LogRankAnalysis
    | CoxAnalysis
    | LogisticAnalysis
    | SummaryAnalysis
    | WaterfallAnalysis
    | SwimmerAnalysis
    | AdverseEventsAnalysis
    | LaboratoryShiftAnalysis
    | DoseIntensityAnalysis,
    Field(discriminator="method"),
]


class Section(Words):
    """One section of the report: a heading and the analyses it shows, in order."""

    heading: str
    text: str | None = None
    show: tuple[Name, ...] = Field(min_length=1)
