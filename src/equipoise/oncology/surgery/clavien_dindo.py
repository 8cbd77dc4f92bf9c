"""Surgical complications by what they made necessary.

Dindo et al. 2004, doi:10.1097/01.sla.0000133083.54934.ae; Clavien et al. 2009,
doi:10.1097/SLA.0b013e3181b13ca2.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from equipoise.base.errors import bad_input


class ClavienDindo(StrEnum):
    """Grade of a surgical complication, from mild to fatal."""

    GRADE_I = "I"
    GRADE_II = "II"
    GRADE_IIIA = "IIIa"
    GRADE_IIIB = "IIIb"
    GRADE_IVA = "IVa"
    GRADE_IVB = "IVb"
    GRADE_V = "V"

    @property
    def rank(self) -> int:
        """Place in the order of severity, from 0."""
        return list(ClavienDindo).index(self)

    @property
    def major(self) -> bool:
        """Whether the complication is major: IIIa or worse."""
        return self.rank >= ClavienDindo.GRADE_IIIA.rank


class Care(StrEnum):
    """What a complication made necessary, or led to."""

    SIMPLE_DRUGS = "antiemetic, antipyretic, analgesic, diuretic, electrolytes or physiotherapy"
    BEDSIDE_WOUND = "wound opened at the bedside"
    WATCHED_CLOSELY = "intensive care without a failing organ"
    OTHER_DRUGS = "any other drug, antibiotics for instance"
    TRANSFUSION = "blood transfusion"
    PARENTERAL_NUTRITION = "total parenteral nutrition"
    INTERVENTION = "surgical, endoscopic or radiological intervention without general anaesthesia"
    INTERVENTION_ANAESTHESIA = "intervention under general anaesthesia"
    BRAIN = "brain haemorrhage, stroke or subarachnoid bleeding (not a transient attack)"
    ONE_ORGAN = "failure of one organ, dialysis included, in intermediate or intensive care"
    SEVERAL_ORGANS = "failure of several organs"
    DEATH = "death"


_GRADE_OF = {
    Care.SIMPLE_DRUGS: ClavienDindo.GRADE_I,
    Care.BEDSIDE_WOUND: ClavienDindo.GRADE_I,
    Care.WATCHED_CLOSELY: ClavienDindo.GRADE_I,
    Care.OTHER_DRUGS: ClavienDindo.GRADE_II,
    Care.TRANSFUSION: ClavienDindo.GRADE_II,
    Care.PARENTERAL_NUTRITION: ClavienDindo.GRADE_II,
    Care.INTERVENTION: ClavienDindo.GRADE_IIIA,
    Care.INTERVENTION_ANAESTHESIA: ClavienDindo.GRADE_IIIB,
    Care.BRAIN: ClavienDindo.GRADE_IVA,
    Care.ONE_ORGAN: ClavienDindo.GRADE_IVA,
    Care.SEVERAL_ORGANS: ClavienDindo.GRADE_IVB,
    Care.DEATH: ClavienDindo.GRADE_V,
}


def clavien_dindo_rows() -> tuple[tuple[ClavienDindo, Care], ...]:
    """Return each grade with each care that it stands for, for proof-reading."""
    return tuple((grade, care) for care, grade in _GRADE_OF.items())


def grade_of_care(care: Collection[Care]) -> ClavienDindo:
    """Return the grade of one complication; one that made nothing necessary is grade I."""
    grades = [_GRADE_OF[one] for one in care]
    return max(grades, key=lambda grade: grade.rank, default=ClavienDindo.GRADE_I)


class Window(IntEnum):
    """Days after the operation in which a complication counts, the last one included."""

    DAYS_30 = 30
    DAYS_90 = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Complication:
    """One complication of an operation.

    Attributes
    ----------
    grade : ClavienDindo | None
        None when not graded yet; it can then be any.
    name : str
        What it is.
    day : int | None
        Day after the operation, 0 for the same day; None when unknown.
    disabled : bool
        Whether the subject still suffers from it at discharge (suffix d).
    """

    grade: ClavienDindo | None
    name: str = "complication"
    day: int | None = None
    disabled: bool = False

    def __post_init__(self) -> None:
        """Refuse a day before the operation, and disability of the dead."""
        if self.day is not None and self.day < 0:
            raise bad_input("before the operation", where="day", got=self.day, fix="0 or more")
        if self.disabled and self.grade is ClavienDindo.GRADE_V:
            raise bad_input("the dead are not discharged", where="disabled", got="V", fix="no")

    def __str__(self) -> str:
        """Return it as it is written: ``IIIa-d bile leak, day 12``."""
        suffix = "-d" if self.disabled else ""
        on = "" if self.day is None else f", day {self.day}"
        return f"{self.grade or 'not graded'}{suffix} {self.name}{on}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Morbidity:
    """Surgical complications of one subject within a window.

    Attributes
    ----------
    window : Window
        Days after the operation that count.
    complications : int | None
        How many there are; None when a day that is unknown decides.
    highest : ClavienDindo | None
        Highest grade; None without complications, and when what is unknown could be higher.
    major : bool | None
        Whether one is IIIa or worse; None when what is unknown decides.
    dead : bool | None
        Whether one is grade V.
    explanation : str
        Why, in one sentence.
    """

    window: Window
    complications: int | None
    highest: ClavienDindo | None
    major: bool | None
    dead: bool | None
    explanation: str


def clavien_dindo(complications: Sequence[Complication], *, window: Window) -> Morbidity:
    """Return the morbidity of a subject from all complications of the operation.

    Parameters
    ----------
    complications : Sequence[Complication]
        Every one that is known, in any order.
    window : Window
        Which days count; a complication on the last day does.

    Notes
    -----
    A complication of unknown day counts for certain only where it would not change the answer,
    and one without grade can have any: what is unknown is carried as both ways.
    """
    near = [one for one in complications if one.day is None or one.day <= window]
    sure = [one for one in near if one.day is not None]
    worst = _worst(sure)
    highest, most = _rank(worst), max((_most(one) for one in near), default=-1)
    certain = highest == most
    return Morbidity(
        window=window,
        complications=len(near) if len(sure) == len(near) else None,
        highest=worst.grade if worst is not None and certain else None,
        major=_at_least(ClavienDindo.GRADE_IIIA, least=highest, most=most),
        dead=_at_least(ClavienDindo.GRADE_V, least=highest, most=most),
        explanation=_explanation(near, worst=worst, window=window, certain=certain),
    )


def _worst(complications: Sequence[Complication]) -> Complication | None:
    return max((one for one in complications if one.grade is not None), key=_rank, default=None)


def _rank(complication: Complication | None) -> int:
    grade = None if complication is None else complication.grade
    return -1 if grade is None else grade.rank


def _most(complication: Complication) -> int:
    return (complication.grade or ClavienDindo.GRADE_V).rank


def _at_least(grade: ClavienDindo, *, least: int, most: int) -> bool | None:
    if least >= grade.rank:
        return True
    return None if most >= grade.rank else False


def _explanation(
    near: Sequence[Complication], *, worst: Complication | None, window: Window, certain: bool
) -> str:
    if not near:
        return f"No complication within {window:d} days."
    number = f"{len(near)} complication{'' if len(near) == 1 else 's'} within {window:d} days"
    if certain and worst is not None:
        kind = "major" if worst.grade is not None and worst.grade.major else "not major"
        return f"{worst.grade} ({kind}): worst is {worst} of {number}."
    return f"Highest grade not decided: a grade or a day is missing among up to {number}."
