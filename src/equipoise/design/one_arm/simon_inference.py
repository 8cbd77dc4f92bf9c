"""After a Simon trial: unbiased estimate, p-value and exact interval that know the first stage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import comb
from typing import assert_never

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.binomial_arm import binomial_masses, binomial_tails
from equipoise.design.one_arm.simon import SimonDesign
from equipoise.stats.numerics.counts import refuse_share
from equipoise.stats.numerics.root import root


class SimonStage(StrEnum):
    """The stage with which a trial ended."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimonInference:
    """What a Simon trial says about the response rate.

    Attributes
    ----------
    estimate : float
        Uniformly minimum-variance unbiased estimate (UMVUE).
    share : float
        Responses over subjects, biased downwards by the early stop.
    p_value : float
        One-sided, against rates up to p0, by stage-wise ordering.
    lower, upper : float
        Ends of the exact equal-tailed interval by the same ordering.
    confidence : float
        Two-sided confidence level.
    stage : SimonStage
        Where the trial ended.
    responses, subjects : int
        Counts behind the estimate.
    """

    estimate: float
    share: float
    p_value: float
    lower: float
    upper: float
    confidence: float
    stage: SimonStage
    responses: int
    subjects: int


def simon_inference(
    design: SimonDesign, *, stage: SimonStage, responses: int, confidence: float = 0.9
) -> SimonInference:
    r"""Return estimate, p-value and interval of a trial that followed its two-stage design.

    Stage-wise ordering: any trial that reached the second stage speaks for a higher rate than any
    that stopped, and within a stage more responses speak for a higher rate. So

    .. math:: Q_p(1, x) = P_p(X_1 \ge x), \qquad
              Q_p(2, x) = P_p(X_1 > r_1,\; X_1 + X_2 \ge x)

    is the probability of a result at least as high; the p-value is :math:`Q_{p_0}`, the ends of
    the interval solve :math:`Q_p(x) = \alpha/2` and, for the next higher result,
    :math:`Q_p = 1 - \alpha/2`. The trial goes on exactly when the p-value is at most the exact
    type I error of the design. The estimate is the first stage's share, expected given what is
    known:

    .. math:: \hat p = \frac{\sum \binom{n_1 - 1}{x_1 - 1}\binom{n_2}{x - x_1}}
                            {\sum \binom{n_1}{x_1}\binom{n_2}{x - x_1}}, \qquad x_1 > r_1

    and :math:`x / n_1` after a stop.

    Parameters
    ----------
    design : SimonDesign
        The design as it was carried out, with its planned numbers of subjects.
    stage : SimonStage
        Where the trial ended.
    responses : int
        At most r1 after a stop; above r1, first stage included, after the second stage.
    confidence : float
        Two-sided level; 0.9 goes with a one-sided error of 0.05.

    Raises
    ------
    BadInput
        For responses with which the trial cannot have ended there, and a level outside (0, 1).

    Notes
    -----
    The result itself belongs to both tails, as in Clopper and Pearson's interval, so that the
    coverage is never below the confidence; programs that leave it out of the lower tail give a
    smaller upper end.

    References
    ----------
    Jung and Kim 2004, Statistics in Medicine 23:881-896; Koyama and Chen 2008,
    doi:10.1002/sim.3123.
    """
    _refuse_responses(design, stage=stage, responses=responses)
    refuse_share(confidence, where="confidence", fix="0.9")
    subjects = design.n1 if stage is SimonStage.FIRST else design.n
    lower, upper = _interval(design, stage=stage, responses=responses, tail=(1 - confidence) / 2)
    return SimonInference(
        estimate=_unbiased(design, stage=stage, responses=responses),
        share=responses / subjects,
        p_value=_as_high(design, stage=stage, responses=responses, rate=design.goal.p0),
        lower=lower,
        upper=upper,
        confidence=confidence,
        stage=stage,
        responses=responses,
        subjects=subjects,
    )


def _unbiased(design: SimonDesign, *, stage: SimonStage, responses: int) -> float:
    match stage:
        case SimonStage.FIRST:
            return responses / design.n1
        case SimonStage.SECOND:
            n1, n2 = design.n1, design.n - design.n1
            firsts = range(max(design.r1 + 1, responses - n2), min(n1, responses) + 1)
            favourable = sum(comb(n1 - 1, x - 1) * comb(n2, responses - x) for x in firsts)
            return favourable / sum(comb(n1, x) * comb(n2, responses - x) for x in firsts)
        case _:
            assert_never(stage)


def _as_high(design: SimonDesign, *, stage: SimonStage, responses: int, rate: float) -> float:
    """Return the probability of a result at least as high in the stage-wise order."""
    match stage:
        case SimonStage.FIRST:
            return float(binomial_tails(np.array(responses), n=design.n1, rate=rate))
        case SimonStage.SECOND:
            onward = np.arange(design.r1 + 1, design.n1 + 1)
            second = binomial_tails(responses - onward, n=design.n - design.n1, rate=rate)
            return float(binomial_masses(design.n1, rate=rate)[design.r1 + 1 :] @ second)
        case _:
            assert_never(stage)


def _interval(
    design: SimonDesign, *, stage: SimonStage, responses: int, tail: float
) -> tuple[float, float]:
    """Return the rates at which the result becomes too high and too low to be believed.

    The next higher result after r1 responses in the first stage is any second stage, which has
    the probability of r1 + 1 responses or more in the first.
    """
    lowest = stage is SimonStage.FIRST and responses == 0
    highest = stage is SimonStage.SECOND and responses == design.n

    def too_high(rate: float) -> float:
        return _as_high(design, stage=stage, responses=responses, rate=rate) - tail

    def too_low(rate: float) -> float:
        above = _as_high(design, stage=stage, responses=responses + 1, rate=rate)
        return above - (1 - tail)

    lower = 0.0 if lowest else root(too_high, 0.0, 1.0, xtol=1e-13)
    upper = 1.0 if highest else root(too_low, 0.0, 1.0, xtol=1e-13)
    return lower, upper


def _refuse_responses(design: SimonDesign, *, stage: SimonStage, responses: int) -> None:
    first = stage is SimonStage.FIRST
    low, high = (0, design.r1) if first else (design.r1 + 1, design.n)
    if not isinstance(responses, int) or not low <= responses <= high:
        raise bad_input(
            f"a trial of design {design} that ended with its {stage} stage has from {low} to "
            f"{high} responses",
            where="responses",
            got=responses,
            fix="count the responses of all stages, and name the stage with which it ended",
        )
