"""What ended each subject's time: 0 for censored, a whole number from 1 for each cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import IntArray, label_column

CENSORED, OWN, OTHER = 0, 1, 2
"""How a time ended, as seen from one cause."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Causes:
    """The causes of one analysis and the cause of each row.

    Attributes
    ----------
    names : tuple of int
        Numbers of the causes that happened, in rising order.
    code : IntArray, shape (n,)
        0 for censored, otherwise 1 + the place of the row's cause in ``names``.
    """

    names: tuple[int, ...]
    code: IntArray

    def marked(self, cause: int) -> IntArray:
        """Return 0 for censored, 1 for one cause and 2 for all others; refuse an unknown cause."""
        own = place_of(cause, names=self.names) + 1
        return np.where(self.code == own, OWN, np.where(self.code > 0, OTHER, CENSORED))


def place_of(cause: int, *, names: tuple[int, ...]) -> int:
    """Return the place of a cause among the causes, from 0, or refuse one that nobody had."""
    if cause not in names:
        raise bad_input(
            "the cause of interest is one that happened",
            where="of_interest",
            got=f"{cause} where the causes are {names}",
            fix="name one of the causes, a whole number from 1",
        )
    return names.index(cause)


def cause_column(values: npt.ArrayLike, *, rows: int) -> Causes:
    """Return what ended each row's time.

    Parameters
    ----------
    values : array_like, shape (rows,)
        0 for censored; 1, 2, ... for the causes.

    Raises
    ------
    BadInput
        For another length, missing values, values that are not whole numbers from 0, and when
        every row is censored.
    """
    labels, code = label_column(values, rows=rows, where="cause")
    numbers = [_whole(label) for label in labels]
    names = tuple(number for number in numbers if number != CENSORED)
    if not names:
        raise bad_input(
            "competing risks need at least one event",
            where="cause",
            got=f"{rows} rows, all censored",
            fix="wait for events",
        )
    code = code if CENSORED in numbers else code + 1
    return Causes(names=names, code=np.asarray(code, dtype=np.int64))


def _whole(label: object) -> int:
    if isinstance(label, int | float) and label >= 0 and float(label).is_integer():
        return int(label)
    raise bad_input(
        "a cause is a whole number, and 0 is censored",
        where="cause",
        got=repr(label),
        fix="code the causes 1, 2, ... and the censored rows 0",
    )
