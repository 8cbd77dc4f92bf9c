"""Kernels of `recist_columns.py`, which is the door: RECIST 1.1 on sorted integer columns.

Lengths are whole micrometres, -1 where unknown; words are their places in `LesionKind`,
`LesionState` and `Response`, and -1 is none. Each function is the rule of the same name in
`recist.py`, `recist_timepoints.py` or `best_response.py`, which explain it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from equipoise.oncology.response.recist import LesionKind, LesionState, Response
from equipoise.oncology.response.recist_column_types import NO_DAY, NO_RESPONSE, IntArray

Columns = tuple[npt.NDArray[np.signedinteger], ...]
_Function = TypeVar("_Function", bound=Callable[..., object])

NONE, NEVER = NO_RESPONSE, NO_DAY
UNKNOWN = -1
TOO_SMALL_UM = 5_000
NORMAL_NODE_UM = 10_000
LEAST_GROWTH_UM = 5_000

_KINDS, _STATES, _CALLS = list(LesionKind), list(LesionState), list(Response)
TARGET, NON_TARGET, NEW = (_KINDS.index(kind) for kind in LesionKind)
MEASURED = _STATES.index(LesionState.MEASURED)
TOO_SMALL = _STATES.index(LesionState.TOO_SMALL)
ABSENT = _STATES.index(LesionState.ABSENT)
PRESENT = _STATES.index(LesionState.PRESENT)
GROWN = _STATES.index(LesionState.GROWN)
WORSE = _STATES.index(LesionState.UNEQUIVOCAL_PROGRESSION)
EQUIVOCAL = _STATES.index(LesionState.EQUIVOCAL)
MERGED = _STATES.index(LesionState.MERGED)
NOT_EVALUATED = _STATES.index(LesionState.NOT_EVALUATED)
CR, PR, SD, NON, PD, NE = (_CALLS.index(call) for call in Response)

TWICE, NEW_AT_BASELINE, NOT_AT_BASELINE, CHANGED, MERGED_AT_BASELINE, NOBODY_LEFT = range(1, 7)
"""Faults of a row; 0 is none."""

(
    SUM,
    TARGETS,
    TARGETS_UNKNOWN,
    TARGETS_LEFT,
    TARGETS_BACK,
    OTHERS,
    OTHERS_UNKNOWN,
    OTHERS_LEFT,
    OTHERS_WORSE,
    NODES_LEFT,
    NEW_SEEN,
    SINCE,
) = range(12)
"""Places of what is counted of one visit."""

AFTER, RESPONDING, BASELINE, NADIR, NADIR_DAY, SUSPECTS = range(6)
"""Places of what is remembered of a subject."""

(
    AT_SUM,
    AT_BASELINE,
    AT_NADIR,
    AT_NADIR_DAY,
    AT_TARGET,
    AT_NON_TARGET,
    AT_NEW,
    AT_RESPONSE,
    AT_PROGRESSED,
) = range(9)
"""Places of what is found at a visit."""


def compiled(function: _Function) -> _Function:
    """Return the function compiled, its types unchanged for the reader."""
    return cast("_Function", njit(cache=True)(function))


@compiled
def length_of(state: int, measured: int) -> int:
    """Return what a lesion adds to a sum; -1 when unknown."""
    if state in (ABSENT, MERGED):
        return 0
    if state == TOO_SMALL:
        return TOO_SMALL_UM
    return UNKNOWN if state == NOT_EVALUATED else measured


@compiled
def gone_of(state: int, nodal: int, length: int) -> int:
    """Return 1 when nothing is left of a lesion, 0 when something is, -1 when unknown."""
    if state == WORSE:
        return 0
    if length == UNKNOWN:
        return 0 if state in (PRESENT, GROWN) else UNKNOWN
    if nodal:
        return 1 if length < NORMAL_NODE_UM else 0
    return 1 if length == 0 else 0


@compiled
def add_target(counts: IntArray, row: tuple[int, int, int], after: int) -> None:
    """Count a target; `row` is state, nodal, length, `after` 1 once CR was established."""
    state, nodal, length = row
    gone = gone_of(state, nodal, length)
    counts[TARGETS] += 1
    if length == UNKNOWN:
        counts[TARGETS_UNKNOWN] += 1
    else:
        counts[SUM] += length
    if gone != 1:
        counts[TARGETS_LEFT] += 1
    if after and not nodal and gone == 0:
        counts[TARGETS_BACK] += 1


@compiled
def add_non_target(counts: IntArray, row: tuple[int, int, int], after: int) -> None:
    """Count a non-target."""
    state, nodal, length = row
    gone = gone_of(state, nodal, length)
    counts[OTHERS] += 1
    if gone == UNKNOWN:
        counts[OTHERS_UNKNOWN] += 1
    if gone == 0:
        counts[OTHERS_LEFT] += 1
        counts[NODES_LEFT] += nodal
    if state == WORSE or (after and not nodal and gone == 0):
        counts[OTHERS_WORSE] += 1


@compiled
def add_new(counts: IntArray, row: tuple[int, int, int], suspect: IntArray) -> None:
    """Count a new lesion; `suspect` holds the visit's day and when it was first suspected."""
    state, nodal, length = row
    day, first = suspect[0], suspect[1]
    seen = state not in (ABSENT, NOT_EVALUATED, EQUIVOCAL) and gone_of(state, nodal, length) != 1
    if seen:
        counts[NEW_SEEN] += 1
        counts[SINCE] = min(counts[SINCE], day, first)
    if state == EQUIVOCAL:
        suspect[1] = min(first, day)
    elif state != NOT_EVALUATED:
        suspect[1] = NEVER


@compiled
def place_of_suspect(suspects: IntArray, count: int, lesion: int) -> int:
    """Return where a new lesion of this subject is remembered; `count` where it is not."""
    for place in range(count):
        if suspects[place, 0] == lesion:
            return place
    return count


@compiled
def count_new(memory: Columns, row: tuple[int, int, int], which: tuple[int, int]) -> None:
    """Count a new lesion and remember when it was first suspected; `which` is day and lesion."""
    counts, course, suspects, suspect = memory
    day, lesion = which
    place = place_of_suspect(suspects, course[SUSPECTS], lesion)
    if place == course[SUSPECTS]:
        suspects[place, 0], suspects[place, 1] = lesion, NEVER
        course[SUSPECTS] += 1
    suspect[0], suspect[1] = day, suspects[place, 1]
    add_new(counts, row, suspect)
    suspects[place, 1] = suspect[1]


@compiled
def count_visit(rows: Columns, span: tuple[int, int, int, int], memory: Columns) -> None:
    """Count the lesions of a visit; one of baseline that is left out was not evaluated.

    `span` holds the rows of the visit and those of baseline, both in the order of lesions.
    """
    # columns are taken out of their tuple once a visit: each time costs more than a row
    day, lesion, kind, nodal, state, length, _ = rows
    counts, after = memory[0], memory[1][AFTER]
    row, end, base, base_end = span
    while row < end or base < base_end:
        there = row < end and (base == base_end or lesion[row] <= lesion[base])
        if base < base_end and (row == end or lesion[base] <= lesion[row]):
            base += 1
        if not there:
            missing = (NOT_EVALUATED, nodal[base - 1], UNKNOWN)
            add_followed(counts, missing, (kind[base - 1], after))
            continue
        found = (state[row], nodal[row], length_of(state[row], length[row]))
        if kind[row] == NEW:
            count_new(memory, found, (day[row], lesion[row]))
        else:
            add_followed(counts, found, (kind[row], after))
        row += 1


@compiled
def add_followed(counts: IntArray, row: tuple[int, int, int], what: tuple[int, int]) -> None:
    """Count a lesion of baseline; `what` is its kind and whether CR was established before."""
    kind, after = what
    if kind == TARGET:
        add_target(counts, row, after)
    else:
        add_non_target(counts, row, after)


@compiled
def target_code(counts: IntArray, course: IntArray, stays_pr: int) -> int:
    """Return the response of the targets."""
    if counts[TARGETS] == 0:
        return NONE
    if counts[TARGETS_LEFT] == 0:
        return PR if counts[NODES_LEFT] else CR
    total, nadir, baseline = counts[SUM], course[NADIR], course[BASELINE]
    grown = nadir != UNKNOWN and 5 * total >= 6 * nadir and total - nadir >= LEAST_GROWTH_UM
    if counts[TARGETS_BACK] or grown:
        return PD
    if counts[TARGETS_UNKNOWN] or baseline <= 0:
        return NE
    return PR if 10 * total <= 7 * baseline or (stays_pr and course[RESPONDING]) else SD


@compiled
def non_target_code(counts: IntArray, markers: int) -> int:
    """Return the response of the non-targets; markers are 1 raised, 0 not, -1 unknown."""
    if counts[OTHERS_WORSE]:
        return PD
    if counts[OTHERS_UNKNOWN]:
        return NE
    if markers == 1 or counts[OTHERS_LEFT]:
        return NON
    if markers == UNKNOWN:
        return NE
    return CR if counts[OTHERS] else NONE


@compiled
def overall_code(target: int, non_target: int, new: int) -> int:
    """Return the overall response of a time point."""
    if new or PD in (target, non_target):
        return PD
    if target == NONE:
        return NE if non_target == NONE else non_target
    if target == CR and non_target not in (NONE, CR):
        return PR
    return target


@compiled
def remember(course: IntArray, total: int, day: int) -> None:
    """Keep a whole sum when it is the smallest so far."""
    if total != UNKNOWN and (course[NADIR] == UNKNOWN or total < course[NADIR]):
        course[NADIR], course[NADIR_DAY] = total, day


@compiled
def judge_visit(memory: Columns, known: tuple[int, int, int], found: IntArray) -> None:
    """Fill in one visit after baseline; `known` is day, markers, whether a PR lasts."""
    counts, course = memory[0], memory[1]
    day, markers, stays_pr = known
    target = target_code(counts, course, stays_pr)
    non_target = non_target_code(counts, markers)
    response = overall_code(target, non_target, counts[NEW_SEEN])
    found[AT_TARGET], found[AT_NON_TARGET] = target, non_target
    found[AT_NEW], found[AT_RESPONSE] = min(counts[NEW_SEEN], 1), response
    found[AT_NADIR], found[AT_NADIR_DAY] = course[NADIR], course[NADIR_DAY]
    found[AT_PROGRESSED] = min(day, counts[SINCE]) if response == PD else NEVER
    if response == CR:
        course[AFTER] = 1
    if target in (CR, PR, PD):
        course[RESPONDING] = 0 if target == PD else 1


@compiled
def judge(rows: Columns, visits: tuple[IntArray, IntArray, int], found: IntArray) -> None:
    """Fill in every visit.

    Parameters
    ----------
    rows : Columns
        Day, lesion, kind, nodal, state, length, markers, ordered by subject, day and lesion.
    visits : tuple of two IntArray and int
        First row of each visit and one beyond the last; subject of each visit; 1 where a PR lasts.
    found : IntArray, shape (visits, 9)
        One line a visit, filled in at the places `AT_...`.
    """
    starts, subject, stays_pr = visits
    day, markers = rows[0], rows[6]
    counts, course = np.zeros(SINCE + 1, np.int64), np.zeros(SUSPECTS + 1, np.int64)
    suspects = np.empty((longest_course(starts, subject), 2), np.int64)
    memory = (counts, course, suspects, np.zeros(2, np.int64))
    base = 0
    for visit in range(subject.size):
        row = starts[visit]
        first = visit == 0 or subject[visit] != subject[visit - 1]
        if first:
            base = visit
            course[:] = 0
            course[NADIR] = course[BASELINE] = UNKNOWN
        counts[:] = 0
        counts[SINCE] = NEVER
        count_visit(rows, (row, starts[visit + 1], starts[base], starts[base + 1]), memory)
        whole = counts[TARGETS] > 0 and counts[TARGETS_UNKNOWN] == 0
        total = counts[SUM] if whole else UNKNOWN
        found[visit, AT_SUM] = total
        if first:
            course[BASELINE] = total
        else:
            judge_visit(memory, (day[row], markers[row], stays_pr), found[visit])
        found[visit, AT_BASELINE] = course[BASELINE]
        remember(course, total, day[row])


@compiled
def longest_course(starts: IntArray, subject: IntArray) -> int:
    """Return the largest number of rows of a subject."""
    longest, first = 1, 0
    for visit in range(subject.size):
        if subject[visit] != subject[first]:
            first = visit
        longest = max(longest, starts[visit + 1] - starts[first])
    return longest


@compiled
def find_faults(rows: Columns, visits: tuple[IntArray, IntArray], faults: IntArray) -> None:
    """Fill in the fault of each row, 0 for none; the last two stand on the first row of a visit."""
    starts, subject = visits
    base = 0
    for visit in range(subject.size):
        if visit == 0 or subject[visit] != subject[visit - 1]:
            base = visit
        span = (starts[visit], starts[visit + 1], starts[base], starts[base + 1])
        faults_of_rows(rows, span, faults)
        fault_of_merging(rows, span, faults)


@compiled
def faults_of_rows(rows: Columns, span: tuple[int, int, int, int], faults: IntArray) -> None:
    """Fill in the faults of the rows of one visit; `span` as in `count_visit`."""
    lesion, kind, nodal = rows[1], rows[2], rows[3]
    start, end, base, base_end = span
    for row in range(start, end):
        while base < base_end and lesion[base] < lesion[row]:
            base += 1
        there = base < base_end and lesion[base] == lesion[row]
        if row > start and lesion[row] == lesion[row - 1]:
            faults[row] = TWICE
        elif kind[row] == NEW:
            faults[row] = NEW_AT_BASELINE if there else 0
        elif not there:
            faults[row] = NOT_AT_BASELINE
        elif kind[row] != kind[base] or nodal[row] != nodal[base]:
            faults[row] = CHANGED


@compiled
def fault_of_merging(rows: Columns, span: tuple[int, int, int, int], faults: IntArray) -> None:
    """Fill in whether merged targets have nothing to have merged with."""
    kind, state = rows[2], rows[4]
    start, end, base, base_end = span
    merged = 0
    for row in range(start, end):
        merged += state[row] == MERGED
    if not merged:
        return
    targets = 0
    for row in range(base, base_end):
        targets += kind[row] == TARGET
    if start == base:
        faults[start] = MERGED_AT_BASELINE
    elif merged >= targets:
        faults[start] = NOBODY_LEFT
