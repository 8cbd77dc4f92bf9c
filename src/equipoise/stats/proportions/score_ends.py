r"""Ends of score intervals of a difference or a ratio of two proportions.

A score interval holds the values :math:`\delta` that a score test does not reject. Its variance is
taken at the proportions that are most likely when the difference (or ratio) is :math:`\delta`.
Roots are found by Brent's method on the sine of the angle whose tangent is the score statistic:
it rises and falls with the statistic, and stays between -1 and 1 where the variance is 0.
Only lower ends are made: the upper end is the lower end with the arms changed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, sin, sqrt, tan

from equipoise.stats.numerics.root import root
from equipoise.stats.proportions.fourfold import FourfoldTable

EQUAL = 1e-15
"""A difference this small is none: p1 and p2 reach 0, or 1, together, where the slope times both
is 0 and tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTerm:
    """One table's part in a score statistic.

    Attributes
    ----------
    table : FourfoldTable
        Counts; both arms have subjects.
    weight : float
        Its share in the combined difference; shares add up to 1.
    inflation : float
        Factor of the variance: 1, or N / (N - 1).
    """

    table: FourfoldTable
    weight: float
    inflation: float

    def swapped(self) -> ScoreTerm:
        """Return the term with the arms changed over."""
        return ScoreTerm(table=self.table.swapped(), weight=self.weight, inflation=self.inflation)


def weighted_difference(terms: Sequence[ScoreTerm]) -> float:
    """Return the sum of weight times difference of proportions."""
    total = 0.0
    for term in terms:
        one, other = term.table.rates
        total += term.weight * (one - other)
    return total


def lower_difference(terms: Sequence[ScoreTerm], *, deviate: float) -> float:
    """Return the smallest difference that the score test does not reject, to 1e-12."""
    estimate = weighted_difference(terms)
    if estimate <= -1:
        return -1.0

    def sine(difference: float) -> float:
        variance = sum(
            term.weight**2 * term.inflation * _variance_given(term.table, difference)
            for term in terms
        )
        return _sine(estimate - difference, variance)

    return _root(sine, deviate=deviate, low=-1.0, high=estimate)


def restricted_rates(table: FourfoldTable, difference: float) -> tuple[float, float]:
    """Return the most likely proportions of which the difference is `difference`.

    The slope of the log-likelihood falls in the second proportion, so its root is unique. It is
    multiplied by those of p1, 1 - p1, p2, 1 - p2 that divide a count above 0, so that it is
    finite at the ends of the range, and a boundary maximum shows in its sign there.
    """
    if abs(difference) < EQUAL:
        pooled = (table.x1 + table.x2) / table.total
        return pooled, pooled
    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)
    counts = (table.x1, table.x1 - table.n1, table.x2, table.x2 - table.n2)
    present = [place for place, count in enumerate(counts) if count]

    def slope(second: float) -> float:
        first = second + difference
        factors = (first, 1.0 - first, second, 1.0 - second)
        return _product_slope(counts, factors=factors, present=present)

    if slope(low) <= 0:
        second = low
    elif slope(high) >= 0:
        second = high
    else:
        second = root(slope, low, high, xtol=1e-16, rtol=1e-15)
    return min(max(second + difference, 0.0), 1.0), second


def _product_slope(
    counts: tuple[int, ...], *, factors: tuple[float, ...], present: list[int]
) -> float:
    """Return the sum over `present` of count / factor, times the product of those factors."""
    total = 0.0
    for place in present:
        part = float(counts[place])
        for other in present:
            if other != place:
                part *= factors[other]
        total += part
    return total


def _variance_given(table: FourfoldTable, difference: float) -> float:
    one, other = restricted_rates(table, difference)
    return one * (1 - one) / table.n1 + other * (1 - other) / table.n2


def lower_ratio(table: FourfoldTable, *, inflation: float, deviate: float) -> float:
    r"""Return the smallest ratio of proportions that the score test does not reject.

    The ratio is the tangent of an angle :math:`\theta` between 0 and a right angle, and the
    statistic is that of :math:`p_1 \cos\theta - p_2 \sin\theta`. Relative precision 1e-10.
    """
    one, other = table.rates
    if one == 0:
        return 0.0

    def sine(angle: float) -> float:
        c, s = cos(angle), sin(angle)
        most = _likely_radius(table, c=c, s=s)
        p1, p2 = min(most * s, 1.0), min(most * c, 1.0)
        variance = c * c * p1 * (1 - p1) / table.n1 + s * s * p2 * (1 - p2) / table.n2
        return _sine(one * c - other * s, inflation * variance)

    return tan(_root(sine, deviate=deviate, low=0.0, high=atan2(one, other)))


def _likely_radius(table: FourfoldTable, *, c: float, s: float) -> float:
    """Return r such that (r s, r c) are the most likely proportions with ratio s / c.

    It is the smaller root of a quadratic, written without a difference of near numbers.
    """
    successes = table.x1 + table.x2
    middle = successes * (s + c) + (table.n1 - table.x1) * s + (table.n2 - table.x2) * c
    square = middle * middle - 4 * table.total * s * c * successes
    return 2 * successes / (middle + sqrt(max(square, 0.0)))


def _sine(distance: float, variance: float) -> float:
    return 0.0 if distance == 0 else distance / hypot(distance, sqrt(max(variance, 0.0)))


def _root(sine: Callable[[float], float], *, deviate: float, low: float, high: float) -> float:
    """Return where the statistic has fallen to the deviate; it is 0 at the high end."""
    target = deviate / hypot(1.0, deviate)

    def excess(value: float) -> float:
        return sine(value) - target if value < high else -target

    return root(excess, low, high, xtol=1e-15, rtol=1e-14)
