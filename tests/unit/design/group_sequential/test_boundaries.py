from math import inf

import pytest

from equipoise.base.errors import BadInput
from equipoise.design import (
    OBrienFlemingSpending,
    PocockSpending,
    crossing_probabilities,
    efficacy_boundary,
)
from equipoise.design.group_sequential.spending import alpha_spent

KINDS = [OBrienFlemingSpending(), PocockSpending()]


@pytest.mark.parametrize("spending", KINDS)
def test_all_of_the_error_is_spent_at_the_last_look(spending):
    assert alpha_spent(spending, fraction=1.0, alpha_one_sided=0.025) == pytest.approx(
        0.025, rel=1e-14
    )


def test_obrien_fleming_spends_less_early_than_pocock():
    early = [alpha_spent(kind, fraction=0.3, alpha_one_sided=0.025) for kind in KINDS]
    assert early[0] < 0.0001
    assert early[1] > 0.01


@pytest.mark.parametrize("fraction", [0, -0.1, 1.1, float("nan")])
@pytest.mark.parametrize("spending", KINDS)
def test_a_fraction_outside_0_and_1_is_refused(spending, fraction):
    with pytest.raises(BadInput, match="fraction"):
        alpha_spent(spending, fraction=fraction, alpha_one_sided=0.025)


@pytest.mark.parametrize("alpha", [0, 0.5, 2.5, -0.025, float("nan")])
def test_an_error_rate_that_is_none_is_refused(alpha):
    with pytest.raises(BadInput, match="alpha_one_sided"):
        efficacy_boundary((0.5, 1.0), alpha_one_sided=alpha, spending=PocockSpending())


@pytest.mark.parametrize(
    "fractions",
    [
        (),
        (0.5,),
        (0.5, 0.5, 1.0),
        (0.7, 0.5, 1.0),
        (0.0, 1.0),
        (-0.5, 1.0),
        (0.5, 1.2),
        (0.5, 0.9999, 1.0),
        (float("nan"), 1.0),
    ],
)
def test_fractions_that_do_not_rise_to_1_are_refused(fractions):
    with pytest.raises(BadInput, match="information_fractions"):
        efficacy_boundary(fractions, alpha_one_sided=0.025, spending=PocockSpending())


def test_one_look_is_the_plain_test():
    boundary = efficacy_boundary((1.0,), alpha_one_sided=0.025, spending=OBrienFlemingSpending())
    assert boundary.z == pytest.approx((1.959963984540054,), abs=1e-13)
    assert boundary.nominal_p == pytest.approx((0.025,), rel=1e-13)


def test_a_look_so_early_that_no_error_is_left_cannot_stop_the_trial():
    boundary = efficacy_boundary(
        (0.0005, 0.001, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
    )
    assert boundary.z[:2] == (inf, inf)
    assert boundary.z[2] == pytest.approx(1.959963984540054, abs=1e-10)
    assert crossing_probabilities(boundary, drift=3.0)[:2] == (0.0, 0.0)


@pytest.mark.parametrize("fractions", [(0.5, 0.501, 0.502, 1.0), (0.01, 0.02, 0.5, 0.99, 1.0)])
@pytest.mark.parametrize("spending", KINDS)
def test_looks_close_together_and_looks_far_apart_spend_what_they_should(spending, fractions):
    boundary = efficacy_boundary(fractions, alpha_one_sided=0.025, spending=spending)
    spent = (0.0, *boundary.cumulative_alpha)
    crossed = crossing_probabilities(boundary, drift=0.0)
    for look, probability in enumerate(crossed):
        assert probability == pytest.approx(spent[look + 1] - spent[look], rel=1e-9)


def test_a_drift_that_is_no_number_is_refused():
    boundary = efficacy_boundary((1.0,), alpha_one_sided=0.025, spending=PocockSpending())
    with pytest.raises(BadInput, match="drift"):
        crossing_probabilities(boundary, drift=inf)
