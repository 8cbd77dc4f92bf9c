"""Signs of progression by iRECIST: what makes an iUPD, and what confirms one.

Seymour et al. 2017, doi:10.1016/S1470-2045(17)30074-8, table 2; for what happens to new lesions
once the bar was reset: EORTC RECIST committee, "How do new lesions define progression?".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
from equipoise.oncology.response.recist_baseline import (
    LEAST_MM,
    MOST_TARGETS,
    MOST_TARGETS_AN_ORGAN,
    Method,
    organ_of,
)
from equipoise.oncology.response.recist_words import (
    Timepoint,
    names,
    non_target_signs,
    target_signs,
)

FURTHER_MM = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """An unconfirmed progression that is open.

    Attributes
    ----------
    references : tuple[Timepoint, ...]
        The first iUPD, and later time points that came late enough to confirm it.
    known : frozenset[str]
        New lesions seen before it began.
    new_targets : tuple[str, ...]
        New lesions that are measured.
    """

    references: tuple[Timepoint, ...]
    known: frozenset[str]
    new_targets: tuple[str, ...]


def first_signs(
    point: Timepoint,
    earlier: Sequence[Timepoint],
    *,
    known: frozenset[str],
    new_targets: tuple[str, ...],
) -> list[str]:
    """Return what makes a time point iUPD while no progression is open.

    PD by RECIST 1.1 of targets or non-targets; a new lesion not seen before; and of new lesions
    seen before an earlier reset a growth that RECIST 1.1 would call PD of their own.

    Parameters
    ----------
    point : Timepoint
        The time point.
    earlier : Sequence[Timepoint]
        All time points before it.
    known : frozenset[str]
        New lesions seen before.
    new_targets : tuple[str, ...]
        New lesions that are measured.
    """
    signs = [*target_signs(point), *non_target_signs(point)]
    fresh = [one for one in point.lesions if one.newly_seen and one.name not in known]
    if fresh:
        signs.append(f"new lesion {names(fresh)}")
    return [*signs, *known_signs(point, earlier, known=known, new_targets=new_targets)]


def known_signs(
    point: Timepoint,
    earlier: Sequence[Timepoint],
    *,
    known: frozenset[str],
    new_targets: tuple[str, ...],
) -> list[str]:
    """Return what makes new lesions of an earlier, reset episode PD of their own."""
    measured = frozenset(new_targets) & known
    return [*_grown_by_recist(point, earlier, measured), *_unequivocal(point, known)]


def further_signs(point: Timepoint, earlier: Sequence[Timepoint], *, episode: Episode) -> list[str]:
    """Return what confirms an open iUPD: further growth where it was, or PD somewhere else."""
    references = episode.references
    old = seen_new(references)
    another = [
        one for one in point.lesions if one.newly_seen and one.name not in old | episode.known
    ]
    signs = [*_of_targets(point, references), *_of_non_targets(point, references)]
    if another:
        signs.append(
            f"another new lesion {names(another)}" if old else f"new lesion {names(another)}"
        )
    own = seen_new(references[:1]) - episode.known
    signs += _of_new(point, references, own=own, new_targets=episode.new_targets)
    return [*signs, *_of_known(point, earlier, episode)]


def seen_new(points: Iterable[Timepoint]) -> frozenset[str]:
    """Return the new lesions seen at some of these time points."""
    return frozenset(one.name for point in points for one in point.lesions if one.newly_seen)


def worse_non_targets(point: Timepoint) -> list[str]:
    """Return the non-targets that make a time point PD."""
    followed = [one for one in point.lesions if one.kind is LesionKind.NON_TARGET]
    worse, after = LesionState.UNEQUIVOCAL_PROGRESSION, point.after_complete_response
    return [
        one.name
        for one in followed
        if one.state is worse or has_returned(one, after_complete_response=after)
    ]


def measured_new(points: Sequence[Timepoint]) -> tuple[str, ...]:
    """Return the new lesions that are measured as new targets, in the order they appeared.

    Those of a size that makes a target where they are first seen, the largest first; at most 5 in
    all and 2 in an organ, all nodes being one. The others are new non-targets.
    """
    chosen: dict[str, Lesion] = {}
    seen: set[str] = set()
    for point in points:
        fresh = [one for one in point.lesions if one.newly_seen and one.name not in seen]
        for one in sorted(fresh, key=lambda each: (-(each.length_mm or 0), each.name)):
            if _is_measurable(one) and _has_room(one, chosen.values()):
                chosen[one.name] = one
        seen |= {one.name for one in fresh}
    return tuple(chosen)


def sum_of(point: Timepoint, chosen: Iterable[str]) -> Decimal | None:
    """Return the sum of some new lesions in mm; None without any and when one is unknown."""
    lengths = _lengths(point)
    found = [lengths.get(name) for name in chosen]
    known = [length for length in found if length is not None]
    return sum(known, Decimal(0)) if found and len(known) == len(found) else None


def _is_measurable(lesion: Lesion) -> bool:
    least = TARGET_NODE_MM if lesion.nodal else LEAST_MM[Method.SECTIONS]
    measured = lesion.state is LesionState.MEASURED and lesion.length_mm is not None
    return measured and (lesion.length_mm or 0) >= least


def _has_room(lesion: Lesion, chosen: Iterable[Lesion]) -> bool:
    organs = [organ_of(one) for one in chosen]
    here = organ_of(lesion)
    full = here is not None and organs.count(here) >= MOST_TARGETS_AN_ORGAN
    return len(organs) < MOST_TARGETS and not full


def _lengths(point: Timepoint) -> dict[str, Decimal | None]:
    return {one.name: one.length_mm for one in point.lesions}


def _run(
    references: Sequence[Timepoint], calls: Sequence[Response | None]
) -> tuple[Timepoint, ...]:
    """Return the references at the end where a component stayed PD; NE does not end the run."""
    run: list[Timepoint] = []
    for point, call in zip(reversed(references), reversed(calls), strict=True):
        if call is Response.PD:
            run.append(point)
        elif call not in {None, Response.NE}:
            break
    return tuple(run)


def _of_targets(point: Timepoint, references: Sequence[Timepoint]) -> list[str]:
    if point.target is not Response.PD:
        return []
    run = _run(references, [one.target for one in references])
    if not run:
        return target_signs(point)
    sums = [one.sum_mm for one in run if one.sum_mm is not None]
    now = sum_of_known(point.lesions)
    return _further_growth(now, min(sums, default=None), what="sum")


def _further_growth(now: Decimal, least: Decimal | None, *, what: str) -> list[str]:
    if least is None or now - least < FURTHER_MM:
        return []
    grown = f"{plain(now - least)} mm above the {plain(least)} mm of the unconfirmed progression"
    return [f"{what} {plain(now)} mm is {grown}"]


def _of_non_targets(point: Timepoint, references: Sequence[Timepoint]) -> list[str]:
    run = _run(references, [one.non_target for one in references])
    if not run:
        return non_target_signs(point) if point.non_target is Response.PD else []
    followed = [one for one in point.lesions if one.kind is LesionKind.NON_TARGET]
    grown = [one for one in followed if _has_grown_further(one, run)]
    return [f"further growth of {names(grown)}"] if grown else []


def _has_grown_further(lesion: Lesion, run: Sequence[Timepoint]) -> bool:
    """Tell whether a lesion without a sum is larger than at any of some time points."""
    if lesion.state is LesionState.GROWN:
        return True
    before = [one for point in run for one in point.lesions if one.name == lesion.name]
    worse = LesionState.UNEQUIVOCAL_PROGRESSION
    if lesion.state is worse and all(one.state is not worse for one in before):
        return True
    sizes = [one.length_mm for one in before if one.length_mm is not None]
    return bool(sizes) and lesion.length_mm is not None and lesion.length_mm > min(sizes)


def _of_new(
    point: Timepoint,
    references: Sequence[Timepoint],
    *,
    own: frozenset[str],
    new_targets: tuple[str, ...],
) -> list[str]:
    """Return the further growth of the new lesions that made the iUPD."""
    measured = [name for name in new_targets if name in own]
    sums = [found for one in references if (found := sum_of(one, measured)) is not None]
    lengths = _lengths(point)
    now = sum((lengths.get(name) or Decimal(0) for name in measured), Decimal(0))
    signs = _further_growth(now, min(sums, default=None), what="sum of the new lesions")
    others = [one for one in point.lesions if one.name in own.difference(measured)]
    grown = [one for one in others if one.newly_seen and _has_grown_further(one, references)]
    return [*signs, f"further growth of new lesion {names(grown)}"] if grown else signs


def _of_known(point: Timepoint, earlier: Sequence[Timepoint], episode: Episode) -> list[str]:
    """Return the PD, or further growth, of new lesions that an earlier episode had left behind."""
    references, known = episode.references, episode.known
    measured = frozenset(episode.new_targets) & known
    before = [one for one in earlier if one.date < references[0].date]
    if _grown_by_recist(references[0], before, measured):
        sums = [found for one in references if (found := sum_of(one, measured)) is not None]
        now = sum_of(point, measured) or Decimal(0)
        signs = _further_growth(now, min(sums), what="sum of the new lesions")
    else:
        signs = _grown_by_recist(point, earlier, measured)
    worse = {name for one in references for name in _worse(one, known)}
    again = [one for one in point.lesions if one.name in worse]
    grown = [one for one in again if one.newly_seen and _has_grown_further(one, references)]
    if grown:
        signs = [*signs, f"further growth of new lesion {names(grown)}"]
    return [*signs, *_unequivocal(point, known.difference(worse))]


def _grown_by_recist(
    point: Timepoint, earlier: Sequence[Timepoint], measured: frozenset[str]
) -> list[str]:
    sums = [found for one in earlier if (found := sum_of(one, measured)) is not None]
    now = sum_of(point, measured)
    if now is None or not sums or not has_grown(now, nadir_mm=min(sums)):
        return []
    above = f"{plain(now - min(sums))} mm above its nadir of {plain(min(sums))} mm"
    return [f"sum of the new lesions {plain(now)} mm is {above}"]


def _worse(point: Timepoint, known: frozenset[str]) -> list[str]:
    """Return the known new lesions that a reader calls unequivocal progression."""
    state = LesionState.UNEQUIVOCAL_PROGRESSION
    seen = [one for one in point.lesions if one.newly_seen and one.name in known]
    return [one.name for one in seen if one.state is state]


def _unequivocal(point: Timepoint, known: frozenset[str]) -> list[str]:
    worse = set(_worse(point, known))
    found = [one for one in point.lesions if one.name in worse]
    return [f"unequivocal progression of new lesion {names(found)}"] if found else []
