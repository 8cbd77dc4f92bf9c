r"""Harrell's concordance of a Cox model: how often the higher risk has the earlier event.

Of all pairs of rows in a stratum of which one is known to have had its event first while the other
was at risk, the share in which it also had the higher :math:`x^\top\beta`; equal ones count one
half. A row censored at the time of an event outlived it; two events at one time are no pair.
Harrell et al. 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, IntArray
from equipoise.stats.time_to_event.cox import Cox
from equipoise.stats.time_to_event.cox_rows import CoxRows

BLOCK = 256
"""Events compared with all rows at a time: bounds the memory, not the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """Harrell's C; pairs are weighted by the product of their case weights.

    Attributes
    ----------
    estimate : float
        ``(concordant + tied / 2) / (concordant + discordant + tied)``.
    std_err : float
        Infinitesimal jackknife over rows, the coefficients taken as given.
    concordant, discordant, tied : float
        Pairs whose order of risk agrees with that of their times, disagrees, or is equal.
    """

    estimate: float
    std_err: float
    concordant: float
    discordant: float
    tied: float


def concordance(model: Cox) -> Concordance:
    """Return the concordance of a model with its own rows, in O(events x rows).

    Parameters
    ----------
    model : Cox
        A fitted model.

    Raises
    ------
    BadInput
        When no two rows can be compared.
    """
    rows = model.rows
    risk = rows.covariates @ model.coef
    weight = np.ones(rows.time.size) if rows.weights is None else rows.weights
    counts = np.zeros((3, rows.time.size))
    for member in rows.members:
        _count(counts, rows, member, risk=risk, weight=weight)
    # Each pair was counted with both of its rows.
    concordant, discordant, tied = (counts @ weight / 2).tolist()
    pairs = concordant + discordant + tied
    _refuse_no_pairs(pairs)
    estimate = (concordant + tied / 2) / pairs
    influence = weight * (counts[0] + counts[2] / 2 - estimate * counts.sum(axis=0)) / pairs
    return Concordance(
        estimate=estimate,
        std_err=float(np.sqrt(influence @ influence)),
        concordant=concordant,
        discordant=discordant,
        tied=tied,
    )


def _count(
    counts: FloatArray, rows: CoxRows, member: IntArray, *, risk: FloatArray, weight: FloatArray
) -> None:
    """Add to each row the weights of the rows it agrees with, disagrees with, or ties."""
    time, event, of_member = rows.time[member], rows.event[member], risk[member]
    dead = np.flatnonzero(event)
    for start in range(0, dead.size, BLOCK):
        first = dead[start : start + BLOCK]
        at = time[first][:, np.newaxis]
        outlived = (time > at) | ((time == at) & ~event)
        if rows.entry is not None:
            outlived &= rows.entry[member] < at
        mine = of_member[first][:, np.newaxis]
        for place, agrees in enumerate((mine > of_member, mine < of_member, mine == of_member)):
            pairs = (outlived & agrees).astype(np.float64)
            counts[place, member[first]] += pairs @ weight[member]
            counts[place, member] += weight[member[first]] @ pairs


def _refuse_no_pairs(pairs: float) -> None:
    if pairs == 0:
        raise bad_input(
            "concordance needs an event while another row is at risk",
            where="model",
            got="no pair that can be ordered",
            fix="wait for events",
        )
