"""`adae`: one row an adverse event."""

from __future__ import annotations

import datetime as dt

import polars as pl

from equipoise.base.dates import parse_partial_date
from equipoise.derive.frames import ADAE
from equipoise.derive.recorded import Recorded, forms_of
from equipoise.derive.standard import standard_rows
from equipoise.derive.subjects import SubjectFrame
from equipoise.study.forms import FormPurpose
from equipoise.study.study import Study

TERM_ITEM = "ae_term"
_COLUMNS = {
    TERM_ITEM: "AEDECOD",
    "ae_grade": "AETOXGR",
    "ae_start": "AESTDTC",
    "ae_serious": "AESER",
    "ae_related": "AEREL",
}


def derive_adae(recorded: Recorded, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row an adverse event.

    AEDECOD is the code of the term and AETERM its label; ASTDT the first day that a partial date
    of start can be, missing where the text is no date.
    """
    rows = standard_rows(recorded, FormPurpose.ADVERSE_EVENTS, names=_COLUMNS, schema=ADAE)
    starts = [_first_day(text) for text in rows["AESTDTC"]]
    whole = rows.join(
        subjects.frame.select("USUBJID", "ARMCD"), on="USUBJID", maintain_order="left"
    ).with_columns(
        pl.col("AEDECOD").replace(_labels(recorded.study)).alias("AETERM"),
        pl.Series("ASTDT", starts, dtype=pl.Date()),
    )
    ordered = whole.sort("USUBJID", "ASTDT", "AEDECOD", "VISIT", "ROW", maintain_order=True)
    return ADAE.checked(ordered.select(list(ADAE.columns)))


def _labels(study: Study) -> dict[str, str]:
    return {
        code: label
        for form in forms_of(study, FormPurpose.ADVERSE_EVENTS)
        if TERM_ITEM in study.forms[form].items
        for code, label in study.forms[form].items[TERM_ITEM].codes.items()
    }


def _first_day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else parse_partial_date(text).earliest()
    except ValueError:
        return None
