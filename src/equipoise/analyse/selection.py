"""Rows of an analysis dataset together with the SQL condition that selects them.

The rows of a selection are always those that its condition selects: every narrowing goes through
the condition. So a number can be walked back to the rows behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import polars as pl

from equipoise.base.errors import bad_input
from equipoise.derive.frames import AnalysisData

EVERY = "true"
"""The condition that selects every row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Some rows of a dataset.

    Attributes
    ----------
    dataset : str
        Name of the dataset.
    where : str
        SQL condition over its columns that selects the rows.
    column : str
        Column that the number is read from.
    rows : polars.DataFrame
        The rows.
    """

    dataset: str
    where: str
    column: str
    rows: pl.DataFrame

    @property
    def n(self) -> int:
        """How many rows are selected."""
        return self.rows.height

    @property
    def subjects(self) -> tuple[str, ...]:
        """Subjects of the rows, each once, in order."""
        return tuple(self.rows["USUBJID"].unique(maintain_order=True))

    def reading(self, column: str) -> Selection:
        """Return the same rows, read in another column."""
        return replace(self, column=column)

    def narrowed(self, condition: str) -> Selection:
        """Return the rows for which a condition also holds; an empty condition changes nothing.

        A condition that is unknown because something is missing selects no row.
        """
        if not condition:
            return self
        where = condition if self.where == EVERY else f"{self.where} and {condition}"
        return replace(self, where=where, rows=self.rows.filter(pl.sql_expr(condition)))

    def known(self, *columns: str) -> Selection:
        """Return the rows in which none of these columns is missing."""
        lacking = [column for column in columns if self.rows[column].null_count()]
        return self.narrowed(" and ".join(f"{named(column)} is not null" for column in lacking))

    def unknown(self, column: str) -> Selection:
        """Return the rows in which a column is missing."""
        return self.narrowed(f"{named(column)} is null")

    def only(self, subjects: Collection[str]) -> Selection:
        """Return the rows of some subjects."""
        mine = self.subjects
        if set(mine) <= set(subjects):
            return self
        return self.narrowed(among(subject for subject in mine if subject in set(subjects)))

    def without(self, subjects: Collection[str]) -> Selection:
        """Return the rows of all but some subjects."""
        return self.only(set(self.subjects) - set(subjects))


def select(data: AnalysisData, dataset: str, *, column: str = "USUBJID") -> Selection:
    """Return all rows of an analysis dataset or a domain.

    Raises
    ------
    BadInput
        When there is neither.
    """
    frames = {**data.datasets, **data.domains}
    if dataset not in frames:
        raise bad_input(
            "there is no such analysis dataset",
            where="dataset",
            got=dataset,
            fix=f"datasets are: {', '.join(frames)}",
        )
    return Selection(dataset=dataset, where=EVERY, column=column, rows=frames[dataset])


def named(column: str) -> str:
    """Return a column as SQL names it; an item may bear a word that SQL uses itself."""
    return f'"{column}"'


def literal(text: str) -> str:
    """Return a text as SQL writes it.

    Examples
    --------
    >>> literal("surgeon's choice")
    "'surgeon''s choice'"
    """
    return "'" + text.replace("'", "''") + "'"


def equals(column: str, text: str) -> str:
    """Return the condition that a column of texts holds one text."""
    return f"{column} = {literal(text)}"


def among(subjects: Iterable[str]) -> str:
    """Return the condition that a row is of one of some subjects.

    Examples
    --------
    >>> among(["001", "007"]), among([])
    ("USUBJID in ('001', '007')", 'false')
    """
    listed = ", ".join(literal(subject) for subject in subjects)
    return f"USUBJID in ({listed})" if listed else "false"


def number(value: float) -> str:
    """Return a number as SQL writes it, without digits that say nothing.

    Examples
    --------
    >>> number(374.0), number(182.625)
    ('374', '182.625')
    """
    return repr(float(value)).removesuffix(".0")
