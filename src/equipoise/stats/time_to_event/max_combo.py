r"""MaxCombo: the best of several weighted log-rank tests of two groups, honestly judged.

Each weight gives a z; with the weights :math:`w_a, w_b` and v the hypergeometric variance of the
events at each time,

.. math:: \operatorname{Corr}(z_a, z_b) =
          \frac{\sum w_a w_b v}{\sqrt{\sum w_a^2 v \; \sum w_b^2 v}}

If the groups have one hazard the z are normal with this correlation, and the chance that the best
of them is as good as the one seen is a normal integral. It is worked out without random numbers:
the same subjects always have the same p-value.

Lin, Lin, Roychoudhury and others 2020, doi:10.1080/19466315.2019.1697738; Karrison 2016,
doi:10.1177/1536867X1601600308.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, IntArray, Label, freeze
from equipoise.stats.numerics.multivariate_normal import rectangle_probability
from equipoise.stats.time_to_event.comparison_weights import (
    LOGRANK,
    ComparisonWeight,
    FlemingHarrington,
    weights_of,
)
from equipoise.stats.time_to_event.event_table import (
    Compared,
    compared_columns,
    event_table_with_groups,
    in_strata,
)

FOUR_TESTS: tuple[ComparisonWeight, ...] = (
    LOGRANK,
    FlemingHarrington(gamma=1),
    FlemingHarrington(rho=1),
    FlemingHarrington(rho=1, gamma=1),
)
"""The usual set: for effects that last, come late, come early, or come in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaxCombo:
    """The best of several weighted log-rank tests.

    Attributes
    ----------
    groups : tuple
        Labels of the two groups, sorted.
    n, events : IntArray, shape (2,)
        Subjects and events of each group.
    weights : tuple of ComparisonWeight
        As asked; the arrays below follow this order.
    z : FloatArray, shape (tests,)
        Negative when the second group had fewer events than expected, as in `logrank`.
    correlation : FloatArray, shape (tests, tests)
        Of the z, if the groups have one hazard.
    best : int
        Place of the smallest z: the test that favours the second group most.
    p_fewer : float
        One-sided: chance of a smallest z as small as this one, if the groups have one hazard.
    p_value : float
        Two-sided: chance of a largest absolute z as large as the one seen.
    strata : int
        Number of strata; 1 for the unstratified test.
    """

    groups: tuple[Label, ...]
    n: IntArray
    events: IntArray
    weights: tuple[ComparisonWeight, ...]
    z: FloatArray
    correlation: FloatArray
    best: int
    p_fewer: float
    p_value: float
    strata: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.n, self.events, self.z, self.correlation)


def max_combo(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    weights: Sequence[ComparisonWeight] = FOUR_TESTS,
    strata: npt.ArrayLike | None = None,
) -> MaxCombo:
    """Return the MaxCombo test of two groups.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    group : array_like, shape (n,)
        Label of the group, a number or a word; two labels.
    weights : sequence of ComparisonWeight
        The tests to take the best of, one to eight.
    strata : array_like, shape (n,), optional
        Label of the stratum; each has weights of its own.

    Raises
    ------
    BadInput
        As `logrank`, for more than two groups, for no tests, and for a weight that leaves no
        event that counts.
    """
    columns = compared_columns(time, event, group)
    _refuse(columns.groups, tests=len(weights))
    blocks = in_strata(columns, strata)
    parts = [_stratum(block, weights) for block in blocks]
    score = np.sum([part[0] for part in parts], axis=0)
    covariance = np.sum([part[1] for part in parts], axis=0)
    spread = np.sqrt(np.diag(covariance))
    _refuse_empty(spread, weights)
    z, correlation = score / spread, covariance / np.outer(spread, spread)
    np.fill_diagonal(correlation, 1.0)
    far, low = np.full(z.size, np.inf), np.full(z.size, z.min())
    wide = np.full(z.size, np.abs(z).max())
    return MaxCombo(
        groups=columns.groups,
        n=np.array([np.count_nonzero(member) for member in columns.members], dtype=np.int64),
        events=np.array(
            [np.count_nonzero(member & columns.event) for member in columns.members],
            dtype=np.int64,
        ),
        weights=tuple(weights),
        z=z,
        correlation=correlation,
        best=int(z.argmin()),
        p_fewer=1 - rectangle_probability(low, far, correlation=correlation),
        p_value=1 - rectangle_probability(-wide, wide, correlation=correlation),
        strata=len(blocks),
    )


def _stratum(
    columns: Compared, weights: Sequence[ComparisonWeight]
) -> tuple[FloatArray, FloatArray]:
    """Return the scores of one stratum, shape (tests,), and their covariance."""
    table, others = event_table_with_groups(columns)
    values = np.stack([weights_of(weight, table) for weight in weights])
    share = table.others_at_risk[0] / table.at_risk
    difference = others[0] - table.events * share
    # One subject at risk who has the event leaves nothing to chance: 0/0 below means 0.
    left = (table.at_risk - table.events) / np.maximum(table.at_risk - 1, 1)
    chance = table.events * left * share * (1 - share)
    return values @ difference, (values * chance) @ values.T


def _refuse(groups: tuple[Label, ...], *, tests: int) -> None:
    if len(groups) != 2:
        raise bad_input(
            "MaxCombo compares two groups",
            where="group",
            got=f"{len(groups)} groups",
            fix="compare each group with the control, and correct for that",
        )
    if not 1 <= tests <= 8:
        raise bad_input(
            "MaxCombo takes the best of one to eight tests",
            where="weights",
            got=f"{tests} weights",
            fix="leave weights out for the usual four",
        )


def _refuse_empty(spread: FloatArray, weights: Sequence[ComparisonWeight]) -> None:
    for place, weight in enumerate(weights):
        if not spread[place] > 0:
            raise bad_input(
                "a test needs an event that counts while both groups are at risk",
                where=f"weights[{place}]",
                got=weight,
                fix="wait for events, or leave this weight out",
            )
