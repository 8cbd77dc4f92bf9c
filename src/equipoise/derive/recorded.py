"""A snapshot up to the cut: typed values, rows of forms, and the forms of a purpose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

import polars as pl

from equipoise.base.errors import bad_input
from equipoise.conduct.entries import FORM_DATE
from equipoise.conduct.snapshot import Snapshot
from equipoise.study.forms import FormPurpose, ItemType
from equipoise.study.rules import POLARS_TYPE
from equipoise.study.study import Study

ROW_KEY = ("USUBJID", "VISIT", "ROW")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the record knew on the day of the cut.

    Attributes
    ----------
    study : Study
        The protocol.
    cut : datetime.date
        Forms, registrations and randomisations after this day are not in here.
    subjects : polars.DataFrame
        As in the snapshot.
    values : polars.DataFrame
        As in the snapshot, with the type of the item; without missing values, items that the study
        does not have, and misfits.
    misfits : polars.DataFrame
        Values that are not of their item's type, as an amendment may leave them; they count as
        missing.
    """

    study: Study
    cut: dt.date
    subjects: pl.DataFrame
    values: pl.DataFrame
    misfits: pl.DataFrame

    def rows(self, form: str) -> pl.DataFrame:
        """Return one row a row of a form: its key, date, entries, and each item in its type.

        The columns of the key and the date are capitals (USUBJID, VISIT, ROW, ADT, ENTRIES), so
        that no item can have their name.
        """
        here = self.values.filter(pl.col("form") == form).rename(
            {"subject": "USUBJID", "visit": "VISIT", "row": "ROW"}
        )
        items = {name: item.type for name, item in self.study.forms[form].items.items()}
        wide = typed(wide_values(here, index=ROW_KEY), items)
        keys = here.group_by(ROW_KEY).agg(
            pl.col("date").min().alias("ADT"), pl.col("seq").unique().sort().alias("ENTRIES")
        )
        return keys.join(wide, on=ROW_KEY).sort("USUBJID", "ADT", "VISIT", "ROW")

    def dated_values(self) -> pl.DataFrame:
        """Return the values of items, each with its ENTRIES: its own and that of its row's date."""
        key = ["subject", "visit", "form", "row"]
        is_date = pl.col("item") == FORM_DATE
        dates = self.values.filter(is_date).select(*key, pl.col("seq").alias("date_seq"))
        both = self.values.filter(~is_date).join(dates, on=key, how="left", maintain_order="left")
        ends = pl.concat_list(
            pl.min_horizontal("seq", "date_seq"), pl.max_horizontal("seq", "date_seq")
        )
        alone = pl.col("date_seq").is_null()
        entries = pl.when(alone).then(pl.concat_list("seq")).otherwise(ends)
        return both.with_columns(entries.alias("ENTRIES")).drop("date_seq")

    def form_dates(self, forms: Iterable[str]) -> pl.DataFrame:
        """Return one row a subject, form and day on which it was filled, and the entry behind it.

        Columns USUBJID, FORM, ADT, seq; the entry is that of the date, or else the row's first.
        """
        here = self.values.filter(pl.col("form").is_in(list(forms)), pl.col("date").is_not_null())
        ordered = here.sort("date", pl.col("item") != FORM_DATE, "seq")
        keys = {"subject": "USUBJID", "form": "FORM", "date": "ADT"}
        first = ordered.group_by(list(keys), maintain_order=True).agg(pl.col("seq").first())
        return first.rename(keys)


def read_recorded(study: Study, snapshot: Snapshot, *, cut: dt.date | None = None) -> Recorded:
    """Return what a snapshot says up to a cut.

    Parameters
    ----------
    study : Study
        The study that the snapshot was taken of.
    snapshot : Snapshot
        Current values of the record.
    cut : datetime.date | None
        Data cut-off; None is the last day on which a form was filled or a subject entered, and the
        end of the calendar for a record without any.

    Raises
    ------
    BadInput
        When the snapshot is one of another study.
    """
    if snapshot.study_hash != study.content_hash:
        fix = "take the snapshot again with this study"
        got = snapshot.study_hash
        raise bad_input("the snapshot is one of another study", where="snapshot", got=got, fix=fix)
    day = cut or _last_day(snapshot)
    subjects = _entered_until(day, snapshot.subjects)
    until = pl.col("date").is_null() | (pl.col("date") <= day)
    known = snapshot.values.filter(pl.col("value").is_not_null(), until)
    known = known.join(subjects.select("subject"), on="subject", how="semi", maintain_order="left")
    values = known.join(_catalogue(study), on=["form", "item"], maintain_order="left")
    fits = _fits(values)
    return Recorded(
        study=study,
        cut=day,
        subjects=subjects,
        values=values.filter(fits),
        misfits=values.filter(~fits),
    )


def forms_of(study: Study, purpose: FormPurpose) -> tuple[str, ...]:
    """Return the names of the forms that serve a purpose."""
    return tuple(name for name, form in study.forms.items() if form.purpose is purpose)


def wide_values(long: pl.DataFrame, *, index: Iterable[str]) -> pl.DataFrame:
    """Return one row an index with the text of each item in a column of its name."""
    return long.filter(pl.col("item") != FORM_DATE).pivot(
        on="item", index=list(index), values="value", aggregate_function="last"
    )


def typed(wide: pl.DataFrame, items: Mapping[str, ItemType]) -> pl.DataFrame:
    """Return the frame with each item in its type, null where the frame does not have it."""
    absent = [name for name in items if name not in wide.columns]
    whole = wide.with_columns(pl.lit(None, dtype=pl.String()).alias(name) for name in absent)
    return whole.with_columns(as_type(pl.col(name), kind) for name, kind in items.items())


def as_type(text: pl.Expr, kind: ItemType) -> pl.Expr:
    """Return the value that a canonical text stands for; null when it is none of that type."""
    match kind:
        case ItemType.NUMBER | ItemType.INTEGER:
            return text.cast(POLARS_TYPE[kind], strict=False)
        case ItemType.YES_NO:
            return text.replace_strict(
                {"true": True, "false": False}, default=None, return_dtype=pl.Boolean()
            )
        case ItemType.DATE:
            return text.str.to_date("%Y-%m-%d", strict=False)
        case ItemType.PARTIAL_DATE | ItemType.TEXT | ItemType.CODE:
            return text
        case _:
            assert_never(kind)


def _last_day(snapshot: Snapshot) -> dt.date:
    dates = (
        snapshot.values["date"],
        snapshot.subjects["registration_date"],
        snapshot.subjects["randomisation_date"],
    )
    last = pl.concat([series.rename("date") for series in dates]).max()
    return last if isinstance(last, dt.date) else dt.date.max


def _entered_until(day: dt.date, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return the subjects registered by a day, knowing of no randomisation after it."""
    entered = subjects.filter(pl.col("registration_date") <= day).sort("subject")
    later = pl.col("randomisation_date") > day
    hidden = ("randomisation_date", "arm", "stratum", "allocation_seq")
    return entered.with_columns(
        pl.when(later).then(None).otherwise(pl.col(name)).alias(name) for name in hidden
    )


def _catalogue(study: Study) -> pl.DataFrame:
    """Return form, item and type of all that a row of values can hold."""
    rows = [
        (form_name, name, str(kind))
        for form_name, form in study.forms.items()
        for name, kind in [
            (FORM_DATE, ItemType.DATE),
            *((name, item.type) for name, item in form.items.items()),
        ]
    ]
    return pl.DataFrame(rows, schema=["form", "item", "type"], orient="row")


def _fits(values: pl.DataFrame) -> pl.Series:
    """Return whether each value is of its item's type; after an amendment it may not be."""
    one_of_each = (
        pl.col("type").eq(str(kind)) & as_type(pl.col("value"), kind).is_not_null()
        for kind in ItemType
    )
    return values.select(pl.any_horizontal(*one_of_each).alias("fits"))["fits"]
