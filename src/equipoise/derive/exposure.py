"""`adex`: one row a dose, planned and given."""

from __future__ import annotations

import polars as pl

from equipoise.derive.frames import ADEX
from equipoise.derive.recorded import Recorded
from equipoise.derive.standard import standard_rows
from equipoise.derive.subjects import SubjectFrame
from equipoise.study.forms import FormPurpose

_COLUMNS = {
    "drug": "DRUG",
    "planned_mg": "PLANNED",
    "given_mg": "GIVEN",
    "dose_change": "CHANGE",
    "dose_day": "DOSEDAY",
    "dose_days": "DAYS",
}


def derive_adex(recorded: Recorded, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a dose, in mg, in the order of their days."""
    rows = standard_rows(recorded, FormPurpose.DOSING, names=_COLUMNS, schema=ADEX)
    whole = rows.join(
        subjects.frame.select("USUBJID", "ARMCD"), on="USUBJID", maintain_order="left"
    )
    ordered = whole.sort("USUBJID", "ADT", "VISIT", "ROW", maintain_order=True)
    return ADEX.checked(ordered.select(list(ADEX.columns)))
