"""Summary of one column of numbers: count, mean, spread, quartiles, range."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, nan

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, number_column


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a table of baseline characteristics says of one column.

    Attributes
    ----------
    n : int
        Values that are present.
    missing : int
        Values that are missing (NaN).
    mean, sd : float
        Mean, and standard deviation with n - 1 below; NaN where n is too small.
    median, q1, q3 : float
        Quartiles of type 2 (an average where the distribution function is flat).
    minimum, maximum : float
        Range.
    """

    n: int
    missing: int
    mean: float
    sd: float
    median: float
    q1: float
    q3: float
    minimum: float
    maximum: float


def summarise(values: npt.ArrayLike) -> Summary:
    """Return the summary of a column; missing values are NaN, and are counted.

    Parameters
    ----------
    values : array_like, shape (n,)
        Numbers in any unit; NaN is missing.

    Returns
    -------
    Summary
        In the unit of the values. Statistics that nothing is known of are NaN.

    Raises
    ------
    BadInput
        For no rows, and for infinite values.

    References
    ----------
    Quartiles of type 2: Hyndman and Fan 1996, doi:10.2307/2684934.
    """
    column = np.asarray(values, dtype=np.float64)
    missing = np.isnan(column)
    if column.size > 0 and missing.all():
        return _nothing_known(int(missing.sum()))
    known = np.sort(number_column(column[~missing], where="values"))
    return Summary(
        n=known.size,
        missing=int(missing.sum()),
        mean=float(known.mean()),
        sd=float(known.std(ddof=1)) if known.size > 1 else nan,
        median=quantile_type_2(known, share=0.5),
        q1=quantile_type_2(known, share=0.25),
        q3=quantile_type_2(known, share=0.75),
        minimum=float(known[0]),
        maximum=float(known[-1]),
    )


def quantile_type_2(ordered: FloatArray, *, share: float) -> float:
    """Return a quantile of sorted values: the inverse distribution function, flats averaged.

    Parameters
    ----------
    ordered : FloatArray, shape (n,)
        Values in rising order.
    share : float
        Between 0 and 1.

    Notes
    -----
    With ``k = n * share``: the mean of the k-th and next value when k is whole, else the value
    at ``ceil(k)``, counted from 1.
    """
    if not 0 <= share <= 1:
        raise bad_input("a share lies between 0 and 1", where="share", got=share, fix="0.25")
    last = ordered.size - 1
    place = ordered.size * share
    below = floor(place + 4 * np.finfo(np.float64).eps * ordered.size)
    whole = abs(place - below) <= 4 * np.finfo(np.float64).eps * ordered.size
    first = below - 1 if whole else below
    return float((ordered[min(max(first, 0), last)] + ordered[min(below, last)]) / 2)


def _nothing_known(missing: int) -> Summary:
    return Summary(
        n=0,
        missing=missing,
        mean=nan,
        sd=nan,
        median=nan,
        q1=nan,
        q3=nan,
        minimum=nan,
        maximum=nan,
    )
