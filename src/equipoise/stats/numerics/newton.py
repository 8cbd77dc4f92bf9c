"""Newton-Raphson with step halving: the one maximiser of the likelihoods in this room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.base.errors import Fault, NotConverged
from equipoise.stats.numerics.columns import FloatArray

STEPS = 25
"""A likelihood that rises for ever gains a factor e in each Newton step; after 25 of them its
slope is 1e-11 of what it was, still told from zero, and no real maximum takes so long."""

HALVINGS = 30

SMALL = 1e-8
"""A Newton step this small, in standard deviations of a covariate, is squared by the next."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Local:
    """A log-likelihood at one point.

    Attributes
    ----------
    value : float
        Log-likelihood.
    score : FloatArray, shape (p,)
        First derivatives.
    information : FloatArray, shape (p, p)
        Minus the second derivatives.
    """

    value: float
    score: FloatArray
    information: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maximum:
    """Where a log-likelihood is largest.

    Attributes
    ----------
    point : FloatArray, shape (p,)
        The maximising argument.
    local : Local
        The log-likelihood there.
    steps : int
        Newton steps taken.
    """

    point: FloatArray
    local: Local
    steps: int


def maximise(likelihood: Callable[[FloatArray], Local], *, start: FloatArray) -> Maximum:
    """Return the maximum of a concave log-likelihood of standardised covariates.

    Parameters
    ----------
    likelihood : callable
        From a point, shape (p,), to its `Local`.
    start : FloatArray, shape (p,)
        First point.

    Raises
    ------
    NotConverged
        When the likelihood rises for ever (a covariate tells the events apart without error), or
        its information is singular.
    """
    point, local = start, likelihood(start)
    for step in range(1, STEPS + 1):
        move = _newton_move(local, point=point, step=step)
        point, local = _improved(likelihood, point=point, local=local, move=move)
        if np.max(np.abs(move)) <= SMALL * (1 + np.max(np.abs(point))):
            return Maximum(point=point, local=local, steps=step)
    raise _not_converged(point, step=STEPS)


def _newton_move(local: Local, *, point: FloatArray, step: int) -> FloatArray:
    try:
        move = np.asarray(np.linalg.solve(local.information, local.score), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise _not_converged(point, step=step) from error
    if not np.isfinite(move).all():
        raise _not_converged(point, step=step)
    return move


def _improved(
    likelihood: Callable[[FloatArray], Local], *, point: FloatArray, local: Local, move: FloatArray
) -> tuple[FloatArray, Local]:
    # Near the maximum the gain of a step drowns in the rounding of the value itself.
    floor = local.value - 1e-12 * abs(local.value)
    for halving in range(HALVINGS):
        moved = point + move / 2**halving
        there = likelihood(moved)
        if np.isfinite(there.value) and there.value >= floor:
            return moved, there
    return point, local


def _not_converged(point: FloatArray, *, step: int) -> NotConverged:
    worst = int(np.argmax(np.abs(point)))
    return NotConverged(
        Fault(
            kind="not_converged",
            what="the likelihood has no maximum: a coefficient runs to infinity",
            where=f"coefficient {worst}",
            got=f"{point[worst]:.1f} standard deviations after {step} steps",
            fix="leave out the covariate that tells the events apart without error, or pool it",
        )
    )
