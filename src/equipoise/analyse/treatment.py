"""Who started the regimen of the arm before surgery, and who did not."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from equipoise.analyse.results import Row, Topic, count
from equipoise.analyse.selection import Selection
from equipoise.analyse.variables import standard_item
from equipoise.derive.frames import AnalysisData
from equipoise.study.forms import FormPurpose
from equipoise.study.identity import Arm
from equipoise.study.study import Study


def analyse_start(
    topic: Topic, study: Study, data: AnalysisData, *, arm: Arm, rows: Selection
) -> Iterator[Row]:
    """Give the boxes of an arm that has a regimen: started, and not started.

    A subject started with the first dose above 0 mg on or before the day of surgery. A study
    that records no doses has no such boxes.
    """
    dosing = next(
        (name for name, form in study.forms.items() if form.purpose is FormPurpose.DOSING), None
    )
    if arm.regimen is None or dosing is None:
        return
    label = study.regimens[arm.regimen].label
    whole = rows.reading(f"{dosing}_date")
    dosed = _dosed_before_surgery(study, data)
    started, rest = whole.only(dosed), whole.without(dosed)
    yield count(topic.of_level("started"), of=started, text=f"Started {label}")
    yield count(topic.of_level("not_started"), of=rest, text=f"Did not start {label}")


def _dosed_before_surgery(study: Study, data: AnalysisData) -> set[str]:
    doses = data.datasets["adex"].filter(pl.col("GIVEN") > 0)
    surgery = standard_item(study, FormPurpose.SURGERY, "surgery_date")
    if surgery is not None:
        days = data.datasets["adsl"].select("USUBJID", pl.col(surgery).alias("SURGERY"))
        late = pl.col("ADT") > pl.col("SURGERY")
        doses = doses.join(days, on="USUBJID", how="left").filter(~late.fill_null(value=False))
    return set(doses["USUBJID"])
