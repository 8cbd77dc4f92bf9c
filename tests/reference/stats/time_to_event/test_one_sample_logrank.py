"""One arm against a known hazard: R, the Poisson distribution, and by hand."""

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.stats import poisson

from equipoise.stats.time_to_event.one_sample_logrank import (
    WU,
    EventRatioInterval,
    OneSampleMethod,
    OneSampleVariance,
    one_sample_logrank,
)
from equipoise.stats.time_to_event.reference_hazard import (
    ConstantHazard,
    HazardTable,
    PiecewiseHazard,
    WeibullHazard,
    cumulative_hazard,
)

REFERENCES = {
    "lung_exponential": ConstantHazard(rate=0.002),
    "lung_weibull": WeibullHazard(shape=1.3, scale=450),
    "lung_piecewise": PiecewiseHazard(starts=(0, 200), rates=(0.001, 0.004)),
}


@pytest.mark.source("program: survival 3.5-3 survdiff with an offset, and poisson.test (R 4.2.2)")
@pytest.mark.parametrize("case", REFERENCES)
def test_one_sample_log_rank_of_lung(stored, data_set, case):
    lung = data_set("lung")
    found = one_sample_logrank(lung["time"], lung["status"] == 2, reference=REFERENCES[case])
    value = stored("survival_tests.json")["more"][case]
    assert found.observed == value["observed"]
    assert found.expected == pytest.approx(value["expected"], rel=1e-12)
    assert found.z**2 == pytest.approx(value["chi_square"], rel=1e-11)
    # R finds its Poisson limits by a root search of 1e-4 of its own accuracy or better.
    assert (found.lower, found.upper) == pytest.approx(tuple(value["ratio"]), rel=1e-8)


@pytest.mark.source("program: scipy 1.17 poisson: tails of 2.5 % and 5 %")
@pytest.mark.parametrize("confidence", [0.95, 0.9])
@pytest.mark.parametrize("observed", [0, 1, 7, 40])
def test_exact_limits_leave_the_tails(observed, confidence):
    time = np.ones(50)
    found = one_sample_logrank(
        time,
        np.arange(50) < observed,
        reference=ConstantHazard(rate=0.3),
        method=OneSampleMethod(confidence=confidence),
    )
    tail = (1 - confidence) / 2
    assert poisson.cdf(observed, found.upper * 15) == pytest.approx(tail, rel=1e-9)
    if observed:
        assert poisson.sf(observed - 1, found.lower * 15) == pytest.approx(tail, rel=1e-9)
    else:
        assert found.lower == 0


# Four subjects followed 1, 2, 3 and 4, events of the second and fourth, rate 1/5: E = 2.
FOUR = [1, 2, 3, 4], [0, 1, 0, 1]


@pytest.mark.source("by hand: four subjects and a rate of 1/5, E = 2")
def test_four_subjects():
    found = one_sample_logrank(*FOUR, reference=ConstantHazard(rate=0.2))
    assert (found.n, found.observed, found.expected) == (4, 2, pytest.approx(2))
    assert (found.z, found.ratio) == (pytest.approx(0, abs=1e-15), pytest.approx(1))
    late = one_sample_logrank(*FOUR, reference=ConstantHazard(rate=0.2), entry=[0, 1, 1, 2])
    assert late.expected == pytest.approx((1 + 1 + 2 + 2) / 5)


@pytest.mark.source("by hand: O = 2, E = 5: (2 - 5) / sqrt 5 and (2 - 5) / sqrt 3.5")
def test_variances_of_breslow_and_wu():
    reference = ConstantHazard(rate=0.5)
    breslow = one_sample_logrank(*FOUR, reference=reference)
    wu = one_sample_logrank(*FOUR, reference=reference, method=WU)
    assert breslow.variance is OneSampleVariance.EXPECTED
    assert breslow.z == pytest.approx(-3 / sqrt(5), rel=1e-14)
    assert wu.z == pytest.approx(-3 / sqrt(3.5), rel=1e-14)
    assert breslow.p_value == pytest.approx(2 * breslow.p_fewer, rel=1e-12)


@pytest.mark.source("by hand: Byar and log limits of 2 events")
def test_approximate_limits():
    def limits(interval):
        found = one_sample_logrank(
            *FOUR, reference=ConstantHazard(rate=0.1), method=OneSampleMethod(interval=interval)
        )
        return found.lower, found.upper

    z = 1.959963984540054
    byar = 2 * (1 - 1 / 18 - z / (3 * sqrt(2))) ** 3, 3 * (1 - 1 / 27 + z / (3 * sqrt(3))) ** 3
    assert limits(EventRatioInterval.BYAR) == pytest.approx(byar, rel=1e-12)
    plain = 2 * exp(-z / sqrt(2)), 2 * exp(z / sqrt(2))
    assert limits(EventRatioInterval.LOG) == pytest.approx(plain, rel=1e-12)


@pytest.mark.source("by hand: hazards of four references at 0, 1, 2 and 5")
@pytest.mark.parametrize(
    ("reference", "truth"),
    [
        (ConstantHazard.of_survival(0.5, at=2), (0, log(2) / 2, log(2), 2.5 * log(2))),
        (WeibullHazard(shape=2, scale=4), (0, 1 / 16, 1 / 4, 25 / 16)),
        (PiecewiseHazard(starts=(0, 1, 3), rates=(0.5, 0.2, 0)), (0, 0.5, 0.7, 0.9)),
        (HazardTable(times=np.array([2.0, 6]), cumulative=np.array([1.0, 5])), (0, 0.5, 1, 4)),
        (HazardTable(times=np.array([0.0, 5]), cumulative=np.array([1.0, 2])), (1, 1.2, 1.4, 2)),
        (lambda time: time**2, (0, 1, 4, 25)),
    ],
)
def test_cumulative_hazards(reference, truth):
    assert cumulative_hazard(reference, [0, 1, 2, 5]) == pytest.approx(truth, rel=1e-14)


@pytest.mark.source("by hand: a reference of each subject's own rate")
def test_a_reference_may_differ_between_subjects():
    rates = np.array([0.1, 0.2, 0.3, 0.4])
    found = one_sample_logrank(*FOUR, reference=lambda time: rates * time)
    assert found.expected == pytest.approx(0.1 + 0.4 + 0.9 + 1.6)
