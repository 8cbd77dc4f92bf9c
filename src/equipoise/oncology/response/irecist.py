"""iRECIST: unconfirmed and confirmed progression, visit by visit.

Seymour et al. 2017, doi:10.1016/S1470-2045(17)30074-8. Exploratory beside RECIST 1.1, which stays
the primary measure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from equipoise.base.errors import bad_input
from equipoise.oncology.response.irecist_signs import (
    Episode,
    first_signs,
    further_signs,
    known_signs,
    measured_new,
    seen_new,
    sum_of,
    worse_non_targets,
)
from equipoise.oncology.response.irecist_words import OF_RECIST, IResponse, ITimepoint
from equipoise.oncology.response.recist import Response, timepoint_response
from equipoise.oncology.response.recist_timepoints import Assessment, recist_responses
from equipoise.oncology.response.recist_words import Timepoint, names, reason

CONFIRM_DAYS = 28
_WORSE = (Response.CR, Response.PR, Response.SD, Response.NON_CR_NON_PD, Response.PD)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """What is known of a subject before a visit.

    `known` are the new lesions of episodes that were reset, but for those that vanished since;
    `open` is the episode that is open; `confirmed` the time point that confirmed a progression.
    """

    earlier: tuple[Timepoint, ...]
    known: frozenset[str] = frozenset()
    open: tuple[Timepoint, ...] = ()
    confirmed: ITimepoint | None = None


def irecist_responses(
    assessments: Sequence[Assessment], *, confirm_days: int = CONFIRM_DAYS
) -> tuple[ITimepoint, ...]:
    """Return what iRECIST makes of each assessment of a subject.

    PD by RECIST 1.1 is unconfirmed (iUPD). It is confirmed (iCPD) by a later scan when, where it
    was, the sum of the targets grew by 5 mm or more, a non-target or an unmeasured new lesion grew
    at all, or the sum of the new lesions grew by 5 mm or more; or when there are more new lesions;
    or when another component becomes PD. Growth is counted from the smallest size since the iUPD
    was called, so that small steps add up. Without any of these it stays iUPD until shrinkage to
    iSD, iPR or iCR resets the bar; then an iUPD has to come about anew, from the nadir.

    Parameters
    ----------
    assessments : Sequence[Assessment]
        In order of their dates; the first is the baseline. A lesion that is larger than at the
        assessment before and yet no unequivocal progression has the state grown.
    confirm_days : int
        Days from the first iUPD to a scan that may confirm it; an earlier scan leaves it iUPD.

    Returns
    -------
    tuple[ITimepoint, ...]
        One for each assessment. After iCPD every time point is iCPD.

    Raises
    ------
    BadInput
        For negative days, and as `recist_responses`.

    Notes
    -----
    New lesions that are still there, not grown, leave it iUPD unless the baseline disease (the
    targets; without targets the non-targets) does better than at the iUPD: then iSD or iPR is
    possible, and those lesions make an iUPD again only by a growth that is PD of its own, or when
    they had vanished and are seen again. Where what made the iUPD was not evaluated it is NE, and
    the iUPD stays open. iCR needs every new lesion gone. The paper's table 2 says
    5 mm or more but for one row; that is taken for all.
    """
    return irecist_of(recist_responses(assessments), confirm_days=confirm_days)


def irecist_of(
    points: Sequence[Timepoint], *, confirm_days: int = CONFIRM_DAYS
) -> tuple[ITimepoint, ...]:
    """Return what iRECIST makes of assessments that RECIST 1.1 has judged.

    Parameters and result as in `irecist_responses`, which this is when the time points are those of
    `recist_responses`, the first being the baseline.

    Raises
    ------
    BadInput
        For negative days.
    """
    if confirm_days < 0:
        fix = str(CONFIRM_DAYS)
        raise bad_input("days are 0 or more", where="confirm_days", got=confirm_days, fix=fix)
    found = [ITimepoint(point=one, response=None, why=one.explanation) for one in points[:1]]
    course = _Course(earlier=tuple(points[:1]))
    for point in points[1:]:
        course, judged = _visit(point, course, confirm_days=confirm_days)
        found.append(judged)
    return tuple(found)


def _visit(point: Timepoint, course: _Course, *, confirm_days: int) -> tuple[_Course, ITimepoint]:
    new_targets = measured_new((*course.earlier, point))
    judging = _Judging(point=point, course=course, new_targets=new_targets, days=confirm_days)
    after, judged = judging.judge()
    new_sum = sum_of(point, new_targets)
    judged = replace(judged, new_targets=new_targets, new_sum_mm=new_sum)
    known = after.known if after.open else after.known - _vanished(point)
    return replace(after, earlier=(*course.earlier, point), known=known), judged


def _vanished(point: Timepoint) -> frozenset[str]:
    """Return what is new again when it is seen again; a node of 10 mm again may be normal."""
    return frozenset(one.name for one in point.lesions if one.gone and not one.nodal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    """One visit, judged in the light of the course before it."""

    point: Timepoint
    course: _Course
    new_targets: tuple[str, ...]
    days: int

    def judge(self) -> tuple[_Course, ITimepoint]:
        if self.course.confirmed is not None:
            on = self.course.confirmed
            why = f"progression was confirmed on {on.date}"
            return self.course, self._said(IResponse.ICPD, why, iupd_on=on.iupd_on)
        return self._open() if self.course.open else self._closed()

    def _said(self, response: IResponse, why: str, *, iupd_on: dt.date | None = None) -> ITimepoint:
        return ITimepoint(point=self.point, response=response, why=why, iupd_on=iupd_on)

    def _closed(self) -> tuple[_Course, ITimepoint]:
        """Judge a visit while no progression is open."""
        course = self.course
        signs = first_signs(
            self.point, course.earlier, known=course.known, new_targets=self.new_targets
        )
        if not signs:
            return course, self._said(*self._without_progression())
        why = f"{'; '.join(signs)}; to be confirmed {self.days} days later or more"
        judged = self._said(IResponse.IUPD, why, iupd_on=self.point.date)
        return replace(course, open=(self.point,)), judged

    def _open(self) -> tuple[_Course, ITimepoint]:
        """Judge a visit while a progression waits to be confirmed."""
        course, first = self.course, self.course.open[0]
        episode = Episode(
            references=tuple(one for one in course.open if one is first or self._late(one)),
            known=course.known,
            new_targets=self.new_targets,
        )
        signs = further_signs(self.point, course.earlier, episode=episode)
        longer = replace(course, open=(*course.open, self.point))
        if signs and self._late(self.point):
            why = f"{'; '.join(signs)}; confirms the iUPD of {first.date}"
            judged = self._said(IResponse.ICPD, why, iupd_on=first.date)
            return replace(course, confirmed=judged), judged
        if signs or self._remains(first):
            return longer, self._said(IResponse.IUPD, self._waiting(signs), iupd_on=first.date)
        response, why = self._without_progression()
        unknown = self._unknown_of(first)
        if unknown:
            unseen = ", ".join(f"'{name}'" for name in unknown)
            why = (
                f"{unseen} not evaluated: the iUPD of {first.date} is neither confirmed nor undone"
            )
            response = IResponse.NE
        if response is IResponse.NE:
            return longer, self._said(response, why, iupd_on=first.date)
        known = course.known | seen_new(course.open)
        why = f"{why}; the iUPD of {first.date} was not confirmed and counts no longer"
        return replace(course, open=(), known=known), self._said(response, why, iupd_on=first.date)

    def _late(self, point: Timepoint) -> bool:
        return (point.date - self.course.open[0].date).days >= self.days

    def _remains(self, first: Timepoint) -> bool:
        """Tell whether what made the iUPD is still there."""
        if Response.PD in {self.point.target, self.point.non_target}:
            return True
        known, before = self.course.known, self._before(first)
        if known_signs(self.point, before, known=known, new_targets=self.new_targets):
            return True
        own = seen_new([first]) - known
        still = seen_new([self.point]) & own
        return bool(still) and not self._better_than(first)

    def _unknown_of(self, first: Timepoint) -> list[str]:
        """Return the lesions that made the iUPD and were not evaluated: nothing undid it."""
        told = {one.name for one in self.point.lesions if one.gone is not None or one.suspected}
        told |= seen_new([self.point])
        made = set(worse_non_targets(first))
        if not self._better_than(first):
            made |= seen_new([first]) - self.course.known
        return sorted(made - told)

    def _before(self, first: Timepoint) -> list[Timepoint]:
        return [one for one in self.course.earlier if one.date < first.date]

    def _better_than(self, first: Timepoint) -> bool:
        """Tell whether the disease of baseline does better than at the first iUPD."""
        now, then = _of_baseline(self.point), _of_baseline(first)
        if now not in _WORSE or then not in _WORSE:
            return False
        return _WORSE.index(now) < _WORSE.index(then)

    def _waiting(self, signs: Sequence[str]) -> str:
        since = f"the iUPD of {self.course.open[0].date}"
        if signs:
            early = f"less than {self.days} days after {since}: too early to confirm it"
            return f"{'; '.join(signs)}; {early}"
        return f"no further growth since {since}, and no return to stable disease"

    def _without_progression(self) -> tuple[IResponse, str]:
        """Return the response by the tables of RECIST when no progression counts."""
        point = self.point
        call = timepoint_response(point.target, non_target=point.non_target, new_lesion=False)
        left = [one for one in point.lesions if one.newly_seen]
        if call is Response.CR and left:
            capped = Response.NON_CR_NON_PD if point.target is None else Response.PR
            return OF_RECIST[
                capped
            ], f"no lesion of baseline is left, but new lesion {names(left)} is"
        still = f"; new lesion {names(left)} there, no progression of its own" if left else ""
        return OF_RECIST[call], f"{reason(point, call)}{still}"


def _of_baseline(point: Timepoint) -> Response | None:
    return point.non_target if point.target is None else point.target
