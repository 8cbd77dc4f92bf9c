from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from equipoise.base.errors import BadInput
from equipoise.stats.numerics.multivariate_normal import rectangle_probability
from equipoise.stats.time_to_event.comparison_weights import (
    GEHAN_BRESLOW,
    LOGRANK,
    PETO_PETO,
    EarlyZero,
    FlemingHarrington,
    ModestlyWeighted,
    ModifiedPetoPeto,
    Prentice,
    PrenticeMarek,
)
from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.max_combo import max_combo
from equipoise.stats.time_to_event.one_sample_logrank import one_sample_logrank
from equipoise.stats.time_to_event.reference_hazard import ConstantHazard, WeibullHazard
from equipoise.stats.time_to_event.weighted_logrank import RankVariance, weighted_logrank

few = settings(max_examples=40, deadline=None)

WEIGHTS = st.sampled_from(
    [
        LOGRANK,
        PETO_PETO,
        FlemingHarrington(rho=0.5, gamma=0.5),
        GEHAN_BRESLOW,
        Prentice(),
        PrenticeMarek(),
        ModifiedPetoPeto(),
        ModestlyWeighted(height=0.5),
    ]
)
SPREADS = st.sampled_from(list(RankVariance))


@dataclass(frozen=True)
class Trial:
    """A small two-arm trial with ties."""

    time: np.ndarray
    event: np.ndarray
    arm: np.ndarray
    stratum: np.ndarray


@st.composite
def trials(draw):
    n = draw(st.integers(6, 30))
    row = st.tuples(
        st.integers(0, 12), st.sampled_from([0, 1, 1]), st.integers(0, 1), st.integers(0, 2)
    )
    trial = Trial(*np.array(draw(st.lists(row, min_size=n, max_size=n))).T)
    assume(0 < trial.arm.sum() < n)
    return trial


@st.composite
def correlations(draw, *, size):
    number = st.floats(-1, 1, allow_subnormal=False)
    loading = np.array(draw(st.lists(number, min_size=size * 3, max_size=size * 3)))
    rows = loading.reshape(size, 3)
    length = np.sqrt((rows**2).sum(axis=1))
    assume((length > 0.1).all())
    rows /= length[:, None]
    matrix = rows @ rows.T
    np.fill_diagonal(matrix, 1.0)
    return matrix


def compared(trial, **how):
    try:
        return weighted_logrank(trial.time, trial.event, trial.arm, **how)
    except BadInput:
        reject()


def combined(time, event, arm, **how):
    try:
        return max_combo(time, event, arm, **how)
    except BadInput:
        reject()


@few
@given(trials(), WEIGHTS, SPREADS)
def test_swapping_arms_flips_the_sign_of_every_weighted_test(trial, weight, spread):
    one = compared(trial, weight=weight, spread=spread)
    other = weighted_logrank(trial.time, trial.event, 1 - trial.arm, weight=weight, spread=spread)
    assert other.z == pytest.approx(-one.z, abs=1e-10)
    assert other.chi_square == pytest.approx(one.chi_square, abs=1e-10)


@few
@given(trials(), WEIGHTS, st.sampled_from([1e-6, 1 / 3, 30.4375, 1e9]))
def test_the_unit_of_time_changes_no_weighted_test(trial, weight, unit):
    one = compared(trial, weight=weight)
    other = weighted_logrank(trial.time * unit, trial.event, trial.arm, weight=weight)
    assert other.z == pytest.approx(one.z, abs=1e-12)


@few
@given(trials(), SPREADS)
def test_weights_of_one_are_the_log_rank_test(trial, spread):
    plain = compared(trial, weight=LOGRANK, spread=spread)
    zero = weighted_logrank(
        trial.time, trial.event, trial.arm, weight=EarlyZero(until=0), spread=spread
    )
    assert zero.z == pytest.approx(plain.z, abs=1e-12)
    if spread is RankVariance.HYPERGEOMETRIC:
        simple = logrank(trial.time, trial.event, trial.arm)
        assert plain.z == pytest.approx(simple.z, abs=1e-12)


@few
@given(trials(), st.randoms(use_true_random=False))
def test_the_order_of_the_subjects_changes_nothing(trial, random):
    order = list(range(trial.time.size))
    random.shuffle(order)
    one = combined(trial.time, trial.event, trial.arm, strata=trial.stratum)
    other = max_combo(
        trial.time[order], trial.event[order], trial.arm[order], strata=trial.stratum[order]
    )
    assert other.z == pytest.approx(one.z, abs=1e-10)
    assert other.p_value == pytest.approx(one.p_value, abs=2e-8)


@few
@given(trials())
def test_the_best_of_four_lies_between_the_best_alone_and_bonferroni(trial):
    test = combined(trial.time, trial.event, trial.arm)
    alone = 1 - rectangle_probability([test.z.min()], [np.inf], correlation=[[1]])
    assert alone - 1e-9 <= test.p_fewer <= min(1, 4 * alone) + 1e-9
    farthest = float(np.abs(test.z).max())
    both = 1 - rectangle_probability([-farthest], [farthest], correlation=[[1]])
    assert both - 1e-9 <= test.p_value <= min(1, 4 * both) + 1e-9
    assert np.abs(test.correlation).max() <= 1 + 1e-12


@few
@given(trials())
def test_two_sided_max_combo_does_not_know_the_arms_apart(trial):
    one = combined(trial.time, trial.event, trial.arm)
    other = max_combo(trial.time, trial.event, 1 - trial.arm)
    assert other.p_value == pytest.approx(one.p_value, abs=2e-8)
    assert other.z == pytest.approx(-one.z, abs=1e-10)


@few
@given(correlations(size=4), st.lists(st.floats(-2, 3), min_size=4, max_size=4))
def test_below_and_above_one_bound_share_out_the_rest(correlation, upper):
    """P(all) = P(all but the last bound) - P(all but the last, and the last above)."""
    lower = [-np.inf] * 4
    free = [*upper[:3], np.inf]
    above = [*lower[:3], upper[3]]
    total = rectangle_probability(lower, free, correlation=correlation)
    parts = [
        rectangle_probability(lower, upper, correlation=correlation),
        rectangle_probability(above, free, correlation=correlation),
    ]
    assert sum(parts) == pytest.approx(total, abs=3e-8)  # three answers, each within 1e-8


@few
@given(correlations(size=5), st.permutations(range(5)))
def test_the_order_of_the_coordinates_changes_nothing(correlation, order):
    lower, upper = np.array([-1, -np.inf, -2, -0.5, -3]), np.array([1, 0.5, np.inf, 2, 1.5])
    one = rectangle_probability(lower, upper, correlation=correlation)
    turned = correlation[np.ix_(order, order)]
    other = rectangle_probability(lower[order], upper[order], correlation=turned)
    assert other == pytest.approx(one, abs=2e-8)


@few
@given(correlations(size=3))
def test_mirroring_every_coordinate_changes_nothing(correlation):
    lower, upper = np.array([-1, -np.inf, 0.3]), np.array([1, 0.5, 2])
    one = rectangle_probability(lower, upper, correlation=correlation)
    assert rectangle_probability(-upper, -lower, correlation=correlation) == pytest.approx(
        one, abs=2e-8
    )


@few
@given(trials(), st.floats(0.01, 2))
def test_expected_events_add_up_over_pieces_of_follow_up(trial, rate):
    time = trial.time + 1.0
    whole = one_sample_logrank(time, trial.event, reference=ConstantHazard(rate=rate))
    parts = one_sample_logrank(
        np.concatenate((time / 2, time)),
        np.concatenate((0 * trial.event, trial.event)),
        reference=ConstantHazard(rate=rate),
        entry=np.concatenate((0 * time, time / 2)),
    )
    assert parts.expected == pytest.approx(whole.expected, rel=1e-12)
    assert parts.z == pytest.approx(whole.z, rel=1e-10, abs=1e-12)
    assert parts.lower == pytest.approx(whole.lower, rel=1e-10)


@few
@given(trials(), st.floats(0.5, 3))
def test_a_weibull_reference_of_shape_1_is_a_constant_one(trial, scale):
    time = trial.time + 1.0
    one = one_sample_logrank(time, trial.event, reference=WeibullHazard(shape=1, scale=scale))
    other = one_sample_logrank(time, trial.event, reference=ConstantHazard(rate=1 / scale))
    assert one.expected == pytest.approx(other.expected, rel=1e-12)
