"""ECOG performance status: Oken et al. 1982, doi:10.1097/00000421-198212000-00014."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from equipoise.base.errors import bad_input


class Ecog(IntEnum):
    """Performance status, from the best to death."""

    FULLY_ACTIVE = 0
    RESTRICTED = 1
    AMBULATORY = 2
    LIMITED_SELF_CARE = 3
    DISABLED = 4
    DEAD = 5


_DEFINITIONS = {
    Ecog.FULLY_ACTIVE: "does everything as before the disease",
    Ecog.RESTRICTED: "no strenuous activity; up and able to do light work",
    Ecog.AMBULATORY: "cares for self but cannot work; up more than half of the waking hours",
    Ecog.LIMITED_SELF_CARE: "cares for self only in part; in bed or chair more than half of the "
    "waking hours",
    Ecog.DISABLED: "no self-care; wholly confined to bed or chair",
    Ecog.DEAD: "dead",
}


def ecog_rows() -> tuple[tuple[Ecog, str], ...]:
    """Return each grade with what it means, for proof-reading."""
    return tuple(_DEFINITIONS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceStatus:
    """Performance status of a subject with its meaning in words."""

    grade: Ecog
    explanation: str


def performance_status(grade: int | None) -> PerformanceStatus | None:
    """Return a grade with what it means; None when it is unknown.

    Raises
    ------
    BadInput
        For a number that is no grade.
    """
    if grade is None:
        return None
    if grade not in set(Ecog):
        raise bad_input("no such performance status", where="ecog", got=grade, fix="0 to 5")
    known = Ecog(grade)
    return PerformanceStatus(grade=known, explanation=f"ECOG {known:d}: {_DEFINITIONS[known]}.")
