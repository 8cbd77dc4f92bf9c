r"""Times of single subjects from a published curve (Guyot 2012, doi:10.1186/1471-2288-12-9).

Between two columns of the risk table some number c of subjects is taken to be censored, evenly in
time. Going down the points of the curve with n at risk and the rebuilt estimate :math:`\hat S`

.. math:: d_k = \mathrm{round}\left(n_k (1 - S_k / \hat S_{k-1})\right), \quad
          \hat S_k = \hat S_{k-1} (1 - d_k / n_k), \quad n_{k+1} = n_k - d_k - c_k

c is changed by what is missing or left over at the next column, until the number printed there is
met. After the last column c follows the earlier rate of censoring, or is what makes the events
right when their total is known. Whoever is left then is censored at the end of the curve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from equipoise.stats.evidence.digitised_curve import CurveFinding, DigitisedCurve
from equipoise.stats.numerics.columns import BoolArray, FloatArray, IntArray, freeze
from equipoise.stats.time_to_event.survival import at_risk_at, kaplan_meier, survival_at

ROUNDS = 200
"""Whole numbers of censored subjects are tried at most this often; they rarely need ten."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReconstructionCheck:
    """How far a rebuilt curve is from the published one.

    Attributes
    ----------
    largest_distance, at_time : float
        Largest distance of the curves at the digitised points, and where it is.
    at_risk_differences : IntArray, shape (columns,)
        Rebuilt minus printed numbers at risk.
    events_difference : int or None
        Rebuilt minus reported events; None when none were reported.
    """

    largest_distance: float
    at_time: float
    at_risk_differences: IntArray
    events_difference: int | None

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.at_risk_differences)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reconstruction:
    """Rebuilt times, one row for each subject in the order of time.

    Attributes
    ----------
    time : FloatArray, shape (n,)
        Time to event or censoring, in the unit of the curve.
    event : BoolArray, shape (n,)
        Whether it is an event.
    check : ReconstructionCheck
        The rebuilt curve against the published one.
    findings : tuple of CurveFinding
        What was mended before.
    """

    time: FloatArray
    event: BoolArray
    check: ReconstructionCheck
    findings: tuple[CurveFinding, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.time, self.event)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Stretch:
    """The points from one column of the risk table to the next; ``edges`` has the end as well."""

    edges: FloatArray
    survival: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Walk:
    """Events and censorings at the points so far; ``n`` and ``height`` are those that follow."""

    events: IntArray
    censored: IntArray
    n: int
    height: float

    def then(self, later: _Walk) -> _Walk:
        """Return this walk and a later one as one."""
        return _Walk(
            events=np.concatenate((self.events, later.events)),
            censored=np.concatenate((self.censored, later.censored)),
            n=later.n,
            height=later.height,
        )


def guyot_reconstruction(curve: DigitisedCurve) -> Reconstruction:
    """Return times and events of single subjects whose curve is the digitised one.

    As many subjects come out as the risk table has at time 0. Two arms of one picture are rebuilt
    one after the other.

    Parameters
    ----------
    curve : DigitisedCurve
        Points, risk table and, when known, total events; see `digitised_curve`.

    Notes
    -----
    Unlike the authors' program, numbers that cannot be met are left as near as they came and told
    in the check, a column of the risk table is itself a point of the curve, and several subjects
    censored between two points are spread over the gap.
    """
    points, columns = _with_columns(curve)
    stretches = _stretches(points, columns)
    nothing = np.zeros(0, dtype=np.int64)
    walk = _Walk(events=nothing, censored=nothing, n=int(curve.at_risk[0]), height=1.0)
    for stretch, target in zip(stretches[:-1], curve.at_risk[1:], strict=False):
        walk = walk.then(_meeting_at_risk(stretch, start=walk, target=int(target)))
    walk = walk.then(_last_walk(stretches[-1], start=walk, total_events=curve.total_events))
    time, event = _subjects(points.edges, walk)
    return Reconstruction(
        time=time, event=event, check=_check(curve, time, event=event), findings=curve.findings
    )


def _with_columns(curve: DigitisedCurve) -> tuple[_Stretch, FloatArray]:
    """Return all points, with one at each column of the risk table, and those columns.

    A column of nobody after the end of the curve says no more than that end.
    """
    beyond = (curve.at_risk_times > curve.times[-1]) & (curve.at_risk == 0)
    columns = curve.at_risk_times[~beyond]
    times = np.union1d(curve.times, columns)
    heights = curve.survival[np.searchsorted(curve.times, times, side="right") - 1]
    return _Stretch(edges=times, survival=heights), columns


def _stretches(points: _Stretch, columns: FloatArray) -> list[_Stretch]:
    starts = [*np.searchsorted(points.edges, columns).tolist(), points.edges.size]
    return [
        _Stretch(edges=points.edges[low : high + 1], survival=points.survival[low:high])
        for low, high in pairwise(starts)
    ]


def _walked(stretch: _Stretch, *, start: _Walk, censored: int) -> _Walk:
    """Go down the points of one stretch with c censored subjects spread evenly over it."""
    leaving = _spread(stretch.edges, censored, points=stretch.survival.size)
    events = np.zeros_like(leaving)
    n, height = start.n, start.height
    for k, target in enumerate(stretch.survival):
        if n == 0 or height == 0:
            leaving[k:] = 0
            break
        events[k] = min(max(round(n * (1 - target / height)), 0), n)
        height *= 1 - events[k] / n
        leaving[k] = min(leaving[k], n - events[k])
        n -= int(events[k] + leaving[k])
    return _Walk(events=events, censored=leaving, n=n, height=height)


def _spread(edges: FloatArray, count: int, *, points: int) -> IntArray:
    """Return how many of ``count`` evenly spaced times fall after each point."""
    if edges.size < 2:
        return np.zeros(points, dtype=np.int64)
    inner = np.linspace(edges[0], edges[-1], count + 2)[1:-1]
    after = np.searchsorted(edges[1:-1], inner, side="right")
    return np.bincount(after, minlength=points).astype(np.int64)


def _meeting_at_risk(stretch: _Stretch, *, start: _Walk, target: int) -> _Walk:
    """Return the walk after which the number at risk is the printed one, or as near as can be."""
    first, last = stretch.survival[0], stretch.survival[-1]
    guess = round(start.n * float(last / first) - target) if first > 0 else 0
    return _tried(
        lambda censored: _walked(stretch, start=start, censored=censored),
        excess=lambda walk: walk.n - target,
        guess=guess,
        most=start.n,
    )


def _last_walk(stretch: _Stretch, *, start: _Walk, total_events: int | None) -> _Walk:
    """Return the walk from the last column of the risk table to the end of the curve."""
    before = int(start.events.sum())
    if total_events is not None and before >= total_events:
        rows = np.zeros(stretch.survival.size, dtype=np.int64)
        return _Walk(events=rows, censored=rows.copy(), n=start.n, height=start.height)
    guess = _at_earlier_rate(stretch, start=start)
    if total_events is None:
        return _walked(stretch, start=start, censored=guess)
    wanted = total_events - before
    return _tried(
        lambda censored: _walked(stretch, start=start, censored=censored),
        excess=lambda walk: int(walk.events.sum()) - wanted,
        guess=guess,
        most=start.n,
    )


def _at_earlier_rate(stretch: _Stretch, *, start: _Walk) -> int:
    begun = float(stretch.edges[0])
    if begun == 0:
        return 0
    length = float(stretch.edges[-1]) - begun
    return min(round(float(start.censored.sum()) * length / begun), start.n)


def _tried(
    walk_with: Callable[[int], _Walk], *, excess: Callable[[_Walk], int], guess: int, most: int
) -> _Walk:
    """Change the number censored by the excess it leaves, and keep the walk that left least."""
    censored = min(max(guess, 0), most)
    best, tried = walk_with(censored), {censored}
    walk = best
    for _ in range(ROUNDS):
        censored = min(max(censored + excess(walk), 0), most)
        if censored in tried:
            break
        tried.add(censored)
        walk = walk_with(censored)
        if abs(excess(walk)) < abs(excess(best)):
            best = walk
    return best


def _subjects(edges: FloatArray, walk: _Walk) -> tuple[FloatArray, BoolArray]:
    """Return one row for each subject; whoever is left is censored at the last point."""
    events = np.repeat(edges, walk.events)
    gaps = zip(edges[:-1], edges[1:], walk.censored[:-1], strict=True)
    between = [np.linspace(low, high, count + 2)[1:-1] for low, high, count in gaps]
    left = np.full(walk.n + int(walk.censored[-1]), edges[-1])
    time = np.concatenate((events, *between, left))
    event = np.arange(time.size) < events.size
    order = np.lexsort((~event, time))
    return time[order], event[order]


def _check(curve: DigitisedCurve, time: FloatArray, *, event: BoolArray) -> ReconstructionCheck:
    rebuilt = kaplan_meier(time, event)
    distances = np.abs(survival_at(rebuilt, curve.times).estimate - curve.survival)
    worst = int(np.argmax(distances))
    numbers = np.asarray(at_risk_at(rebuilt, curve.at_risk_times), dtype=np.int64)
    total = curve.total_events
    return ReconstructionCheck(
        largest_distance=float(distances[worst]),
        at_time=float(curve.times[worst]),
        at_risk_differences=numbers - curve.at_risk,
        events_difference=None if total is None else int(event.sum()) - total,
    )
