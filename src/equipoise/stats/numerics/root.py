"""Where a function of one number is 0, and where it is largest, by the methods of Brent.

They are SciPy's. Its package of solvers takes as long to load as all else that a room needs, so it
is loaded when the first root is looked for, here and nowhere else. Brent 1973, Algorithms for
Minimization without Derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType

SHARP = 8.881784197001252e-16
"""Four units in the last place: no root is told more exactly."""


@cache
def _optimize() -> ModuleType:
    return import_module("scipy.optimize")


def root(
    function: Callable[[float], float],
    low: float,
    high: float,
    *,
    xtol: float = 2e-12,
    rtol: float = SHARP,
) -> float:
    """Return a root between two points at which the function has opposite signs, or is 0.

    Parameters
    ----------
    function : callable
        Continuous between the points.
    low, high : float
        The points, in any order.
    xtol, rtol : float
        The root is right to ``xtol`` or to a share ``rtol`` of itself, whichever is larger.
    """
    return float(_optimize().brentq(function, low, high, xtol=xtol, rtol=rtol, maxiter=200))


def peak(
    function: Callable[[float], float], low: float, high: float, *, xtol: float = 1e-9
) -> tuple[float, float]:
    """Return the place and the height of a maximum between two points, found to ``xtol``."""
    found = _optimize().minimize_scalar(
        lambda at: -function(float(at)),
        bounds=(low, high),
        method="bounded",
        options={"xatol": xtol},
    )
    return float(found.x), -float(found.fun)
