"""RECIST 1.1 at one time point: lesions, their sum, target, non-target and overall response.

Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, with the clarifications of the EORTC
RECIST committee. The guideline names no rounding, so sums are compared as exact decimals.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written

TOO_SMALL_MM = Decimal(5)
NORMAL_NODE_MM = Decimal(10)
TARGET_NODE_MM = Decimal(15)


class Response(StrEnum):
    """A response, from best to worst, and NE where none can be named."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    PD = "PD"
    NE = "NE"


class LesionKind(StrEnum):
    """What a lesion is followed as."""

    TARGET = "target"
    NON_TARGET = "non_target"
    NEW = "new"


class LesionState(StrEnum):
    """What a reader says of a lesion at one assessment.

    Grown is larger than at the assessment before and yet no unequivocal progression; only iRECIST
    asks for it. Equivocal may be a new lesion and may be none. Merged has grown together with
    another target, whose diameter holds both.
    """

    MEASURED = "measured"
    TOO_SMALL = "too_small"
    ABSENT = "absent"
    PRESENT = "present"
    GROWN = "grown"
    UNEQUIVOCAL_PROGRESSION = "unequivocal_progression"
    EQUIVOCAL = "equivocal"
    MERGED = "merged"
    NOT_EVALUATED = "not_evaluated"


_IMPLIED_MM = {
    LesionState.ABSENT: Decimal(0),
    LesionState.TOO_SMALL: TOO_SMALL_MM,
    LesionState.MERGED: Decimal(0),
}
_JUDGED = (LesionState.PRESENT, LesionState.GROWN, LesionState.UNEQUIVOCAL_PROGRESSION)
_WITH_LENGTH = (LesionState.MEASURED, *_JUDGED, LesionState.EQUIVOCAL)
_UNSEEN = (LesionState.ABSENT, LesionState.NOT_EVALUATED, LesionState.EQUIVOCAL)
_NO_STATE_OF = {
    LesionKind.TARGET: (*_JUDGED, LesionState.EQUIVOCAL),
    LesionKind.NON_TARGET: (LesionState.EQUIVOCAL, LesionState.MERGED),
    LesionKind.NEW: (LesionState.MERGED,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One lesion at one assessment.

    Attributes
    ----------
    name : str
        The same at every assessment of the subject.
    kind : LesionKind
        Target, non-target or new.
    nodal : bool
        A lymph node is measured by its short axis and is normal below 10 mm.
    state : LesionState
        What the reader says. Too small to measure counts 5 mm, absent counts 0 mm.
    diameter_mm : float | None
        Longest diameter, or short axis of a node; None is unknown. A target that is measured with
        the diameter still unknown counts as not evaluated. A lesion that split has the sum of its
        parts (`split_mm`).
    organ : str | None
        Where it is; None is unknown. No response depends on it, the choice of targets does.

    Raises
    ------
    BadInput
        For a negative diameter, one that contradicts the state, and a state that a lesion of this
        kind does not have: a target is measured, only a new lesion is equivocal, only a target is
        merged.
    """

    name: str
    kind: LesionKind
    nodal: bool
    state: LesionState
    diameter_mm: float | None = None
    organ: str | None = None

    def __post_init__(self) -> None:
        """Refuse a lesion that contradicts itself."""
        where = f"lesion '{self.name}'"
        if self.state in _NO_STATE_OF[self.kind]:
            fix = ", ".join(state for state in LesionState if state not in _NO_STATE_OF[self.kind])
            what = f"no state of a lesion that is {self.kind}"
            raise bad_input(what, where=where, got=self.state, fix=fix)
        if self.diameter_mm is None:
            return
        if not (math.isfinite(self.diameter_mm) and self.diameter_mm >= 0):
            fix = "0 mm or more"
            raise bad_input("no such diameter", where=where, got=self.diameter_mm, fix=fix)
        self._refuse_contradiction(where)

    def _refuse_contradiction(self, where: str) -> None:
        gone_yet_there = self.diameter_mm == 0 and self.state in _JUDGED
        if self.state in _WITH_LENGTH and not gone_yet_there:
            return
        if _IMPLIED_MM.get(self.state) == self.diameter_mm:
            return
        got = f"{self.state}, {self.diameter_mm} mm"
        other = "absent" if gone_yet_there else "measured"
        fix = f"leave the diameter empty, or say that the lesion was {other}"
        raise bad_input("state and diameter contradict each other", where=where, got=got, fix=fix)

    @property
    def length_mm(self) -> Decimal | None:
        """Length that enters a sum; None when unknown."""
        implied = _IMPLIED_MM.get(self.state)
        if implied is not None or self.diameter_mm is None:
            return implied
        return as_written(self.diameter_mm)

    @property
    def gone(self) -> bool | None:
        """Whether no disease is left here (a node: below 10 mm); None when unknown.

        Of a merged lesion nothing is left that its companion does not show.
        """
        if self.state is LesionState.UNEQUIVOCAL_PROGRESSION:
            return False
        length = self.length_mm
        if length is None:
            return False if self.state in _JUDGED else None
        return length < NORMAL_NODE_MM if self.nodal else length == 0

    @property
    def newly_seen(self) -> bool:
        """Whether this is a new lesion beyond doubt: a node only from 10 mm."""
        return self.kind is LesionKind.NEW and self.state not in _UNSEEN and self.gone is not True

    @property
    def suspected(self) -> bool:
        """Whether this may be a new lesion, and the next assessments have to tell."""
        return self.kind is LesionKind.NEW and self.state is LesionState.EQUIVOCAL


def split_mm(*parts_mm: float) -> float:
    """Return what a target that split counts: the longest diameters of its parts, added up."""
    return float(sum((as_written(part) for part in parts_mm), Decimal(0)))


def sum_of_diameters(lesions: Iterable[Lesion]) -> Decimal | None:
    """Return the sum of the target lesions in mm.

    Longest diameters plus the short axes of nodes. A node that shrank keeps its value, so the sum
    may be above 0 in complete response. None when there is no target or one of them is unknown.
    """
    lengths = [lesion.length_mm for lesion in _of(lesions, LesionKind.TARGET)]
    known = [length for length in lengths if length is not None]
    if not lengths or len(known) < len(lengths):
        return None
    return sum(known, Decimal(0))


def sum_of_known(lesions: Iterable[Lesion]) -> Decimal:
    """Return the sum of the target lesions that are known: the least the whole sum can be."""
    lengths = (lesion.length_mm for lesion in _of(lesions, LesionKind.TARGET))
    return sum((length for length in lengths if length is not None), Decimal(0))


def has_grown(sum_mm: Decimal, *, nadir_mm: Decimal) -> bool:
    """Tell whether a sum is PD: at least 20 % and at least 5 mm above the nadir, exactly.

    From a nadir of 0 mm there is no percentage; 5 mm decide.
    """
    return 5 * sum_mm >= 6 * nadir_mm and sum_mm - nadir_mm >= 5


def has_returned(lesion: Lesion, *, after_complete_response: bool) -> bool:
    """Tell whether a followed lesion is disease again after an overall complete response.

    A node that passes 10 mm again may be normal; the sum or the reader decides, never this rule.
    """
    return after_complete_response and not lesion.nodal and lesion.gone is False


def target_response(
    lesions: Sequence[Lesion],
    *,
    baseline_mm: Decimal | None,
    nadir_mm: Decimal | None,
    after_complete_response: bool = False,
) -> Response | None:
    """Return the response of the target lesions.

    CR, then PD, then PR, then SD: a visit that is 30 % below baseline and 20 % above the nadir is
    PD; normal nodes alone are never PD, and PR while a node that is no target stays at 10 mm.

    Parameters
    ----------
    lesions : Sequence[Lesion]
        All lesions of the assessment; nodes that are not targets may prevent CR.
    baseline_mm : Decimal | None
        Sum at baseline; None when unknown.
    nadir_mm : Decimal | None
        Smallest earlier sum, baseline included; None when unknown.
    after_complete_response : bool
        Whether overall CR was established at an earlier assessment; then disease that is seen
        again is PD whatever its size.

    Returns
    -------
    Response | None
        None without target lesions. NE when a lesion is missing, unless the lesions that are
        known make it PD whatever the missing one is.

    Notes
    -----
    PR at ``10 * sum <= 7 * baseline``; PD at ``5 * sum >= 6 * nadir`` and ``sum - nadir >= 5``.
    Each visit is judged by itself: a sum that rises slightly above the PR line is SD again.
    """
    targets = _of(lesions, LesionKind.TARGET)
    if not targets:
        return None
    if all(target.gone for target in targets):
        return Response.PR if _nodes_left(lesions) else Response.CR
    returned = after_complete_response
    if any(has_returned(target, after_complete_response=returned) for target in targets):
        return Response.PD
    if nadir_mm is not None and has_grown(sum_of_known(targets), nadir_mm=nadir_mm):
        return Response.PD
    return _change_from_baseline(sum_of_diameters(targets), baseline_mm=baseline_mm)


def _nodes_left(lesions: Sequence[Lesion]) -> bool:
    nodes = (one for one in _of(lesions, LesionKind.NON_TARGET) if one.nodal)
    return any(node.gone is False for node in nodes)


def _change_from_baseline(sum_mm: Decimal | None, *, baseline_mm: Decimal | None) -> Response:
    if sum_mm is None or not baseline_mm:
        return Response.NE
    return Response.PR if 10 * sum_mm <= 7 * baseline_mm else Response.SD


def non_target_response(
    lesions: Sequence[Lesion],
    *,
    markers_raised: bool | None = False,
    after_complete_response: bool = False,
) -> Response | None:
    """Return the response of the non-target lesions.

    Parameters
    ----------
    lesions : Sequence[Lesion]
        All lesions of the assessment.
    markers_raised : bool | None
        Whether a tumour marker that was raised at baseline is still above normal; False where no
        marker counts, None when unknown.
    after_complete_response : bool
        As in `target_response`.

    Returns
    -------
    Response | None
        CR, NON-CR/NON-PD, PD, NE (not all evaluated); None when there is nothing to follow.
    """
    followed = _of(lesions, LesionKind.NON_TARGET)
    if any(_non_target_progressed(one, after=after_complete_response) for one in followed):
        return Response.PD
    if any(lesion.gone is None for lesion in followed):
        return Response.NE
    if markers_raised or any(lesion.gone is False for lesion in followed):
        return Response.NON_CR_NON_PD
    if markers_raised is None:
        return Response.NE
    return Response.CR if followed else None


def _non_target_progressed(lesion: Lesion, *, after: bool) -> bool:
    unequivocal = lesion.state is LesionState.UNEQUIVOCAL_PROGRESSION
    return unequivocal or has_returned(lesion, after_complete_response=after)


def timepoint_response(
    target: Response | None, *, non_target: Response | None, new_lesion: bool | None
) -> Response:
    """Return the overall response at one time point (tables 1 and 2 of the guideline).

    Parameters
    ----------
    target, non_target : Response | None
        None when the subject has no lesion of that kind.
    new_lesion : bool | None
        Whether a new lesion is seen; None is unknown and gives NE unless something else is PD.

    Raises
    ------
    BadInput
        For NON-CR/NON-PD of targets, and PR or SD of non-targets.
    """
    if target is Response.NON_CR_NON_PD:
        raise bad_input("not a response of targets", where="target", got=target, fix="SD")
    if non_target in {Response.PR, Response.SD}:
        fix = Response.NON_CR_NON_PD
        raise bad_input(
            "not a response of non-targets", where="non_target", got=non_target, fix=fix
        )
    if new_lesion or Response.PD in {target, non_target}:
        return Response.PD
    if new_lesion is None:
        return Response.NE
    if target is None:
        return non_target or Response.NE
    if target is Response.CR and non_target not in {None, Response.CR}:
        return Response.PR
    return target


def _of(lesions: Iterable[Lesion], kind: LesionKind) -> list[Lesion]:
    return [lesion for lesion in lesions if lesion.kind is kind]
