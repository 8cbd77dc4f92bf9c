"""Weighted products of independent p-values, stage by stage, by the density of their logarithm.

Minus the logarithm of a p-value is exponential with mean 1 when there is no effect. The density of
the weighted sum of such logarithms, among trials that go on, is smooth between a few places where
an earlier bound begins to be felt, and is kept as one polynomial on each piece between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, exp, inf

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev
from scipy.linalg import expm
from scipy.special import gammaincc

FloatArray = npt.NDArray[np.float64]

DEGREE = 24
"""Of the polynomials; with pieces as short as below, 16 already gives 1e-15."""

LONGEST = 4.0
"""Pieces are at most this many times the smallest weight so far long."""

FAR = 45.0
"""Means of an exponential beyond which it holds less than 1e-19."""

_UNIT, _WEIGHTS = np.polynomial.legendre.leggauss(DEGREE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProductStage:
    """One stage, in minus logarithms.

    Attributes
    ----------
    weight : float
        Exponent of its p-value.
    reached : float
        The trial rejects when the sum is at least this; infinity without an efficacy bound.
    least : float
        The trial gives up when the stage adds no more than this; 0 without a futility bound.
    """

    weight: float
    reached: float
    least: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece:
    start: float
    stop: float
    density: Chebyshev


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProductDensity:
    """The sub-density of the sum among trials that go on.

    Attributes
    ----------
    pieces : tuple of _Piece or None
        Where there is any; None before the first stage, when the sum is 0.
    """

    pieces: tuple[_Piece, ...] | None = None


def rejection_probabilities(stages: tuple[ProductStage, ...]) -> tuple[float, ...]:
    """Return, without an effect, the probability of rejecting first at each stage.

    A product at its efficacy bound rejects, whatever the stage alone says of futility.
    """
    density, rejects = ProductDensity(), []
    for stage in stages:
        rejects.append(chance_reached(density, stage))
        if stage is not stages[-1]:
            density = after_stage(density, stage)
    return tuple(rejects)


@np.errstate(under="ignore")
def chance_reached(before: ProductDensity, stage: ProductStage) -> float:
    """Return the probability of coming to a stage and rejecting there."""
    if stage.reached == inf:
        return 0.0
    if before.pieces is None:
        return exp(-stage.reached / stage.weight)
    total = 0.0
    for piece in before.pieces:
        turn = min(max(stage.reached, piece.start), piece.stop)
        for start, stop in ((piece.start, turn), (turn, piece.stop)):
            half = (stop - start) / 2
            at = start + half * (1 + _UNIT)
            short = np.maximum(stage.reached - at, 0.0)
            total += half * float((piece.density(at) * np.exp(-short / stage.weight)) @ _WEIGHTS)
    return total


def after_stage(before: ProductDensity, stage: ProductStage) -> ProductDensity:
    """Return the sub-density among trials that a stage lets go on."""
    pieces = _first(stage) if before.pieces is None else _next(before.pieces, stage)
    return ProductDensity(pieces=pieces)


@np.errstate(under="ignore")
def product_level(weights: tuple[float, ...], *, depth: float) -> float:
    r"""Return the chance that a weighted product of all stages is at most exp(-depth).

    The sum of exponentials of different means is the time a chain takes through its states: with
    the rates 1 / w on the diagonal (negative) and above it, the first row of the exponential of
    that matrix times the depth sums to the chance. With equal weights it is a gamma distribution.
    """
    if len(set(weights)) == 1:
        return float(gammaincc(len(weights), depth / weights[0]))
    rates = 1 / np.array(weights)
    fastest = float(rates.max())
    chain = np.diag(fastest - rates) + np.diag(rates[:-1], 1)  # no entry below 0: nothing cancels
    return exp(-fastest * depth) * float(expm(chain * depth)[0].sum())


def _first(stage: ProductStage) -> tuple[_Piece, ...]:
    stop = min(stage.reached, stage.least + FAR * stage.weight)

    def density(sums: FloatArray) -> FloatArray:
        found: FloatArray = np.exp(-sums / stage.weight) / stage.weight
        return found

    return _pieces((stage.least, stop), density=density, longest=LONGEST * stage.weight)


def _next(before: tuple[_Piece, ...], stage: ProductStage) -> tuple[_Piece, ...]:
    if not before:
        return ()
    places = {place + stage.least for piece in before for place in (piece.start, piece.stop)}
    stop = min(stage.reached, max(places) + FAR * stage.weight)
    kept = sorted({*(place for place in places if place < stop), stop})

    def density(sums: FloatArray) -> FloatArray:
        return _density_after(before, stage=stage, sums=sums)

    longest = min(LONGEST * stage.weight, max(piece.stop - piece.start for piece in before))
    return _pieces(kept, density=density, longest=longest)


@np.errstate(under="ignore")
def _density_after(
    before: tuple[_Piece, ...], *, stage: ProductStage, sums: FloatArray
) -> FloatArray:
    total = np.zeros_like(sums)
    for piece in before:
        ends = np.clip(sums - stage.least, piece.start, piece.stop)
        half = (ends - piece.start) / 2
        at = piece.start + half[:, np.newaxis] * (1 + _UNIT)
        added = np.exp(-(sums[:, np.newaxis] - at) / stage.weight) / stage.weight
        total += half * ((piece.density(at) * added) @ _WEIGHTS)
    return total


@np.errstate(under="ignore")
def _pieces(
    places: Iterable[float], *, density: Callable[[FloatArray], FloatArray], longest: float
) -> tuple[_Piece, ...]:
    """Return the density between places, each stretch cut into short pieces."""
    pieces = []
    for begin, end in pairwise(places):
        if not begin < end:
            continue
        cuts = np.linspace(begin, end, ceil((end - begin) / longest * (1 - 1e-12)) + 1)
        for start, stop in pairwise(cuts.tolist()):
            found = Chebyshev.interpolate(density, DEGREE, domain=[start, stop])
            pieces.append(_Piece(start=start, stop=stop, density=found))
    return tuple(pieces)
