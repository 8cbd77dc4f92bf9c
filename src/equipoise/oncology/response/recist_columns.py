"""RECIST 1.1 for many subjects at once: columns of lesions in, columns of visits and subjects out.

The answers are those of `recist_responses` and `best_overall_response` on every row. Words are
small integers, their places in `LesionKind`, `LesionState` and `Response`; days are whole numbers
from any origin. Importing this file imports Numba (0.6 s); no door does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import BadInput, Fault
from equipoise.oncology.response.best_response import USUAL_RULES, ResponseRules
from equipoise.oncology.response.best_response_kernel import READINGS, best_calls
from equipoise.oncology.response.recist import LesionKind, LesionState
from equipoise.oncology.response.recist_column_types import (
    NO_DAY,
    NO_RESPONSE,
    UM_A_MM,
    BestColumns,
    CallColumns,
    IntArray,
    LesionColumns,
    VisitColumns,
)
from equipoise.oncology.response.recist_kernel import (
    ABSENT,
    AT_BASELINE,
    AT_NADIR,
    AT_NADIR_DAY,
    AT_NEW,
    AT_NON_TARGET,
    AT_PROGRESSED,
    AT_RESPONSE,
    AT_SUM,
    AT_TARGET,
    CHANGED,
    EQUIVOCAL,
    GROWN,
    MERGED,
    MERGED_AT_BASELINE,
    NEW,
    NEW_AT_BASELINE,
    NOBODY_LEFT,
    NON_TARGET,
    NOT_AT_BASELINE,
    NOT_EVALUATED,
    PRESENT,
    TARGET,
    TOO_SMALL,
    TOO_SMALL_UM,
    TWICE,
    UNKNOWN,
    WORSE,
    Columns,
    find_faults,
    judge,
)
from equipoise.oncology.response.recist_timepoints import Regrowth

_NOISE_UM = 1e-3
_LARGEST_MM = 1e9
_MOST_FAULTS = 20
_NO_CODE, _NO_STATE, _NO_DIAMETER, _TOO_FINE, _CONTRADICTS, _NO_MARKERS, _TWO_MARKERS = range(
    11, 18
)
_SAY = {
    _NO_CODE: "no kind or state of a lesion has this code",
    _NO_STATE: "no state of a lesion of this kind",
    _NO_DIAMETER: "no such diameter",
    _TOO_FINE: "a diameter is finer than 0.001 mm",
    _CONTRADICTS: "state and diameter contradict each other",
    _NO_MARKERS: "markers are 1 (above normal), 0 (none that counts) or -1 (unknown)",
    _TWO_MARKERS: "the markers of an assessment are not the same on all its rows",
    TWICE: "a lesion is there twice",
    NEW_AT_BASELINE: "no lesion is new at baseline",
    NOT_AT_BASELINE: "a lesion that baseline does not have is new",
    CHANGED: "the lesion was something else at baseline",
    MERGED_AT_BASELINE: "no lesion is merged at baseline",
    NOBODY_LEFT: "no target is left to hold what has merged",
}
_FIX = "correct the row; `Lesion` and `recist_responses` say what a lesion may be"


def _states(*states: int) -> npt.NDArray[np.bool_]:
    flags = np.zeros(len(LesionState), np.bool_)
    flags[list(states)] = True
    return flags


_CLASHES = _states(ABSENT, TOO_SMALL, MERGED, NOT_EVALUATED)
_THERE = _states(PRESENT, GROWN, WORSE)
_IMPLIED_UM = np.full(len(LesionState), UNKNOWN)
_IMPLIED_UM[[ABSENT, MERGED]] = 0
_IMPLIED_UM[TOO_SMALL] = TOO_SMALL_UM
_NO_STATE_OF = np.zeros((len(LesionKind), len(LesionState)), np.bool_)
_NO_STATE_OF[TARGET] = _states(PRESENT, GROWN, WORSE, EQUIVOCAL)
_NO_STATE_OF[NON_TARGET] = _states(EQUIVOCAL, MERGED)
_NO_STATE_OF[NEW] = _states(MERGED)


def recist_columns(
    lesions: LesionColumns, *, regrowth: Regrowth = Regrowth.BY_VISIT
) -> VisitColumns:
    """Return what `recist_responses` makes of each assessment of each subject.

    Raises
    ------
    BadInput
        For columns of different lengths, codes that do not exist, and everything that `Lesion` and
        `recist_responses` refuse: at most 20 rows are named, and how many there are.
    """
    _same_lengths(lesions)
    length = _micrometres(lesions)
    order = _order(lesions.subject, lesions.day, lesions.lesion)
    subject, rows = lesions.subject[order], _rows(lesions, order=order, length=length)
    starts = _starts(subject, rows[0])
    visits = subject[starts[:-1]]
    _refuse(lesions, rows=order, codes=_faults_of_markers(rows[6], starts))
    faults = np.zeros(order.size, np.int64)
    find_faults(rows, (starts, visits), faults)
    _refuse(lesions, rows=order, codes=faults)
    found = np.full((visits.size, AT_PROGRESSED + 1), NO_RESPONSE, np.int64)
    found[:, [AT_NADIR_DAY, AT_PROGRESSED]] = NO_DAY
    found[:, AT_NEW] = 0
    judge(rows, (starts, visits, int(regrowth is Regrowth.STAYS_PR)), found)
    return _visits(visits, rows[0][starts[:-1]], found)


def calls_of(visits: VisitColumns) -> CallColumns:
    """Return the overall responses of visits."""
    return CallColumns(
        subject=visits.subject,
        day=visits.day,
        response=visits.response,
        progressed_on=visits.progressed_on,
    )


def best_columns(
    calls: CallColumns,
    *,
    confirmed: bool,
    since: IntArray | int = 0,
    until: IntArray | int = NO_DAY,
    rules: ResponseRules = USUAL_RULES,
) -> BestColumns:
    """Return what `best_overall_response` says of each subject.

    Parameters
    ----------
    calls : CallColumns
        Overall responses.
    confirmed : bool
        Whether CR and PR need a second assessment.
    since, until : IntArray | int
        Reference day and last day that counts: of all, or one for each subject in the order of
        their numbers. `NO_DAY` is no last day.
    rules : ResponseRules
        What the protocol fixes.
    """
    order = _order(calls.subject, calls.day, None)
    subject = calls.subject[order]
    starts = _starts(subject)
    who = subject[starts[:-1]]
    ordered = (
        calls.day[order].astype(np.int64),
        calls.response[order].astype(np.int64),
        calls.progressed_on[order].astype(np.int64),
    )
    days = (np.asarray(np.broadcast_to(day, who.shape), np.int64).copy() for day in (since, until))
    found = np.empty((who.size, 3), np.int64)
    best_calls(ordered, (starts, *days, _numbers(rules, confirmed=confirmed)), found)
    return BestColumns(
        subject=who,
        response=found[:, 0].astype(np.int8),
        day=found[:, 1],
        confirmed_on=found[:, 2],
    )


def _same_lengths(lesions: LesionColumns) -> None:
    rows = lesions.subject.size
    shapes = {
        "subject": lesions.subject.shape,
        "day": lesions.day.shape,
        "lesion": lesions.lesion.shape,
        "kind": lesions.kind.shape,
        "state": lesions.state.shape,
        "nodal": lesions.nodal.shape,
        "diameter_mm": lesions.diameter_mm.shape,
        "markers": (rows,) if lesions.markers is None else lesions.markers.shape,
    }
    odd = {name: shape for name, shape in shapes.items() if shape != (rows,)}
    if odd:
        what, fix = "columns have one value a row", f"{rows} values in each"
        got = ", ".join(f"{name} {shape}" for name, shape in odd.items())
        raise BadInput(Fault(kind="bad_input", what=what, where="lesions", got=got, fix=fix))


def _micrometres(lesions: LesionColumns) -> IntArray:
    """Return the diameters as whole micrometres, -1 where unknown, or refuse what cannot be."""
    kind, state, size = lesions.kind, lesions.state, lesions.diameter_mm
    known = ~np.isnan(size)
    possible = np.isfinite(size) & (size >= 0) & (size < _LARGEST_MM)
    usable = np.where(possible, size, 0.0) * UM_A_MM
    whole = np.rint(usable)
    coded = (kind >= 0) & (kind < len(LesionKind)) & (state >= 0) & (state < len(LesionState))
    safe_kind, safe_state = np.where(coded, kind, 0), np.where(coded, state, 0)
    codes = np.zeros(size.size, np.int8)
    codes[known & _CLASHES[safe_state] & (whole != _IMPLIED_UM[safe_state])] = _CONTRADICTS
    codes[known & _THERE[safe_state] & (whole == 0)] = _CONTRADICTS
    codes[known & (np.abs(usable - whole) > _NOISE_UM)] = _TOO_FINE
    codes[known & ~possible] = _NO_DIAMETER
    codes[_NO_STATE_OF[safe_kind, safe_state]] = _NO_STATE
    codes[~coded] = _NO_CODE
    _refuse(lesions, rows=np.arange(size.size), codes=codes)
    return np.where(known, whole, UNKNOWN).astype(np.int64)


def _faults_of_markers(markers: npt.NDArray[np.signedinteger], starts: IntArray) -> IntArray:
    """Return the fault of each row, 0 for none: markers are of the assessment, not of a lesion."""
    of_visit = np.repeat(markers[starts[:-1]], np.diff(starts))
    codes = np.where(markers == of_visit, 0, _TWO_MARKERS)
    return np.where((markers >= -1) & (markers <= 1), codes, _NO_MARKERS).astype(np.int64)


def _refuse(
    lesions: LesionColumns, *, rows: IntArray, codes: npt.NDArray[np.signedinteger]
) -> None:
    """Refuse rows with a code of a fault; `rows` says where each stands in the columns given."""
    bad = np.flatnonzero(codes)
    if bad.size:
        raise BadInput(*_faults(lesions, rows=rows[bad], codes=codes[bad]))


def _faults(
    lesions: LesionColumns, *, rows: IntArray, codes: npt.NDArray[np.signedinteger]
) -> Iterator[Fault]:
    for row, code in islice(zip(rows, codes, strict=True), _MOST_FAULTS):
        where = f"subject {lesions.subject[row]}, day {lesions.day[row]}"
        named = f"lesion {lesions.lesion[row]}"
        got = f"{named}, row {row} of {rows.size} with a fault"
        yield Fault(kind="lesions_contradict", what=_SAY[int(code)], where=where, got=got, fix=_FIX)


def _order(subject: IntArray, day: IntArray, lesion: IntArray | None) -> npt.NDArray[np.intp]:
    """Return the rows ordered by subject, day and lesion; equal ones stay as they were."""
    keys = [subject, day] if lesion is None else [subject, day, lesion]
    if not subject.size:
        return np.arange(0)
    spans = [int(key.max()) - int(key.min()) + 1 for key in keys]
    if math.prod(spans) >= NO_DAY:
        return np.lexsort(keys[::-1])
    joined = np.zeros(subject.size, np.int64)
    for key, span in zip(keys, spans, strict=True):
        joined = joined * span + (key - key.min())
    if np.all(joined[1:] >= joined[:-1]):
        return np.arange(subject.size)
    return np.argsort(joined, kind="stable")


def _rows(lesions: LesionColumns, *, order: npt.NDArray[np.intp], length: IntArray) -> Columns:
    markers = np.zeros(order.size, np.int8) if lesions.markers is None else lesions.markers
    return (
        lesions.day[order].astype(np.int64, copy=False),
        lesions.lesion[order].astype(np.int64, copy=False),
        lesions.kind[order].astype(np.int8, copy=False),
        lesions.nodal[order].astype(np.int8),
        lesions.state[order].astype(np.int8, copy=False),
        length[order],
        markers[order].astype(np.int8, copy=False),
    )


def _starts(*keys: npt.NDArray[np.signedinteger]) -> IntArray:
    """Return the first row of each run of equal keys, and one beyond the last row."""
    size = keys[0].size
    changes = np.zeros(size, np.bool_)
    changes[:1] = True
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.append(np.flatnonzero(changes), size).astype(np.int64)


def _visits(subject: IntArray, day: IntArray, found: IntArray) -> VisitColumns:
    sums = found[:, [AT_SUM, AT_BASELINE, AT_NADIR]]
    millimetres = np.where(sums == UNKNOWN, np.nan, sums / UM_A_MM)
    calls = found[:, [AT_TARGET, AT_NON_TARGET, AT_RESPONSE]].astype(np.int8)
    return VisitColumns(
        subject=subject,
        day=day,
        sum_mm=millimetres[:, 0],
        baseline_mm=millimetres[:, 1],
        nadir_mm=millimetres[:, 2],
        nadir_day=np.where(sums[:, 2] == UNKNOWN, NO_DAY, found[:, AT_NADIR_DAY]),
        target=calls[:, 0],
        non_target=calls[:, 1],
        new_lesion=found[:, AT_NEW] == 1,
        response=calls[:, 2],
        progressed_on=found[:, AT_PROGRESSED],
    )


def _numbers(rules: ResponseRules, *, confirmed: bool) -> IntArray:
    """Return the rules in the order of their places in the kernel."""
    days = (int(confirmed), rules.minimum_sd_days, rules.confirm_days)
    between = (rules.most_ne_between, rules.most_sd_between)
    return np.array([*days, *between, READINGS.index(rules.after_complete)], np.int64)
