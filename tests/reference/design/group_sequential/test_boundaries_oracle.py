from itertools import accumulate
from math import exp, pi, sqrt

import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from equipoise.design import (
    Boundary,
    OBrienFlemingSpending,
    PocockSpending,
    crossing_probabilities,
    efficacy_boundary,
)

SPENDING = {"obrien_fleming": OBrienFlemingSpending(), "pocock": PocockSpending()}
INDEPENDENT = "program: an independent recursion, accurate to 3e-14: data/efficacy_boundaries.json"


def boundary_of(z, fractions):
    """Return a boundary that was not made by a spending function of ours."""
    return Boundary(
        information_fractions=tuple(fractions),
        z=tuple(z),
        nominal_p=(),
        cumulative_alpha=(),
        alpha_one_sided=0.025,
        spending=OBrienFlemingSpending(),
    )


@pytest.mark.source(INDEPENDENT)
def test_boundaries_agree_to_1e_10(stored):
    checked = 0
    for truth in stored("efficacy_boundaries.json")["boundaries"]:
        if truth["spending"] not in SPENDING:
            continue
        boundary = efficacy_boundary(
            tuple(truth["information_fractions"]),
            alpha_one_sided=truth["alpha_one_sided"],
            spending=SPENDING[truth["spending"]],
        )
        assert boundary.z == pytest.approx(truth["z"], abs=1e-10, rel=0)
        assert boundary.cumulative_alpha == pytest.approx(truth["cumulative_alpha"], rel=1e-12)
        checked += 1
    assert checked == 4


@pytest.mark.source(INDEPENDENT)
def test_crossing_probabilities_of_other_boundaries_spend_what_they_should(stored):
    checked = 0
    for truth in stored("efficacy_boundaries.json")["boundaries"]:
        boundary = boundary_of(truth["z"], truth["information_fractions"])
        crossed = list(accumulate(crossing_probabilities(boundary, drift=0.0)))
        assert crossed[-1] == pytest.approx(0.025, abs=1e-13)
        if "cumulative_alpha" in truth:
            assert crossed == pytest.approx(truth["cumulative_alpha"], abs=1e-13)
            checked += 1
    assert checked > 10


@pytest.mark.source(
    "program: lrstat 0.3.3 and rpact 4.5: getBound 'sfP', getDesignGroupSequential 'asP'"
)
@pytest.mark.parametrize(
    ("fractions", "z"),
    [
        ((0.6, 1.0), (2.10345914110122, 2.23053833097219)),
        ((0.5, 0.75, 1.0), (2.15699921834468, 2.31242281389833, 2.32693183322563)),
        (
            (0.25, 0.5, 0.8, 1.0),
            (2.36832770352391, 2.36752428859472, 2.3270616158843, 2.36972894519567),
        ),
    ],
)
def test_pocock_spending_of_packages(fractions, z):
    boundary = efficacy_boundary(fractions, alpha_one_sided=0.025, spending=PocockSpending())
    assert boundary.z == pytest.approx(z, abs=2e-6)


@pytest.mark.source(
    "paper: Jennison and Turnbull 2000, tables 2.1 and 2.3: 5 looks, two-sided 0.05"
)
def test_constants_of_pocock_and_obrien_fleming_for_five_looks():
    fractions = (0.2, 0.4, 0.6, 0.8, 1.0)
    pocock = boundary_of([2.413] * 5, fractions)
    obrien = boundary_of([2.040 / fraction**0.5 for fraction in fractions], fractions)
    for boundary in (pocock, obrien):
        assert sum(crossing_probabilities(boundary, drift=0.0)) == pytest.approx(0.025, abs=1e-4)


@pytest.mark.source("by hand: two looks of half the information each, boundary 0 at both")
def test_two_looks_at_a_boundary_of_0_have_an_orthant_probability():
    # P(Z1 < 0, Z2 < 0) = 1/4 + asin(sqrt(1/2)) / (2 pi) = 3/8.
    first, second = crossing_probabilities(boundary_of([0.0, 0.0], [0.5, 1.0]), drift=0.0)
    assert first == pytest.approx(1 / 2, abs=1e-14)
    assert second == pytest.approx(1 / 2 - 3 / 8, abs=1e-14)


@pytest.mark.source("by hand: a drift of z(0.975) + z(0.8) has power 0.8 at one look")
def test_the_drift_is_the_mean_of_z_at_full_information():
    boundary = efficacy_boundary((1.0,), alpha_one_sided=0.025, spending=PocockSpending())
    (power,) = crossing_probabilities(boundary, drift=1.959963984540054 + 0.8416212335729143)
    assert power == pytest.approx(0.8, abs=1e-14)


@pytest.mark.source("by hand: P(Z1 < a, Z2 >= b) as one integral over Z1, by adaptive quadrature")
@pytest.mark.parametrize("first", [0.05, 0.5, 0.98, 0.998])
@pytest.mark.parametrize("drift", [0.0, 2.8])
def test_two_looks_are_one_integral(first, drift):
    boundary = boundary_of([2.5, 2.0], [first, 1.0])
    apart = sqrt(1 - first)

    def later(score):
        before = exp(-((score - drift * first) ** 2) / (2 * first)) / sqrt(2 * pi * first)
        return before * float(ndtr((drift * (1 - first) + score - 2.0) / apart))

    top = 2.5 * sqrt(first)
    edge = [top - width * apart for width in (1, 3, 10) if width * apart < 8]
    truth = quad(later, -12, top, points=edge, epsabs=1e-14, epsrel=1e-13, limit=500)[0]
    found = crossing_probabilities(boundary, drift=drift)
    assert found[1] == pytest.approx(truth, abs=1e-12)
    assert found[0] == pytest.approx(ndtr(drift * sqrt(first) - 2.5), rel=1e-13)
