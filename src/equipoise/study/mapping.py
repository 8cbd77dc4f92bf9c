"""How somebody else's tables fill the forms of a study."""

from __future__ import annotations

from pydantic import Field

from equipoise.study.words import Name, Source, Words


class MappedItem(Words):
    """A column of a table, with its values in the study's words; empty cells stay missing."""

    column: str
    values: dict[str, str] = Field(default_factory=dict)


class MappedForm(Words):
    """One table whose rows are rows of one form.

    `date` is a column, or absent when the table has none; then `on` gives one day for all. `arm` is
    the column that names the arm of a subject, in a study that was randomised elsewhere.
    """

    file: str
    subject: str
    visit: Name
    date: str | None = None
    on: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    arm: str | MappedItem | None = None
    items: dict[Name, str | MappedItem] = Field(min_length=1)
    source: Source | None = None
