"""Columns of numbers, checked once where they enter: lengths, ranges, missing values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from equipoise.base.errors import BadInput, bad_input

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Label = str | int | float | bool


def freeze(*arrays: npt.NDArray[np.generic]) -> None:
    """Make arrays read-only, so that a frozen result stays what it was."""
    for array in arrays:
        array.setflags(write=False)


def number_column(values: npt.ArrayLike, *, where: str) -> FloatArray:
    """Return finite numbers, shape (n,) with n at least 1.

    Raises
    ------
    BadInput
        For no rows, for more than one dimension, and for values that are not finite numbers.
    """
    column = _floats(values, where=where)
    if column.ndim != 1 or column.size == 0:
        raise bad_input(
            "a column has one dimension and at least one row",
            where=where,
            got=f"shape {column.shape}",
            fix="pass one number for each subject",
        )
    _refuse_rows(~np.isfinite(column), column, where=where, what="every value is a finite number")
    return column


def time_column(values: npt.ArrayLike, *, where: str = "time") -> FloatArray:
    """Return times from origin to event or censoring, none negative, shape (n,)."""
    column = number_column(values, where=where)
    _refuse_rows(column < 0, column, where=where, what="a time is not negative")
    return column


def event_column(values: npt.ArrayLike, *, rows: int, where: str = "event") -> BoolArray:
    """Return whether each row had the event (1) or not (0), shape (rows,)."""
    column = number_column(values, where=where)
    _refuse_length(column.size, rows=rows, where=where)
    _refuse_rows((column != 0) & (column != 1), column, where=where, what="every value is 0 or 1")
    happened: BoolArray = column == 1
    return happened


def weight_column(
    values: npt.ArrayLike | None, *, rows: int, where: str = "weights"
) -> FloatArray | None:
    """Return case weights, none negative and not all 0, shape (rows,); None stays None."""
    if values is None:
        return None
    column = number_column(values, where=where)
    _refuse_length(column.size, rows=rows, where=where)
    _refuse_rows(column < 0, column, where=where, what="a weight is not negative")
    if not column.any():
        raise bad_input(
            "at least one subject has a weight above 0",
            where=where,
            got=f"{rows} weights, all 0",
            fix="leave weights out to count every subject once",
        )
    return column


def entry_column(values: npt.ArrayLike | None, *, time: FloatArray) -> FloatArray | None:
    """Return times of delayed entry, each before its row's time, shape of ``time``; None stays.

    A subject is at risk at t when entry < t <= time (left truncation).
    """
    if values is None:
        return None
    column = number_column(values, where="entry")
    _refuse_length(column.size, rows=time.size, where="entry")
    _refuse_rows(column >= time, column, where="entry", what="a subject enters before it leaves")
    return column


def label_column(
    values: npt.ArrayLike, *, rows: int, where: str
) -> tuple[tuple[Label, ...], IntArray]:
    """Return the sorted labels of a grouping column, and each row's place among them.

    Parameters
    ----------
    values : array_like, shape (rows,)
        Numbers or words; no missing value.
    """
    column = np.asarray(values)
    if column.ndim != 1:
        column = column.reshape(-1)
    _refuse_length(column.size, rows=rows, where=where)
    _refuse_rows(_missing(column), column, where=where, what="every row has a label")
    labels, codes = np.unique(column, return_inverse=True)
    return tuple(labels.tolist()), codes.astype(np.int64)


def strata_rows(strata: npt.ArrayLike | None, *, rows: int) -> tuple[BoolArray, ...]:
    """Return which rows are in each stratum; all rows are in one when there are no strata."""
    if strata is None:
        return (np.ones(rows, dtype=np.bool_),)
    labels, codes = label_column(strata, rows=rows, where="strata")
    return tuple(codes == code for code in range(len(labels)))


def covariate_columns(values: npt.ArrayLike, *, rows: int) -> FloatArray:
    """Return covariates as finite numbers, shape (rows, p); one column may come as (rows,)."""
    table = _floats(values, where="covariates")
    if table.ndim == 1:
        table = table[:, np.newaxis]
    if table.ndim != 2 or table.shape[1] == 0:
        raise bad_input(
            "covariates have one row for each subject and at least one column",
            where="covariates",
            got=f"shape {table.shape}",
            fix="pass an array of shape (subjects, covariates)",
        )
    _refuse_length(table.shape[0], rows=rows, where="covariates")
    broken: BoolArray = np.any(~np.isfinite(table), axis=1)
    _refuse_rows(broken, table, where="covariates", what="every value is a finite number")
    return table


def covariate_row(values: npt.ArrayLike | None, *, width: int) -> FloatArray:
    """Return the covariates of one subject, shape (width,); None stands for a model of none."""
    row = np.empty(0) if values is None else number_column(values, where="covariates")
    refuse_width(row.size, width=width)
    return row


def refuse_width(got: int, *, width: int) -> None:
    """Refuse covariates that are not those of a fitted model."""
    if got != width:
        raise bad_input(
            "a subject has one covariate for each coefficient of the model",
            where="covariates",
            got=f"{got} values",
            fix=f"pass {width}, in the order of the model",
        )


def normal_deviate(confidence: float) -> float:
    """Return the standard normal deviate of a two-sided confidence level, 1.96 for 0.95."""
    if not 0 < confidence < 1:
        raise bad_input(
            "a confidence level lies between 0 and 1",
            where="confidence",
            got=confidence,
            fix="0.95 for 95 %",
        )
    return float(ndtri(0.5 + confidence / 2))


def _floats(values: npt.ArrayLike, *, where: str) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise bad_input(
            "every value is a finite number",
            where=where,
            got=error,
            fix="leave out rows with missing values, and code words as numbers",
        ) from error


def _missing(column: npt.NDArray[np.generic]) -> BoolArray:
    if column.dtype.kind == "f":
        return np.isnan(column.astype(np.float64))
    return np.array([label is None for label in column.tolist()], dtype=np.bool_)


def _refuse_length(got: int, *, rows: int, where: str) -> None:
    if got != rows:
        raise bad_input(
            "columns of one analysis have the same number of rows",
            where=where,
            got=f"{got} rows where {rows} are needed",
            fix="pass one value for each subject",
        )


def _refuse_rows(bad: BoolArray, column: npt.NDArray[np.generic], *, where: str, what: str) -> None:
    rows = np.flatnonzero(bad)
    if rows.size:
        raise _bad_rows(rows, column, where=where, what=what)


def _bad_rows(
    rows: npt.NDArray[np.intp], column: npt.NDArray[np.generic], *, where: str, what: str
) -> BadInput:
    first = int(rows[0])
    return bad_input(
        what,
        where=where,
        got=f"{rows.size} row(s) where not, the first is row {first}: {column[first]}",
        fix="correct these rows or leave them out before the analysis",
    )
