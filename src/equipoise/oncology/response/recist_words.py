"""One time point of RECIST 1.1 and the sentence that tells a clinician why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import assert_never

from equipoise.oncology.exact import plain
from equipoise.oncology.response.recist import (
    TARGET_NODE_MM,
    Lesion,
    LesionKind,
    LesionState,
    Response,
    has_grown,
    has_returned,
    sum_of_known,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timepoint:
    """What RECIST 1.1 makes of one assessment, with what is needed to doubt it.

    Attributes
    ----------
    date : datetime.date
        Date of the assessment.
    lesions : tuple[Lesion, ...]
        As found; lesions of baseline that were left out are not evaluated.
    markers_raised : bool | None
        As given with the assessment.
    sum_mm, baseline_mm : decimal.Decimal | None
        Sum of the targets now and at baseline; None when one of them is unknown.
    nadir_mm, nadir_date : decimal.Decimal | None, datetime.date | None
        Smallest earlier sum, baseline included, and its first date; None at baseline.
    after_complete_response : bool
        Whether overall CR was established before.
    target, non_target, response : Response | None
        Of the targets, of the non-targets and overall; None at baseline, and for targets or
        non-targets that do not exist.
    new_lesion : bool
        Whether a new lesion is seen beyond doubt.
    progressed_on : datetime.date | None
        Day from which PD counts: that of the assessment, or an earlier one on which a new lesion
        that is certain now was first suspected. None without PD.
    """

    date: dt.date
    lesions: tuple[Lesion, ...]
    markers_raised: bool | None
    sum_mm: Decimal | None
    baseline_mm: Decimal | None
    nadir_mm: Decimal | None = None
    nadir_date: dt.date | None = None
    after_complete_response: bool = False
    target: Response | None = None
    non_target: Response | None = None
    new_lesion: bool = False
    response: Response | None = None
    progressed_on: dt.date | None = None

    @property
    def change_from_baseline_percent(self) -> float | None:
        """Change of the sum from baseline in per cent; None when unknown or at baseline."""
        if self.response is None or self.sum_mm is None or not self.baseline_mm:
            return None
        return float(100 * (self.sum_mm - self.baseline_mm) / self.baseline_mm)

    @property
    def change_from_nadir_mm(self) -> Decimal | None:
        """Change of the sum from the nadir in mm; None when unknown."""
        if self.sum_mm is None or self.nadir_mm is None:
            return None
        return self.sum_mm - self.nadir_mm

    @property
    def change_from_nadir_percent(self) -> float | None:
        """Change of the sum from the nadir in per cent; None when unknown or from 0 mm."""
        change = self.change_from_nadir_mm
        if change is None or not self.nadir_mm:
            return None
        return float(100 * change / self.nadir_mm)

    @property
    def explanation(self) -> str:
        """One sentence that says why, with the numbers that decided."""
        if self.response is None:
            return f"Baseline: {_baseline_words(self)}"
        return f"{self.response}: {reason(self, self.response)}{_remarks(self)}"


def _baseline_words(point: Timepoint) -> str:
    targets = sum(lesion.kind is LesionKind.TARGET for lesion in point.lesions)
    if targets == 0:
        return "no target lesion"
    lesions = "target lesion" if targets == 1 else "target lesions"
    if point.sum_mm is None:
        return f"the sum of {targets} {lesions} is unknown"
    return f"sum {plain(point.sum_mm)} mm of {targets} {lesions}"


def reason(point: Timepoint, response: Response) -> str:
    """Return why a time point has a response, without the response itself."""
    match response:
        case Response.PD:
            return "; ".join(_signs_of_progression(point))
        case Response.CR:
            return f"no lesion is left and every node is below 10 mm{_sum_words(point)}"
        case Response.PR if _targets_gone(point):
            return f"target lesions are gone, but {_what_remains(point)}"
        case Response.PR:
            return (
                f"sum {_millimetres(point.sum_mm)} is {_against_baseline(point)}{_regrowth(point)}"
                f"{_lasting(point)}"
            )
        case Response.SD:
            return (
                f"sum {_millimetres(point.sum_mm)} is {_against_baseline(point)} "
                f"and {_against_nadir(point)}: neither PR nor PD"
            )
        case Response.NON_CR_NON_PD:
            return _what_remains(point)
        case Response.NE:
            return _what_is_unknown(point)
        case _:
            assert_never(response)


def _targets_gone(point: Timepoint) -> bool:
    return all(one.gone is True for one in point.lesions if one.kind is LesionKind.TARGET)


def _lasting(point: Timepoint) -> str:
    above = 10 * (point.sum_mm or Decimal(0)) > 7 * (point.baseline_mm or Decimal(0))
    return ", and the earlier PR lasts until PD" if above else ""


def _sum_words(point: Timepoint) -> str:
    return f" (sum {_millimetres(point.sum_mm)})" if point.sum_mm else ""


def _signs_of_progression(point: Timepoint) -> list[str]:
    signs = [*target_signs(point), *non_target_signs(point)]
    new = [one for one in point.lesions if one.newly_seen]
    if new:
        signs.append(f"new lesion {names(new)}{_since(point)}")
    return signs


def target_signs(point: Timepoint) -> list[str]:
    """Return what makes the targets PD; nothing when they are not."""
    if point.target is not Response.PD:
        return []
    signs = []
    known = sum_of_known(point.lesions)
    if point.nadir_mm is not None and has_grown(known, nadir_mm=point.nadir_mm):
        part = "sum" if point.sum_mm is not None else "sum of the lesions evaluated"
        signs.append(f"{part} {_millimetres(known)} is {_above_nadir(known, point)}")
    return [*signs, *_returned(point, LesionKind.TARGET)]


def non_target_signs(point: Timepoint) -> list[str]:
    """Return what makes the non-targets PD; nothing when they are not."""
    followed = [one for one in point.lesions if one.kind is LesionKind.NON_TARGET]
    worse = [one for one in followed if one.state is LesionState.UNEQUIVOCAL_PROGRESSION]
    signs = [f"unequivocal progression of {names(worse)}"] if worse else []
    return [*signs, *_returned(point, LesionKind.NON_TARGET)]


def _returned(point: Timepoint, kind: LesionKind) -> list[str]:
    back = [
        one
        for one in point.lesions
        if one.kind is kind
        and one.state is not LesionState.UNEQUIVOCAL_PROGRESSION
        and has_returned(one, after_complete_response=point.after_complete_response)
    ]
    return [f"{names(back)} seen again after complete response"] if back else []


def _since(point: Timepoint) -> str:
    if point.progressed_on is None or point.progressed_on == point.date:
        return ""
    return f", suspected since {point.progressed_on}, from which day PD counts"


def _above_nadir(sum_mm: Decimal, point: Timepoint) -> str:
    nadir = point.nadir_mm or Decimal(0)
    share = f"{_percent(sum_mm - nadir, nadir)} and " if nadir else ""
    return f"{share}{_millimetres(sum_mm - nadir)} above {_nadir_words(point)}"


def _against_baseline(point: Timepoint) -> str:
    now, baseline = point.sum_mm or Decimal(0), point.baseline_mm or Decimal(0)
    reference = f"the baseline of {_millimetres(baseline)}"
    if now == baseline:
        return f"equal to {reference}"
    side = "below" if now < baseline else "above"
    return f"{_percent(abs(now - baseline), baseline)} {side} {reference}"


def _against_nadir(point: Timepoint) -> str:
    now, nadir = point.sum_mm or Decimal(0), point.nadir_mm or Decimal(0)
    if now <= nadir:
        return f"not above {_nadir_words(point)}"
    return _above_nadir(now, point)


def _regrowth(point: Timepoint) -> str:
    grown = (point.change_from_nadir_mm or 0) > 0
    return f" and {_against_nadir(point)}" if grown else ""


def _nadir_words(point: Timepoint) -> str:
    return f"the nadir of {_millimetres(point.nadir_mm)} of {point.nadir_date}"


def _what_remains(point: Timepoint) -> str:
    followed = [one for one in point.lesions if one.kind is LesionKind.NON_TARGET]
    left = [one for one in followed if one.gone is False]
    if left:
        return f"{names(left)} still there"
    unknown = [one for one in followed if one.gone is None]
    if unknown:
        return _unknown_words(unknown)
    known = "still above normal" if point.markers_raised else "not known to be normal"
    return f"tumour markers {known}"


def _what_is_unknown(point: Timepoint) -> str:
    kind = LesionKind.NON_TARGET if point.target is None else LesionKind.TARGET
    missing = [one for one in point.lesions if one.kind is kind and one.gone is None]
    if missing:
        return _unknown_words(missing)
    if point.target is None and point.non_target is None:
        return "no lesion to follow"
    if point.target is None:
        return "tumour markers not known to be normal"
    return "the baseline sum is unknown or 0 mm"


def _unknown_words(lesions: Sequence[Lesion]) -> str:
    measured = [one for one in lesions if one.state is LesionState.MEASURED]
    unseen = [one for one in lesions if one.state is not LesionState.MEASURED]
    said = [f"{names(unseen)} not evaluated"] if unseen else []
    return ", ".join([*said, f"the diameter of {names(measured)} unknown"] if measured else said)


def _remarks(point: Timepoint) -> str:
    """Return what a reader should know beside the reason."""
    remarks = [_node_to_judge(point), _new_node(point), _merger(point), _suspicion(point)]
    return "".join(f"; {remark}" for remark in remarks if remark)


def _node_to_judge(point: Timepoint) -> str:
    if not point.after_complete_response or point.response is Response.PD:
        return ""
    nodes = [one for one in point.lesions if one.nodal and one.gone is False]
    return f"{names(nodes)} at 10 mm or more again, judge whether it is disease" if nodes else ""


def _new_node(point: Timepoint) -> str:
    small = [
        one
        for one in point.lesions
        if one.nodal and one.newly_seen and one.length_mm and one.length_mm < TARGET_NODE_MM
    ]
    judge = "a node below 15 mm, judge whether it is disease or still equivocal"
    return f"{names(small)} {judge}" if small else ""


def _merger(point: Timepoint) -> str:
    merged = [one for one in point.lesions if one.state is LesionState.MERGED]
    return f"{names(merged)} measured within the target it merged with" if merged else ""


def _suspicion(point: Timepoint) -> str:
    suspected = [one for one in point.lesions if one.suspected]
    return f"{names(suspected)} may be a new lesion, to be confirmed" if suspected else ""


def names(lesions: Iterable[Lesion]) -> str:
    """Return the names of lesions as a reader sees them: 'T1', 'T2'."""
    return ", ".join(f"'{lesion.name}'" for lesion in lesions)


def _millimetres(length: Decimal | None) -> str:
    return "unknown" if length is None else f"{plain(length)} mm"


def _percent(part: Decimal, whole: Decimal) -> str:
    """Return a percentage cut to one decimal, so that 19.96 % never reads as 20.0 %."""
    cut = (100 * part / whole).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return f"{cut} %"
