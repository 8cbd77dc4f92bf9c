"""The history of the disease under one arm: response, surgery, recurrence, progression, death.

First what is decided by surgery (`draw_findings`), because risk factors may speak of it; then the
times (`draw_fate`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scipy.special import ndtr, ndtri

from equipoise.base.quantities import DAYS_PER_YEAR
from equipoise.oncology.response.recist import Response
from equipoise.simulate.dice import Dice, badness
from equipoise.simulate.habits import (
    INFLUENCE_OF_RESPONSE,
    LOST_SHARE,
    NEW_THERAPY_DAYS,
    NEW_THERAPY_SHARE,
)
from equipoise.simulate.quantiles import category, lifetime_days, quantile, total
from equipoise.simulate.subject import Fate, Surgery
from equipoise.study.scenarios import Course, Lifetime

PROGRESSION, DEATH = "progression", "death"
LOST, WITHDREW = "lost", "withdrew"
DAYS_OF_OPERATIVE_DEATH = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What response and surgery would show, whether or not the subject lives to see it.

    Attributes
    ----------
    response : str | None
        Best response before surgery.
    refused : str | None
        Why a subject without progression does not come to surgery.
    resectable : bool
        Whether an operation takes the tumour out.
    margin : str
        Margin of a resection.
    viable_percent : float | None
        Viable tumour in the specimen.
    operative_death : int | None
        Days from the operation to a death of it.
    """

    response: str | None
    refused: str | None
    resectable: bool
    margin: str
    viable_percent: float | None
    operative_death: int | None

    @property
    def resected(self) -> bool:
        """Whether the tumour is taken out of a subject who lives until the operation."""
        return self.response != Response.PD and self.refused is None and self.resectable


@dataclass(frozen=True, slots=True, kw_only=True)
class Frailty:
    """Frailty of a subject, and its spread over subjects."""

    value: float
    sd: float

    def badness(self, dice: Dice, *, purpose: str) -> float:
        """Return a uniform number that is larger in frailer subjects."""
        return badness(dice, purpose=purpose, frailty=self.value, sd=self.sd)


def draw_findings(
    course: Course,
    *,
    dice: Dice,
    frailty: Frailty,
    margins: Mapping[str, float],
    reasons: Sequence[str],
) -> Findings:
    """Return what response and surgery would show.

    Parameters
    ----------
    course : Course
        What the scenario says of the arm.
    dice : Dice
        Random numbers of the subject, the same for every arm.
    frailty : Frailty
        A frailer subject responds less, is resected less often and less completely.
    margins : Mapping[str, float]
        Hazard ratio of each margin; the larger the worse.
    reasons : Sequence[str]
        Why a subject of this arm may refuse surgery.
    """
    response_u = frailty.badness(dice, purpose="response")
    margin_shares = dict(sorted(course.margin.items(), key=lambda one: margins.get(one[0], 1.0)))
    margin = category(total(margin_shares), frailty.badness(dice, purpose="margin"))
    refuses = 1 - frailty.badness(dice, purpose="not_operated") < course.not_operated
    explored = 1 - frailty.badness(dice, purpose="explored") < course.explored_not_resected
    return Findings(
        response=_response(course, response_u),
        refused=_one_of(reasons, dice.uniform("reason")) if refuses else None,
        resectable=not explored,
        margin=margin,
        viable_percent=_viable(course, margin=margin, response_u=response_u, dice=dice),
        operative_death=_operative_death(course, dice=dice, frailty=frailty),
    )


def _response(course: Course, u: float) -> str | None:
    """Return the response; the order from best to worst is that of `Response`."""
    if course.response is None:
        return None
    order = list(Response)
    shares = sorted(course.response.items(), key=lambda one: order.index(Response(one[0])))
    return category(total(dict(shares)), u)


def _one_of(words: Sequence[str], u: float) -> str:
    return words[int(u * len(words))]


def _viable(course: Course, *, margin: str, response_u: float, dice: Dice) -> float | None:
    """Return the viable tumour in whole percent; what is left at a margin is viable."""
    if course.viable_tumour is None:
        return None
    u = dice.uniform("viable")
    if course.response is not None:
        share = INFLUENCE_OF_RESPONSE
        mixed = math.sqrt(share) * ndtri(response_u) + math.sqrt(1 - share) * ndtri(u)
        u = float(ndtr(mixed))
    viable = float(round(float(quantile(course.viable_tumour, u))))
    return max(viable, 1.0) if margin in {"R1", "R2"} else viable


def _operative_death(course: Course, *, dice: Dice, frailty: Frailty) -> int | None:
    if 1 - frailty.badness(dice, purpose="operative_death") >= course.ninety_day_death:
        return None
    return 1 + int(dice.uniform("operative_death_day") * DAYS_OF_OPERATIVE_DEATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the times of a history depend on.

    Attributes
    ----------
    course : Course
        What the scenario says of the arm.
    dice : Dice
        Random numbers of the subject, the same for every arm.
    hazard_ratio : float
        Of the subject against one of frailty 0 without risk factor.
    margins : Mapping[str, float]
        Hazard ratio of recurrence by margin; 1 for one that is not named.
    yearly_dropout : float
        Probability of dropping out within one year.
    """

    course: Course
    dice: Dice
    hazard_ratio: float
    margins: Mapping[str, float]
    yearly_dropout: float

    def days(self, lifetime: Lifetime, *, purpose: str, times: float = 1.0) -> int:
        """Return the days until something happens."""
        ratio = self.hazard_ratio * times
        return lifetime_days(lifetime, self.dice.uniform(purpose), hazard_ratio=ratio)

    def dropout(self) -> int | None:
        """Return the day of dropout; exponential, whatever the disease does."""
        if self.yearly_dropout == 0:
            return None
        yearly = -math.log1p(-self.yearly_dropout)
        waited = -math.log1p(-self.dice.uniform("dropout"))
        return max(1, math.ceil(min(waited / yearly * DAYS_PER_YEAR, 1e6)))


def draw_fate(
    findings: Findings, *, times: Times, surgery_day: int | None, scan_days: Sequence[int]
) -> Fate:
    """Return the history of the disease.

    Parameters
    ----------
    findings : Findings
        What response and surgery would show.
    times : Times
        What the times depend on.
    surgery_day : int | None
        Day of the operation as arranged; None in a study without surgery.
    scan_days : Sequence[int]
        Scans before it. Progression shows at the first: a best response of PD has none before.

    Returns
    -------
    Fate
        Death of another cause before the operation precludes it; progression does too. An event
        that would come on the day of death or later never comes.
    """
    other_death = times.days(times.course.death_otherwise, purpose="death_otherwise")
    given_up = 0 if surgery_day is None else surgery_day
    if findings.response == Response.PD and scan_days:
        given_up = min(scan_days)
    unseen = findings.response == Response.PD and given_up >= other_death
    seen = replace(findings, response=None) if unseen else findings
    surgery = _surgery(seen, day=surgery_day, alive_until=other_death)
    if surgery is not None and surgery.resected:
        ahead = _after_resection(seen, surgery, times=times)
    else:
        ahead = _unresected(seen, surgery, times=times, given_up=given_up)
    ahead = replace(ahead, deaths={"other": other_death, **ahead.deaths})
    return _fate(seen, surgery, times=times, ahead=ahead)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    """What would come, whatever of it comes first."""

    deaths: Mapping[str, int]
    treatable: int
    progression: int | None = None
    recurrence: int | None = None


def _surgery(findings: Findings, *, day: int | None, alive_until: int) -> Surgery | None:
    if day is None:
        return None
    reason = PROGRESSION if findings.response == Response.PD else None
    reason = reason or (DEATH if alive_until <= day else findings.refused)
    if reason is not None or not findings.resectable:
        return Surgery(planned_day=day, reason=reason)
    margin, viable = findings.margin, findings.viable_percent
    return Surgery(planned_day=day, resected=True, margin=margin, viable_percent=viable)


def _after_resection(findings: Findings, surgery: Surgery, *, times: Times) -> _Ahead:
    course = times.course
    ratio = times.margins.get(findings.margin, 1.0)
    waited = times.days(course.recurrence, purpose="recurrence", times=ratio)
    recurrence = surgery.planned_day + waited
    after = times.days(course.death_after_recurrence, purpose="death_after_recurrence")
    deaths = {"disease": recurrence + after} | _operative_deaths(findings, surgery)
    return _Ahead(deaths=deaths, treatable=recurrence, recurrence=recurrence)


def _unresected(
    findings: Findings, surgery: Surgery | None, *, times: Times, given_up: int
) -> _Ahead:
    course = times.course
    progression = given_up
    if findings.response != Response.PD:
        progression += times.days(course.progression_unresected, purpose="progression")
    after = times.days(course.death_unresected, purpose="death_unresected")
    deaths = {"disease": given_up + after} | _operative_deaths(findings, surgery)
    return _Ahead(deaths=deaths, treatable=given_up, progression=progression)


def _operative_deaths(findings: Findings, surgery: Surgery | None) -> dict[str, int]:
    if surgery is None or surgery.day is None or findings.operative_death is None:
        return {}
    return {"surgery": surgery.day + findings.operative_death}


def _fate(findings: Findings, surgery: Surgery | None, *, times: Times, ahead: _Ahead) -> Fate:
    """Return what comes before death, and death."""
    cause, death = min(ahead.deaths.items(), key=lambda one: one[1])

    def before_death(day: int | None) -> int | None:
        return day if day is not None and day < death else None

    dropout = before_death(times.dropout())
    lost = times.dice.uniform("dropout_reason") < LOST_SHARE
    return Fate(
        response=findings.response,
        surgery=surgery,
        progression_day=before_death(ahead.progression),
        recurrence_day=before_death(ahead.recurrence),
        new_therapy_day=before_death(_new_therapy(times.dice, after=ahead.treatable)),
        death_day=death,
        death_cause=cause,
        dropout_day=dropout,
        dropout_reason=None if dropout is None else (LOST if lost else WITHDREW),
    )


def _new_therapy(dice: Dice, *, after: int) -> int | None:
    starts, when = dice.uniforms("new_therapy", count=2)
    least, most = NEW_THERAPY_DAYS
    return after + least + int(when * (most - least + 1)) if starts < NEW_THERAPY_SHARE else None
