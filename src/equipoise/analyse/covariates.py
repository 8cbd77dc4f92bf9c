"""Covariates of a regression: a table of numbers, one row for each subject with all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from equipoise.analyse.selection import Selection, equals, select
from equipoise.analyse.variables import ARM, is_binary, levels_of, single
from equipoise.base.errors import bad_input
from equipoise.derive.frames import AnalysisData
from equipoise.study.forms import ItemType
from equipoise.study.identity import ArmRole
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariates:
    """Covariates of the rows that have all of them.

    Attributes
    ----------
    names : tuple of str
        Name of each column; a code other than the first is ``item=code``.
    table : array, shape (rows, names)
        Numbers; yes and experimental arm are 1, no and control 0.
    rows : Selection
        The rows that are complete.
    lacking : Selection
        The rows that were left out because a covariate is missing.
    """

    names: tuple[str, ...]
    table: npt.NDArray[np.float64]
    rows: Selection
    lacking: Selection


def covariates_of(
    study: Study, data: AnalysisData, *, rows: Selection, names: Sequence[str]
) -> Covariates:
    """Return the covariates of the rows of a selection, one row for each subject.

    Parameters
    ----------
    rows : Selection
        Rows of any dataset.
    names : sequence of str
        ``arm``, numeric, yes-no or code items, strata, analysis sets, or binary endpoints.
    """
    columns = [column for name in names for column in _columns(study, data, name=name)]
    wide = rows.rows.select("USUBJID")
    for column in columns:
        wide = wide.join(column, on="USUBJID", how="left", maintain_order="left")
    complete = wide.drop_nulls()["USUBJID"]
    inside = rows.only(complete)
    table = wide.drop_nulls().drop("USUBJID")
    return Covariates(
        names=tuple(table.columns),
        table=table.to_numpy().astype(np.float64),
        rows=inside,
        lacking=rows.without(complete),
    )


def _columns(study: Study, data: AnalysisData, *, name: str) -> Iterator[pl.DataFrame]:
    """Give frames of USUBJID and one column of numbers, null where nothing is known."""
    if name == ARM:
        yield _experimental(study, data)
    elif is_binary(study.endpoints.get(name)):
        rows = select(data, "adeff").narrowed(equals("PARAMCD", name)).rows
        yield rows.select("USUBJID", pl.col("AVAL").alias(name))
    else:
        yield from _of_variable(study, data, name=name)


def _experimental(study: Study, data: AnalysisData) -> pl.DataFrame:
    ones = {name: float(arm.role is ArmRole.EXPERIMENTAL) for name, arm in study.arms.items()}
    coded = pl.col("ARMCD").replace_strict(ones, default=None, return_dtype=pl.Float64)
    return select(data, "adsl").rows.select("USUBJID", coded.alias(ARM))


def _of_variable(study: Study, data: AnalysisData, *, name: str) -> Iterator[pl.DataFrame]:
    frame = data.datasets["adsl"]
    chosen = single(study, name)
    match chosen.type:
        case ItemType.NUMBER | ItemType.INTEGER | ItemType.YES_NO:
            yield frame.select("USUBJID", pl.col(name).cast(pl.Float64))
        case ItemType.CODE:
            seen = set(frame[name].drop_nulls())
            codes = [level for level in levels_of(chosen, values=frame[name]) if level.name in seen]
            for level in codes[1:]:
                one = (pl.col(name) == level.name).cast(pl.Float64)
                yield frame.select("USUBJID", one.alias(f"{name}={level.name}"))
        case ItemType.DATE | ItemType.PARTIAL_DATE | ItemType.TEXT:
            raise bad_input(
                "a covariate is a number, yes or no, or one of some codes",
                where="covariates",
                got=f"{name}, which is a {chosen.type}",
                fix="compute an item of one of these types from it",
            )
