"""Histories of states in the long format: one row for each stay of a subject in a state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    Label,
    freeze,
    label_column,
    time_column,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateHistories:
    """Checked stays, by subject and start; made by `state_histories`.

    Attributes
    ----------
    states : tuple of Label
        Labels of the states, sorted.
    subjects : tuple of Label
        Labels of the subjects, sorted.
    subject, origin, target : IntArray, shape (n,)
        Place of each stay's subject, of its state, and of the state it ended in; a stay that was
        cut short (censored, or continued by the next row) ended in its own.
    start, stop : FloatArray, shape (n,)
        The subject is at risk in the state at t when start < t <= stop.
    """

    states: tuple[Label, ...]
    subjects: tuple[Label, ...]
    subject: IntArray
    origin: IntArray
    target: IntArray
    start: FloatArray
    stop: FloatArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.subject, self.origin, self.target, self.start, self.stop)

    @property
    def moved(self) -> BoolArray:
        """Whether each stay ended in another state."""
        moved: BoolArray = self.origin != self.target
        return moved


def state_histories(
    subject: npt.ArrayLike,
    from_state: npt.ArrayLike,
    to_state: npt.ArrayLike,
    *,
    start: npt.ArrayLike,
    stop: npt.ArrayLike,
) -> StateHistories:
    """Return checked histories of any states, in any order of rows.

    Parameters
    ----------
    subject : array_like, shape (n,)
        Label of the subject; one may have any number of rows.
    from_state, to_state : array_like, shape (n,)
        Label of the state of the stay, and of the state it ended in. The same label twice says
        that no change was seen: the subject was censored, or the next row goes on.
    start, stop : array_like, shape (n,)
        Follow-up in the state, start < stop, not negative, any unit. A first start after 0 is
        delayed entry; a gap between two rows is time not followed.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, a stop that is not after its start, rows of
        a subject that overlap, a row that begins in another state than the one before ended in,
        and when nobody changes state.
    """
    starts, stops = time_column(start, where="start"), time_column(stop, where="stop")
    subjects, who = label_column(subject, rows=stops.size, where="subject")
    label_column(from_state, rows=stops.size, where="from_state")
    label_column(to_state, rows=stops.size, where="to_state")
    both = np.concatenate((np.asarray(from_state), np.asarray(to_state)))
    states, code = label_column(both, rows=2 * stops.size, where="from_state, to_state")
    _refuse_empty_stays(starts, stops)
    order = np.lexsort((starts, who))
    histories = StateHistories(
        states=states,
        subjects=subjects,
        subject=who[order],
        origin=code[: stops.size][order],
        target=code[stops.size :][order],
        start=starts[order],
        stop=stops[order],
    )
    _refuse_broken(histories)
    return histories


def _refuse_empty_stays(start: FloatArray, stop: FloatArray) -> None:
    if start.size != stop.size:
        raise bad_input(
            "columns of one analysis have the same number of rows",
            where="start",
            got=f"{start.size} rows where {stop.size} are needed",
            fix="pass one value for each stay",
        )
    if not np.all(start < stop):
        row = int(np.flatnonzero(start >= stop)[0])
        raise bad_input(
            "a stay ends after it starts",
            where="start, stop",
            got=f"row {row}: from {start[row]:g} to {stop[row]:g}",
            fix="leave out empty stays, and move changes on one day apart on purpose",
        )


def _refuse_broken(histories: StateHistories) -> None:
    same = histories.subject[1:] == histories.subject[:-1]
    overlap = same & (histories.start[1:] < histories.stop[:-1])
    jump = same & (histories.origin[1:] != histories.target[:-1])
    for broken, what in (
        (overlap, "the stays of a subject do not overlap"),
        (jump, "a stay begins in the state that the one before ended in"),
    ):
        if broken.any():
            row = int(np.flatnonzero(broken)[0]) + 1
            raise bad_input(
                what,
                where="subject, from_state, to_state, start, stop",
                got=_told(histories, row),
                fix="correct the history of this subject",
            )
    if not histories.moved.any():
        raise bad_input(
            "somebody changes state",
            where="from_state, to_state",
            got=f"{histories.subject.size} stays without a change",
            fix="wait for events",
        )


def _told(histories: StateHistories, row: int) -> str:
    name = histories.subjects[histories.subject[row]]
    state = histories.states[histories.origin[row]]
    before = histories.states[histories.target[row - 1]]
    return (
        f"subject {name}: {before} at {histories.stop[row - 1]:g}, "
        f"then {state} from {histories.start[row]:g}"
    )
