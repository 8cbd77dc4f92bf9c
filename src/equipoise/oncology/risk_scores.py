"""Published scores of intrahepatic cholangiocarcinoma whose points are public."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written, positive

OLD_FROM_YEARS = 60
"""MEGNA counts a point above this age, itself not included."""


class MegnaGroup(StrEnum):
    """Group by points."""

    ZERO = "0"
    ONE = "I"
    TWO = "II"
    THREE_OR_MORE = ">= III"


@dataclass(frozen=True, slots=True, kw_only=True)
class MegnaRow:
    """What a group means for survival.

    Attributes
    ----------
    group : MegnaGroup
        The group.
    hazard_ratio, low, high : float
        Death against group 0 with its 95 % interval, n = 800 (PMID 36106350).
    median_months : float
        Median survival, n = 203 (Hahn et al. 2020, doi:10.1371/journal.pone.0228501).
    """

    group: MegnaGroup
    hazard_ratio: float
    low: float
    high: float
    median_months: float


_GROUPS = (
    MegnaRow(group=MegnaGroup.ZERO, hazard_ratio=1.0, low=1.0, high=1.0, median_months=34.5),
    MegnaRow(group=MegnaGroup.ONE, hazard_ratio=1.39, low=1.05, high=1.84, median_months=26.1),
    MegnaRow(group=MegnaGroup.TWO, hazard_ratio=2.15, low=1.57, high=2.96, median_months=21.5),
    MegnaRow(
        group=MegnaGroup.THREE_OR_MORE, hazard_ratio=2.02, low=1.33, high=3.06, median_months=16.6
    ),
)


def megna_rows() -> tuple[MegnaRow, ...]:
    """Return the groups with their published survival, for proof-reading."""
    return _GROUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class MegnaFindings:
    """What MEGNA counts, one point each; None is unknown.

    Attributes
    ----------
    multifocal : bool | None
        More than one nodule.
    extrahepatic_extension : bool | None
        Growth into a structure outside the liver.
    poor_grade : bool | None
        Poorly or undifferentiated.
    node_positive : bool | None
        Metastasis in a regional node.
    age_years : float | None
        A point above 60.
    """

    multifocal: bool | None
    extrahepatic_extension: bool | None
    poor_grade: bool | None
    node_positive: bool | None
    age_years: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Megna:
    """MEGNA score.

    Attributes
    ----------
    points : int | None
        0 to 5; None when a finding is unknown.
    group : MegnaGroup | None
        None when the unknown findings leave several open.
    explanation : str
        Why, in one sentence.
    """

    points: int | None
    group: MegnaGroup | None
    explanation: str


def megna(findings: MegnaFindings) -> Megna:
    """Return the MEGNA score: multifocality, extension, grade, nodes, age.

    Notes
    -----
    Raoof et al. 2017, doi:10.1001/jamasurg.2017.0117. Developed on survival after resection
    (separation 0.21); in 800 others its concordance was 0.60, and in 203 others age above 60 did
    not predict survival. The groups II and III do not differ in the hazard ratios of the first.
    """
    answers = {
        "more than one nodule": findings.multifocal,
        "extension beyond the liver": findings.extrahepatic_extension,
        "poor differentiation": findings.poor_grade,
        "positive nodes": findings.node_positive,
        f"age above {OLD_FROM_YEARS}": _old(findings.age_years),
    }
    present = [words for words, answer in answers.items() if answer]
    unknown = [words for words, answer in answers.items() if answer is None]
    least, most = len(present), len(present) + len(unknown)
    group = _group(least) if _group(least) is _group(most) else None
    name = f"MEGNA group {group}" if group else "MEGNA group not decided"
    points = f"{least}" if least == most else f"{least} to {most}"
    return Megna(
        points=least if least == most else None,
        group=group,
        explanation=f"{name}, points {points}: {_listed(present, unknown=unknown)}.",
    )


def _old(age_years: float | None) -> bool | None:
    if age_years is None:
        return None
    if not 0 <= age_years < 140:
        raise bad_input("no such age", where="age_years", got=age_years, fix="below 140")
    return as_written(age_years) > OLD_FROM_YEARS


def _group(points: int) -> MegnaGroup:
    return list(MegnaGroup)[min(points, 3)]


def _listed(present: Sequence[str], *, unknown: Sequence[str]) -> str:
    known = ", ".join(present) or "no factor"
    return f"{known}; not known: {', '.join(unknown)}" if unknown else known


def tumour_burden(tumour_cm: float | None, *, nodules: int | None) -> float | None:
    """Return the tumour burden score, the distance from the origin of size and number.

    ``sqrt(cm^2 + n^2)``; Sasaki et al. 2018, doi:10.1097/SLA.0000000000002064. Unknown without
    both. No class is given: cuts differ from cohort to cohort.
    """
    if tumour_cm is None or nodules is None:
        return None
    if nodules < 1:
        raise bad_input("no nodule", where="nodules", got=nodules, fix="1 or more")
    return math.hypot(positive(tumour_cm, where="tumour_cm"), nodules)
