"""A gate and the tests behind it, as one normal vector: crossings joined with passing the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.crossing import (
    Bounds,
    Crossings,
    crossings,
    refuse_length,
    refuse_means,
)
from equipoise.stats.numerics.multivariate_normal import rectangle_probability

FloatArray = npt.NDArray[np.float64]

TOLERANCE = 1e-8
ROUNDING = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedGate:
    """A gate as it bears on the tests behind it.

    The gate is passed when a standard normal variable is large, with the chance given; the
    variable is correlated with the Z of the looks.

    Attributes
    ----------
    passes : float
        Probability of passing, above 0 and at most 1.
    correlations : tuple of float
        Correlation with Z at each look; all 0 for a gate that is independent of it.

    Raises
    ------
    BadInput
        For numbers out of range.
    """

    passes: float
    correlations: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse chances and correlations that are none."""
        if not 0 < self.passes <= 1 or not all(-1 < at < 1 for at in self.correlations):
            raise bad_input(
                "a chance lies above 0 and is at most 1, a correlation between -1 and 1",
                where="passes, correlations",
                got=f"{self.passes}, {self.correlations}",
                fix="0.9 and (0.1, 0.14)",
            )

    @property
    def least(self) -> float:
        """The value from which on the gate's variable passes."""
        return float(-ndtri(self.passes))


def proportional_correlations(
    information_fractions: tuple[float, ...], *, final: float
) -> tuple[float, ...]:
    r"""Return correlations that grow with the information: :math:`\rho \sqrt{t}`.

    So it is when what the gate saw adds to the effect itself, and not only to early events.
    """
    return tuple(final * sqrt(at) for at in information_fractions)


def passed_crossings(bounds: Bounds, *, means: tuple[float, ...], gate: LinkedGate) -> Crossings:
    """Return the probabilities of passing the gate and then first crossing a bound at each look.

    Parameters
    ----------
    bounds : Bounds
        Bounds of the looks behind the gate.
    means : tuple of float
        Means of Z at the looks, whether the gate is passed or not.
    gate : LinkedGate
        The gate, with one correlation for each look; at most 7 looks unless all are 0.

    Raises
    ------
    BadInput
        For means or correlations of another number than the looks, and correlations that cannot
        be together.
    """
    refuse_length(gate.correlations, looks=len(bounds.upper), where="gate.correlations")
    if not any(gate.correlations):
        free = crossings(bounds, means=means)
        return Crossings(
            upper=tuple(gate.passes * chance for chance in free.upper),
            lower=tuple(gate.passes * chance for chance in free.lower),
        )
    refuse_means(means, looks=len(bounds.upper))

    def chance(look: int, last: tuple[float, float]) -> float:
        before = zip(bounds.lower[:look], bounds.upper[:look], strict=True)
        return _passed(
            (*before, last),
            means=means[: look + 1],
            gate=gate,
            information=bounds.information_fractions[: look + 1],
        )

    return Crossings(
        upper=tuple(chance(look, (high, inf)) for look, high in enumerate(bounds.upper)),
        lower=tuple(chance(look, (-inf, low)) for look, low in enumerate(bounds.lower)),
    )


def score_correlation(information: Sequence[float]) -> FloatArray:
    """Return the correlation of Z at some looks: the root of the ratio of their information."""
    at = np.asarray(information, dtype=np.float64)
    found: FloatArray = np.sqrt(np.minimum.outer(at, at) / np.maximum.outer(at, at))
    return found


def with_gate(correlation: FloatArray, *, links: Sequence[float]) -> FloatArray:
    """Return a correlation matrix with the gate's variable put before the others.

    Raises
    ------
    BadInput
        For correlations that cannot be together.
    """
    size = len(correlation) + 1
    whole = np.eye(size)
    whole[1:, 1:] = correlation
    whole[0, 1:] = whole[1:, 0] = links
    if np.linalg.eigvalsh(whole)[0] < -ROUNDING:
        raise bad_input(
            "the gate can have these correlations with all looks at once",
            where="correlations",
            got=tuple(links),
            fix="proportional_correlations, or smaller ones",
        )
    return whole


def _passed(
    region: tuple[tuple[float, float], ...],
    *,
    means: tuple[float, ...],
    gate: LinkedGate,
    information: tuple[float, ...],
) -> float:
    """Return the chance of passing and of a region of the Z."""
    ends = np.array(region) - np.array(means)[:, np.newaxis]
    links = gate.correlations[: len(means)]
    return rectangle_probability(
        np.concatenate([[gate.least], ends[:, 0]]),
        np.concatenate([[inf], ends[:, 1]]),
        correlation=with_gate(score_correlation(information), links=links),
        tolerance=TOLERANCE,
    )
