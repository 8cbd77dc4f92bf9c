"""Dose guidance: what the tables of the study say of each drug on one day, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from equipoise.study.dose_tables import TableRow


class GuidedAction(StrEnum):
    """What the study says about a dose; the prescriber decides.

    NOT_DUE: the drug is not given on this day of the cycle. UNKNOWN: something that a table asks
    is not known, and it might leave less of the dose.
    """

    FULL = "full"
    REDUCE = "reduce"
    DELAY = "delay"
    OMIT = "omit"
    HOLD = "hold"
    STOP = "stop"
    NOT_DUE = "not_due"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredRow:
    """A row that is true and followed, with the values that made it true."""

    row: TableRow
    action: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """A row that cannot be judged, and what is missing for it."""

    row: TableRow
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugGuidance:
    """What the study says of one drug on one day.

    Attributes
    ----------
    drug, label : str
        Name of the drug, and what it is called.
    action : GuidedAction
        What to do.
    planned_mg : float | None
        The planned dose; None when body size is unknown.
    dose_mg : float | None
        The dose of the day, the mean of a day where the drug is given more rarely; None when it is
        not due, not known, or body size is unknown.
    fired : tuple[FiredRow, ...]
        Rows that are followed today, the graver one first.
    open : tuple[OpenRow, ...]
        Rows that cannot be judged and might leave less of the dose.
    next_mg : float | None
        The dose to go on with; None after a stop, and when body size is unknown.
    resume : str
        When a dose that is not given today may be given again; empty when nothing holds it.
    last : datetime.date | None
        The last day with a dose before surgery, where the days that begin now would reach beyond.
    say : str
        All of it in one sentence.
    """

    drug: str
    label: str
    action: GuidedAction
    planned_mg: float | None
    dose_mg: float | None
    fired: tuple[FiredRow, ...] = ()
    open: tuple[OpenRow, ...] = ()
    next_mg: float | None = None
    resume: str = ""
    last: dt.date | None = None
    say: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """What the study says of the drugs of one subject on one day of a cycle.

    Attributes
    ----------
    subject, visit : str
        Whose cycle.
    dose_day : int
        Day of the cycle.
    date : datetime.date
        The day.
    drugs : tuple[DrugGuidance, ...]
        In the order of the regimen.
    """

    subject: str
    visit: str
    dose_day: int
    date: dt.date
    drugs: tuple[DrugGuidance, ...]

    def of(self, drug: str) -> DrugGuidance | None:
        """Return what is said of one drug, if it is in the regimen."""
        return next((one for one in self.drugs if one.drug == drug), None)

    def __str__(self) -> str:
        """Return one line a drug."""
        return "\n".join(one.say for one in self.drugs)
