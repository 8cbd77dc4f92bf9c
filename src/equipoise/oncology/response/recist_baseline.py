"""What a lesion may be followed as, and which targets may be chosen: findings in words.

Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, sections 3 and 4.1; lymph nodes: Schwartz et
al. 2009, doi:10.1016/j.ejca.2008.10.028. All nodes together are one organ (EORTC RECIST committee,
questions and clarifications). A finding is told, never an error: the reader decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType

from equipoise.oncology.exact import as_written, not_negative, plain, positive
from equipoise.oncology.response.recist import NORMAL_NODE_MM, TARGET_NODE_MM, Lesion, LesionKind

MOST_TARGETS = 5
MOST_TARGETS_AN_ORGAN = 2
THIN_SLICE_MM = Decimal(5)
BASELINE_DAYS = 28
NODES = "lymph nodes"


class Method(StrEnum):
    """How a lesion is measured."""

    SECTIONS = "ct_or_mri"
    CALLIPER = "calliper"
    CHEST_FILM = "chest_film"


LEAST_MM = MappingProxyType(
    {Method.SECTIONS: Decimal(10), Method.CALLIPER: Decimal(10), Method.CHEST_FILM: Decimal(20)}
)
"""Longest diameter from which a lesion that is no node is measurable."""


class Nature(StrEnum):
    """What a lesion is, as far as its measurement depends on it."""

    SOLID = "solid"
    CYSTIC_METASTASIS = "cystic_metastasis"
    SIMPLE_CYST = "simple_cyst"
    BLASTIC_BONE = "blastic_bone"
    BONE_WITH_SOFT_TISSUE = "bone_with_soft_tissue"
    BONE_WITHOUT_SOFT_TISSUE = "bone_without_soft_tissue"
    DIFFUSE = "diffuse"


_NEVER_MEASURED = MappingProxyType(
    {
        Nature.BLASTIC_BONE: "a blastic bone lesion",
        Nature.BONE_WITHOUT_SOFT_TISSUE: "a bone lesion without a measurable soft tissue part",
        Nature.DIFFUSE: "ascites, an effusion, lymphangitis or leptomeningeal disease",
    }
)


class LocalTherapy(StrEnum):
    """Radiation or another local therapy of a lesion before baseline."""

    NONE = "none"
    TREATED = "treated"
    PROGRESSED_SINCE = "progressed_since"


class Use(StrEnum):
    """What a lesion may be at baseline; a target may always be followed as a non-target instead."""

    TARGET = "target"
    NON_TARGET = "non_target"
    NO_LESION = "no_lesion"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imaged:
    """A lesion as baseline shows it.

    Attributes
    ----------
    nodal : bool
        Whether it is a lymph node.
    diameter_mm : float | None
        Longest diameter (of the soft tissue part of a bone lesion), or short axis of a node; None
        is unknown.
    method : Method
        How it was measured.
    slice_mm : float | None
        Thickness of the sections; None is unknown. Only CT and MRI have one.
    nature : Nature
        What it is.
    local_therapy : LocalTherapy | None
        Whether it was treated before; None is unknown.

    Raises
    ------
    BadInput
        For a negative diameter and sections that are not above 0 mm.
    """

    nodal: bool
    diameter_mm: float | None
    method: Method = Method.SECTIONS
    slice_mm: float | None = None
    nature: Nature = Nature.SOLID
    local_therapy: LocalTherapy | None = LocalTherapy.NONE

    def __post_init__(self) -> None:
        """Refuse lengths that cannot be."""
        if self.diameter_mm is not None:
            not_negative(self.diameter_mm, where="diameter_mm")
        if self.slice_mm is not None:
            positive(self.slice_mm, where="slice_mm")


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionUse:
    """What a lesion may be followed as, and why."""

    use: Use
    reason: str


def lesion_use(lesion: Imaged) -> LesionUse:
    """Return what a lesion may be followed as at baseline.

    Measurable: longest diameter at least 10 mm by CT, MRI or calliper, and at least twice the
    sections where they are above 5 mm; at least 20 mm on a chest film; short axis of a node at
    least 15 mm. A node of 10 to 15 mm is a non-target, a smaller one is normal; a simple cyst is no
    lesion. What was treated locally is measurable only when it progressed since.
    """
    if lesion.nature is Nature.SIMPLE_CYST:
        return _use(Use.NO_LESION, "a simple cyst is benign and never a lesion")
    never = _NEVER_MEASURED.get(lesion.nature)
    if never is not None:
        return _use(Use.NON_TARGET, f"{never} is not measurable")
    if lesion.diameter_mm is None:
        return _use(Use.UNKNOWN, "the diameter is unknown")
    size = as_written(lesion.diameter_mm)
    by_size = _node_by_size(size) if lesion.nodal else _mass_by_size(size, lesion)
    return by_size if by_size.use is not Use.TARGET else _by_therapy(lesion, by_size)


def _use(use: Use, reason: str) -> LesionUse:
    return LesionUse(use=use, reason=reason)


def _node_by_size(size: Decimal) -> LesionUse:
    axis = f"a short axis of {plain(size)} mm"
    if size < NORMAL_NODE_MM:
        return _use(Use.NO_LESION, f"{axis} is a normal node (below 10 mm)")
    if size < TARGET_NODE_MM:
        return _use(Use.NON_TARGET, f"{axis} is a pathological node, but below 15 mm")
    return _use(Use.TARGET, f"{axis} is at least 15 mm")


def _mass_by_size(size: Decimal, lesion: Imaged) -> LesionUse:
    least, why = LEAST_MM[lesion.method], ""
    if lesion.method is Method.SECTIONS:
        if size >= least and lesion.slice_mm is None:
            return _use(Use.UNKNOWN, "the thickness of the sections is unknown")
        sections = as_written(lesion.slice_mm or 0)
        if sections > THIN_SLICE_MM:
            least, why = 2 * sections, f", twice the sections of {plain(sections)} mm"
    side = "at least" if size >= least else "below"
    use = Use.TARGET if size >= least else Use.NON_TARGET
    return _use(use, f"a diameter of {plain(size)} mm is {side} {plain(least)} mm{why}")


def _by_therapy(lesion: Imaged, by_size: LesionUse) -> LesionUse:
    if lesion.local_therapy is LocalTherapy.TREATED:
        return _use(Use.NON_TARGET, "it was treated locally and has not progressed since")
    if lesion.local_therapy is None:
        return _use(Use.UNKNOWN, "whether it was treated locally is unknown")
    if lesion.nature is Nature.CYSTIC_METASTASIS:
        reason = f"{by_size.reason}; prefer a solid lesion to a cystic metastasis"
        return _use(Use.TARGET, reason)
    return by_size


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionFinding:
    """One thing to ask about the choice of targets: the lesions, and what to say of them."""

    lesions: tuple[str, ...]
    say: str


def selection_findings(
    lesions: Sequence[Lesion], *, kind: LesionKind = LesionKind.TARGET
) -> tuple[SelectionFinding, ...]:
    """Return what a clinician should look at in the choice of targets at baseline.

    More than 5 in all; more than 2 in an organ, all lymph nodes together being one; nodes with a
    short axis below 15 mm and other lesions below 10 mm; a target without diameter. The limits hold
    for the new lesions that iRECIST measures, too (`kind` new).

    Parameters
    ----------
    lesions : Sequence[Lesion]
        The lesions of the assessment; those of another kind are passed over, and those of which
        the organ is unknown in counting by organ.
    kind : LesionKind
        Target, or new for the measured new lesions of iRECIST.
    """
    chosen = [one for one in lesions if one.kind is kind]
    if kind is LesionKind.NEW:
        chosen = [one for one in chosen if one.length_mm is not None]
    found = [finding for one in chosen for finding in _of_size(one)]
    if len(chosen) > MOST_TARGETS:
        say = f"{len(chosen)} lesions are measured, at most {MOST_TARGETS} count"
        found.insert(0, _finding(chosen, say))
    return (*found, *_by_organ(chosen))


def organ_of(lesion: Lesion) -> str | None:
    """Return the organ that a target counts in: all lymph nodes are one; None when unknown."""
    return NODES if lesion.nodal else lesion.organ


def _by_organ(chosen: Sequence[Lesion]) -> list[SelectionFinding]:
    placed = sorted((one for one in chosen if organ_of(one)), key=lambda one: organ_of(one) or "")
    found = []
    for organ, group in groupby(placed, key=organ_of):
        there = list(group)
        if len(there) > MOST_TARGETS_AN_ORGAN:
            together = ", which count as one organ" if organ == NODES else ""
            say = f"{len(there)} of them in {organ}{together}: at most {MOST_TARGETS_AN_ORGAN}"
            found.append(_finding(there, say))
    return found


def _of_size(lesion: Lesion) -> list[SelectionFinding]:
    size = lesion.length_mm
    if size is None:
        return [_finding([lesion], "a target without diameter leaves the sum unknown")]
    least = TARGET_NODE_MM if lesion.nodal else LEAST_MM[Method.SECTIONS]
    if size >= least:
        return []
    axis = "short axis" if lesion.nodal else "diameter"
    return [_finding([lesion], f"{axis} {plain(size)} mm is below {plain(least)} mm")]


def _finding(lesions: Sequence[Lesion], say: str) -> SelectionFinding:
    names = tuple(lesion.name for lesion in lesions)
    return SelectionFinding(lesions=names, say=f"{', '.join(names)}: {say}")


def baseline_finding(baseline: dt.date, *, start: dt.date) -> str | None:
    """Return what to ask about the day of baseline; None when it is in the 28 days up to start."""
    if baseline > start:
        return f"the baseline of {baseline} comes after the start of {start}"
    days = (start - baseline).days
    if days > BASELINE_DAYS:
        return (
            f"the baseline of {baseline} is {days} days before the start, at most {BASELINE_DAYS}"
        )
    return None
