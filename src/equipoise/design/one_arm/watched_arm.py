"""One arm with stopping rules on the count of responses, and exactly what they do."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.binomial_arm import binomial_masses
from equipoise.design.one_arm.cutoff_search import refuse_looks
from equipoise.stats.numerics.counts import refuse_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedArm:
    """Looks, and the counts of responses that end the trial there.

    Attributes
    ----------
    looks : tuple of int
        Subjects observed at each look, rising; the last is the size of the trial.
    futile_upto : tuple of int
        Stop for futility with at most so many responses; -1 where no count stops. After the last
        look the trial goes on with more than its last number.
    go_from : tuple of int or None
        Stop for efficacy with at least so many responses; None where no count stops.
    """

    looks: tuple[int, ...]
    futile_upto: tuple[int, ...]
    go_from: tuple[int | None, ...]

    def __post_init__(self) -> None:
        """Refuse rules that do not fit the looks, or would stop for both reasons at once."""
        refuse_looks(self.looks)
        if not len(self.looks) == len(self.futile_upto) == len(self.go_from):
            raise bad_input(
                "every look has a count for futility and one for efficacy",
                where="looks, futile_upto, go_from",
                got=(len(self.looks), len(self.futile_upto), len(self.go_from)),
                fix="-1 and None where no count stops",
            )
        for futile, go in zip(self.futile_upto, self.go_from, strict=True):
            if futile < -1 or (go is not None and go <= futile):
                raise bad_input(
                    "more responses stop for efficacy than for futility",
                    where="futile_upto, go_from",
                    got=(futile, go),
                    fix="-1 and None where no count stops",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCharacteristics:
    """What stopping rules do when the response rate is known.

    Attributes
    ----------
    rate : float
        True response rate.
    futile_per_look, go_per_look : tuple of float
        Probability of stopping for each reason at each look; at the last look every trial ends.
    go_probability : float
        Probability of efficacy in the end: type I error at p0, power at p1.
    early_stop_probability : float
        Probability of stopping before the last look, for either reason.
    expected_subjects : float
        Mean number of subjects.
    """

    rate: float
    futile_per_look: tuple[float, ...]
    go_per_look: tuple[float, ...]
    go_probability: float
    early_stop_probability: float
    expected_subjects: float


def watched_characteristics(arm: WatchedArm, *, rate: float) -> WatchedCharacteristics:
    """Return what stopping rules do at a true rate, by exact recursion over the responses.

    Parameters
    ----------
    arm : WatchedArm
        Looks and the counts that stop the arm at each.
    rate : float
        True response rate, from 0 to 1.

    Raises
    ------
    BadInput
        For a rate outside [0, 1].
    """
    refuse_rate(rate, where="rate")
    futile, go = _ends(arm, rate=rate)
    early = [stop + start for stop, start in zip(futile, go, strict=True)][:-1]
    n = arm.looks[-1]
    saved = sum(ended * (n - look) for ended, look in zip(early, arm.looks[:-1], strict=True))
    return WatchedCharacteristics(
        rate=rate,
        futile_per_look=tuple(futile),
        go_per_look=tuple(go),
        go_probability=sum(go),
        early_stop_probability=sum(early),
        expected_subjects=n - saved,
    )


@np.errstate(under="ignore")
def _ends(arm: WatchedArm, *, rate: float) -> tuple[list[float], list[float]]:
    """Return the probabilities of ending for each reason at each look."""
    going, futile, go = np.ones(1), [], []
    rules = zip(arm.futile_upto, arm.go_from, strict=True)
    for (before, look), (low, high) in zip(pairwise((0, *arm.looks)), rules, strict=True):
        counts = np.convolve(going, binomial_masses(look - before, rate=rate))
        top = look + 1 if high is None else high
        top = low + 1 if look == arm.looks[-1] else top
        futile.append(float(counts[: low + 1].sum()))
        go.append(float(counts[top:].sum()))
        going = np.where(np.arange(look + 1) > low, counts, 0.0)
        going[top:] = 0.0
    return futile, go
