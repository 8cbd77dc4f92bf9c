import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.numerics.columns import covariate_row
from equipoise.stats.numerics.counts import refuse_counts, refuse_rate, refuse_share
from equipoise.stats.numerics.grid_maximum import grid_maximum
from equipoise.stats.numerics.likelihood import wald_test
from equipoise.stats.numerics.probability_scale import (
    ProbabilityScale,
    ends_on_scale,
    off_scale,
    on_scale,
)
from equipoise.stats.numerics.quadratic_form import quadratic_form
from equipoise.stats.numerics.root import peak, root

CHANCES = np.array([1e-6, 0.03, 0.2, 0.5, 0.77, 0.999])
ERRORS = np.array([0.5, 0.4, 0.2, 0.1, 0.05, 1e-4])
MIRRORS = {
    ProbabilityScale.PLAIN: ProbabilityScale.PLAIN,
    ProbabilityScale.LOGIT: ProbabilityScale.LOGIT,
    ProbabilityScale.ARCSINE: ProbabilityScale.ARCSINE,
    ProbabilityScale.LOG_LOG: ProbabilityScale.COMPLEMENTARY_LOG_LOG,
}


@pytest.mark.parametrize("scale", list(ProbabilityScale))
class TestEveryScale:
    def test_leads_back_to_the_probability(self, scale):
        level, _ = on_scale(CHANCES, ERRORS, scale=scale)
        assert off_scale(level, scale=scale) == pytest.approx(CHANCES, rel=1e-12)
        assert np.all(np.diff(level) > 0)

    def test_has_the_error_that_its_slope_gives(self, scale):
        step = 1e-7
        low, high = (
            on_scale(CHANCES * (1 + side), ERRORS, scale=scale)[0] for side in (-step, step)
        )
        _, error = on_scale(CHANCES, ERRORS, scale=scale)
        assert error == pytest.approx((high - low) / (2 * step) * ERRORS, rel=1e-5)

    def test_cuts_ends_at_0_and_1(self, scale):
        lower, upper = ends_on_scale(CHANCES, np.full(CHANCES.size, 1e4), scale=scale)
        assert np.all((lower >= 0) & (lower <= CHANCES) & (upper >= CHANCES) & (upper <= 1))


@pytest.mark.parametrize("scale", list(MIRRORS))
def test_the_interval_of_the_complement_is_the_interval_mirrored(scale):
    inside = CHANCES[1:-1]
    lower, upper = ends_on_scale(inside, ERRORS[1:-1], scale=scale)
    other = ERRORS[1:-1] * inside / (1 - inside)
    below, above = ends_on_scale(1 - inside, other, scale=MIRRORS[scale])
    assert below == pytest.approx(1 - upper, abs=1e-14)
    assert above == pytest.approx(1 - lower, abs=1e-14)


def test_a_quadratic_form_counts_the_directions_that_vary():
    tied = np.array([[2.0, -1.0, -1.0], [-1.0, 2.0, -1.0], [-1.0, -1.0, 2.0]])
    assert quadratic_form(np.array([1.0, 1.0, -2.0]), tied) == (pytest.approx(2.0), 2)
    assert quadratic_form(np.zeros(2), np.zeros((2, 2))) == (0.0, 0)


def test_a_wald_test_of_one_coefficient_is_its_squared_z():
    test = wald_test(np.array([1.96]), np.array([[0.25]]))
    assert (test.chi_square, test.df) == (pytest.approx(1.96**2 / 0.25), 1)


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2), (1.5, 2), (0, 0)])
def test_counts_are_whole_and_part_of_somebody(successes, n):
    with pytest.raises(BadInput, match="at least 1"):
        refuse_counts(successes, n, where="successes, n", least=1)


def test_no_successes_of_nobody_are_counts_too():
    refuse_counts(0, 0, where="x, n")
    refuse_rate(0.0, where="rate")
    refuse_rate(1.0, where="rate")


@pytest.mark.parametrize("value", [0, 1, np.nan])
def test_a_share_is_neither_nothing_nor_all(value):
    with pytest.raises(BadInput, match="threshold"):
        refuse_share(value, where="threshold")


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan])
def test_a_rate_lies_between_0_and_1(value):
    with pytest.raises(BadInput, match="a rate lies"):
        refuse_rate(value, where="rate")


def test_the_covariates_of_a_subject_are_those_of_the_model():
    assert covariate_row(None, width=0).size == 0
    with pytest.raises(BadInput, match="pass 2, in the order of the model"):
        covariate_row([1.0], width=2)


def test_a_root_and_a_peak_are_where_they_are():
    assert root(lambda x: x * x - 2, 0.0, 2.0) == pytest.approx(np.sqrt(2), rel=1e-12)
    assert peak(lambda x: -((x - 0.3) ** 2), 0.0, 1.0) == pytest.approx((0.3, 0.0), abs=1e-8)


def test_the_highest_of_two_peaks_is_refined():
    points = np.linspace(0.0, 1.0, 26)  # the lower peak is on it, the higher between

    def chance(x):
        return 0.5 * np.exp(-(((x - 0.23) / 0.05) ** 2)) + 0.49 * np.exp(-(((x - 0.8) / 0.05) ** 2))

    height, at = grid_maximum(chance, points=points, heights=chance(points))
    assert (at, height) == (pytest.approx(0.23, abs=1e-6), pytest.approx(0.5, abs=1e-9))
