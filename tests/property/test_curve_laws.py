from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.adjusted_rmst import adjusted_rmst
from equipoise.stats.time_to_event.landmark import landmark
from equipoise.stats.time_to_event.mean_cumulative import mean_cumulative
from equipoise.stats.time_to_event.milestone import survival_difference
from equipoise.stats.time_to_event.nelson_aalen import (
    HazardMethod,
    HazardTies,
    fleming_harrington,
    nelson_aalen,
)
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning
from equipoise.stats.time_to_event.rmst import compare_rmst, rmst
from equipoise.stats.time_to_event.survival import at_risk_at, kaplan_meier, survival_at

few = settings(max_examples=50, deadline=None)
COUNT, SAMPLING = WeightMeaning.COUNT, WeightMeaning.SAMPLING
STEP = 1e-6


@dataclass(frozen=True)
class Rows:
    """Subjects with ties, delayed entry and whole weights."""

    time: np.ndarray
    event: np.ndarray
    entry: np.ndarray
    weight: np.ndarray
    arm: np.ndarray


@st.composite
def cohorts(draw, *, least=2):
    row = st.tuples(
        st.integers(1, 9),
        st.integers(0, 1),
        st.integers(-2, 8),
        st.integers(1, 4),
        st.integers(0, 1),
    )
    table = np.array(draw(st.lists(row, min_size=least, max_size=20)))
    time, event, entry, weight, arm = table.T
    return Rows(time * 1.0, event, np.minimum(entry, time - 1) * 1.0, weight, arm)


def curve_by_hand(rows):
    """Return S(t) at each distinct time, one risk set after the other."""
    heights, height = [], 1.0
    for moment in np.unique(rows.time):
        here = (rows.entry < moment) & (moment <= rows.time)
        events = (rows.time == moment) & (rows.event == 1)
        height *= 1 - rows.weight[events].sum() / rows.weight[here].sum()
        heights.append(height)
    return np.array(heights)


@few
@given(cohorts())
def test_a_curve_is_the_product_over_risk_sets_counted_one_by_one(rows):
    weights = CaseWeights(values=rows.weight, meaning=COUNT)
    curve = kaplan_meier(rows.time, rows.event, entry=rows.entry, weights=weights)
    assert curve.survival == pytest.approx(curve_by_hand(rows), abs=1e-13)
    asked = np.arange(0, 11) / 1.0
    present = [np.sum((rows.entry < at) & (at <= rows.time)) for at in asked]
    assert at_risk_at(curve, asked).tolist() == present


@few
@given(cohorts())
def test_the_fast_sort_of_times_and_events_gives_what_a_plain_one_gives(rows):
    quick = kaplan_meier(rows.time, rows.event)
    ones = CaseWeights(values=np.ones(rows.time.size), meaning=COUNT)
    plain = kaplan_meier(rows.time, rows.event, weights=ones)
    for name in ("times", "at_risk", "events", "censored", "survival", "std_err", "lower", "upper"):
        assert getattr(quick, name) == pytest.approx(getattr(plain, name), rel=1e-13, nan_ok=True)


@few
@given(cohorts())
def test_a_weight_that_counts_is_the_row_repeated(rows):
    weights = CaseWeights(values=rows.weight, meaning=COUNT)
    time, event, entry = (
        np.repeat(column, rows.weight) for column in (rows.time, rows.event, rows.entry)
    )
    one = kaplan_meier(rows.time, rows.event, entry=rows.entry, weights=weights)
    many = kaplan_meier(time, event, entry=entry)
    assert one.weighted.at_risk == pytest.approx(many.at_risk)
    assert one.std_err == pytest.approx(many.std_err, abs=1e-13, nan_ok=True)
    hazard = nelson_aalen(rows.time, rows.event, entry=rows.entry, weights=weights)
    repeated = nelson_aalen(time, event, entry=entry)
    assert hazard.upper == pytest.approx(repeated.upper, rel=1e-12)


@few
@given(cohorts(), st.floats(0.01, 100))
def test_sampling_weights_have_no_unit(rows, unit):
    one, other = (
        kaplan_meier(
            rows.time,
            rows.event,
            entry=rows.entry,
            weights=CaseWeights(values=rows.weight * factor, meaning=SAMPLING),
        )
        for factor in (1.0, unit)
    )
    assert other.survival == pytest.approx(one.survival, abs=1e-12)
    # Errors that are 0 come out of a difference of moments, as the root of a rounding error.
    assert other.std_err == pytest.approx(one.std_err, rel=1e-6, abs=1e-6, nan_ok=True)


def influence_by_change(estimate, weight):
    """Return what each weight, times itself, does to an estimate, by changing it a little."""
    parts = []
    for row in range(weight.size):
        change = np.zeros(weight.size)
        change[row] = STEP * weight[row]
        parts.append((estimate(weight + change) - estimate(weight - change)) / (2 * STEP))
    return np.array(parts)


@few
@given(cohorts())
def test_the_robust_variance_sums_the_squares_of_what_each_weight_does(rows):
    def weighted(method, weight):
        weights = CaseWeights(values=weight, meaning=SAMPLING)
        return method(rows.time, rows.event, entry=rows.entry, weights=weights)

    weight = rows.weight * 1.0
    for method, name in ((kaplan_meier, "survival"), (nelson_aalen, "estimate")):
        parts = influence_by_change(
            lambda changed, of=method, name=name: getattr(weighted(of, changed), name), weight
        )
        found = weighted(method, weight).std_err
        known = ~np.isnan(found)
        truth = (parts**2).sum(axis=0)
        assert found[known] ** 2 == pytest.approx(truth[known], rel=1e-5, abs=1e-8)


@few
@given(cohorts())
def test_without_censoring_the_robust_variance_is_that_of_a_proportion(rows):
    n = rows.time.size
    ones = CaseWeights(values=np.ones(n), meaning=SAMPLING)
    curve = kaplan_meier(rows.time, np.ones(n), weights=ones)
    inside = curve.survival > 0
    share = curve.survival[inside]
    assert curve.std_err[inside] ** 2 == pytest.approx(share * (1 - share) / n, abs=1e-13)


@few
@given(cohorts(), st.data())
def test_a_spell_told_in_two_parts_changes_no_mean_of_events(rows, data):
    time = np.arange(2.0, 2 * rows.time.size + 2, 2)  # apart, so that a cut falls on no time
    subject = np.sort(rows.arm.cumsum())
    entry = np.where(np.r_[True, subject[1:] != subject[:-1]], 0.0, np.r_[0.0, time[:-1]])
    whole = mean_cumulative(time, rows.event, subject, entry=entry)
    cut = data.draw(st.integers(0, time.size - 1))
    middle = (entry[cut] + time[cut]) / 2
    parts = mean_cumulative(
        np.append(time, middle),
        np.append(rows.event, 0),
        np.append(subject, subject[cut]),
        entry=np.append(np.where(np.arange(time.size) == cut, middle, entry), entry[cut]),
    )
    kept = np.isin(parts.times, whole.times)
    assert parts.estimate[kept] == pytest.approx(whole.estimate, rel=1e-12)
    assert parts.std_err[kept] == pytest.approx(whole.std_err, rel=1e-6, abs=1e-7)
    assert whole.n == parts.n == np.unique(subject).size


@few
@given(cohorts())
def test_of_one_row_each_the_mean_of_events_is_the_hazard_with_sampling_error(rows):
    ones = CaseWeights(values=np.ones(rows.time.size), meaning=SAMPLING)
    hazard = nelson_aalen(rows.time, rows.event, entry=rows.entry, weights=ones)
    curve = mean_cumulative(rows.time, rows.event, np.arange(rows.time.size), entry=rows.entry)
    assert curve.estimate == pytest.approx(hazard.estimate, rel=1e-12)
    assert curve.std_err == pytest.approx(hazard.std_err, rel=1e-6, abs=1e-7)


@few
@given(cohorts())
def test_three_estimates_of_survival_lie_in_order(rows):
    corrected = HazardMethod(ties=HazardTies.FLEMING_HARRINGTON)
    plain = fleming_harrington(nelson_aalen(rows.time, rows.event))
    other = fleming_harrington(nelson_aalen(rows.time, rows.event, method=corrected))
    product = kaplan_meier(rows.time, rows.event).survival
    assert (plain.survival >= other.survival - 1e-14).all()
    assert (other.survival >= product - 1e-14).all()
    assert (plain.lower <= plain.survival).all()
    assert (plain.survival <= plain.upper).all()


@few
@given(cohorts(), st.integers(0, 8))
def test_from_a_landmark_on_the_curve_is_the_one_given_survival_until_then(rows, at):
    assume((rows.time > at).any())
    whole = kaplan_meier(rows.time, rows.event)
    there = landmark(rows.time, rows.event, at=at)
    given_alive = survival_at(kaplan_meier(there.time, there.event), np.arange(0, 10))
    before = survival_at(whole, [at]).estimate[0]
    later = survival_at(whole, np.arange(at, at + 10)).estimate
    assert given_alive.estimate * before == pytest.approx(later, abs=1e-13)
    left_out = there.events_before + there.censored_before + there.entered_later
    assert left_out + there.rows.size == rows.time.size


def two_arms(rows):
    """Return the curves of both arms, each with two more subjects followed to time 10."""
    curves = []
    for arm in (1, 0):
        here = rows.arm == arm
        time = np.append(rows.time[here], [5, 10, 10])
        curves.append(kaplan_meier(time, np.append(rows.event[here], [1, 0, 0])))
    return curves


@few
@given(cohorts(), st.sampled_from(list(ProbabilityScale)))
def test_swapping_the_arms_turns_every_contrast(rows, scale):
    one, other = two_arms(rows)
    here = compare_rmst(one, control=other, tau=9)
    there = compare_rmst(other, control=one, tau=9)
    assert there.difference.estimate == pytest.approx(-here.difference.estimate, abs=1e-12)
    assert there.difference.lower == pytest.approx(-here.difference.upper, abs=1e-12)
    assert there.lost_ratio.upper == pytest.approx(1 / here.lost_ratio.lower, rel=1e-9)
    first = survival_difference(one, control=other, at=6, scale=scale)
    second = survival_difference(other, control=one, at=6, scale=scale)
    assert second.z == pytest.approx(-first.z, abs=1e-12)
    assert second.lower == pytest.approx(-first.upper, abs=1e-12)
    assert first.lower <= first.estimate <= first.upper


@few
@given(cohorts(), st.floats(0.01, 100))
def test_a_restricted_mean_has_the_unit_of_the_times(rows, unit):
    curve = two_arms(rows)[0]
    time = np.repeat(curve.times, curve.events + curve.censored)
    event = np.concatenate(
        [
            np.repeat([1, 0], [events, censored])
            for events, censored in zip(curve.events, curve.censored, strict=True)
        ]
    )
    one, other = rmst(curve, tau=9), rmst(kaplan_meier(time * unit, event), tau=9 * unit)
    assert other.estimate == pytest.approx(one.estimate * unit, rel=1e-12)
    assert other.std_err == pytest.approx(one.std_err * unit, rel=1e-12)
    assert one.estimate + one.lost == 9


@few
@given(st.integers(0, 10**6), st.floats(0.01, 100))
def test_an_adjusted_contrast_knows_no_unit_and_turns_with_the_arms(seed, unit):
    draw = np.random.default_rng(seed)
    covariate, arm = draw.normal(size=60), np.arange(60) % 2
    time = draw.exponential(size=60) * np.exp(0.3 * covariate)
    censoring = draw.exponential(2, size=60)
    tau = 0.5
    rows = {"time": np.minimum(time, censoring), "event": (time <= censoring) * 1}
    rows["time"][[0, 1]], rows["event"][[0, 1]] = 4.0, 0  # both arms are followed beyond tau
    one = adjusted_rmst(**rows, arm=arm, covariates=covariate, tau=tau)
    scaled = rows | {"time": rows["time"] * unit}
    other = adjusted_rmst(**scaled, arm=1 - arm, covariates=5 - 3 * covariate, tau=tau * unit)
    assert other.difference.estimate == pytest.approx(-one.difference.estimate * unit, rel=1e-7)
    assert other.difference.std_err == pytest.approx(one.difference.std_err * unit, rel=1e-8)
    assert other.ratio.upper == pytest.approx(1 / one.ratio.lower, rel=1e-7)
    assert other.lost_ratio.p_value == pytest.approx(one.lost_ratio.p_value, rel=1e-5)
