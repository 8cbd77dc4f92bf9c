"""The probability of an event by a time of follow-up, with loss to follow-up, and its integral."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import exp, expm1, inf

import numpy as np

from equipoise.design.survival.hazards import (
    Hazard,
    Steps,
    Weibull,
    as_steps,
    combine,
    cumulative_hazard,
    hazard_at,
    rate_and_shape,
)
from equipoise.design.survival.quadrature import follow_up_nodes, steep_breaks

SMALL = 0.02
"""Below it the series of `_second_integral` is exact, and its closed form loses digits."""

ENDLESS = 1e9
"""Months after which nothing happens any more."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Months of follow-up with one hazard and one dropout hazard.

    Attributes
    ----------
    begin, end : float
        Months of follow-up; the last end is infinite.
    hazard, leaving : float
        Events, and events and losses together, per subject at risk and month.
    events, staying : float
        Share of subjects with the event, and still at risk, at ``begin``.
    """

    begin: float
    end: float
    hazard: float
    leaving: float
    events: float
    staying: float

    def by(self, month: float) -> float:
        """Return the share of subjects with the event by a month of the stretch."""
        if self.leaving == 0:
            return self.events
        gone = -expm1(-self.leaving * (month - self.begin))
        return self.events + self.hazard / self.leaving * self.staying * gone

    def area(self, low: float, *, months: float) -> float:
        """Return the integral of `by` over some months of the stretch."""
        staying = self.staying * exp(-self.leaving * (low - self.begin))
        grown = self.hazard * staying * _second_integral(self.leaving * months) * months * months
        return self.by(low) * months + grown


@dataclass(frozen=True, slots=True)
class ExponentialIncidence:
    """Share of subjects with the event, of piecewise exponential times: in closed form."""

    stretches: tuple[_Stretch, ...]

    def by(self, month: float) -> float:
        """Return the share of subjects with the event by a month of follow-up; it may be inf."""
        last = self.stretches[0]
        for stretch in self.stretches:
            if stretch.begin > month:
                break
            last = stretch
        return last.by(month)

    def area(self, high: float, *, width: float) -> float:
        """Return the integral of `by` over the ``width`` months of follow-up that end at ``high``.

        The width is told, and not the other end, because a short accrual would be lost in it.
        """
        low, total = high - width, 0.0
        for stretch in self.stretches:
            begin, end = max(low, stretch.begin), min(high, stretch.end)
            if begin < end:
                whole = begin == low and end == high
                total += stretch.area(begin, months=width if whole else end - begin)
        return total


@dataclass(frozen=True, slots=True)
class WeibullIncidence:
    """Share of subjects with the event, of Weibull times: by Gauss-Legendre quadrature."""

    hazard: Weibull
    dropout: Steps

    def by(self, month: float) -> float:
        """Return the share of subjects with the event by a month of follow-up; it may be inf."""
        return self._integral(end=min(month, ENDLESS), width=None)

    def area(self, high: float, *, width: float) -> float:
        r"""Return the integral of `by`, :math:`\int_0^h f(s) G(s) \min(h - s, w)\,ds`."""
        return self._integral(end=high, width=width)

    def _integral(self, *, end: float, width: float | None) -> float:
        """Return the integral of the density of events, times months since when a width is given.

        A subject who has the event at s had it for h - s of the months up to h.
        """
        if end <= 0:
            return 0.0
        breaks = self._breaks(end, width=width)
        months, weights = follow_up_nodes(breaks, end=end, shape=self.hazard.shape)
        leaving = cumulative_hazard(self.hazard, months) + cumulative_hazard(self.dropout, months)
        with np.errstate(under="ignore"):  # nobody is left far out
            density = hazard_at(self.hazard, months) * np.exp(-leaving)
        since = 1.0 if width is None else np.minimum(end - months, width)
        return float(np.sum(weights * density * since))

    def _breaks(self, end: float, *, width: float | None) -> set[float]:
        rate, _ = rate_and_shape(self.hazard)
        grid = end * np.linspace(0.0, 1.0, 257) ** 4
        steep = cumulative_hazard(self.hazard, grid) + cumulative_hazard(self.dropout, grid)
        corner = set() if width is None else {end - width}
        return steep_breaks(steep, grid) | corner | set(rate.until) | set(self.dropout.until)


Incidence = ExponentialIncidence | WeibullIncidence


def incidence(hazard: Hazard, *, dropout_hazard: float | Steps) -> Incidence:
    r"""Return the share of subjects with the event as a function of months of follow-up.

    In a stretch that begins at b, with hazard :math:`\lambda` and dropout hazard :math:`\eta`,

    .. math:: P(u) = P(b) + \frac{\lambda}{\lambda + \eta} M(b)
              (1 - e^{-(\lambda + \eta)(u - b)})

    where M is the share still at risk. Weibull times have no such form with dropout; they are
    integrated to 1e-12.
    """
    dropout = as_steps(dropout_hazard, where="dropout_hazard")
    rate, shape = rate_and_shape(hazard)
    if shape != 1:
        return WeibullIncidence(Weibull(rate=rate, shape=shape), dropout)
    return ExponentialIncidence(_stretches(rate, dropout))


def _stretches(rate: Steps, dropout: Steps) -> tuple[_Stretch, ...]:
    both = combine(rate, dropout)
    events, staying, stretches = 0.0, 1.0, []
    for begin, end in pairwise((*both, inf)):
        hazard, lost = both[begin]
        stretch = _Stretch(begin, end, hazard, hazard + lost, events, staying)
        stretches.append(stretch)
        if end < inf:
            events = stretch.by(end)
            staying *= exp(-stretch.leaving * (end - begin))
    return tuple(stretches)


def _second_integral(y: float) -> float:
    r"""Return :math:`(y - 1 + e^{-y}) / y^2`, by its series when y is small."""
    if y >= SMALL:
        return (y + expm1(-y)) / (y * y)
    return 1 / 2 - y / 6 * (1 - y / 4 * (1 - y / 5 * (1 - y / 6 * (1 - y / 7))))


def events_before(chance: Incidence, *, cut: float, high: float, width: float) -> float:
    r"""Return :math:`\int P(\min(u, c))\,du` over the ``width`` months u that end at ``high``.

    Averaged over times of entry, it is the share of subjects with an event before follow-up
    ``cut``.
    """
    if high <= cut:
        return chance.area(high, width=width)
    low = high - width
    late = min(width, high - cut) * chance.by(cut)
    return late + (chance.area(cut, width=cut - low) if low < cut else 0.0)
