"""Rows with their stratum, as the stratified methods take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from equipoise.analyse.selection import Selection, select
from equipoise.derive.frames import AnalysisData


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stratified:
    """Rows whose stratum is known.

    Attributes
    ----------
    rows : Selection
        The rows.
    labels : list of str or None
        Stratum of each row, every factor in it; None without strata.
    """

    rows: Selection
    labels: list[str] | None


def stratified(data: AnalysisData, *, rows: Selection, strata: Sequence[str]) -> Stratified:
    """Return the rows of subjects whose strata are all known, with the stratum of each.

    Parameters
    ----------
    rows : Selection
        Rows of any dataset, one for each subject.
    strata : sequence of str
        Columns of `adsl` that together make a stratum.
    """
    if not strata:
        return Stratified(rows=rows, labels=None)
    known = select(data, "adsl").known(*strata)
    inside = rows.only(known.subjects)
    label = pl.concat_str([pl.col(name).cast(pl.String) for name in strata], separator="|")
    by_subject = dict(known.rows.select("USUBJID", label.alias("label")).iter_rows())
    return Stratified(rows=inside, labels=[by_subject[who] for who in inside.rows["USUBJID"]])


def within_words(strata: Sequence[str]) -> str:
    """Return how a method's words go on when it is stratified."""
    return f", stratified by {', '.join(strata)}" if strata else ""
