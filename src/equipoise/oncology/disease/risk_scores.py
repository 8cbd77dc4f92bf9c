"""Published scores of intrahepatic cholangiocarcinoma whose points are public."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written, not_negative, positive

OLD_FROM_YEARS = 60
"""MEGNA counts a point above this age, itself not included."""
PREOPERATIVE_HIGH = Decimal(25)
"""From this preoperative score on, 59.8 % of the cohort it comes from died within a year."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PreoperativeTerm:
    """What one finding adds to the preoperative score.

    Attributes
    ----------
    finding : str
        What is measured, with its unit.
    weight : float
        Points for each unit.
    hazard_ratio, low, high : float
        Death for each unit, with its 95 % interval.
    """

    finding: str
    weight: float
    hazard_ratio: float
    low: float
    high: float


PREOPERATIVE_BASE = 9
"""Points of every subject; they keep the preoperative score above 0."""
_SIZE = PreoperativeTerm(
    finding="largest diameter, cm", weight=1.12, hazard_ratio=1.12, low=1.06, high=1.18
)
_MARKER = PreoperativeTerm(
    finding="natural logarithm of CA19-9 in U/mL",
    weight=2.81,
    hazard_ratio=1.33,
    low=1.22,
    high=1.45,
)
_CELLS = PreoperativeTerm(
    finding="neutrophils over lymphocytes", weight=0.50, hazard_ratio=1.05, low=1.02, high=1.09
)
_ALBUMIN = PreoperativeTerm(
    finding="albumin, g/dL", weight=-2.79, hazard_ratio=0.76, low=0.55, high=0.99
)


def preoperative_rows() -> tuple[PreoperativeTerm, ...]:
    """Return what the preoperative score adds up, for proof-reading."""
    return (_SIZE, _MARKER, _CELLS, _ALBUMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreoperativeFindings:
    """What the preoperative score takes; None is unknown.

    Attributes
    ----------
    tumour_cm : float | None
        Largest diameter.
    ca199 : float | None
        In U/mL, above 0.
    neutrophils, lymphocytes : float | None
        Counts in the same unit.
    albumin_g_l : float | None
        In g/L.
    """

    tumour_cm: float | None
    ca199: float | None
    neutrophils: float | None
    lymphocytes: float | None
    albumin_g_l: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreoperativeRisk:
    """Preoperative score.

    Attributes
    ----------
    score : float | None
        None when a finding is unknown.
    high : bool | None
        Whether it is 25 or more.
    explanation : str
        Why, in one sentence.
    """

    score: float | None
    high: bool | None
    explanation: str


def preoperative_risk(findings: PreoperativeFindings) -> PreoperativeRisk:
    """Return the preoperative score of size, CA19-9, blood cells and albumin.

    Raises
    ------
    BadInput
        For a measurement that is not above 0; only the neutrophils may be 0.

    Notes
    -----
    ``9 + 1.12 cm + 2.81 ln(U/mL) + 0.50 neutrophils / lymphocytes - 2.79 g/dL``; 538 subjects
    resected at 16 centres from 1990 to 2015 (abstract at repub.eur.nl/pub/103948). Area under the
    curve 0.696, and 0.691 in its validation set. The units of CA19-9 and albumin are not printed
    there: the weights are ten times the logarithms of the hazard ratios, and a ratio of 0.76 for
    albumin fits g/dL only.
    """
    score = _preoperative_score(findings)
    if score is None:
        open_ones = [
            name
            for name, value in (
                ("size", findings.tumour_cm),
                ("CA19-9", findings.ca199),
                ("neutrophils", findings.neutrophils),
                ("lymphocytes", findings.lymphocytes),
                ("albumin", findings.albumin_g_l),
            )
            if value is None
        ]
        words = f"Preoperative score not known: {', '.join(open_ones)} missing."
        return PreoperativeRisk(score=None, high=None, explanation=words)
    high = as_written(score) >= PREOPERATIVE_HIGH
    side = f"{PREOPERATIVE_HIGH} or more" if high else f"below {PREOPERATIVE_HIGH}"
    return PreoperativeRisk(
        score=score, high=high, explanation=f"Preoperative score {score:.2f}, {side}."
    )


def _preoperative_score(findings: PreoperativeFindings) -> float | None:
    size = _above_0(findings.tumour_cm, where="tumour_cm")
    marker = _above_0(findings.ca199, where="ca199")
    lymphocytes = _above_0(findings.lymphocytes, where="lymphocytes")
    albumin = _above_0(findings.albumin_g_l, where="albumin_g_l")
    neutrophils = findings.neutrophils
    if neutrophils is not None:
        not_negative(neutrophils, where="neutrophils")
    if size is None or marker is None or albumin is None:
        return None
    if neutrophils is None or lymphocytes is None:
        return None
    return (
        PREOPERATIVE_BASE
        + _SIZE.weight * size
        + _MARKER.weight * math.log(marker)
        + _CELLS.weight * neutrophils / lymphocytes
        + _ALBUMIN.weight * albumin / 10
    )


def _above_0(value: float | None, *, where: str) -> float | None:
    return None if value is None else positive(value, where=where)
