"""The fourfold table: successes among the subjects of two arms, in one stratum or in many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    Label,
    event_column,
    label_column,
    number_column,
    strata_rows,
)
from equipoise.stats.numerics.counts import refuse_counts


class Continuity(StrEnum):
    """Whether a statistic of counts is corrected for their being whole.

    ``YATES`` draws the counts half a subject towards no difference, and not beyond it.
    """

    NONE = "none"
    YATES = "yates"


@dataclass(frozen=True, slots=True, kw_only=True)
class FourfoldTable:
    """Successes and subjects of two arms; differences and ratios are first against second.

    Attributes
    ----------
    x1, n1 : int
        Successes and subjects of the first arm, ``0 <= x1 <= n1``.
    x2, n2 : int
        Successes and subjects of the second arm. An arm without subjects is allowed, because a
        stratum may hold one arm only; methods of one table refuse it.
    """

    x1: int
    n1: int
    x2: int
    n2: int

    def __post_init__(self) -> None:
        """Refuse counts that are no part of a whole."""
        refuse_counts(self.x1, self.n1, where="x1, n1")
        refuse_counts(self.x2, self.n2, where="x2, n2")

    @property
    def rates(self) -> tuple[float, float]:
        """Successes over subjects of each arm."""
        return self.x1 / self.n1, self.x2 / self.n2

    @property
    def total(self) -> int:
        """Subjects of both arms."""
        return self.n1 + self.n2

    @property
    def compares(self) -> bool:
        """Whether both arms have subjects."""
        return self.n1 > 0 and self.n2 > 0

    def swapped(self) -> FourfoldTable:
        """Return the table with the arms changed over."""
        return FourfoldTable(x1=self.x2, n1=self.n2, x2=self.x1, n2=self.n1)


def fourfold_tables(
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    first: Label,
    strata: npt.ArrayLike | None = None,
) -> tuple[FourfoldTable, ...]:
    """Count the successes of two arms, in a table for each stratum.

    Parameters
    ----------
    event : array_like, shape (n,)
        1 for a success, 0 for none.
    group : array_like, shape (n,)
        Label of the arm; exactly two labels.
    first : str, int, float or bool
        Label of the arm that is compared with the other one.
    strata : array_like, shape (n,), optional
        Label of the stratum; tables come in the sorted order of these labels.

    Raises
    ------
    BadInput
        For columns of unequal length, events not 0 or 1, more or fewer than two arms, and a first
        arm that nobody is in.
    """
    rows = number_column(event, where="event").size
    happened = event_column(event, rows=rows)
    labels, member = label_column(group, rows=rows, where="group")
    if len(labels) != 2 or first not in labels:
        raise bad_input(
            "a fourfold table compares two arms, and `first` names one of them",
            where="group, first",
            got=f"arms {labels}, first {first!r}",
            fix="pass the rows of two arms, and the label of one of them as `first`",
        )
    is_first = member == labels.index(first)
    return tuple(
        FourfoldTable(
            x1=int(np.sum(happened & is_first & block)),
            n1=int(np.sum(is_first & block)),
            x2=int(np.sum(happened & ~is_first & block)),
            n2=int(np.sum(~is_first & block)),
        )
        for block in strata_rows(strata, rows=rows)
    )


def comparing(tables: Sequence[FourfoldTable]) -> tuple[FourfoldTable, ...]:
    """Return the tables in which both arms have subjects.

    Raises
    ------
    BadInput
        When there is none.
    """
    kept = tuple(table for table in tables if table.compares)
    if not kept:
        raise bad_input(
            "two arms are compared where both have subjects",
            where="tables",
            got=f"{len(tables)} table(s), none with subjects in both arms",
            fix="pool strata that hold one arm each",
        )
    return kept
