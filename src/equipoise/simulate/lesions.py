"""Lesions before enrolment and at each scan, so that RECIST finds the response that was drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from equipoise.oncology.response.recist import LesionKind, LesionState, Response
from equipoise.oncology.response.recist_baseline import MOST_TARGETS_AN_ORGAN
from equipoise.simulate.dice import Dice
from equipoise.simulate.habits import (
    DEPTH_OF_PARTIAL,
    DEPTH_OF_STABLE,
    GROWTH_OF_PROGRESSION,
    NEW_LESION_SHARE,
    NON_TARGET_SHARE,
    TARGET_LESIONS,
    TARGET_MM,
    TARGET_NODE_MM,
)
from equipoise.simulate.quantiles import category, quantile
from equipoise.simulate.subject import Fate, LesionSeen, Scan, VisitDay
from equipoise.study.scenarios import Distribution, Scenario

NODE, OTHER = "lymph_node", "other"
_NORMAL_NODE_MM = 10
_CLEARED_NODE_MM = 7.0
_LEAST_GROWTH_MM = 6.0
_LARGEST_MM = 500.0


def draw_lesions(scenario: Scenario, *, dice: Dice) -> tuple[LesionSeen, ...]:
    """Return the lesions before enrolment; none when the scenario has no diameter.

    At most two in an organ are targets; a further one is followed as a non-target.
    """
    size = scenario.baseline.get("diameter_mm")
    if size is None:
        return ()
    shares = [(str(number), share) for number, share in TARGET_LESIONS]
    count = int(category(shares, dice.uniform("lesions/count")))
    organ = scenario.baseline.get("lesion_organ")
    drawn = [_target(number, size=size, organ=organ, dice=dice) for number in range(1, count + 1)]
    targets = [one for k, one in enumerate(drawn) if _has_room(one, earlier=drawn[:k])]
    others = [one.organ for one in drawn if one not in targets]
    if dice.uniform("lesions/non_target") < NON_TARGET_SHARE:
        others.append(_organ(organ, u=dice.uniform("lesions/organ/N1")))
    followed = (_non_target(number, organ=where) for number, where in enumerate(others, start=1))
    return (*targets, *followed)


def _has_room(lesion: LesionSeen, *, earlier: Sequence[LesionSeen]) -> bool:
    """Tell whether one more target of the organ may be chosen; other organs are not one."""
    there = sum(one.organ == lesion.organ for one in earlier)
    return lesion.organ == OTHER or there < MOST_TARGETS_AN_ORGAN


def _non_target(number: int, *, organ: str) -> LesionSeen:
    return LesionSeen(
        lesion=f"N{number}",
        kind=LesionKind.NON_TARGET.value,
        organ=organ,
        state=LesionState.PRESENT.value,
    )


def _target(
    number: int, *, size: Distribution, organ: Distribution | None, dice: Dice
) -> LesionSeen:
    name = f"T{number}"
    where = _organ(organ, u=dice.uniform(f"lesions/organ/{name}"))
    least, most = TARGET_NODE_MM if where == NODE else TARGET_MM
    diameter = float(round(float(quantile(size, dice.uniform(f"lesions/size/{name}")))))
    return LesionSeen(
        lesion=name,
        kind=LesionKind.TARGET.value,
        organ=where,
        state=LesionState.MEASURED.value,
        diameter_mm=min(max(diameter, least), most),
    )


def _organ(organ: Distribution | None, *, u: float) -> str:
    return OTHER if organ is None else str(quantile(organ, u))


def draw_scans(
    lesions: tuple[LesionSeen, ...], *, fate: Fate, visits: Sequence[VisitDay], dice: Dice
) -> tuple[Scan, ...]:
    """Return what each visit with a scan shows.

    Parameters
    ----------
    lesions : tuple[LesionSeen, ...]
        Lesions before enrolment.
    fate : Fate
        Response before surgery, and what comes after.
    visits : Sequence[VisitDay]
        Visits with a scan, by day.
    dice : Dice
        Random numbers of the subject.

    Notes
    -----
    The last scan before surgery shows the response (RECIST 1.1: CR nothing left and nodes below
    10 mm; PR a sum at least 30 % below baseline; PD at least 20 % and 5 mm above the nadir, or a
    new lesion); those before lead there evenly. After a resection every lesion is gone until the
    recurrence shows a new one; without resection the lesions stay as they were last seen.
    """
    if not lesions:
        return ()
    before = [visit for visit in visits if _before_surgery(visit, fate)]
    progressed = bool(before) and before[-1].day == fate.progression_day
    hidden = fate.response == Response.PD and not progressed
    change = _draw_change(None if hidden else fate.response, dice)
    scans: list[Scan] = []
    for number, visit in enumerate(before, start=1):
        seen = _seen(lesions, change=change, reached=number / len(before))
        scans.append(_scan(visit, seen))
    last = scans[-1].lesions if scans else lesions
    later = visits[len(before) :]
    after = (_scan(visit, _after_surgery(last, fate=fate, day=visit.day)) for visit in later)
    return (*scans, *after)


def _before_surgery(visit: VisitDay, fate: Fate) -> bool:
    ends = [fate.surgery.planned_day] if fate.surgery is not None else []
    if fate.response != Response.PD and fate.progression_day is not None:
        ends.append(fate.progression_day)
    return all(visit.day < end for end in ends)


def _scan(visit: VisitDay, lesions: tuple[LesionSeen, ...]) -> Scan:
    return Scan(occurrence=visit.occurrence, day=visit.day, lesions=lesions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What the last scan shows: the response, the change of the sum, whether a lesion is new."""

    response: Response
    share: float
    new_lesion: bool = False


def _draw_change(response: str | None, dice: Dice) -> _Change:
    """Return the change that makes a response; nothing much happens without treatment."""
    word = Response.SD if response is None else Response(response)
    u, new = dice.uniforms("change", count=2)
    match word:
        case Response.CR:
            return _Change(response=word, share=-0.9)
        case Response.PR:
            return _Change(response=word, share=_between(DEPTH_OF_PARTIAL, 1 - u))
        case Response.PD if new < NEW_LESION_SHARE:
            return _Change(response=word, share=0.0, new_lesion=True)
        case Response.PD:
            return _Change(response=word, share=_between(GROWTH_OF_PROGRESSION, u))
        case Response.SD | Response.NON_CR_NON_PD | Response.NE:
            return _Change(response=word, share=_between(DEPTH_OF_STABLE, u))


def _between(ends: tuple[float, float], u: float) -> float:
    low, high = ends
    return low + u * (high - low)


def _seen(
    lesions: tuple[LesionSeen, ...], *, change: _Change, reached: float
) -> tuple[LesionSeen, ...]:
    """Return the lesions when a part of the change is reached; growth comes at once."""
    last = reached == 1
    if change.response is Response.CR and last:
        return tuple(_cleared(lesion) for lesion in lesions)
    if change.response is Response.PD and not last:
        return lesions
    seen = tuple(_sized(lesion, share=change.share * reached) for lesion in lesions)
    return (*seen, _new_lesion(lesions)) if change.new_lesion else seen


def _cleared(lesion: LesionSeen) -> LesionSeen:
    if lesion.organ == NODE and lesion.kind == LesionKind.TARGET:
        return replace(lesion, diameter_mm=_CLEARED_NODE_MM)
    return replace(lesion, state=LesionState.ABSENT.value, diameter_mm=None)


def _sized(lesion: LesionSeen, *, share: float) -> LesionSeen:
    """Return a target with its size changed, in whole mm on the far side of the change.

    A node does not become normal by shrinking: then it would be gone.
    """
    if lesion.diameter_mm is None:
        return lesion
    size = lesion.diameter_mm * (1 + share)
    if share <= DEPTH_OF_PARTIAL[1]:
        size = max(math.floor(size), _NORMAL_NODE_MM if lesion.organ == NODE else 1)
    elif share >= GROWTH_OF_PROGRESSION[0]:
        size = max(math.ceil(size), lesion.diameter_mm + _LEAST_GROWTH_MM)
    else:
        size = round(size)
    return replace(lesion, diameter_mm=float(min(size, _LARGEST_MM)))


def _new_lesion(lesions: tuple[LesionSeen, ...]) -> LesionSeen:
    return LesionSeen(
        lesion="X1",
        kind=LesionKind.NEW.value,
        organ=next((lesion.organ for lesion in lesions if lesion.organ != NODE), OTHER),
        state=LesionState.PRESENT.value,
    )


def _after_surgery(last: tuple[LesionSeen, ...], *, fate: Fate, day: int) -> tuple[LesionSeen, ...]:
    followed = tuple(lesion for lesion in last if lesion.kind != LesionKind.NEW)
    resected = fate.surgery is not None and fate.surgery.resected
    if resected:
        gone = LesionState.ABSENT.value
        followed = tuple(replace(one, state=gone, diameter_mm=None) for one in followed)
    spread = fate.recurrence_day if resected else fate.progression_day
    if spread is None or day < spread:
        return followed
    return (*followed, _new_lesion(last))
