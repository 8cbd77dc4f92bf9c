"""Histories that cannot be: told in the `impossible` frame, so that nobody counts them unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import polars as pl

from equipoise.derive.frames import IMPOSSIBLE
from equipoise.derive.recorded import Recorded, forms_of
from equipoise.derive.scans import Scans
from equipoise.derive.subjects import SubjectFrame
from equipoise.oncology.event_free.event_free_history import (
    History,
    SurgeryOutcome,
    contradictions_of,
)
from equipoise.oncology.surgery.resection import Margin
from equipoise.study.forms import FormPurpose

RECURRENCE_DATE = "recurrence_date"
SUSPECTED_DATE = "recurrence_suspected_date"
_OF_THE_LIVING = (
    FormPurpose.VITAL_SIGNS,
    FormPurpose.LABORATORY,
    FormPurpose.LESIONS,
    FormPurpose.DOSING,
    FormPurpose.SURGERY,
    FormPurpose.FOLLOW_UP,
)
"""Forms that need a living subject; a specimen, a cause of death or a query may come later."""

_HISTORY: dict[str, pl.DataType] = {
    "BASEDT": pl.Date(),
    "progression_date": pl.Date(),
    "surgery_date": pl.Date(),
    "surgery_outcome": pl.String(),
    "margin": pl.String(),
    RECURRENCE_DATE: pl.Date(),
    SUSPECTED_DATE: pl.Date(),
    "new_therapy_date": pl.Date(),
    "death_date": pl.Date(),
    "viable_percent": pl.Float64(),
    "LAST": pl.Date(),
}

_MISFIT = pl.format("{}, {}: the value of '{}' is no {}", "visit", "form", "item", "type")
_AFTER_SURGERY = {"margin", RECURRENCE_DATE, SUSPECTED_DATE, "viable_percent"}

_Word = TypeVar("_Word", SurgeryOutcome, Margin)


def derive_impossible(recorded: Recorded, subjects: SubjectFrame, *, scans: Scans) -> pl.DataFrame:
    """Return what contradicts itself in each subject's history.

    The reasons are those of `oncology.event_free_history` (recurrence without resection, surgery
    before randomisation, a sign of life after death, a margin without surgery, ...), lesions that
    RECIST cannot take in, and values that are not of their item's type. What `occurrences` and
    ``adtte`` leave out for such a reason is here; a death counts even when a later form
    contradicts it.
    """
    rows = [
        *_histories(recorded, subjects),
        *scans.contradictions,
        *recorded.misfits.select("subject", _MISFIT).iter_rows(),
    ]
    return pl.DataFrame(rows, schema=dict(IMPOSSIBLE.columns), orient="row")


def without_resection(recurrences: pl.DataFrame, subjects: SubjectFrame) -> pl.DataFrame:
    """Return USUBJID and ADT of the recurrences that no resection precedes.

    None in a study that does not ask for the date and the outcome of surgery.
    """
    if not _asks_surgery(subjects):
        return recurrences.select("USUBJID", "ADT").clear()
    surgery = subjects.frame.select("USUBJID", "surgery_date", "surgery_outcome")
    explored = pl.col("surgery_outcome").eq_missing(str(SurgeryOutcome.EXPLORED_ONLY))
    before = (pl.col("ADT") < pl.col("surgery_date")).fill_null(value=True)
    return (
        recurrences.join(surgery, on="USUBJID").filter(explored | before).select("USUBJID", "ADT")
    )


def _histories(recorded: Recorded, subjects: SubjectFrame) -> list[tuple[str, str]]:
    living = [form for purpose in _OF_THE_LIVING for form in forms_of(recorded.study, purpose)]
    last = recorded.form_dates(living).group_by("USUBJID").agg(pl.col("ADT").max().alias("LAST"))
    frame = subjects.frame.join(last, on="USUBJID", how="left", maintain_order="left")
    usable = {name for name, kind in _HISTORY.items() if frame.schema.get(name) == kind}
    if not _asks_surgery(subjects):
        usable -= _AFTER_SURGERY
    own = [
        pl.col(name) if name in usable else pl.lit(None, dtype=kind).alias(name)
        for name, kind in _HISTORY.items()
    ]
    known = frame.select("USUBJID", *own).drop_nulls("BASEDT")
    start = "randomisation" if recorded.study.randomise else "registration"
    return [
        (row["USUBJID"], reason.replace("randomisation", start))
        for row in known.iter_rows(named=True)
        for reason in _reasons(row)
    ]


def _asks_surgery(subjects: SubjectFrame) -> bool:
    return {"surgery_date", "surgery_outcome"} <= set(subjects.frame.columns)


def _reasons(row: Mapping[str, Any]) -> list[str]:
    progression, viable = row["progression_date"], row["viable_percent"]
    history = History(
        randomised=row["BASEDT"],
        progressions=() if progression is None else (progression,),
        surgery=row["surgery_date"],
        outcome=_word(SurgeryOutcome, row["surgery_outcome"]),
        margin=_word(Margin, row["margin"]),
        recurrence=row[RECURRENCE_DATE],
        recurrence_suspected=row[SUSPECTED_DATE],
        new_therapy=row["new_therapy_date"],
        death=row["death_date"],
        last_alive=row["LAST"],
        pathological_complete=None if viable is None else viable == 0,
    )
    return list(contradictions_of(history))


def _word(words: type[_Word], text: str | None) -> _Word | None:
    """Return what a code of the form means to the rules; None for a code of the study's own."""
    return words(text) if text in set(words) else None
