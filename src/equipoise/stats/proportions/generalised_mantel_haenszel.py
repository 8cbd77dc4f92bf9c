r"""Generalised Mantel-Haenszel tests: any number of arms and of classes of response, over strata.

Given the margins of stratum h (:math:`p_r`, :math:`p_c` its shares of rows and columns among
:math:`N` subjects), the counts have mean :math:`N p_r p_c^\top` and covariance

.. math:: \frac{N^2}{N - 1} \left(D_{p_c} - p_c p_c^\top\right) \otimes
          \left(D_{p_r} - p_r p_r^\top\right)

With G the sum over strata of :math:`B` (counts less means) and V of :math:`B \Sigma B^\top`,
:math:`Q = G^\top V^{-} G`; B picks single cells, means of scores, or their product. Landis, Heyman
and Koch 1978, doi:10.2307/1402373; Mantel 1963, doi:10.1080/01621459.1963.10500879.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import BadInput, bad_input
from equipoise.stats.numerics.columns import (
    FloatArray,
    Label,
    freeze,
    label_column,
    strata_rows,
)
from equipoise.stats.numerics.likelihood import chi_square_test
from equipoise.stats.numerics.quadratic_form import quadratic_form


class Association(StrEnum):
    """Against what the test is strong.

    ``GENERAL`` is any difference in response between groups (R's ``mantelhaen.test``, SAS's third
    CMH statistic); ``MEAN_SCORES`` a difference of mean response, its labels being numbers (the
    second); ``CORRELATION`` a trend, both labels being numbers (the first).
    """

    GENERAL = "general"
    MEAN_SCORES = "mean_scores"
    CORRELATION = "correlation"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GeneralisedMantelHaenszel:
    """A generalised Mantel-Haenszel test.

    Attributes
    ----------
    chi_square : float
        Statistic.
    df : int
        Degrees of freedom: the number of directions in which the strata have information.
    p_value : float
        Upper tail.
    association : Association
        Which test.
    groups, responses : tuple of Label
        Labels, sorted.
    counts : FloatArray, shape (strata, groups, responses)
        Subjects.
    """

    chi_square: float
    df: int
    p_value: float
    association: Association
    groups: tuple[Label, ...]
    responses: tuple[Label, ...]
    counts: FloatArray

    def __post_init__(self) -> None:
        """Make the counts read-only."""
        freeze(self.counts)


def generalised_mantel_haenszel(
    response: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    association: Association = Association.GENERAL,
    strata: npt.ArrayLike | None = None,
) -> GeneralisedMantelHaenszel:
    """Return the test that response and group are independent within each stratum.

    Parameters
    ----------
    response : array_like, shape (n,)
        Label of each subject's response; numbers when they are scores.
    group : array_like, shape (n,)
        Label of the group; numbers when they are scores.
    association : Association
        Against what the test is strong.
    strata : array_like, shape (n,), optional
        Label of the stratum.

    Raises
    ------
    BadInput
        For columns of unequal length, missing labels, words where numbers are needed, and when no
        stratum holds two groups and two responses.
    """
    rows = np.asarray(response).size
    responses, column = label_column(response, rows=rows, where="response")
    groups, row = label_column(group, rows=rows, where="group")
    blocks = strata_rows(strata, rows=rows)
    cell = row * len(responses) + column
    size = (len(groups), len(responses))
    counts = np.array(
        [np.bincount(cell[block], minlength=size[0] * size[1]) for block in blocks],
        dtype=np.float64,
    ).reshape(len(blocks), *size)
    left, right = _contrasts(groups, responses, association=association)
    gap, variance = _summed(counts, left=left, right=right)
    statistic, df = quadratic_form(gap, variance)
    if df == 0:
        raise _nothing_varies(strata=len(blocks))
    test = chi_square_test(statistic, df=df)
    return GeneralisedMantelHaenszel(
        chi_square=test.chi_square,
        df=df,
        p_value=test.p_value,
        association=association,
        groups=groups,
        responses=responses,
        counts=counts,
    )


def _contrasts(
    groups: tuple[Label, ...], responses: tuple[Label, ...], *, association: Association
) -> tuple[FloatArray, FloatArray]:
    """Return what groups, shape (a, groups), and responses, (b, responses), are summed with."""
    match association:
        case Association.GENERAL:
            return np.eye(len(groups)), np.eye(len(responses))
        case Association.MEAN_SCORES:
            return np.eye(len(groups)), _scores(responses, where="response")
        case Association.CORRELATION:
            return _scores(groups, where="group"), _scores(responses, where="response")
        case _:
            assert_never(association)


def _scores(labels: tuple[Label, ...], *, where: str) -> FloatArray:
    words = [label for label in labels if isinstance(label, str)]
    if words:
        raise bad_input(
            "a score is a number",
            where=where,
            got=f"labels {words}",
            fix="code the classes as numbers, or ask for the general association",
        )
    scores: FloatArray = np.array([[float(label) for label in labels]])
    scores -= scores.mean()  # only differences count, and large ones do not cancel
    return scores


def _summed(
    counts: FloatArray, *, left: FloatArray, right: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return counts less means and their variance, summed over strata with the contrasts."""
    gap = np.zeros(left.shape[0] * right.shape[0])
    variance = np.zeros((gap.size, gap.size))
    for table in counts:
        total = table.sum()
        if total < 2:
            continue
        by_group, by_response = table.sum(axis=1) / total, table.sum(axis=0) / total
        gap += (left @ (table - total * np.outer(by_group, by_response)) @ right.T).ravel()
        part = np.kron(_spread(by_group, left), _spread(by_response, right))
        variance += total**2 / (total - 1) * part
    return gap, variance


def _spread(share: FloatArray, contrast: FloatArray) -> FloatArray:
    covariance = np.diag(share) - np.outer(share, share)
    return np.asarray(contrast @ covariance @ contrast.T)


def _nothing_varies(*, strata: int) -> BadInput:
    return bad_input(
        "a Mantel-Haenszel test needs a stratum with two groups and two responses",
        where="response, group",
        got=f"{strata} strata in which nothing varies",
        fix="pool sparse strata; nothing can be tested",
    )
