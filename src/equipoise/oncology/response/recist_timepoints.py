"""A subject's assessments in order -> sums, nadir, responses and why, one time point each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from equipoise.base.errors import BadInput, Fault
from equipoise.oncology.response.recist import (
    Lesion,
    LesionKind,
    LesionState,
    Response,
    non_target_response,
    sum_of_diameters,
    target_response,
    timepoint_response,
)
from equipoise.oncology.response.recist_words import Timepoint

_FIX_OF_NAMES = "name each lesion of baseline once at every assessment, and others as new"
_FIX_OF_MERGED = "give one target the diameter of what has merged, and the others the state merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one tumour assessment found.

    Attributes
    ----------
    date : datetime.date
        Date of the assessment.
    lesions : tuple[Lesion, ...]
        Every lesion recorded; a lesion of baseline that is left out was not evaluated.
    markers_raised : bool | None
        Whether a tumour marker that was raised at baseline is above normal; False where no marker
        counts, None when unknown.
    """

    date: dt.date
    lesions: tuple[Lesion, ...]
    markers_raised: bool | None = False


class Regrowth(StrEnum):
    """What target lesions are when they grow above the line of PR and not as far as PD.

    The EORTC RECIST committee keeps them PR; table 1 of the guideline, read visit by visit, makes
    them SD. The best response is the same unless it has to be confirmed.
    """

    BY_VISIT = "by_visit"
    STAYS_PR = "stays_pr"


def recist_responses(
    assessments: Sequence[Assessment], *, regrowth: Regrowth = Regrowth.BY_VISIT
) -> tuple[Timepoint, ...]:
    """Return what RECIST 1.1 makes of each assessment of a subject.

    Parameters
    ----------
    assessments : Sequence[Assessment]
        In order of their dates; the first is the baseline.
    regrowth : Regrowth
        Whether targets that were PR or CR are SD or still PR above the line of PR.

    Returns
    -------
    tuple[Timepoint, ...]
        One for each assessment. The baseline has a sum and no response. Each visit is judged by
        the smallest sum before it; a sum with a lesion missing is never a nadir. An equivocal new
        lesion changes no response; once it is certain, PD dates from its first appearance
        (`Timepoint.progressed_on`), and no earlier time point is rewritten.

    Raises
    ------
    BadInput
        Every fault at once: dates out of order, a name used twice in one assessment, a new lesion
        at baseline, a followed lesion that baseline does not have or has as something else, a
        merged lesion without another target to merge with.
    """
    faults = [fault for pair in _with_baseline(assessments) for fault in _faults(*pair)]
    faults += _date_faults(assessments)
    if faults:
        raise BadInput(*faults)
    timepoints: list[Timepoint] = []
    for assessment, baseline in _with_baseline(assessments):
        whole = replace(assessment, lesions=_whole(assessment, baseline))
        if timepoints:
            timepoints.append(_visit(whole, timepoints, regrowth=regrowth))
        else:
            timepoints.append(_baseline(whole))
    return tuple(timepoints)


def _baseline(assessment: Assessment) -> Timepoint:
    total = sum_of_diameters(assessment.lesions)
    return Timepoint(
        date=assessment.date,
        lesions=assessment.lesions,
        markers_raised=assessment.markers_raised,
        sum_mm=total,
        baseline_mm=total,
    )


def _visit(
    assessment: Assessment, earlier: Sequence[Timepoint], *, regrowth: Regrowth
) -> Timepoint:
    complete_before = any(point.response is Response.CR for point in earlier)
    sums = [(point.sum_mm, point.date) for point in earlier if point.sum_mm is not None]
    nadir_mm, nadir_date = min(sums, default=(None, None))
    target = target_response(
        assessment.lesions,
        baseline_mm=earlier[0].sum_mm,
        nadir_mm=nadir_mm,
        after_complete_response=complete_before,
    )
    if target is Response.SD and regrowth is Regrowth.STAYS_PR and _responding(earlier):
        target = Response.PR
    non_target = non_target_response(
        assessment.lesions,
        markers_raised=assessment.markers_raised,
        after_complete_response=complete_before,
    )
    new = [lesion for lesion in assessment.lesions if lesion.newly_seen]
    response = timepoint_response(target, non_target=non_target, new_lesion=bool(new))
    since = [assessment.date, *(_appeared(lesion, assessment.date, earlier) for lesion in new)]
    return Timepoint(
        date=assessment.date,
        lesions=assessment.lesions,
        markers_raised=assessment.markers_raised,
        sum_mm=sum_of_diameters(assessment.lesions),
        baseline_mm=earlier[0].sum_mm,
        nadir_mm=nadir_mm,
        nadir_date=nadir_date,
        after_complete_response=complete_before,
        target=target,
        non_target=non_target,
        new_lesion=bool(new),
        response=response,
        progressed_on=min(since) if response is Response.PD else None,
    )


def _responding(earlier: Sequence[Timepoint]) -> bool:
    """Tell whether the targets responded and have not progressed since."""
    telling = (Response.CR, Response.PR, Response.PD)
    calls = [point.target for point in earlier if point.target in telling]
    return bool(calls) and calls[-1] is not Response.PD


def _appeared(lesion: Lesion, date: dt.date, earlier: Sequence[Timepoint]) -> dt.date:
    """Return when a new lesion that is certain now was first suspected without a break."""
    for point in reversed(earlier):
        seen = next((one for one in point.lesions if one.name == lesion.name), None)
        if seen is None or seen.state is LesionState.NOT_EVALUATED:
            continue
        if not seen.suspected:
            break
        date = point.date
    return date


def _with_baseline(assessments: Sequence[Assessment]) -> list[tuple[Assessment, Assessment]]:
    return [(assessment, assessments[0]) for assessment in assessments]


def _whole(assessment: Assessment, baseline: Assessment) -> tuple[Lesion, ...]:
    """Add the lesions of baseline that this assessment leaves out, as not evaluated."""
    named = {lesion.name for lesion in assessment.lesions}
    left_out = (
        replace(lesion, state=LesionState.NOT_EVALUATED, diameter_mm=None)
        for lesion in baseline.lesions
        if lesion.name not in named
    )
    return (*assessment.lesions, *left_out)


def _date_faults(assessments: Sequence[Assessment]) -> list[Fault]:
    dates = [assessment.date for assessment in assessments]
    return [
        _fault(
            "assessments are not in order of their dates",
            f"{after}, given after {before}",
            after,
            fix="one assessment a day, the earliest first",
        )
        for before, after in pairwise(dates)
        if after <= before
    ]


def _faults(assessment: Assessment, baseline: Assessment) -> list[Fault]:
    counts = Counter(lesion.name for lesion in assessment.lesions)
    twice = [name for name, count in counts.items() if count > 1]
    faults = [_fault("a lesion is there twice", f"'{name}'", assessment.date) for name in twice]
    faults += _merger_faults(assessment, baseline)
    first = {lesion.name: lesion for lesion in baseline.lesions}
    for lesion in assessment.lesions:
        what = _contradicts(lesion, first.get(lesion.name), at_baseline=assessment is baseline)
        if what:
            faults.append(_fault(what, f"'{lesion.name}'", assessment.date))
    return faults


def _merger_faults(assessment: Assessment, baseline: Assessment) -> list[Fault]:
    merged = [one.name for one in assessment.lesions if one.state is LesionState.MERGED]
    if not merged:
        return []
    names = ", ".join(f"'{name}'" for name in merged)
    if assessment is baseline:
        what = "no lesion is merged at baseline"
        return [_fault(what, names, assessment.date, fix=_FIX_OF_MERGED)]
    targets = {one.name for one in baseline.lesions if one.kind is LesionKind.TARGET}
    if targets <= set(merged):
        what = "no target is left to hold what has merged"
        return [_fault(what, names, assessment.date, fix=_FIX_OF_MERGED)]
    return []


def _contradicts(lesion: Lesion, first: Lesion | None, *, at_baseline: bool) -> str | None:
    if lesion.kind is LesionKind.NEW:
        return "no lesion is new at baseline" if at_baseline or first else None
    if first is None:
        return "a lesion that baseline does not have is new"
    if (lesion.kind, lesion.nodal) != (first.kind, first.nodal):
        return "the lesion was something else at baseline"
    return None


def _fault(what: str, got: str, date: dt.date, *, fix: str = _FIX_OF_NAMES) -> Fault:
    return Fault(
        kind="lesions_contradict",
        what=what,
        where=f"assessment of {date}",
        got=got,
        fix=fix,
    )
