from math import comb, sqrt

import pytest

from equipoise.stats import clopper_pearson, wilson


@pytest.mark.source(
    "paper: NCT04361331 (10/31, 12/30) and ESMO abstract 56P (24/30, 28/30), in per cent"
)
@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    [
        (24, 30, 61.4, 92.3),
        (28, 30, 77.9, 99.2),
        (10, 31, 16.7, 51.4),
        (12, 30, 22.7, 59.4),
        (17, 30, 37.4, 74.5),
    ],
)
def test_published_exact_intervals(successes, n, *, lower, upper):
    interval = clopper_pearson(successes, n)
    assert (round(100 * interval.lower, 1), round(100 * interval.upper, 1)) == (lower, upper)
    assert interval.estimate == successes / n


@pytest.mark.source("program: R 4.2.2: binom.test; pairs of Newcombe 1998")
@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    [
        (56, 70, 0.6872643461041652, 0.8861196379677923),
        (9, 10, 0.5549838829718046, 0.9974714214555382),
        (0, 10, 0.0, 0.30849710781876083),
        (10, 10, 0.6915028921812392, 1.0),
        (6, 7, 0.42127680295680486, 0.9963897031380994),
        (81, 263, 0.2527367455852712, 0.3676219226013514),
        (1, 29, 0.0008726468835799228, 0.17764429548872285),
        (15, 148, 0.057844010083448555, 0.16165049034947898),
    ],
)
def test_exact_intervals_of_r(successes, n, *, lower, upper):
    interval = clopper_pearson(successes, n)
    assert (interval.lower, interval.upper) == pytest.approx((lower, upper), rel=1e-13)


@pytest.mark.source("by hand: at each end of the interval the tail holds half of what is left")
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_exact_ends_leave_half_the_error_in_the_tail(confidence):
    interval = clopper_pearson(7, 20, confidence=confidence)

    def chance(counts, rate):
        return sum(comb(20, k) * rate**k * (1 - rate) ** (20 - k) for k in counts)

    error = (1 - confidence) / 2
    assert chance(range(7, 21), interval.lower) == pytest.approx(error, rel=1e-11)
    assert chance(range(8), interval.upper) == pytest.approx(error, rel=1e-11)


@pytest.mark.source("by hand: 0 of n has upper end 1 - (alpha / 2)^(1 / n)")
def test_no_success_has_a_closed_form():
    assert clopper_pearson(0, 12).upper == pytest.approx(1 - 0.025 ** (1 / 12), rel=1e-13)
    assert clopper_pearson(12, 12).lower == pytest.approx(0.025 ** (1 / 12), rel=1e-13)


@pytest.mark.source(
    "paper: Newcombe 1998, "
    "doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I"
)
@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_score_intervals(successes, n, *, lower, upper):
    interval = wilson(successes, n)
    assert (round(interval.lower, 4), round(interval.upper, 4)) == (lower, upper)


@pytest.mark.source("by hand: the ends solve (x/n - p)^2 = z^2 p (1 - p) / n")
def test_score_ends_are_z_standard_errors_away():
    interval = wilson(7, 20, confidence=0.9)
    for end in (interval.lower, interval.upper):
        distance = abs(7 / 20 - end) / sqrt(end * (1 - end) / 20)
        assert distance == pytest.approx(1.6448536269514722, rel=1e-13)
