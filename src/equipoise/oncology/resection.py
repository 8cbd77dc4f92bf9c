"""What surgery and the specimen showed: margin, complications, pathological response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written, not_negative, positive


class Margin(StrEnum):
    """Residual tumour; RX cannot be assessed and never counts as R0."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    RX = "RX"


class MarginRule(StrEnum):
    """When a margin is microscopically positive."""

    AT_INK = "tumour at the ink (UICC, CAP)"
    WITHIN_1_MM = "tumour within less than 1 mm (RCP)"


def margin_status(
    margin_mm: float | None, *, gross_residual: bool | None, rule: MarginRule
) -> Margin:
    """Return the residual tumour status.

    Parameters
    ----------
    margin_mm : float | None
        Distance from the tumour to the nearest cut; 0 is tumour at the ink; None is not assessed.
    gross_residual : bool | None
        Whether the surgeon left visible tumour, nodes included.
    rule : MarginRule
        Convention for R1.

    Returns
    -------
    Margin
        R2 with gross residual whatever the margin; RX when what is known does not decide.
    """
    if margin_mm is not None:
        not_negative(margin_mm, where="margin_mm")
    if gross_residual:
        return Margin.R2
    if margin_mm is None or gross_residual is None:
        return Margin.RX
    match rule:
        case MarginRule.AT_INK:
            return Margin.R1 if margin_mm == 0 else Margin.R0
        case MarginRule.WITHIN_1_MM:
            return Margin.R1 if as_written(margin_mm) < 1 else Margin.R0
        case _:
            assert_never(rule)


class ClavienDindo(StrEnum):
    """Grade of a surgical complication, from mild to fatal.

    Dindo et al. 2004, doi:10.1097/01.sla.0000133083.54934.ae.
    """

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Morbidity:
    """Surgical complications of one subject.

    Attributes
    ----------
    complications : int
        How many were recorded.
    highest : ClavienDindo | None
        Highest grade; None without complications, and when an ungraded one could be higher.
    major : bool | None
        Whether one is IIIa or worse; None when an ungraded one could be.
    """

    complications: int
    highest: ClavienDindo | None
    major: bool | None


def clavien_dindo(grades: Sequence[ClavienDindo | None]) -> Morbidity:
    """Return the morbidity of a subject from the grades of all complications.

    A grade of None is a complication not graded yet; it cannot be higher than V. Which window
    counts (30 or 90 days) is decided by what is passed in.
    """
    known = [grade for grade in grades if grade is not None]
    worst = max(known, key=lambda grade: grade.rank, default=None)
    complete = len(known) == len(grades)
    major = any(grade.major for grade in known)
    return Morbidity(
        complications=len(grades),
        highest=worst if complete or worst is ClavienDindo.GRADE_V else None,
        major=major if complete or major else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TumourBed:
    """The bed of one resected nodule.

    Attributes
    ----------
    viable_percent : float | None
        Share of the bed with viable tumour, 0 to 100.
    area_mm2 : float | None
        Area of the bed.
    """

    viable_percent: float | None
    area_mm2: float | None = None

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if self.area_mm2 is not None:
            positive(self.area_mm2, where="area_mm2")
        share = self.viable_percent
        if share is not None and not 0 <= share <= 100:
            raise bad_input("no such share", where="viable_percent", got=share, fix="0 to 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathologicalResponse:
    """Pathological response of a resected subject; None is unknown.

    Attributes
    ----------
    viable_percent : float | None
        Viable tumour over all beds, weighted by area.
    complete : bool | None
        No viable tumour in the primary and none in the nodes (ypT0 N0).
    complete_primary : bool | None
        No viable tumour in the primary.
    major : bool | None
        At most 10 % viable tumour in the primary.
    """

    viable_percent: float | None
    complete: bool | None
    complete_primary: bool | None
    major: bool | None


def pathological_response(
    beds: Sequence[TumourBed], *, nodes_positive: bool | None
) -> PathologicalResponse:
    """Return the pathological response of a resected tumour.

    Parameters
    ----------
    beds : Sequence[TumourBed]
        One for each nodule; areas are needed only where they change the answer.
    nodes_positive : bool | None
        Whether a regional node holds viable tumour; None when no node was examined.

    Notes
    -----
    Major response is 0 to 10 % viable tumour, 10 included, as studied in intrahepatic
    cholangiocarcinoma; the liver-cell cancer rule of 70 % necrosis is another one. What is unknown
    is carried as the least and the most it can be. A subject who was not operated has no specimen
    and is no business of this function; trials count such a subject as without response.
    """
    if not beds:
        return PathologicalResponse(
            viable_percent=None, complete=None, complete_primary=None, major=None
        )
    least, most = _weighted(beds, unknown=0), _weighted(beds, unknown=100)
    if any(bed.area_mm2 is None for bed in beds):
        least, most = _smallest(beds), _largest(beds)
    shares = [bed.viable_percent for bed in beds]
    primary = _all_of([None if share is None else share == 0 for share in shares])
    no_node = None if nodes_positive is None else not nodes_positive
    return PathologicalResponse(
        viable_percent=float(least) if least == most else None,
        complete=_all_of((primary, no_node)),
        complete_primary=primary,
        major=True if most <= 10 else _over_ten(least, every_share_known=None not in shares),
    )


def _weighted(beds: Sequence[TumourBed], *, unknown: int) -> Fraction:
    shares = [_share(bed, unknown=unknown) for bed in beds]
    areas = [Fraction(as_written(bed.area_mm2 or 1)) for bed in beds]
    return sum(map(Fraction.__mul__, shares, areas), Fraction(0)) / sum(areas)


def _smallest(beds: Sequence[TumourBed]) -> Fraction:
    return min(_share(bed, unknown=0) for bed in beds)


def _largest(beds: Sequence[TumourBed]) -> Fraction:
    return max(_share(bed, unknown=100) for bed in beds)


def _share(bed: TumourBed, *, unknown: int) -> Fraction:
    share = unknown if bed.viable_percent is None else bed.viable_percent
    return Fraction(as_written(share))


def _over_ten(least: Fraction, *, every_share_known: bool) -> bool | None:
    """Return False when a mean that may exceed 10 % surely does.

    Where only areas are missing, the mean lies strictly between the smallest and the largest
    share, so a smallest share of 10 % is enough.
    """
    return False if least > 10 or (every_share_known and least == 10) else None


def _all_of(answers: Sequence[bool | None]) -> bool | None:
    return False if False in answers else (None if None in answers else True)
