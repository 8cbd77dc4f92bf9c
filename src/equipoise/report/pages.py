"""What a report consists of: chapters, their parts, and what these are made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.report.sheet import Sheet, Sheets
from equipoise.report.svg import Canvas
from equipoise.report.tables import Table, notes_of
from equipoise.study.study import Study

METHODS: Mapping[str, str] = {
    "kaplan_meier": "Kaplan-Meier",
    "logrank": "log-rank test",
    "cox": "Cox regression",
    "logistic": "logistic regression",
    "waterfall": "waterfall",
    "swimmer": "swimmer plot",
}
"""Methods that a reader should see beside the title of an analysis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture in the page: an SVG element, and the notes below it."""

    svg: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One analysis in the page.

    Attributes
    ----------
    name, title, method : str
        Of the analysis; the method in words, empty where the title says it all.
    shown : Shown or None
        Its picture.
    tables : tuple of Table
        Its tables.
    aside : Table or None
        The numbers of the picture, for readers who look them up.
    """

    name: str
    title: str
    method: str = ""
    shown: Shown | None = None
    tables: tuple[Table, ...] = ()
    aside: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A section of the report with its analyses in order."""

    number: int
    heading: str
    text: str | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the sections are made from.

    Attributes
    ----------
    study : Study
        The protocol.
    sheets : Sheets
        Analysis to its result rows.
    cut : datetime.date
        Data cut-off.
    mark : str or None
        What every picture of virtual subjects says.
    """

    study: Study
    sheets: Sheets
    cut: dt.date
    mark: str | None

    def sheet(self, name: str) -> Sheet:
        """Return the rows of an analysis, none when it gave none."""
        return self.sheets.get(name, Sheet())

    def canvas(self, name: str, *, description: str) -> Canvas:
        """Return the canvas of the picture of an analysis."""
        title = self.study.analyses[name].title
        return Canvas(name=name, title=title, description=description, mark=self.mark)

    def notes(self, *notes: str | None) -> tuple[str, ...]:
        """Return the notes below a picture; the data cut-off comes first."""
        return notes_of(f"Data cut-off {self.cut.isoformat()}.", *notes)
