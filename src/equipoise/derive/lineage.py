"""From a number back to the record: the entries behind the rows that were counted."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from polars.exceptions import PolarsError

from equipoise.base.errors import BadInput, bad_input
from equipoise.base.frames import FrameSchema
from equipoise.derive.frames import ENTRIES, AnalysisData
from equipoise.study.rules import UnreadableRuleError, read_rule

BEHIND = FrameSchema(
    name="entries_behind",
    columns={
        "subject": pl.String(),
        "column": pl.String(),
        "value": pl.String(),
        "entries": ENTRIES,
    },
)


def entries_behind(data: AnalysisData, *, dataset: str, where: str, column: str) -> pl.DataFrame:
    """Return the entries of the record behind one column of some rows.

    Parameters
    ----------
    data : AnalysisData
        The analysis datasets.
    dataset : str
        ``adsl``, ``adtte``, ..., or a domain (``LB``).
    where : str
        SQL condition over its columns that selects the rows; empty, or ``true``, selects all.
    column : str
        The column that was counted or measured.

    Returns
    -------
    polars.DataFrame
        `BEHIND`, one row a row selected: subject, column, value as text, and the numbers of the
        entries. A row of ``adsl`` has those of the cell; other rows those of the whole row.

    Raises
    ------
    BadInput
        When there is no such dataset or column, or the condition cannot be read.
    """
    frames = {**data.datasets, **data.domains}
    if dataset not in frames:
        raise _unknown(dataset, where="dataset", known=frames)
    frame = frames[dataset]
    if column not in frame.columns:
        raise _unknown(column, where="column", known=frame.columns)
    rows = _selected(frame, where)
    if "ENTRIES" not in frame.columns:
        rows = _with_cell_entries(rows, data.lineage, dataset=dataset, column=column)
    return BEHIND.checked(
        rows.select(
            pl.col("USUBJID").alias("subject"),
            pl.lit(column).alias("column"),
            _as_text(rows, column).alias("value"),
            pl.col("ENTRIES").alias("entries"),
        )
    )


def _selected(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    try:
        return frame.filter(read_rule(where or "true"))
    except (UnreadableRuleError, PolarsError) as error:
        got = f"{where} ({str(error).splitlines()[0]})"
        fix = f"a condition over {', '.join(frame.columns)}"
        raise bad_input("the rows cannot be selected", where="where", got=got, fix=fix) from None


def _with_cell_entries(
    rows: pl.DataFrame, lineage: pl.DataFrame, *, dataset: str, column: str
) -> pl.DataFrame:
    here = lineage.filter(pl.col("dataset") == dataset, pl.col("column") == column)
    entries = here.group_by("subject").agg(pl.col("seq").sort().alias("ENTRIES"))
    return rows.join(
        entries, left_on="USUBJID", right_on="subject", how="left", maintain_order="left"
    ).with_columns(pl.col("ENTRIES").fill_null([]))


def _as_text(rows: pl.DataFrame, column: str) -> pl.Expr:
    kind = rows.schema[column]
    if isinstance(kind, pl.List):
        return pl.col(column).cast(pl.List(pl.String())).list.join(" ")
    return pl.col(column).cast(pl.String())


def _unknown(got: str, *, where: str, known: Iterable[str]) -> BadInput:
    fix = f"one of {', '.join(known)}"
    return bad_input(f"there is no such {where}", where=where, got=got, fix=fix)
