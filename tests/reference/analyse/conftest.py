"""Public subjects as analysis data, in the arms of the one-page study of the tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from equipoise.analyse.results import gather
from equipoise.analyse.study import analyse
from equipoise.base.frames import FrameSchema
from equipoise.derive import ADAE, ADEFF, ADEX, ADLB, ADRS, ADTR, ADTTE, AnalysisData, adsl_schema
from equipoise.derive.frames import IMPOSSIBLE, LINEAGE
from equipoise.study import load_study
from equipoise.study.analyses import Analysis

STUDY = Path(__file__).parents[2] / "studies" / "oesophagus"
Cells = dict[str, float | None]


@pytest.fixture(scope="session")
def cells_of() -> Callable[..., Cells]:
    """Return a function from an analysis and rows of datasets to cell and value."""
    study = load_study(STUDY)
    of_events = (ADTTE, ADRS, ADTR, ADEFF, ADAE, ADLB, ADEX)

    def run(analysis: Analysis, **datasets: list[dict[str, object]]) -> Cells:
        schemas: tuple[FrameSchema, ...] = (adsl_schema(study), *of_events)
        data = AnalysisData(
            study_hash=study.content_hash,
            snapshot_head="",
            cut=dt.date(2026, 1, 1),
            domains={},
            datasets={one.name: one.of(datasets.get(one.name, [])) for one in schemas},
            lineage=LINEAGE.empty(),
            impossible=IMPOSSIBLE.empty(),
        )
        found: pl.DataFrame = gather(analyse(study, data, name="it", analysis=analysis))
        return dict(found.select("cell", "value").iter_rows())

    return run
