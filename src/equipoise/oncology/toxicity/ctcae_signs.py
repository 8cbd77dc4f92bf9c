"""CTCAE grades that come from blood pressure and from urine.

Hypertension and proteinuria of adults, CTCAE v5.0 (27 November 2017) and v4.03 (14 June 2010), read
in ``CTCAE_v5.0.csv`` and ``CTCAE_4.03.csv`` of KohSoonho/CTCAE, v4.03 also in ``ctcae_data.json``
of mountetna/timur. Of v6.0 they were not read: by it both stay without a grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from equipoise.oncology.exact import as_written, not_negative, plain, positive
from equipoise.oncology.toxicity.ctcae_rows import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class SignGrade:
    """A grade that comes from a sign.

    Attributes
    ----------
    grade : int | None
        None when what is known does not decide it.
    rule : str
        What decided, or what is missing.
    possible : tuple[int, ...]
        Grades that are not ruled out, mildest first.
    """

    grade: int | None
    rule: str
    possible: tuple[int, ...]


class Drugs(StrEnum):
    """What blood pressure made of the treatment."""

    UNCHANGED = "treatment unchanged"
    ONE = "one drug started or changed"
    MORE = "more than one drug, or more intensive than before"


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodPressure:
    """Blood pressure of an adult, and what belongs to its grade; None when unknown.

    Attributes
    ----------
    systolic_mm_hg, diastolic_mm_hg : float | None
        The pressures.
    previously_normal : bool | None
        Whether it was within normal limits before treatment: 140/90 and more counts as grade 2
        only then.
    drugs : Drugs | None
        What was done about it.
    life_threatening : bool
        Malignant hypertension, neurological deficit, hypertensive crisis.
    lasting : bool | None
        Whether the pressure is recurrent or has been so for 24 hours.
    rise_with_symptoms : bool
        Symptoms, and the diastolic pressure is more than 20 higher than before, or the pressure is
        above 140/90.
    """

    systolic_mm_hg: float | None
    diastolic_mm_hg: float | None
    previously_normal: bool | None
    drugs: Drugs | None = None
    life_threatening: bool = False
    lasting: bool | None = None
    rise_with_symptoms: bool = False


_PRESSURE_CUTS = ((3, 160, 100), (2, 140, 90), (1, 120, 80))


def hypertension_grade(pressure: BloodPressure, *, edition: Edition = Edition.V5) -> SignGrade:
    """Return the CTCAE grade of hypertension of an adult.

    The worse of the two pressures counts, and what was done about it: one drug started or changed
    is at least grade 2, more than one drug grade 3. From 140/90 to below 160/100 it is grade 2 in
    v4.03; v5.0 says so of somebody whose pressure was normal before, and leaves grades 1 and 2 open
    in others until it lasts or the treatment is changed. A rise with symptoms is at least grade 2;
    v4.03 says so of somebody whose pressure was normal before. Between 139 and 140 (89 and 90) is
    grade 1, between 159 and 160 (99 and 100) grade 2. A pressure not measured leaves open what it
    could make worse.

    Raises
    ------
    BadInput
        For a negative pressure or none at all.
    """
    pressures = (pressure.systolic_mm_hg, pressure.diastolic_mm_hg)
    for where, value in zip(("systolic", "diastolic"), pressures, strict=True):
        if value is not None:
            not_negative(value, where=where)
    if edition is Edition.V6:
        return _not_read("hypertension", edition=edition)
    if pressure.life_threatening:
        return SignGrade(grade=4, rule="Life in danger: grade 4", possible=(4,))
    possible = _pressure_grades(pressure, edition=edition)
    return _told(possible, said=_pressure_words(pressure))


def _pressure_grades(pressure: BloodPressure, *, edition: Edition) -> tuple[int, ...]:
    sure = max(_by_pressure(pressure), _by_drugs(pressure.drugs))
    rise = _by_rise(pressure, edition=edition)
    least = max(1 if _doubtful(pressure, edition=edition) else sure, rise[0])
    missing = pressure.systolic_mm_hg is None or pressure.diastolic_mm_hg is None
    worst = 3 if missing else max(sure, *rise)
    return tuple(range(least, worst + 1))


def _doubtful(pressure: BloodPressure, *, edition: Edition) -> bool:
    """Return whether 140/90 to below 160/100 may yet be grade 1."""
    asks_before = edition is Edition.V5 and not pressure.previously_normal and not pressure.lasting
    return asks_before and _by_pressure(pressure) == 2 and _by_drugs(pressure.drugs) < 2


def _by_rise(pressure: BloodPressure, *, edition: Edition) -> tuple[int, int]:
    """Return the mildest and the worst grade of a rise with symptoms."""
    if not pressure.rise_with_symptoms:
        return (0, 0)
    before = True if edition is Edition.V5 else pressure.previously_normal
    return {True: (2, 2), False: (0, 0), None: (0, 2)}[before]


def _by_pressure(pressure: BloodPressure) -> int:
    systolic, diastolic = pressure.systolic_mm_hg, pressure.diastolic_mm_hg
    for grade, high, low in _PRESSURE_CUTS:
        if systolic is not None and as_written(systolic) >= high:
            return grade
        if diastolic is not None and as_written(diastolic) >= low:
            return grade
    return 0


def _by_drugs(drugs: Drugs | None) -> int:
    return 0 if drugs is None else {Drugs.UNCHANGED: 0, Drugs.ONE: 2, Drugs.MORE: 3}[drugs]


def _pressure_words(pressure: BloodPressure) -> str:
    both = (pressure.systolic_mm_hg, pressure.diastolic_mm_hg)
    numbers = "/".join("?" if each is None else plain(as_written(each)) for each in both)
    drugs = f", {pressure.drugs}" if pressure.drugs is not None else ""
    normal = {True: ", normal before", False: ", raised before", None: ""}
    lasting = ", lasting" if pressure.lasting else ""
    rise = ", risen with symptoms" if pressure.rise_with_symptoms else ""
    before = normal[pressure.previously_normal]
    return f"Blood pressure {numbers} mm Hg{before}{lasting}{rise}{drugs}"


class Dipstick(StrEnum):
    """Protein on a urine dipstick."""

    NEGATIVE = "negative"
    TRACE = "trace"
    ONE = "1+"
    TWO = "2+"
    THREE = "3+"
    FOUR = "4+"


@dataclass(frozen=True, slots=True, kw_only=True)
class UrineProtein:
    """Protein in the urine of an adult; None when not measured.

    Attributes
    ----------
    grams_a_day : float | None
        Protein in a collection of 24 hours; it takes precedence.
    protein_creatinine_ratio : float | None
        Grams of protein a gram of creatinine in a spot sample, read as grams in 24 hours
        (Ginsberg 1983, doi:10.1056/NEJM198312223092503). The text has ratios for children only.
    dipstick : Dipstick | None
        Used when neither was measured.
    upper_limit_grams_a_day : float | None
        Upper limit of normal of the laboratory; grade 1 of v5.0 begins there.
    """

    grams_a_day: float | None = None
    protein_creatinine_ratio: float | None = None
    dipstick: Dipstick | None = None
    upper_limit_grams_a_day: float | None = None


_BY_DIPSTICK: Mapping[Dipstick, tuple[int, ...]] = MappingProxyType(
    {
        Dipstick.NEGATIVE: (0,),
        Dipstick.TRACE: (0,),
        Dipstick.ONE: (1,),
        Dipstick.TWO: (2,),
        Dipstick.THREE: (2,),
        Dipstick.FOUR: (3,),
    }
)
_NOT_IN_4_03 = frozenset({Dipstick.THREE, Dipstick.FOUR})


def proteinuria_grade(urine: UrineProtein, *, edition: Edition = Edition.V5) -> SignGrade:
    """Return the CTCAE grade of proteinuria of an adult.

    By 24 hours: below 1.0 g grade 1 (from the upper limit of normal on; v4.03 names no lower end,
    and what is normal has no grade there either), below 3.5 g grade 2, else grade 3; between 3.4
    and 3.5 g, a gap of v4.03, is grade 2. By dipstick: 1+ grade 1, 2+ and 3+
    grade 2, 4+ grade 3; v4.03 does not name 3+ and 4+, which leaves them between grades 2 and 3.

    Raises
    ------
    BadInput
        For negative numbers and an upper limit of 0.
    """
    for where, value in (
        ("grams_a_day", urine.grams_a_day),
        ("protein_creatinine_ratio", urine.protein_creatinine_ratio),
    ):
        if value is not None:
            not_negative(value, where=where)
    if urine.upper_limit_grams_a_day is not None:
        positive(urine.upper_limit_grams_a_day, where="upper_limit_grams_a_day")
    if edition is Edition.V6:
        return _not_read("proteinuria", edition=edition)
    if urine.grams_a_day is not None:
        said = f"Urine protein {plain(as_written(urine.grams_a_day))} g in 24 h"
        return _told(_by_grams(urine.grams_a_day, urine), said=said)
    if urine.protein_creatinine_ratio is not None:
        ratio = plain(as_written(urine.protein_creatinine_ratio))
        said = f"Urine protein {ratio} g a g of creatinine, read as g in 24 h"
        return _told(_by_grams(urine.protein_creatinine_ratio, urine), said=said)
    if urine.dipstick is None:
        return SignGrade(grade=None, rule="No grade: urine protein not measured", possible=())
    gap = edition is Edition.V4_03 and urine.dipstick in _NOT_IN_4_03
    possible = (2, 3) if gap else _BY_DIPSTICK[urine.dipstick]
    return _told(possible, said=f"Urine protein {urine.dipstick} on a dipstick")


def _by_grams(grams: float, urine: UrineProtein) -> tuple[int, ...]:
    amount, limit = as_written(grams), urine.upper_limit_grams_a_day
    if amount >= Decimal("3.5"):
        return (3,)
    if amount >= 1:
        return (2,)
    if limit is None:
        return (0, 1) if amount > 0 else (0,)
    return (1,) if amount >= as_written(limit) else (0,)


def _not_read(what: str, *, edition: Edition) -> SignGrade:
    rule = f"No grade: {what} by {edition.spoken} is not in this package"
    return SignGrade(grade=None, rule=rule, possible=())


def _told(possible: tuple[int, ...], *, said: str) -> SignGrade:
    if len(possible) == 1:
        return SignGrade(grade=possible[0], rule=f"{said}: grade {possible[0]}", possible=possible)
    *others, worst = possible
    either = f"{', '.join(str(grade) for grade in others)} or {worst}"
    return SignGrade(grade=None, rule=f"{said}: grade {either}", possible=possible)
