"""Laws of Cox and parametric hazard models: what may not matter, and what must add up."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from equipoise.base.errors import BadInput, NotConverged
from equipoise.stats import Ties
from equipoise.stats.time_to_event.cox import cox_regression
from equipoise.stats.time_to_event.cox_baseline import Centre, baseline_hazard, predicted_survival
from equipoise.stats.time_to_event.cox_residuals import martingale_residuals, score_residuals
from equipoise.stats.time_to_event.cox_robust import cox_robust
from equipoise.stats.time_to_event.cox_rows import cox_rows
from equipoise.stats.time_to_event.hazard_piecewise import piecewise_exponential
from equipoise.stats.time_to_event.hazard_weibull import weibull
from equipoise.stats.time_to_event.proportional_hazards_test import (
    TimeScale,
    proportional_hazards_test,
)

few = settings(max_examples=40, deadline=None)
approximate = st.sampled_from([Ties.EFRON, Ties.BRESLOW])


@dataclass(frozen=True)
class Follow:
    """A small trial with ties, delayed entry, strata and counts."""

    time: np.ndarray
    event: np.ndarray
    x: np.ndarray
    entry: np.ndarray
    stratum: np.ndarray
    count: np.ndarray


@st.composite
def trials(draw):
    """Draw 8 to 24 rows with two covariates, a binary one and a number."""
    n = draw(st.integers(8, 24))
    row = st.tuples(
        st.integers(1, 9),
        st.sampled_from([0, 1, 1]),
        st.integers(0, 1),
        st.integers(-3, 3),
        st.integers(0, 4),
        st.integers(0, 1),
        st.integers(1, 3),
    )
    table = np.array(draw(st.lists(row, min_size=n, max_size=n)), dtype=float)
    time, event, arm, number, entry, stratum, count = table.T
    x = np.column_stack((arm, number))
    entry = np.minimum(entry, time - 1)
    return Follow(time=time, event=event, x=x, entry=entry, stratum=stratum, count=count)


def fitted(rows, *, ties=Ties.EFRON, weights=None, strata=True):
    """Fit the rows; trials without a finite or well-determined estimate are passed over."""
    try:
        model = cox_regression(
            cox_rows(
                rows.time,
                rows.event,
                rows.x,
                entry=rows.entry,
                strata=rows.stratum if strata else None,
                weights=weights,
            ),
            ties=ties,
        )
    except (NotConverged, BadInput):
        reject()
    assume(np.abs(model.coef).max() < 8)
    assume(model.std_err.max() < 20)
    return model


def taken(rows, places):
    """Return some rows, in some order, possibly twice."""
    return Follow(*(column[places] for column in vars(rows).values()))


def hazards_test(model):
    try:
        return proportional_hazards_test(model, scale=TimeScale.RANK)
    except BadInput:
        reject()


def robust_of(model, **how):
    try:
        return cox_robust(model, **how)
    except BadInput:
        reject()


def assert_same(one, other, *, rel=1e-7):
    assert other.coef == pytest.approx(one.coef, rel=rel, abs=1e-8)
    assert other.variance == pytest.approx(one.variance, rel=rel, abs=1e-8)
    gain = one.likelihood_ratio.chi_square
    assert other.likelihood_ratio.chi_square == pytest.approx(gain, rel=rel, abs=1e-8)


@few
@given(trials(), st.sampled_from(list(Ties)), st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_labels_of_the_rows_matter(rows, ties, random):
    places = list(range(rows.time.size))
    random.shuffle(places)
    mixed = taken(rows, places)
    named = replace(mixed, stratum=np.where(mixed.stratum == 1, "a", "z"))
    assert_same(fitted(rows, ties=ties), fitted(named, ties=ties))


@few
@given(trials(), st.sampled_from(list(Ties)), st.floats(0.01, 100))
def test_only_the_order_of_times_matters(rows, ties, unit):
    stretched = replace(rows, time=unit * rows.time**2, entry=unit * rows.entry**2)
    assert_same(fitted(rows, ties=ties), fitted(stretched, ties=ties))


@few
@given(trials())
def test_counts_equal_that_many_rows_by_breslow(rows):
    repeated = taken(rows, np.repeat(np.arange(rows.time.size), rows.count.astype(int)))
    one = fitted(rows, ties=Ties.BRESLOW, weights=rows.count)
    other = fitted(repeated, ties=Ties.BRESLOW)
    assert_same(one, other)
    assert one.loglik == pytest.approx(other.loglik, rel=1e-9)


@few
@given(trials(), approximate, st.floats(0.1, 10))
def test_the_unit_of_the_weights_leaves_coefficients_and_robust_variance(rows, ties, unit):
    one = fitted(rows, ties=ties, weights=rows.count)
    other = fitted(rows, ties=ties, weights=unit * rows.count)
    assert other.coef == pytest.approx(one.coef, rel=1e-7, abs=1e-8)
    assert other.variance * unit == pytest.approx(one.variance, rel=1e-7, abs=1e-8)
    robust = robust_of(one).variance, robust_of(other).variance
    assert robust[1] == pytest.approx(robust[0], rel=1e-6, abs=1e-8)


@few
@given(trials(), approximate)
def test_rows_of_weight_0_are_left_out(rows, ties):
    kept = rows.count > 1
    assume(kept.sum() > 4)
    one = fitted(taken(rows, kept), ties=ties, weights=rows.count[kept])
    other = fitted(rows, ties=ties, weights=np.where(kept, rows.count, 0.0))
    assert_same(one, other)


@few
@given(trials(), st.sampled_from(list(Ties)), st.sampled_from([1.5, 3.0, 4.0, 6.5]))
def test_a_subject_may_be_cut_into_rows(rows, ties, cut):
    one = fitted(rows, ties=ties)
    across = np.flatnonzero((rows.entry < cut) & (cut < rows.time))
    places = np.concatenate((np.arange(rows.time.size), across))
    parts = taken(rows, places)
    late = np.arange(places.size) >= rows.time.size
    early = np.isin(places, across) & ~late
    parts = replace(
        parts,
        time=np.where(early, cut, parts.time),
        event=np.where(early, 0, parts.event),
        entry=np.where(late, cut, parts.entry),
    )
    other = fitted(parts, ties=ties)
    assert_same(one, other)
    if ties is not Ties.EXACT:
        whole, clustered = robust_of(one), robust_of(other, cluster=places)
        assert clustered.variance == pytest.approx(whole.variance, rel=1e-6, abs=1e-8)
        summed = np.bincount(places, weights=martingale_residuals(other))
        assert summed == pytest.approx(martingale_residuals(one), rel=1e-6, abs=1e-7)


@few
@given(trials(), approximate)
def test_residuals_add_to_0(rows, ties):
    model = fitted(rows, ties=ties, weights=rows.count)
    martingale, score = martingale_residuals(model), score_residuals(model)
    for stratum in (0, 1):
        within = rows.stratum == stratum
        assert rows.count[within] @ martingale[within] == pytest.approx(0, abs=1e-8)
    assert rows.count @ score == pytest.approx([0, 0], abs=1e-6)


def exact_log_likelihood(beta, rows):
    """Return the exact log partial likelihood, every set of as many subjects in turn."""
    total, weight = 0.0, np.exp(rows.x @ beta)
    for stratum in (0, 1):
        for moment in np.unique(rows.time):
            part = (rows.stratum == stratum) & (rows.entry < moment) & (rows.time >= moment)
            dying = part & (rows.time == moment) & (rows.event == 1)
            sets = combinations(weight[part], int(dying.sum()))
            total += np.log(weight[dying].prod()) - np.log(sum(np.prod(one) for one in sets))
    return total


@settings(max_examples=15, deadline=None)
@given(trials())
def test_the_exact_estimate_is_the_top_of_a_likelihood_of_all_sets(rows):
    rows = taken(rows, slice(0, 12))
    model = fitted(rows, ties=Ties.EXACT)
    assert exact_log_likelihood(model.coef, rows) == pytest.approx(model.loglik, abs=1e-9)
    assert exact_log_likelihood(np.zeros(2), rows) == pytest.approx(model.loglik_null, abs=1e-9)
    step = 1e-4
    for axis in np.eye(2):
        above, below = (
            exact_log_likelihood(model.coef + side * step * axis, rows) for side in (1, -1)
        )
        assert (above - below) / (2 * step) == pytest.approx(0, abs=1e-5)


@few
@given(trials())
def test_without_ties_every_treatment_is_the_same(rows):
    apart = replace(rows, time=rows.time + np.arange(rows.time.size) / 1000)
    models = [fitted(apart, ties=ties) for ties in Ties]
    for other in models[1:]:
        assert_same(models[0], other)
        assert other.loglik == pytest.approx(models[0].loglik, rel=1e-10)


@few
@given(trials(), st.floats(-50, 50), st.floats(0.1, 10))
def test_the_unit_of_a_covariate_changes_its_coefficient_and_no_test(rows, origin, unit):
    moved = replace(rows, x=np.column_stack((rows.x[:, 0], origin + unit * rows.x[:, 1])))
    one, other = fitted(rows), fitted(moved)
    assert other.coef[1] * unit == pytest.approx(one.coef[1], rel=1e-6, abs=1e-7)
    tests = [hazards_test(model) for model in (one, other)]
    assert tests[1].overall.chi_square == pytest.approx(
        tests[0].overall.chi_square, rel=1e-5, abs=1e-6
    )


@few
@given(trials(), approximate)
def test_predicted_survival_at_covariates_0_is_the_baseline(rows, ties):
    model = fitted(rows, ties=ties, strata=False)
    (curve,) = baseline_hazard(model, centre=Centre.ZERO)
    found = predicted_survival(model, [0, 0], times=curve.times)
    assert found.cumulative_hazard == pytest.approx(curve.cumulative_hazard, rel=1e-12)
    assert found.hazard_std_err == pytest.approx(curve.std_err, rel=1e-12)
    assert np.all(np.diff(curve.cumulative_hazard) > 0)
    assert np.all((found.lower <= found.estimate) & (found.estimate <= found.upper))


@few
@given(trials())
def test_pieces_between_event_times_are_cox_by_breslow(rows):
    """A free hazard between all event times says as much as no hazard said at all.

    Only while everyone at risk is at risk for a whole piece: those who leave between two event
    times are taken to have left at the one before.
    """
    moments = np.unique(rows.time[rows.event == 1])
    assume(moments.size > 1)
    place = np.searchsorted(moments, rows.time, side="right") - 1
    rows = replace(rows, time=moments[np.maximum(place, 0)], entry=np.zeros(rows.time.size))
    rows = taken(rows, place >= 0)
    model = fitted(rows, ties=Ties.BRESLOW, strata=False)
    pieces = piecewise_exponential(rows.time, rows.event, rows.x, cuts=moments[:-1].tolist())
    assert pieces.proportional.coef == pytest.approx(model.coef, rel=1e-7, abs=1e-8)
    assert pieces.proportional.variance == pytest.approx(model.variance, rel=1e-6, abs=1e-8)


@few
@given(trials(), st.floats(0.01, 100))
def test_the_unit_of_time_moves_the_intercept_of_a_weibull_model_alone(rows, unit):
    try:
        one = weibull(rows.time, rows.event, rows.x)
        other = weibull(unit * rows.time, rows.event, rows.x)
    except (NotConverged, BadInput):
        reject()
    assume(np.abs(one.accelerated.coef).max() < 20)
    shift = np.array([np.log(unit), 0, 0])
    expected = one.accelerated.coef + shift
    assert other.accelerated.coef == pytest.approx(expected, rel=1e-6, abs=1e-7)
    assert other.shape == pytest.approx(one.shape, rel=1e-7)
    assert other.proportional.coef == pytest.approx(one.proportional.coef, rel=1e-6, abs=1e-7)
    gain = one.likelihood_ratio.chi_square
    assert other.likelihood_ratio.chi_square == pytest.approx(gain, rel=1e-7, abs=1e-8)
