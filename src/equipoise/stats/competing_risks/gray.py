r"""Gray's test that the cumulative incidence of one cause is the same in all groups.

With :math:`n_g` at risk in group g, :math:`S_g` its chance of no event and :math:`F_g` the
incidence of the cause there, both just before t, :math:`h_g = n_g / S_g` and
:math:`R_g = h_g (1 - F_g)`, the score of a group sums over times with d events of the cause,
:math:`d_g` of them in the group,

.. math:: (1 - \hat F^0)^\rho \left(d_g - d \frac{R_g}{\sum_r R_r}\right), \qquad
          \hat F^0(t) = \sum_{s \le t} \frac{d}{\sum_r h_r}

Scores and variances add over strata. Gray 1988, doi:10.1214/aos/1176350951; conventions (ties,
variance under the hypothesis) of R's ``cmprsk::cuminc``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import BadInput, bad_input
from equipoise.stats.competing_risks.causes import OTHER, OWN, cause_column
from equipoise.stats.numerics.columns import (
    FloatArray,
    IntArray,
    Label,
    freeze,
    label_column,
    strata_rows,
    time_column,
)
from equipoise.stats.numerics.likelihood import ChiSquareTest, chi_square_test
from equipoise.stats.numerics.quadratic_form import quadratic_form


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gray:
    """Gray's test.

    Attributes
    ----------
    cause : int
        The cause whose incidences are compared.
    groups : tuple
        Labels of the groups, sorted; every array follows this order.
    n, events : IntArray, shape (groups,)
        Subjects, and those with the cause.
    score : FloatArray, shape (groups,)
        Summed over times and strata; positive where more happened than expected.
    variance : FloatArray, shape (groups, groups)
        Of the scores.
    chi_square : float
        Statistic.
    df : int
        Degrees of freedom.
    p_value : float
        Two-sided.
    rho : float
        Power of the weight: 0 weighs all times alike.
    strata : int
        Number of strata; 1 for the unstratified test.
    """

    cause: int
    groups: tuple[Label, ...]
    n: IntArray
    events: IntArray
    score: FloatArray
    variance: FloatArray
    chi_square: float
    df: int
    p_value: float
    rho: float
    strata: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.n, self.events, self.score, self.variance)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Times:
    """One stratum at its k event times, for each of G groups; shapes (k, G) unless said.

    ``own`` and ``other`` are events, ``at_risk`` those just before; ``free_before`` and ``free``
    the chance of no event before and after; ``through`` is h; ``sum_through`` (k,) its sum;
    ``pooled_before`` and ``pooled`` (k,) the incidence common to the groups.
    """

    own: FloatArray
    other: FloatArray
    at_risk: FloatArray
    free_before: FloatArray
    free: FloatArray
    incidence_before: FloatArray
    through: FloatArray
    sum_through: FloatArray
    pooled_before: FloatArray
    pooled: FloatArray


def gray(
    time: npt.ArrayLike,
    cause: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    of_interest: int,
    rho: float = 0.0,
    strata: npt.ArrayLike | None = None,
) -> Gray:
    """Return Gray's k-sample test for one cause.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    cause : array_like, shape (n,)
        0 for censored; 1, 2, ... for the causes.
    group : array_like, shape (n,)
        Label of the group, at least two labels.
    of_interest : int
        The cause that is compared; all others compete with it.
    rho : float
        Power of the weight 1 - F(t): above 0 early differences count more, below 0 late ones.
    strata : array_like, shape (n,), optional
        Label of the stratum.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, a cause that nobody had, one group only,
        and when the cause never happened while two groups were at risk.
    """
    times = time_column(time)
    kind = cause_column(cause, rows=times.size).marked(of_interest)
    groups, member = label_column(group, rows=times.size, where="group")
    _refuse(groups, rho=rho)
    score, variance = np.zeros(len(groups)), np.zeros((len(groups), len(groups)))
    blocks = strata_rows(strata, rows=times.size)
    for rows in blocks:
        table = _times(times[rows], kind[rows], member[rows], groups=len(groups))
        score += _score(table, rho=rho)
        variance += _variance(table, rho=rho)
    test = _tested(score, variance)
    return Gray(
        cause=of_interest,
        groups=groups,
        n=np.bincount(member, minlength=len(groups)).astype(np.int64),
        events=np.bincount(member[kind == OWN], minlength=len(groups)).astype(np.int64),
        score=score,
        variance=variance,
        chi_square=test.chi_square,
        df=test.df,
        p_value=test.p_value,
        rho=rho,
        strata=len(blocks),
    )


def _times(time: FloatArray, kind: IntArray, member: IntArray, *, groups: int) -> _Times:
    happened = kind > 0
    moments, row = np.unique(time[happened], return_inverse=True)
    cell = row * groups + member[happened]
    own, other = (
        np.bincount(cell[kind[happened] == which], minlength=moments.size * groups)
        .reshape(moments.size, groups)
        .astype(np.float64)
        for which in (OWN, OTHER)
    )
    at_risk = np.empty((moments.size, groups))
    for group in range(groups):
        ordered = np.sort(time[member == group])
        at_risk[:, group] = ordered.size - np.searchsorted(ordered, moments, side="left")
    # A group with nobody left keeps its curve and counts no more.
    some = np.maximum(at_risk, 1.0)
    free: FloatArray = np.cumprod(1 - (own + other) / some, axis=0, dtype=np.float64)
    free_before = _before(free, start=1.0)
    incidence = np.cumsum(free_before * own / some, axis=0)
    through = np.divide(at_risk, free_before, out=np.zeros_like(at_risk), where=at_risk > 0)
    pooled = np.cumsum(own.sum(axis=1) / through.sum(axis=1))
    return _Times(
        own=own,
        other=other,
        at_risk=at_risk,
        free_before=free_before,
        free=free,
        incidence_before=_before(incidence, start=0.0),
        through=through,
        sum_through=through.sum(axis=1),
        pooled_before=_before(pooled, start=0.0),
        pooled=pooled,
    )


def _before(curve: FloatArray, *, start: float) -> FloatArray:
    """Return a step curve just before each of its times."""
    return np.concatenate((np.full((1, *curve.shape[1:]), start), curve[:-1]))


def _score(table: _Times, *, rho: float) -> FloatArray:
    exposure = table.through * (1 - table.incidence_before)
    total = exposure.sum(axis=1, keepdims=True)
    deaths = table.own.sum(axis=1, keepdims=True)
    share = np.divide(exposure, total, out=np.zeros_like(exposure), where=total > 0)
    weighted = _weight(table, rho=rho)[:, np.newaxis] * (table.own - deaths * share)
    return np.asarray(weighted.sum(axis=0))


def _weight(table: _Times, *, rho: float) -> FloatArray:
    left = np.maximum(1 - table.pooled_before, 0.0)
    # After an incidence of 1 nothing of the cause can happen; a negative rho would divide by 0.
    return np.power(left, rho, out=np.zeros(left.size), where=left > 0)


def _variance(table: _Times, *, rho: float) -> FloatArray:
    """Return the variance of the scores under the hypothesis, shape (G, G).

    With the step a of the scores at a time (G by G) and c the sum of its steps to that time, an
    event of the cause in group k moves the scores by a + (1 - (1 - F0) / S) (c_end - c), another
    by (1 - F0) / S (c_end - c), column k of each.
    """
    share = table.through / table.sum_through[:, np.newaxis]
    mixed = table.through[:, :, np.newaxis] * share[:, np.newaxis, :]
    step = np.eye(table.own.shape[1]) * table.through[:, np.newaxis, :] - mixed
    step *= _weight(table, rho=rho)[:, np.newaxis, np.newaxis]
    deaths = table.own.sum(axis=1)
    below = table.sum_through * (1 - table.pooled_before)
    rate = np.divide(deaths, below, out=np.zeros(below.size), where=(below > 0) & (deaths > 0))
    summed = np.cumsum(step * rate[:, np.newaxis, np.newaxis], axis=0)
    later = summed[-1] - summed
    ratio = np.divide(
        1 - table.pooled[:, np.newaxis],
        table.free,
        out=np.zeros_like(table.free),
        where=table.free > 0,
    )
    tilt = np.where(table.free > 0, 1 - ratio, 1.0)
    own = step + tilt[:, np.newaxis, :] * later
    other = ratio[:, np.newaxis, :] * later
    return _outer(own, _own_spread(table)) + _outer(other, _other_spread(table))


def _outer(moves: FloatArray, spread: FloatArray) -> FloatArray:
    """Return the sum over times and groups k of spread times the outer square of column k."""
    columns = np.moveaxis(moves, 1, 2).reshape(-1, moves.shape[1])
    return np.asarray((columns * spread.reshape(-1, 1)).T @ columns)


def _own_spread(table: _Times) -> FloatArray:
    """Return the variance of the hazard of the cause in each group, if it is common to all."""
    deaths = table.own.sum(axis=1, keepdims=True)
    expected = table.sum_through[:, np.newaxis] * table.free_before
    here = (table.at_risk > 0) & (deaths > 0)
    tied = np.where((deaths > 1) & here, 1 - (deaths - 1) / np.maximum(expected - 1, 1e-300), 1.0)
    below = table.sum_through[:, np.newaxis] * table.at_risk
    above = tied * table.free_before * deaths
    spread: FloatArray = np.divide(above, below, out=np.zeros(below.shape), where=here)
    return spread


def _other_spread(table: _Times) -> FloatArray:
    """Return the variance of the hazard of the other causes in each group."""
    here = (table.other > 0) & (table.free > 0)
    some = np.maximum(table.at_risk - 1, 1.0)
    tied = np.where(table.other > 1, 1 - (table.other - 1) / some, 1.0)
    above = tied * table.free_before**2 * table.other
    return np.divide(above, table.at_risk**2, out=np.zeros_like(above), where=here)


def _tested(score: FloatArray, variance: FloatArray) -> ChiSquareTest:
    statistic, df = quadratic_form(score, variance)
    if df == 0:
        raise _never_compared(len(score))
    return chi_square_test(statistic, df=df)


def _refuse(groups: tuple[Label, ...], *, rho: float) -> None:
    if len(groups) < 2:
        raise bad_input(
            "Gray's test compares at least two groups",
            where="group",
            got=groups,
            fix="pass the label of each subject's group",
        )
    if not np.isfinite(rho):
        raise bad_input("the power of the weight is a number", where="rho", got=rho, fix="0")


def _never_compared(groups: int) -> BadInput:
    return bad_input(
        "Gray's test needs an event of the cause while subjects of two groups are at risk",
        where="time, cause, group",
        got=f"{groups} groups that are never compared",
        fix="wait for events, or pool strata that hold one group each",
    )
