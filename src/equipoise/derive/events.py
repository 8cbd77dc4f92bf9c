"""When the events of the study happened to each subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import polars as pl

from equipoise.base.frames import FrameSchema
from equipoise.derive.contradictions import RECURRENCE_DATE, without_resection
from equipoise.derive.frames import ENTRIES
from equipoise.derive.progressions import progressions_of
from equipoise.derive.recorded import ROW_KEY, Recorded
from equipoise.derive.scans import NO_SCANS, Scans
from equipoise.derive.subjects import SubjectFrame, ends_at
from equipoise.study.endpoints import EventDefinition, RecordedEvent, ResponseEvent
from equipoise.study.rules import judge, rule_names

OCCURRENCES = FrameSchema(
    name="occurrences",
    columns={"USUBJID": pl.String(), "ADT": pl.Date(), "ENTRIES": ENTRIES},
)
"""One row a time that something happened to a subject, with the entries that say so."""


def occurrences(
    event: EventDefinition, *, recorded: Recorded, subjects: SubjectFrame, scans: Scans
) -> pl.DataFrame:
    """Return every time up to the cut that an event happened, shaped like `OCCURRENCES`.

    Each row of a form that has the date counts if `when` is true; there, a name of the same form is
    read from the same row and any other from the subject. So a recurrence told at one visit is not
    undone by the next visit's form. What was confirmed counts from its first suspicion when the
    event names one. A recurrence without a resection before it is no occurrence.
    """
    match event:
        case RecordedEvent():
            found = _recorded(event, recorded=recorded, subjects=subjects)
            found = found.filter(pl.col("CONFIRMED") <= recorded.cut)
        case ResponseEvent():
            found = _responded(event, subjects=subjects, scans=scans)
        case _:
            assert_never(event)
    until = found.drop_nulls("ADT").filter(pl.col("ADT") <= recorded.cut)
    return OCCURRENCES.checked(until.select(list(OCCURRENCES.columns)))


def dates_of(name: str, *, recorded: Recorded, subjects: SubjectFrame) -> pl.DataFrame:
    """Return every time up to the cut that a date was recorded, shaped like `OCCURRENCES`."""
    event = RecordedEvent(label=name, date=name)
    return occurrences(event, recorded=recorded, subjects=subjects, scans=NO_SCANS)


def _recorded(event: RecordedEvent, *, recorded: Recorded, subjects: SubjectFrame) -> pl.DataFrame:
    forms = [name for name, form in recorded.study.forms.items() if event.date in form.items]
    if not forms:
        return _of_subjects(event, subjects)
    found = pl.concat(
        [_of_form(form, event, recorded=recorded, subjects=subjects) for form in forms]
    )
    if event.date == RECURRENCE_DATE:
        barred = without_resection(found, subjects)
        return found.join(barred, on=["USUBJID", "ADT"], how="anti", maintain_order="left")
    return found


def _of_form(
    form: str, event: RecordedEvent, *, recorded: Recorded, subjects: SubjectFrame
) -> pl.DataFrame:
    """Return the rows of a form that tell the event, with the entries of what decided."""
    own = set(recorded.study.forms[form].items)
    used = _names_in(event)
    rows = recorded.rows(form).drop("ENTRIES").drop_nulls(event.date)
    around = subjects.frame.drop(own, strict=False).drop("VISIT", "ROW", "ADT", strict=False)
    told = rows.join(around, on="USUBJID", maintain_order="left")
    rule = event.when or "true"
    happened = told.filter(judge({"holds": rule}, told)["holds"].cast(pl.Boolean()))
    dated = happened.select(*ROW_KEY, *_days(event))
    of_row = _entries_of_rows(form, items={event.date, *used} & own, recorded=recorded)
    of_subject = subjects.entries_of(name for name in used if name not in own)
    of_own = dated.join(of_row, on=list(ROW_KEY), maintain_order="left")
    both = of_own.join(of_subject, on="USUBJID", suffix="_SUBJECT", maintain_order="left")
    entries = pl.concat_list("ENTRIES", "ENTRIES_SUBJECT").list.unique().list.sort()
    return both.select("USUBJID", "ADT", "CONFIRMED", entries.alias("ENTRIES"))


def _names_in(event: RecordedEvent) -> tuple[str, ...]:
    """Return the names that decide with the date whether and when an event happened."""
    said = rule_names(event.when) if event.when else ()
    return said if event.suspected is None else (*said, event.suspected)


def _days(event: RecordedEvent) -> tuple[pl.Expr, pl.Expr]:
    """Return the day that counts (ADT) and the day on which it was confirmed."""
    confirmed = pl.col(event.date)
    first = confirmed if event.suspected is None else pl.min_horizontal(confirmed, event.suspected)
    return first.alias("ADT"), confirmed.alias("CONFIRMED")


def _entries_of_rows(form: str, *, items: set[str], recorded: Recorded) -> pl.DataFrame:
    here = recorded.values.filter(pl.col("form") == form, pl.col("item").is_in(sorted(items)))
    named = here.rename({"subject": "USUBJID", "visit": "VISIT", "row": "ROW"})
    return named.group_by(ROW_KEY).agg(pl.col("seq").unique().sort().alias("ENTRIES"))


def _of_subjects(event: RecordedEvent, subjects: SubjectFrame) -> pl.DataFrame:
    """Return an event whose date is no item: the day of a form, of randomisation, ..."""
    if event.date not in subjects.frame.columns:
        return OCCURRENCES.empty().with_columns(pl.col("ADT").alias("CONFIRMED"))
    used = _names_in(event)
    dates = subjects.frame.select("USUBJID", *_days(event))
    happened = dates.join(
        subjects.judged_true(event.when or "true"), on="USUBJID", maintain_order="left"
    )
    return happened.join(
        subjects.entries_of([event.date, *used]), on="USUBJID", maintain_order="left"
    )


def _responded(event: ResponseEvent, *, subjects: SubjectFrame, scans: Scans) -> pl.DataFrame:
    """Return the progressions that count, up to a clock, unless the subject's rule undoes them."""
    rows: list[Mapping[str, object]] = [
        {"USUBJID": subject, "ADT": one.date, "ENTRIES": list(one.entries)}
        for subject, one in progressions_of(event, scans, ends=ends_at(event.until, subjects))
        if one.counts
    ]
    found = OCCURRENCES.of(rows).sort("USUBJID", "ADT", maintain_order=True)
    if event.unless is None:
        return found
    undone = subjects.judged_true(event.unless)
    behind = subjects.entries_of(rule_names(event.unless))
    kept = found.join(undone, on="USUBJID", how="anti", maintain_order="left")
    left = kept.join(behind, on="USUBJID", suffix="_RULE", maintain_order="left")
    entries = pl.concat_list("ENTRIES", "ENTRIES_RULE").list.unique().list.sort()
    return left.select("USUBJID", "ADT", entries.alias("ENTRIES"))
