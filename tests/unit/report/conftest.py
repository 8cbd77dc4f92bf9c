"""What tests of the report share: a study, the rows of its drawn trial, a design, an origin."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from equipoise.analyse.results import RESULTS
from equipoise.base.provenance import Provenance
from equipoise.base.randomness import Seed, stream
from equipoise.design import (
    GroupSequentialSurvival,
    OBrienFlemingSpending,
    SurvivalAssumptions,
    design_survival,
    uniform_accrual,
)
from equipoise.study import Study, load_study
from equipoise.study.analyses import LogisticAnalysis, Section, SummaryAnalysis
from equipoise.study.endpoints import Measured

from .drawn_trial import (
    adverse_events,
    baseline,
    categories,
    curve,
    draw_times,
    flow,
    logistic_and_summary,
    rates,
    swimmer,
    tests_of_efs,
    waterfall,
)

STUDIES = Path(__file__).parents[2] / "studies"


@pytest.fixture(scope="session")
def study() -> Study:
    """The fixture study with the methods that it does not use itself."""
    found = load_study(STUDIES / "oesophagus")
    viable = Measured(
        kind="measured",
        label="Viable tumour",
        value="viable_percent",
        unit="%",
        population="all_randomised",
    )
    model = LogisticAnalysis(
        method="logistic", title="R0 resection, adjusted", endpoint="r0", covariates=("arm", "sex")
    )
    size = SummaryAnalysis(
        method="summary", title="Viable tumour", endpoint="viable", by="arm", at_most=(10.0,)
    )
    more = Section(heading="Adjusted", text="Secondary analyses.", show=("r0_model", "size"))
    return found.model_copy(
        update={
            "registry": ("NCT00000000",),
            "endpoints": {**found.endpoints, "viable": viable},
            "analyses": {**found.analyses, "r0_model": model, "size": size},
            "report": (*found.report, more),
        }
    )


@pytest.fixture(scope="session")
def results() -> pl.DataFrame:
    """Result rows of every analysis of the fixture study."""
    draw = stream(Seed(value=11), purpose="report")
    event_free = draw_times(draw, scale=13)
    runs = (
        flow(),
        baseline(draw),
        categories(),
        rates(),
        curve("efs_curve", "efs", event_free),
        curve("os_curve", "os", draw_times(draw, scale=30)),
        *tests_of_efs(event_free),
        waterfall(draw),
        swimmer(draw),
        adverse_events(draw),
        *logistic_and_summary(draw),
    )
    return RESULTS.of([row for rows in runs for row in rows.rows])


@pytest.fixture(scope="session")
def design() -> GroupSequentialSurvival:
    """A design of two looks."""
    return design_survival(
        SurvivalAssumptions(
            subjects=118,
            control_median_months=12,
            hazard_ratio=0.5,
            dropout_per_year=0.03,
            accrual=uniform_accrual(18),
            allocation=1,
            look_events=(40, 77),
            alpha_one_sided=0.025,
            efficacy=OBrienFlemingSpending(),
        )
    )


@pytest.fixture(scope="session")
def provenance(study: Study) -> Provenance:
    """Where a simulated report comes from."""
    return Provenance(
        study_hash=study.content_hash,
        software_version="0.1.0",
        seed=11,
        snapshot_head="5f" * 32,
        cut=dt.date(2027, 3, 31),
        results_hash="ab" * 32,
        generated_at=dt.datetime(2027, 4, 2, 9, 30, tzinfo=dt.UTC),
        simulated=True,
        scenario="As the design assumes",
    )
