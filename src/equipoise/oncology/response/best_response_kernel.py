"""Kernels of the best response in `recist_columns.py`: one subject's calls in order of their days.

Responses are their places in `Response`, -1 is none. Each function is the rule of the same name in
`best_response.py`, which explains it.
"""

from __future__ import annotations

import numpy as np

from equipoise.oncology.response.best_response import AfterComplete
from equipoise.oncology.response.recist_column_types import IntArray
from equipoise.oncology.response.recist_kernel import (
    CR,
    NE,
    NEVER,
    NON,
    NONE,
    PD,
    PR,
    SD,
    Columns,
    compiled,
)

AS_CALLED, PROGRESSION, RECODED = range(3)
"""Places in `AfterComplete`."""

READINGS = list(AfterComplete)
CONFIRMED, MINIMUM_SD, CONFIRM, MOST_NE, MOST_SD, READING = range(6)
"""Places of the rules."""


@compiled
def gather(calls: Columns, span: tuple[int, int, int], work: IntArray) -> int:
    """Write the worst call of each day into `work` (day, call, progressed) and return how many.

    `span` holds first and last row of a subject and the last day that counts.
    """
    day, response, progressed = calls
    start, end, until = span
    count = 0
    for row in range(start, end):
        if response[row] == NONE or day[row] > until:
            continue
        again = count > 0 and work[count - 1, 0] == day[row]
        if again and severity(response[row]) < severity(work[count - 1, 1]):
            continue
        place = count - 1 if again else count
        work[place, 0], work[place, 1], work[place, 2] = day[row], response[row], progressed[row]
        count = place + 1
    return count


@compiled
def severity(response: int) -> int:
    """Return the order of two calls on one day: NE yields to any other."""
    return NONE if response == NE else response


@compiled
def lost_complete(work: IntArray, count: int) -> tuple[int, int]:
    """Return the places of the first CR and of the first lesser call after it; `count` is none."""
    start = count
    for place in range(count):
        call = work[place, 1]
        if call == PD:
            break
        if start < count and call not in (CR, NE):
            return start, place
        if call == CR and start == count:
            start = place
    return count, count


@compiled
def reread(work: IntArray, count: int, rules: IntArray) -> int:
    """Read what follows a CR as the rules say, and return how many days are left."""
    while rules[READING] != AS_CALLED:
        start, place = lost_complete(work, count)
        if place == count:
            break
        last = start
        for between in range(start, place):
            if work[between, 1] == CR:
                last = between
        short = work[last, 0] - work[start, 0] < rules[CONFIRM]
        if not (rules[READING] == RECODED and work[place, 1] == PR and short):
            work[place, 1], work[place, 2] = PD, NEVER
            return place + 1
        for between in range(start, place):
            if work[between, 1] == CR:
                work[between, 1] = PR
    return count


@compiled
def cut(work: IntArray, count: int) -> int:
    """End the calls with the day from which PD counts, and return how many are left."""
    since = NEVER
    for place in range(count):
        if work[place, 1] == PD:
            since = min(since, work[place, 0], work[place, 2])
    for place in range(count):
        if work[place, 0] >= since:
            work[place, 1] = PD
            return place + 1
    return count


@compiled
def confirms(first: int, call: int) -> bool:
    """Tell whether a call has the kind that confirms another."""
    return call == CR or (first == PR and call == PR)


@compiled
def holds(work: IntArray, span: tuple[int, int], rules: IntArray) -> bool:
    """Tell whether a response held from the call after it to its confirmation, ends included."""
    first, last = span
    response, best = work[first, 1], PR
    missed, stable = 0, 0
    for place in range(first + 1, last + 1):
        call = work[place, 1]
        missed += call == NE
        stable += call == SD
        if call in (PD, NON) or (response == CR and call in (PR, SD)):
            return False
        if call == PR and best == CR:
            return False
        if call == CR:
            best = CR
    if missed > rules[MOST_NE]:
        return False
    return bool(response == CR or stable <= rules[MOST_SD])


@compiled
def confirmation(work: IntArray, span: tuple[int, int], rules: IntArray) -> int:
    """Return the place of the call that confirms the one at the start of `span`; -1 without."""
    place, count = span
    due = work[place, 0] + rules[CONFIRM]
    for later in range(place + 1, count):
        if work[later, 0] >= due and confirms(work[place, 1], work[later, 1]):
            return later if holds(work, (place, later), rules) else NONE
    return NONE


@compiled
def credit(work: IntArray, span: tuple[int, int], known: Columns) -> tuple[int, int]:
    """Return what a call counts as, and the day of its confirmation."""
    place, _ = span
    rules, since = known
    day, call = work[place, 0], work[place, 1]
    if call in (CR, PR):
        if not rules[CONFIRMED]:
            return call, NEVER
        later = confirmation(work, span, rules)
        if later != NONE:
            return call, work[later, 0]
    if call in (PD, NE):
        return call, NEVER
    if day < since[0] + rules[MINIMUM_SD]:
        return NE, NEVER
    return (NON if call == NON else SD), NEVER


@compiled
def best_calls(calls: Columns, subjects: Columns, found: IntArray) -> None:
    """Fill in response, day and day of confirmation of each subject.

    Parameters
    ----------
    calls : Columns
        Day, response, day from which PD counts, ordered by subject and day.
    subjects : Columns
        First row of each subject and one beyond the last; reference day; last day; rules.
    found : IntArray, shape (subjects, 3)
        One line a subject; a response of -1 for nobody assessed.
    """
    starts, since, until, rules = subjects
    longest = 1
    for one in range(since.size):
        longest = max(longest, starts[one + 1] - starts[one])
    work = np.empty((longest, 3), np.int64)
    for one in range(since.size):
        count = gather(calls, (starts[one], starts[one + 1], until[one]), work)
        count = cut(work, reread(work, count, rules))
        found[one, 0], found[one, 1], found[one, 2] = NONE, NEVER, NEVER
        for place in range(count):
            call, on = credit(work, (place, count), (rules, since[one : one + 1]))
            if found[one, 0] == NONE or call < found[one, 0]:
                found[one, 0], found[one, 1], found[one, 2] = call, work[place, 0], on
