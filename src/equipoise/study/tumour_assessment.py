"""Rows of a lesion form as RECIST takes them in: codes of the form become words of `oncology`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from equipoise.base.errors import bad_input
from equipoise.oncology.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.recist_timepoints import Assessment

NODE, OTHER = "lymph_node", "other"
"""Codes of an organ: of a lesion that is a lymph node, and of organs that have no code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionRow:
    """One row of a lesion form; None where nothing is recorded.

    Attributes
    ----------
    lesion : str
        Name of the lesion, such as T1.
    kind, state : str
        Codes of `lesion_kind` and `lesion_state`.
    organ : str | None
        Code of `lesion_organ`.
    diameter_mm : float | None
        Longest diameter, or short axis of a node.
    """

    lesion: str
    kind: str
    state: str
    organ: str | None = None
    diameter_mm: float | None = None


def assessment_of(rows: Iterable[LesionRow], *, date: dt.date) -> Assessment:
    """Return the assessment of a day.

    Raises
    ------
    BadInput
        When a code is none of RECIST, and when a lesion cannot be meant.
    """
    return Assessment(date=date, lesions=tuple(lesion_of(row) for row in rows))


def lesion_of(row: LesionRow) -> Lesion:
    """Return a row as a lesion.

    Raises
    ------
    BadInput
        When a code is none of RECIST, and when the lesion cannot be meant.
    """
    return Lesion(
        name=row.lesion,
        kind=_known(LesionKind, row.kind, lesion=row.lesion),
        nodal=row.organ == NODE,
        state=_known(LesionState, row.state, lesion=row.lesion),
        diameter_mm=row.diameter_mm,
        organ=None if row.organ == OTHER else row.organ,
    )


_Word = TypeVar("_Word", LesionKind, LesionState)


def _known(words: type[_Word], text: str, *, lesion: str) -> _Word:
    """Return what a code of the form means to RECIST."""
    if text not in set(words):
        fix = ", ".join(words)
        raise bad_input("not a word of RECIST", where=f"lesion '{lesion}'", got=text, fix=fix)
    return words(text)
