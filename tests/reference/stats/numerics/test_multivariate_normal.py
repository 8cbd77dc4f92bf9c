"""Normal rectangles whose chance is known by another way."""

from math import asin, erf, exp, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from equipoise.stats.numerics.multivariate_normal import (
    Tails,
    max_quantile,
    rectangle_probability,
)

THREE = np.array([[1, 0.5, 0.3], [0.5, 1, -0.2], [0.3, -0.2, 1]])
NONE = np.inf


def equal(size, rho):
    return np.full((size, size), rho) + (1 - rho) * np.eye(size)


def chance_below(size, *, rho, bound, tails):
    """One common factor: given it, the coordinates are independent."""

    def given(factor):
        centre, spread = sqrt(rho) * factor, sqrt(1 - rho)
        lower = ndtr((-bound - centre) / spread) if tails is Tails.BOTH else 0.0
        one = ndtr((bound - centre) / spread) - lower
        return one**size * exp(-factor * factor / 2) / sqrt(2 * pi)

    steep = sorted((-bound / sqrt(rho), 0, bound / sqrt(rho)))
    return quad(given, -9, 9, epsabs=1e-13, limit=400, points=steep)[0]


def looks_of_sums(fractions, powers):
    """Correlation of sums of weighted events up to each look, by adding up their products."""
    height = np.linspace(1, 0.3, 300)
    rows = [
        height**rho * (1 - height) ** gamma * (np.arange(300) < fraction * 300)
        for fraction in fractions
        for rho, gamma in powers
    ]
    products = np.array(rows) @ np.array(rows).T
    spread = np.sqrt(np.diag(products))
    return products / np.outer(spread, spread)


def on_a_grid(correlation, *, lower, upper):
    """A slow twin: two coordinates on a fine grid, the third by its conditional chance."""
    spread, axes = np.linalg.eigh(correlation)
    rows = axes[:, -3:] * np.sqrt(spread[-3:])
    rows = rows[:, ::-1]  # the smallest axis is the one worked out
    step = 16 / 1600
    place = -8 + step * (np.arange(1600) + 0.5)
    weight = step * np.exp(-place * place / 2) / sqrt(2 * pi)
    ends = []
    for row, low, high in zip(rows, lower, upper, strict=True):
        rest = row[0] * place[:, None] + row[1] * place[None, :]
        pair = (low - rest) / row[2], (high - rest) / row[2]
        ends.append(pair if row[2] > 0 else pair[::-1])
    start = np.maximum.reduce([pair[0] for pair in ends])
    stop = np.minimum.reduce([pair[1] for pair in ends])
    return weight @ np.maximum(ndtr(stop) - ndtr(start), 0) @ weight


@pytest.mark.source("by hand: 1/4 + asin(rho) / 2 pi (Sheppard)")
@pytest.mark.parametrize("rho", [-0.999, -0.5, 0, 0.3, 0.9, 0.999999, 1.0])
def test_quadrants(rho):
    found = rectangle_probability([-NONE, -NONE], [0, 0], correlation=[[1, rho], [rho, 1]])
    assert found == pytest.approx(0.25 + asin(rho) / (2 * pi), abs=1e-11)


@pytest.mark.source("by hand: 1/8 + the three arcsines / 4 pi")
def test_octants():
    truth = 1 / 8 + (asin(0.5) + asin(0.3) + asin(-0.2)) / (4 * pi)
    assert rectangle_probability([-NONE] * 3, [0] * 3, correlation=THREE) == pytest.approx(
        truth, abs=1e-12
    )
    flipped = rectangle_probability([0] * 3, [NONE] * 3, correlation=THREE)
    assert flipped == pytest.approx(truth, abs=1e-12)


@pytest.mark.source("by hand: orthants of coordinates equally correlated 1/2 have 1 / (k + 1)")
@pytest.mark.parametrize(("size", "width"), [(2, 1e-11), (3, 1e-11), (4, 1e-8), (5, 1e-7)])
def test_orthants_of_one_half(size, width):
    found = rectangle_probability([-NONE] * size, [0] * size, correlation=equal(size, 0.5))
    assert found == pytest.approx(1 / (size + 1), abs=width)


@pytest.mark.source("by hand: the product of one-dimensional chances")
def test_independent_coordinates():
    lower, upper = [-1, 0.2, -NONE, -3, 1], [1.3, 2, 0.5, 3, NONE]
    truth = np.prod(ndtr(upper) - ndtr(lower))
    found = rectangle_probability(lower, upper, correlation=np.eye(5))
    assert found == pytest.approx(truth, rel=1e-13)
    turned = equal(3, 0.0)
    turned[0, 1] = turned[1, 0] = 1e-9
    almost = rectangle_probability(lower[:3], upper[:3], correlation=turned)
    assert almost == pytest.approx(np.prod(ndtr(upper[:3]) - ndtr(lower[:3])), abs=1e-9)


@pytest.mark.source("by hand: given a common factor the coordinates are independent")
@pytest.mark.parametrize("tails", list(Tails))
@pytest.mark.parametrize("bound", [0.3, 2.2])
@pytest.mark.parametrize(
    ("size", "rho"),
    [(2, 0.9), (3, 0.1), (3, 0.9999), (4, 0.5), (4, 0.999), (5, 0.9), (8, 0.5)],
)
def test_equal_correlations(size, rho, *, bound, tails):
    lower = [-bound if tails is Tails.BOTH else -NONE] * size
    found = rectangle_probability(lower, [bound] * size, correlation=equal(size, rho))
    truth = chance_below(size, rho=rho, bound=bound, tails=tails)
    width = {2: 1e-11, 3: 1e-11, 4: 1e-8}.get(size, 1e-7)  # as the file says, or better
    assert found == pytest.approx(truth, abs=width)


@pytest.mark.source("by hand: bounds on sums that the bounds of their terms imply change nothing")
@pytest.mark.parametrize(("size", "width"), [(4, 1e-8), (6, 1e-6)])
def test_rank_below_the_number_of_coordinates(size, width):
    rho, bound = 0.9, 2.0
    terms = np.eye(size)[:2] + np.eye(size)[2:4]
    rows = np.vstack((np.eye(size), terms / sqrt(2 + 2 * rho)))
    correlation = rows @ equal(size, rho) @ rows.T
    upper = [bound] * size + [2 * bound / sqrt(2 + 2 * rho) + 0.01] * 2
    found = rectangle_probability([-NONE] * (size + 2), upper, correlation=correlation)
    truth = chance_below(size, rho=rho, bound=bound, tails=Tails.UPPER)
    assert found == pytest.approx(truth, abs=width)


@pytest.mark.source("program: scipy 1.17 multivariate_normal.cdf (two and three dimensions)")
def test_rectangles_of_two_and_three_as_scipy():
    for size, lower, upper in (
        (2, [-0.7, -NONE], [1.1, 0.4]),
        (3, [-1, -2, -NONE], [1.3, 0.5, 2]),
        (3, [0.5, -0.2, -0.1], [1.3, 2.5, 2]),
    ):
        part = THREE[:size, :size]
        # scipy integrates three dimensions to 1e-5 unless asked for more.
        truth = multivariate_normal.cdf(
            upper,
            cov=part,
            lower_limit=lower,
            abseps=1e-9,
            releps=1e-9,
            maxpts=2_000_000,
            rng=np.random.default_rng(1),
        )
        assert rectangle_probability(lower, upper, correlation=part) == pytest.approx(
            truth, abs=2e-8
        )


@pytest.mark.source("by hand: of Z and its copy the narrower bounds hold")
def test_copies_and_opposites_of_one_coordinate():
    one = np.ones((3, 3))
    assert rectangle_probability([-NONE, -1, -2], [1, 2, 0.5], correlation=one) == pytest.approx(
        ndtr(0.5) - ndtr(-1), abs=1e-11
    )
    opposite = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert rectangle_probability([-NONE, -NONE], [1, 0.5], correlation=opposite) == pytest.approx(
        ndtr(1) - ndtr(-0.5), abs=1e-11
    )


@pytest.mark.source("by hand: Z1, Z2 and their sum over sqrt 2, in two dimensions by a plain grid")
def test_a_sum_of_two_tests_among_them():
    half = sqrt(0.5)
    correlation = np.array([[1, 0, half], [0, 1, half], [half, half, 1]])

    def given(z):
        return ndtr(min(1.5, 2 * sqrt(2) - z)) * exp(-z * z / 2) / sqrt(2 * pi)

    truth = quad(given, -9, 1.5, epsabs=1e-13, points=[2 * sqrt(2) - 1.5])[0]
    found = rectangle_probability([-NONE] * 3, [1.5, 1.5, 2], correlation=correlation)
    assert found == pytest.approx(truth, abs=1e-11)


@pytest.mark.source("by hand: rank 3, on a grid of 1600 x 1600 and the third axis exact")
@pytest.mark.parametrize("low", [-NONE, -2.2])
def test_four_tests_of_fleming_and_harrington(low):
    correlation = looks_of_sums((1,), ((0, 0), (0, 1), (1, 0), (1, 1)))
    bounds = [max(low, -9.0)] * 4, [2.2] * 4
    truth = on_a_grid(correlation, lower=bounds[0], upper=bounds[1])
    found = rectangle_probability([low] * 4, bounds[1], correlation=correlation)
    # The grid sees the edges of the region to 1e-6.
    assert found == pytest.approx(truth, abs=2e-6)


@pytest.mark.source("by hand: independent pairs multiply")
def test_two_pairs_that_share_nothing_multiply():
    pair = np.array([[1, 0.8], [0.8, 1]])
    both = np.block([[pair, np.zeros((2, 2))], [np.zeros((2, 2)), pair]])
    one = rectangle_probability([-2, -2], [2, 1], correlation=pair)
    assert rectangle_probability([-2] * 4, [2, 1, 2, 1], correlation=both) == pytest.approx(
        one * one, abs=1e-13
    )
    touched = both + 1e-7 * np.kron(np.array([[0, 1], [1, 0]]), np.ones((2, 2)))
    assert rectangle_probability([-2] * 4, [2, 1, 2, 1], correlation=touched) == pytest.approx(
        one * one, abs=1e-7
    )


@pytest.mark.source("by hand: the error function")
def test_one_coordinate():
    assert rectangle_probability([-1.96], [1.96], correlation=[[1]]) == pytest.approx(
        erf(1.96 / sqrt(2)), rel=1e-15
    )


@pytest.mark.source("paper: Dunnett 1955, doi:10.1080/01621459.1955.10501294, infinite df, 0.95")
@pytest.mark.parametrize(
    ("tails", "size", "printed"),
    [
        (Tails.UPPER, 2, 1.92),
        (Tails.UPPER, 3, 2.06),
        (Tails.UPPER, 4, 2.16),
        (Tails.UPPER, 5, 2.23),
        (Tails.BOTH, 2, 2.21),
        (Tails.BOTH, 3, 2.35),
    ],
)
def test_critical_values_of_dunnett(tails, size, printed):
    found = max_quantile(0.95, correlation=equal(size, 0.5), tails=tails, tolerance=1e-6)
    assert found == pytest.approx(printed, abs=0.0051)


@pytest.mark.source("by hand: normal deviates of 0.975 and 0.95")
def test_quantiles_of_one_coordinate_and_its_copies():
    assert max_quantile(0.975, correlation=[[1]]) == pytest.approx(1.959963984540054, abs=1e-10)
    assert max_quantile(0.95, correlation=np.ones((4, 4)), tails=Tails.BOTH) == pytest.approx(
        1.959963984540054, abs=1e-9
    )
