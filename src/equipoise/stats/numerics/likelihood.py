"""What two fitted models share: chi-square tests, and coefficients with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtr

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, freeze

DEPENDENT = 1e-10
"""Information below this share of the largest, for standardised covariates, is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquareTest:
    """A chi-square statistic with its degrees of freedom and upper-tail p-value."""

    chi_square: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coefficients:
    """Coefficients on the log scale, shape (p,), their variance (p, p), and their ratios.

    ``ratio``, ``lower`` and ``upper`` are ``exp(coef)`` and the ends of its interval.
    """

    coef: FloatArray
    variance: FloatArray
    std_err: FloatArray
    ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_wald: FloatArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.coef, self.variance, self.std_err, self.ratio)
        freeze(self.lower, self.upper, self.p_wald)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standardised:
    """Covariates with mean 0 and standard deviation 1, so that one tolerance fits all units.

    Attributes
    ----------
    columns : FloatArray, shape (n, p)
        Standardised covariates, one after the other in memory; a constant column becomes 0.
    mean, scale : FloatArray, shape (p,)
        What was taken off, and what it was divided by.
    """

    columns: FloatArray
    mean: FloatArray
    scale: FloatArray

    def to_units(self, *, intercepts: int) -> FloatArray:
        """Return the matrix that takes coefficients back to the covariates' own units.

        The coefficients are some intercepts, of which each row of data has one, then those of the
        p columns: shape (intercepts + p, intercepts + p).
        """
        back = np.diag(np.concatenate((np.ones(intercepts), 1 / self.scale)))
        back[:intercepts, intercepts:] = -self.mean / self.scale
        return back


def standardised(covariates: FloatArray) -> Standardised:
    """Return covariates, shape (n, p), with mean 0 and standard deviation 1."""
    # Along rows of memory, sums are several times faster, and rounded less.
    across = np.ascontiguousarray(covariates.T)
    mean = across.mean(axis=1)
    centred = across - mean[:, np.newaxis]
    spread = np.sqrt((centred * centred).mean(axis=1))
    constant = spread <= DEPENDENT * np.abs(across).max(axis=1)
    scale = np.where(constant, 1.0, spread)
    centred /= scale[:, np.newaxis]
    centred[constant] = 0.0
    return Standardised(columns=centred.T, mean=mean, scale=scale)


def chi_square_test(statistic: float, *, df: int) -> ChiSquareTest:
    """Return the test that refers a statistic to the chi-square distribution."""
    positive = max(float(statistic), 0.0)
    return ChiSquareTest(chi_square=positive, df=df, p_value=float(chdtrc(df, positive)))


def wald_test(coef: FloatArray, variance: FloatArray) -> ChiSquareTest:
    r"""Return the test of all coefficients being 0, :math:`\beta^\top V^{-1} \beta`."""
    statistic = float(coef @ np.linalg.solve(variance, coef))
    return chi_square_test(statistic, df=coef.size)


def coefficients(coef: FloatArray, variance: FloatArray, *, z: float) -> Coefficients:
    """Return coefficients with Wald intervals of their ratios and two-sided p-values."""
    std_err = np.sqrt(np.diag(variance))
    with np.errstate(over="ignore", under="ignore"):
        ratio, lower, upper = (np.exp(coef + side * std_err) for side in (0.0, -z, z))
    return Coefficients(
        coef=coef,
        variance=variance,
        std_err=std_err,
        ratio=ratio,
        lower=lower,
        upper=upper,
        p_wald=2 * ndtr(-np.abs(coef / std_err)),
    )


def refuse_dependent(information: FloatArray, *, events: float = 0.0) -> None:
    """Refuse covariates of which one says nothing, or nothing that others do not say.

    Parameters
    ----------
    information : FloatArray, shape (p, p)
        Information about the coefficients of standardised covariates, at the start.
    events : float
        Weight of the events of a likelihood without intercept: what a covariate tells that varies
        among the subjects compared as it varies among all. Without it rounding alone would pass
        for information where all covariates are constant.
    """
    spread = np.linalg.eigvalsh(information)
    if spread[0] <= DEPENDENT * max(float(spread[-1]), events):
        raise bad_input(
            "a covariate is constant, or a combination of others, among the subjects compared",
            where="covariates",
            got=f"{len(spread)} columns that say less than {len(spread)} things",
            fix="leave one out; a factor of k levels has k - 1 columns",
        )
