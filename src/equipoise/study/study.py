"""The protocol as one frozen value."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from equipoise.base.hashes import hash_of
from equipoise.study.analyses import Analysis, Section
from equipoise.study.endpoints import Endpoint, EventDefinition
from equipoise.study.forms import Form, NormalRange
from equipoise.study.identity import (
    AnalysisSet,
    Arm,
    ArmRole,
    Disease,
    Eligibility,
    Randomise,
    Role,
    Site,
    Stratum,
    Subjects,
)
from equipoise.study.mapping import MappedForm
from equipoise.study.regimens import Regimen
from equipoise.study.response import ResponseDays
from equipoise.study.risk import RiskTable
from equipoise.study.scenarios import Scenario
from equipoise.study.schedule import Schedule
from equipoise.study.statistical_design import StatisticalDesign
from equipoise.study.toxicity import Toxicity
from equipoise.study.words import Name, Words


class Phase(StrEnum):
    """Phase of the trial."""

    II = "2"
    II_III = "2/3"
    III = "3"


class Study(Words):
    """Everything the trial says, once.

    Each field but the first few is a file of the study folder of the same name.
    """

    study: Name
    version: str = Field(default="1", pattern=r"^[0-9]+(\.[0-9]+)*$")
    title: str
    registry: tuple[str, ...] = ()
    phase: Annotated[Phase, BeforeValidator(str)]
    disease: Disease
    subjects: Subjects
    use: tuple[Name, ...] = Field(default=(), description="standard forms used as they are")
    sites: dict[Name, Site] = Field(default_factory=dict)
    arms: dict[Name, Arm] = Field(min_length=1)
    eligibility: Eligibility = Eligibility()
    strata: dict[Name, Stratum] = Field(default_factory=dict)
    randomise: Randomise | None = None
    regimens: dict[Name, Regimen] = Field(default_factory=dict)
    schedule: Schedule
    forms: dict[Name, Form] = Field(min_length=1)
    laboratory: dict[Name, NormalRange] = Field(default_factory=dict)
    toxicity: Toxicity = Toxicity()
    response: ResponseDays = ResponseDays()
    risk: dict[Name, RiskTable] = Field(default_factory=dict)
    events: dict[Name, EventDefinition] = Field(default_factory=dict)
    endpoints: dict[Name, Endpoint] = Field(min_length=1)
    analysis_sets: dict[Name, AnalysisSet] = Field(min_length=1)
    analyses: dict[Name, Analysis] = Field(min_length=1)
    report: tuple[Section, ...] = Field(min_length=1)
    design: StatisticalDesign | None = None
    scenarios: dict[Name, Scenario] = Field(default_factory=dict)
    roles: dict[Name, Role] = Field(min_length=1)
    data: dict[Name, MappedForm] = Field(default_factory=dict)

    @property
    def control(self) -> str | None:
        """Name of the control arm, or None in a study of one arm."""
        controls = [name for name, arm in self.arms.items() if arm.role is ArmRole.CONTROL]
        return controls[0] if controls else None

    @property
    def content_hash(self) -> str:
        """SHA-256 of what the study says; comments and order of files leave it alone."""
        return hash_of(self.model_dump(mode="json", by_alias=True))
