"""Rows of the standard forms: the items that the package knows by name, whatever the study adds."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.base.frames import FrameSchema
from equipoise.derive.recorded import Recorded, forms_of
from equipoise.study.forms import FormPurpose


def standard_rows(
    recorded: Recorded, purpose: FormPurpose, *, names: Mapping[str, str], schema: FrameSchema
) -> pl.DataFrame:
    """Return the rows of all forms of a purpose, standard items under the columns of a dataset.

    Parameters
    ----------
    recorded : Recorded
        What the record says.
    purpose : FormPurpose
        Which forms.
    names : Mapping[str, str]
        Standard item -> column of the schema.
    schema : FrameSchema
        Gives the types of these columns.

    Returns
    -------
    polars.DataFrame
        USUBJID, VISIT, ROW, ADT, ENTRIES and the columns named. An item that the study's form does
        not have is missing; no row when the study has no such form.
    """
    kinds = {column: schema.columns[column] for column in names.values()}
    key = {
        "USUBJID": pl.String(),
        "VISIT": pl.String(),
        "ROW": pl.Int64(),
        "ADT": pl.Date(),
        "ENTRIES": pl.List(pl.Int64()),
    }
    parts = [
        _renamed(recorded.rows(form), names=names, kinds=kinds).select(*key, *kinds)
        for form in forms_of(recorded.study, purpose)
    ]
    return pl.concat([pl.DataFrame(schema=key | kinds), *parts])


def _renamed(
    rows: pl.DataFrame, *, names: Mapping[str, str], kinds: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    named = rows.rename({name: to for name, to in names.items() if name in rows.columns})
    absent = [column for column in kinds if column not in named.columns]
    whole = named.with_columns(pl.lit(None).alias(column) for column in absent)
    return whole.with_columns(pl.col(column).cast(kind) for column, kind in kinds.items())
