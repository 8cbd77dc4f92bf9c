"""The result rows of one analysis, as the tables and pictures read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from equipoise.analyse.results import RESULTS

COLUMNS = (
    "cell",
    "endpoint",
    "group",
    "level",
    "statistic",
    "at",
    "subject",
    "value",
    "text",
    "n",
    "method",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result row; the fields are the columns of the same name."""

    cell: str
    endpoint: str
    group: str
    level: str
    statistic: str
    at: float | None
    subject: str | None
    value: float | None
    text: str | None
    n: int | None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The result rows of one analysis, or some of them, in the order of the analysis."""

    rows: tuple[Result, ...] = ()

    def __iter__(self) -> Iterator[Result]:
        """Go through the rows."""
        return iter(self.rows)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Endpoints, items or terms, each once, in order."""
        return _once(row.endpoint for row in self.rows)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups, each once, in order."""
        return _once(row.group for row in self.rows)

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels, each once, in order."""
        return _once(row.level for row in self.rows)

    def only(
        self,
        *,
        endpoint: str | None = None,
        group: str | None = None,
        level: str | None = None,
        statistic: str | None = None,
    ) -> Sheet:
        """Return the rows that agree with every word that is given."""
        asked = {"endpoint": endpoint, "group": group, "level": level, "statistic": statistic}
        given = {name: word for name, word in asked.items() if word is not None}
        return Sheet(
            rows=tuple(
                row
                for row in self.rows
                if all(getattr(row, name) == word for name, word in given.items())
            )
        )

    def first(
        self,
        statistic: str,
        *,
        endpoint: str | None = None,
        group: str | None = None,
        level: str | None = None,
    ) -> Result | None:
        """Return the first row of a statistic that agrees, or None."""
        rows = self.only(endpoint=endpoint, group=group, level=level, statistic=statistic).rows
        return rows[0] if rows else None

    def value(self, statistic: str, *, group: str | None = None) -> float | None:
        """Return the value of the first row of a statistic, or None."""
        row = self.first(statistic, group=group)
        return None if row is None else row.value


Sheets = Mapping[str, Sheet]
"""Analysis to its result rows."""


def sheets_of(results: pl.DataFrame) -> Sheets:
    """Return the rows of each analysis of a frame of results.

    Raises
    ------
    BadInput
        When the frame is no frame of results.
    """
    rows = RESULTS.checked(results).select("analysis", *COLUMNS).iter_rows(named=True)
    by_analysis = sorted(rows, key=itemgetter("analysis"))
    return {
        name: Sheet(rows=tuple(_result(row) for row in part))
        for name, part in groupby(by_analysis, key=itemgetter("analysis"))
    }


def _result(row: Mapping[str, Any]) -> Result:
    words = {name: row[name] for name in COLUMNS}
    for name in ("endpoint", "group", "level", "method"):
        words[name] = words[name] or ""
    return Result(**words)


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
