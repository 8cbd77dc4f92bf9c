"""Simon's two-stage designs for one arm: minimax, optimal, and the admissible between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.binomial_arm import binomial_masses, binomial_tails
from equipoise.design.one_arm.goal import HAIR, SingleArmGoal
from equipoise.design.one_arm.simon_search import search
from equipoise.stats.numerics.columns import IntArray
from equipoise.stats.numerics.counts import refuse_rate

FIRST_REACH = 128
"""Subjects that a first search looks at; it is doubled until the answer is proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimonCharacteristics:
    """What a two-stage design does when the response rate is known.

    Attributes
    ----------
    rate : float
        True response rate.
    go_probability : float
        Probability of more than r responses in the end: type I error at p0, power at p1.
    early_stop_probability : float
        Probability of at most r1 responses in the first stage.
    expected_subjects : float
        Mean number of subjects.
    """

    rate: float
    go_probability: float
    early_stop_probability: float
    expected_subjects: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SimonDesign:
    """Stop after n1 subjects with at most r1 responses; go on with more than r among n.

    Attributes
    ----------
    r1, n1, r, n : int
        First stage and both stages together, as ``r1/n1 r/n`` in Simon's tables.
    goal : SingleArmGoal
        Rates p0 and p1, and the limits of the error rates.
    under_p0, under_p1 : SimonCharacteristics
        Exact characteristics at the two rates.
    """

    r1: int
    n1: int
    r: int
    n: int
    goal: SingleArmGoal
    under_p0: SimonCharacteristics
    under_p1: SimonCharacteristics

    @property
    def type_one_error(self) -> float:
        """Exact probability of going on at p0."""
        return self.under_p0.go_probability

    @property
    def attained_power(self) -> float:
        """Exact probability of going on at p1."""
        return self.under_p1.go_probability

    def __str__(self) -> str:
        """Return the design as Simon's tables print it."""
        return f"{self.r1}/{self.n1} {self.r}/{self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissibleDesign:
    r"""A design that is best for some weight q between maximum and expected size.

    It minimises :math:`q n + (1 - q) E_{p_0} N` for q from ``weight_low`` to ``weight_high``.
    """

    design: SimonDesign
    weight_low: float
    weight_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SimonDesigns:
    """What a search found.

    Attributes
    ----------
    admissible : tuple of AdmissibleDesign
        By rising n and falling expected size: minimax first, optimal last (they may be one).
    proven : bool
        Whether no larger trial has a smaller expected size; False when ``n_limit`` cut the search.
    n_limit : int
        Largest number of subjects allowed.
    """

    admissible: tuple[AdmissibleDesign, ...]
    proven: bool
    n_limit: int

    @property
    def minimax(self) -> SimonDesign:
        """The smallest n; among those, the smallest expected size at p0."""
        return self.admissible[0].design

    @property
    def optimal(self) -> SimonDesign:
        """The smallest expected size at p0."""
        return self.admissible[-1].design


def size_simon(goal: SingleArmGoal, *, n_limit: int = 500) -> SimonDesigns:
    r"""Return the minimax, optimal and admissible two-stage designs by exact search.

    A design keeps :math:`P_{p_0}(go) \le \alpha` and :math:`P_{p_1}(go) \ge 1 - \beta`, with

    .. math:: P_p(go) = \sum_{x_1 > r_1} P_p(X_1 = x_1) P_p(X_2 > r - x_1), \qquad
              E_p N = n_1 + (n - n_1) P_p(X_1 > r_1)

    The search is complete: sizes are left out only where the Neyman-Pearson bound excludes every
    test, and it ends where a bound on the expected size excludes every larger trial.

    Parameters
    ----------
    goal : SingleArmGoal
        Rates and error rates.
    n_limit : int
        Largest number of subjects allowed, at least 2.

    Raises
    ------
    BadInput
        When no design keeps the error rates within the limit.

    Notes
    -----
    Where several r keep both error rates the largest is taken, as Simon does: it has the smallest
    type I error. Admissible designs are the corners of the lower convex hull of (n, expected size).

    References
    ----------
    Simon 1989, doi:10.1016/0197-2456(89)90015-9; Jung, Lee, Kim and George 2004 (admissible),
    doi:10.1002/sim.1600.
    """
    if not isinstance(n_limit, int) or n_limit < 2:
        what = "two stages need at least 2 subjects, a whole number"
        raise bad_input(what, where="n_limit", got=n_limit, fix="100")
    plans, proven = _plans(goal, n_limit=n_limit)
    if not len(plans):
        raise bad_input(
            "no two-stage design of this size keeps the error rates",
            where="n_limit",
            got=f"n_limit={n_limit} for {goal}",
            fix="allow more subjects, or ask for rates further apart",
        )
    designs = [
        simon_design(goal, r1=int(r1), n1=int(n1), r=int(r), n=int(n)) for r1, n1, r, n in plans
    ]
    return SimonDesigns(admissible=_admissible(designs), proven=proven, n_limit=n_limit)


def simon_design(goal: SingleArmGoal, *, r1: int, n1: int, r: int, n: int) -> SimonDesign:
    """Return a two-stage design with its exact characteristics, whether it keeps the goal or not.

    Parameters
    ----------
    goal : SingleArmGoal
        Rates at which the characteristics are given.
    r1, n1, r, n : int
        ``0 <= r1 < n1 < n`` and ``r1 <= r < n``.

    Raises
    ------
    BadInput
        For numbers that are no two stages.
    """
    whole = all(isinstance(number, int) for number in (r1, n1, r, n))
    if not whole or not 0 <= r1 < n1 < n or not r1 <= r < n:
        raise bad_input(
            "two stages have whole numbers 0 <= r1 < n1 < n and r1 <= r < n",
            where="r1, n1, r, n",
            got=f"{r1}/{n1} {r}/{n}",
            fix="for example r1=1, n1=10, r=5, n=29",
        )
    plan = (r1, n1, r, n)
    return SimonDesign(
        r1=r1,
        n1=n1,
        r=r,
        n=n,
        goal=goal,
        under_p0=_characteristics(plan, rate=goal.p0),
        under_p1=_characteristics(plan, rate=goal.p1),
    )


def simon_characteristics(design: SimonDesign, *, rate: float) -> SimonCharacteristics:
    """Return what a design does at any true response rate.

    Parameters
    ----------
    design : SimonDesign
        A two-stage design.
    rate : float
        True response rate, from 0 to 1.

    Raises
    ------
    BadInput
        For a rate outside [0, 1].
    """
    refuse_rate(rate, where="rate")
    return _characteristics((design.r1, design.n1, design.r, design.n), rate=rate)


def _characteristics(plan: tuple[int, int, int, int], *, rate: float) -> SimonCharacteristics:
    r1, n1, r, n = plan
    onward = np.arange(r1 + 1, n1 + 1)
    masses = binomial_masses(n1, rate=rate)
    second = binomial_tails(r + 1 - onward, n=n - n1, rate=rate)
    continued = float(binomial_tails(np.array(r1 + 1), n=n1, rate=rate))
    return SimonCharacteristics(
        rate=rate,
        go_probability=float(masses[r1 + 1 :] @ second),
        early_stop_probability=1 - continued,
        expected_subjects=n1 + continued * (n - n1),
    )


def _plans(goal: SingleArmGoal, *, n_limit: int) -> tuple[IntArray, bool]:
    """Search wider and wider; tables grow with the square of the reach."""
    reach = min(FIRST_REACH, n_limit)
    limits = (goal.alpha_one_sided * (1 + HAIR), goal.power * (1 - HAIR))
    while True:
        plans, proven = search((goal.p0, goal.p1), limits, reach)
        if proven or reach == n_limit:
            return plans, bool(proven)
        reach = min(2 * reach, n_limit)


def _admissible(designs: list[SimonDesign]) -> tuple[AdmissibleDesign, ...]:
    """Return the corners of the lower hull; the designs have rising n and falling expected size."""
    hull: list[SimonDesign] = []
    for design in designs:
        while len(hull) > 1 and _weight(hull[-1], design) >= _weight(hull[-2], hull[-1]):
            hull.pop()
        hull.append(design)
    weights = [1.0, *(_weight(small, large) for small, large in pairwise(hull)), 0.0]
    return tuple(
        AdmissibleDesign(design=design, weight_low=low, weight_high=high)
        for design, (high, low) in zip(hull, pairwise(weights), strict=True)
    )


def _weight(small: SimonDesign, large: SimonDesign) -> float:
    """Return the weight of n at which two designs are equally good."""
    saved = small.under_p0.expected_subjects - large.under_p0.expected_subjects
    return saved / (large.n - small.n + saved)
