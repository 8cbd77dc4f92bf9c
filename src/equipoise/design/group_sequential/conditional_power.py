"""The chance of a rejection still to come: conditional, predictive, and before the trial."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, sqrt
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.crossing import (
    CLOSEST,
    Bounds,
    Crossings,
    crossings,
    proportional_means,
    refuse_fractions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDrift:
    """A mean of Z at the last look that is taken as true.

    Attributes
    ----------
    drift : float
        0 without an effect; a plan's ``drift`` for the planned effect; z over the root of its
        information fraction for the current trend (`current_trend`).
    """

    drift: float

    def __post_init__(self) -> None:
        """Refuse a drift that is no number."""
        if not isfinite(self.drift):
            raise bad_input("a drift is a finite number", where="drift", got=self.drift, fix="2.8")


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalDrift:
    """A normal belief about the mean of Z at the last look.

    Attributes
    ----------
    mean, standard_deviation : float
        Effect and its standard deviation, each times the root of the maximum information; a prior
        worth a share w of that information has a standard deviation of w to the power -1/2.
    """

    mean: float
    standard_deviation: float

    def __post_init__(self) -> None:
        """Refuse a belief without spread, or with an infinite one."""
        if not (isfinite(self.mean) and 0 < self.standard_deviation < inf):
            raise bad_input(
                "a normal prior has a finite mean and a standard deviation above 0",
                where="mean, standard_deviation",
                got=f"{self.mean}, {self.standard_deviation}",
                fix="FlatDrift() for no belief, GivenDrift for certainty",
            )


@dataclass(frozen=True, slots=True)
class FlatDrift:
    """No belief beforehand: what is known comes from the trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What may still happen.

    Attributes
    ----------
    power : float
        Probability of crossing an upper bound at any of the looks to come.
    crossings : Crossings
        The same for each look to come, and for the lower bounds.
    """

    power: float
    crossings: Crossings


def current_trend(z: float, *, information_fraction: float) -> GivenDrift:
    r"""Return the drift as estimated so far, :math:`z / \sqrt t`.

    Parameters
    ----------
    z : float
        Z at the last look done.
    information_fraction : float
        t, share of the planned information at that look.
    """
    return GivenDrift(drift=z / sqrt(information_fraction))


def remaining_bounds(bounds: Bounds, *, look: int, z: float) -> Bounds:
    r"""Return the bounds of the looks to come on what is still to be added, given Z at a look.

    With u the information between the look and a later one at t,

    .. math:: b' = \frac{b \sqrt t - z \sqrt{t_{look}}}{\sqrt u}

    is reached by a statistic that is again normal with variance 1 and starts at no information.

    Parameters
    ----------
    bounds : Bounds
        Bounds of the whole trial.
    look : int
        Number of looks done, at least 1 and fewer than all.
    z : float
        Z at the last of them. Whether it crossed a bound there is not asked.

    Raises
    ------
    BadInput
        For a look that is not before the last, and a Z that is no number.
    """
    fractions = bounds.information_fractions
    if not 1 <= look < len(fractions):
        raise bad_input(
            "looks are counted from 1, and one is still to come",
            where="look",
            got=f"{look} of {len(fractions)}",
            fix="1 after the first look",
        )
    if not isfinite(z):
        raise bad_input("a Z is a finite number", where="z", got=z, fix="1.2")
    done, score = fractions[look - 1], z * sqrt(fractions[look - 1])
    later = fractions[look:]

    def moved(places: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(
            (place * sqrt(at) - score) / sqrt(at - done)
            for place, at in zip(places, later, strict=True)
        )

    return Bounds(
        information_fractions=tuple(at - done for at in later),
        lower=moved(bounds.lower[look:]),
        upper=moved(bounds.upper[look:]),
    )


def conditional_power(bounds: Bounds, *, look: int, z: float, under: GivenDrift) -> Outlook:
    r"""Return the probability of a rejection at the looks to come, given Z and the true effect.

    Parameters
    ----------
    bounds : Bounds
        Bounds of the whole trial; the last information fraction is 1.
    look : int
        Number of looks done, at least 1 and fewer than all.
    z : float
        Z at the last of them.
    under : GivenDrift
        The effect taken as true: planned, none, or the `current_trend`.

    Returns
    -------
    Outlook
        Under no effect its power is the conditional error, or conditional rejection probability.

    Raises
    ------
    BadInput
        For fractions that do not rise to 1, a look that is none or the last, and a Z that is
        not finite.

    References
    ----------
    Lan, Simon and Halperin 1982, Sequential Analysis 1:207-219; Jennison and Turnbull 2000, Group
    Sequential Methods with Applications to Clinical Trials, chapter 10.
    """
    refuse_fractions(bounds.information_fractions)
    left = remaining_bounds(bounds, look=look, z=z)
    return _outlook(left, means=proportional_means(left.information_fractions, drift=under.drift))


def predictive_power(
    bounds: Bounds, *, look: int, z: float, prior: NormalDrift | FlatDrift
) -> Outlook:
    r"""Return the probability of a rejection at the looks to come, whatever the true effect is.

    The effect has the distribution that the prior and the result so far leave; with a flat prior
    it is normal around the current trend. The mean of conditional power over it is found without
    a further integral: see `assurance`.

    Parameters
    ----------
    bounds : Bounds
        Bounds of the whole trial; the last information fraction is 1.
    look : int
        Number of looks done, at least 1 and fewer than all.
    z : float
        Z at the last of them.
    prior : NormalDrift or FlatDrift
        Belief about the mean of Z at the last look before the trial.

    Raises
    ------
    BadInput
        For fractions that do not rise to 1, a look that is none or the last, and a Z that is
        not finite.

    References
    ----------
    Spiegelhalter, Freedman and Blackburn 1986, Controlled Clinical Trials 7:8-17.
    """
    refuse_fractions(bounds.information_fractions)
    left = remaining_bounds(bounds, look=look, z=z)
    belief = posterior_drift(
        prior, z=z, information_fraction=bounds.information_fractions[look - 1]
    )
    return _believed(left, belief=belief)


def posterior_drift(
    prior: NormalDrift | FlatDrift, *, z: float, information_fraction: float
) -> NormalDrift:
    r"""Return what is believed of the drift after a look.

    The precision is :math:`t + 1/\sigma^2`, the mean :math:`(z\sqrt t + m/\sigma^2)` over it; a
    flat prior adds nothing to either.

    Parameters
    ----------
    prior : NormalDrift or FlatDrift
        Belief before the trial, of mean m and standard deviation sigma.
    z : float
        Z at the look.
    information_fraction : float
        t, above 0.
    """
    match prior:
        case NormalDrift(mean=mean, standard_deviation=spread):
            believed, centre = spread**-2, mean * spread**-2
        case FlatDrift():
            believed, centre = 0.0, 0.0
        case _:
            assert_never(prior)
    precision = information_fraction + believed
    return NormalDrift(
        mean=(z * sqrt(information_fraction) + centre) / precision,
        standard_deviation=precision**-0.5,
    )


def assurance(bounds: Bounds, *, prior: NormalDrift) -> Outlook:
    r"""Return the probability that the trial rejects, before it starts and whatever the effect is.

    Power averaged over a normal prior of mean m and variance :math:`\sigma^2`. No integral over
    the effect is needed: the posterior mean of the drift is a martingale, and so has independent
    increments like the score. In its own clock :math:`t / (1 + \sigma^2 t)`, Z has again variance 1
    and mean 0 once the bounds are moved to

    .. math:: \frac{b - m \sqrt t}{\sqrt{1 + \sigma^2 t}}

    Parameters
    ----------
    bounds : Bounds
        Bounds of the trial; the last information fraction is 1.
    prior : NormalDrift
        Belief about the mean of Z at the last look.

    Raises
    ------
    BadInput
        For fractions that do not rise to 1.

    References
    ----------
    O'Hagan, Stevens and Campbell 2005, doi:10.1002/pst.175.
    """
    refuse_fractions(bounds.information_fractions)
    return _believed(bounds, belief=prior)


def assurance_after(outlook: Outlook, *, look: int) -> float:
    """Return the probability of a later rejection, known only that the trial passed a look.

    Parameters
    ----------
    outlook : Outlook
        What `assurance` said before the trial.
    look : int
        Number of looks passed without stopping, fewer than all.

    Raises
    ------
    BadInput
        For a look that is not before the last.
    """
    found = outlook.crossings
    if not 0 <= look < len(found.upper):
        raise bad_input(
            "some look is still to come",
            where="look",
            got=f"{look} of {len(found.upper)}",
            fix="1 after the first look",
        )
    return sum(found.upper[look:]) / (1 - sum(found.stops[:look]))


def _believed(bounds: Bounds, *, belief: NormalDrift) -> Outlook:
    """Return the outlook in the clock of the posterior mean."""
    variance = belief.standard_deviation**2
    at = bounds.information_fractions
    swell = [1 + variance * time for time in at]

    def moved(places: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(
            (place - belief.mean * sqrt(time)) / sqrt(wide)
            for place, time, wide in zip(places, at, swell, strict=True)
        )

    clock = tuple(time / wide for time, wide in zip(at, swell, strict=True))
    _refuse_vague(clock, belief=belief)
    left = Bounds(
        information_fractions=clock,
        lower=moved(bounds.lower),
        upper=moved(bounds.upper),
    )
    return _outlook(left, means=(0.0,) * len(at))


def _refuse_vague(clock: tuple[float, ...], *, belief: NormalDrift) -> None:
    """Refuse a belief so wide that the first look to come would settle all later ones."""
    if any(after - before < CLOSEST * after for before, after in pairwise(clock)):
        raise bad_input(
            "a belief is narrow enough for later looks to add to earlier ones",
            where="prior",
            got=f"a standard deviation of {belief.standard_deviation:.4g} for the drift",
            fix="a prior within ten times the planned effect, or a look with more information",
        )


def _outlook(bounds: Bounds, *, means: tuple[float, ...]) -> Outlook:
    found = crossings(bounds, means=means)
    return Outlook(power=sum(found.upper), crossings=found)
