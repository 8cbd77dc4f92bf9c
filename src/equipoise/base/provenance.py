"""Where a report comes from: what a reader needs to make it again, or to doubt it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

SIMULATED = "SIMULATED - virtual subjects"
"""The mark on every page, section and picture of a report whose subjects do not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The inputs behind a report.

    Attributes
    ----------
    study_hash : str
        SHA-256 of what the study says.
    software_version : str
        Version of Equipoise that made the report.
    seed : int or None
        Seed of the randomness; None when nothing was drawn.
    snapshot_head : str
        Hash of the last entry of the log in the snapshot.
    cut : datetime.date
        Data cut-off: later entries were left out.
    results_hash : str
        SHA-256 of the result rows that the report shows.
    generated_at : datetime.datetime
        When the report was made, with its time zone.
    simulated : bool
        Whether the subjects are virtual; the report then says so on every page.
    scenario : str or None
        Title of the scenario that the virtual subjects were drawn from.
    """

    study_hash: str
    software_version: str
    seed: int | None
    snapshot_head: str
    cut: dt.date
    results_hash: str
    generated_at: dt.datetime
    simulated: bool
    scenario: str | None = None

    @property
    def mark(self) -> str | None:
        """What every page and picture must say about its subjects, or None for real ones."""
        return SIMULATED if self.simulated else None
