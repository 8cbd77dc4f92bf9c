from fractions import Fraction
from math import comb, sqrt

import pytest

from equipoise.stats.proportions.one_sample_intervals import (
    agresti_coull,
    jeffreys,
    mid_p,
    wilson_corrected,
)

NEWCOMBE = (
    "paper: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E"
)


@pytest.mark.source("program: R 4.2.2, tern 0.9.11: prop_jeffreys")
def test_jeffreys_of_r(stored):
    for row in stored("proportions_by_r.json")["jeffreys"]:
        found = jeffreys(row["successes"], row["n"])
        assert (found.lower, found.upper) == pytest.approx((row["lower"], row["upper"]), abs=1e-12)


@pytest.mark.source(
    "program: R 4.2.2, PropCIs 0.3.0: midPci, a step search that stops 4e-4 from its root"
)
def test_mid_p_of_r(stored):
    for row in stored("proportions_by_r.json")["mid_p"]:
        found = mid_p(row["successes"], row["n"])
        assert (found.lower, found.upper) == pytest.approx((row["lower"], row["upper"]), abs=5e-4)


@pytest.mark.source("by hand: at each end, the mid-P tail holds half of the error")
@pytest.mark.parametrize("successes", [0, 1, 7, 12])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_mid_p_ends_leave_half_the_error(successes, confidence):
    n = 12
    found = mid_p(successes, n, confidence=confidence)

    def chance(counts, rate):
        return sum(comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in counts)

    error = (1 - confidence) / 2
    if successes > 0:
        p = Fraction(found.lower)
        tail = chance(range(successes + 1, n + 1), p) + chance([successes], p) / 2
        assert float(tail) == pytest.approx(error, rel=1e-10)
    if successes < n:
        p = Fraction(found.upper)
        tail = chance(range(successes), p) + chance([successes], p) / 2
        assert float(tail) == pytest.approx(error, rel=1e-10)


@pytest.mark.source(f"{NEWCOMBE}, table I, methods 4 (score, corrected) and 6 (mid-P)")
@pytest.mark.parametrize(
    ("successes", "n", "corrected", "middle"),
    [
        (81, 263, (0.2535, 0.3682), (0.2544, 0.3658)),
        (15, 148, (0.0598, 0.1644), (0.0601, 0.1581)),
        (0, 20, (0.0, 0.2005), (0.0, 0.1391)),
        (1, 29, (0.0018, 0.1963), (0.0017, 0.1585)),
    ],
)
def test_published_intervals(successes, n, *, corrected, middle):
    for method, ends in ((wilson_corrected, corrected), (mid_p, middle)):
        found = method(successes, n)
        assert (round(found.lower, 4), round(found.upper, 4)) == ends


@pytest.mark.source("program: R 4.2.2: prop.test(81, 263) and prop.test(1, 29)")
@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    [
        (81, 263, 0.253508682295185, 0.368176201043004),
        (1, 29, 0.00180264021327967, 0.19628175100975948),
    ],
)
def test_corrected_score_ends_of_r(successes, n, *, lower, upper):
    found = wilson_corrected(successes, n)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), rel=1e-12)


@pytest.mark.source("by hand: 81 + z^2 / 2 successes of 263 + z^2, z^2 = 3.841459 at 95 %")
def test_agresti_coull_is_a_wald_interval_after_adding_z_squared():
    found = agresti_coull(81, 263)
    n, p = 266.841459, 82.9207295 / 266.841459
    half = 1.959963985 * sqrt(p * (1 - p) / n)
    assert (found.lower, found.upper) == pytest.approx((p - half, p + half), abs=1e-9)
    assert found.estimate == 81 / 263
