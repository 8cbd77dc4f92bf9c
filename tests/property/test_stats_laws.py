from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from equipoise.base.errors import BadInput, NotConverged
from equipoise.stats import (
    ProbabilityScale,
    Ties,
    clopper_pearson,
    cox,
    kaplan_meier,
    logrank,
    median,
    wilson,
)

few = settings(max_examples=50, deadline=None)


@dataclass(frozen=True)
class Rows:
    """A small two-arm trial with ties."""

    time: np.ndarray
    event: np.ndarray
    arm: np.ndarray
    stratum: np.ndarray


@st.composite
def trials(draw):
    """Draw 6 to 30 subjects, with events in both arms that overlap in time."""
    n = draw(st.integers(6, 30))
    row = st.tuples(
        st.integers(0, 12), st.sampled_from([0, 1, 1]), st.integers(0, 1), st.integers(0, 2)
    )
    table = np.array(draw(st.lists(row, min_size=n, max_size=n)))
    rows = Rows(*table.T)
    for arm in (0, 1):
        assume(np.sum((rows.arm == arm) & (rows.event == 1) & (rows.time > 0)) >= 2)
    return rows


def logrank_of(rows, **how):
    try:
        return logrank(rows.time, rows.event, rows.arm, **how)
    except BadInput:
        reject()


def fitted(rows, **how):
    try:
        return cox(rows.time, rows.event, rows.arm, **how)
    except (NotConverged, BadInput):
        reject()


@few
@given(trials())
def test_swapping_the_arms_turns_the_sign_of_z(rows):
    one = logrank_of(rows)
    other = logrank(rows.time, rows.event, 1 - rows.arm)
    assert other.z == pytest.approx(-one.z, rel=1e-10, abs=1e-12)
    assert other.chi_square == pytest.approx(one.chi_square, rel=1e-10, abs=1e-12)


@few
@given(trials())
def test_the_square_of_z_is_the_chi_square(rows):
    test = logrank_of(rows)
    assert test.chi_square == pytest.approx(test.z**2, rel=1e-10, abs=1e-12)
    assert test.observed.sum() == pytest.approx(test.expected.sum())


@few
@given(trials(), st.floats(0.01, 100))
def test_the_unit_of_time_changes_neither_z_nor_the_hazard_ratio(rows, unit):
    scaled = Rows(rows.time * unit, rows.event, rows.arm, rows.stratum)
    assert logrank_of(scaled).z == pytest.approx(logrank_of(rows).z, rel=1e-10, abs=1e-12)
    assert fitted(scaled).coef == pytest.approx(fitted(rows).coef, rel=1e-9, abs=1e-12)


@few
@given(trials(), st.randoms(use_true_random=False))
def test_the_order_of_the_subjects_does_not_matter(rows, random):
    order = list(range(rows.time.size))
    random.shuffle(order)
    mixed = Rows(rows.time[order], rows.event[order], rows.arm[order], rows.stratum[order])
    strata = {"strata": rows.stratum}, {"strata": mixed.stratum}
    assert logrank_of(mixed, **strata[1]).z == pytest.approx(
        logrank_of(rows, **strata[0]).z, abs=1e-11
    )
    for ties in Ties:
        one, other = (
            fitted(table, ties=ties, **how)
            for table, how in zip((rows, mixed), strata, strict=True)
        )
        assert other.coef == pytest.approx(one.coef, rel=1e-8, abs=1e-10)
        assert other.loglik == pytest.approx(one.loglik, rel=1e-11)


@few
@given(trials())
def test_one_stratum_is_no_stratum(rows):
    same = np.full(rows.time.size, 7)
    assert logrank_of(rows, strata=same).z == pytest.approx(
        logrank_of(rows).z, rel=1e-12, abs=1e-13
    )
    assert fitted(rows, strata=same).coef == pytest.approx(fitted(rows).coef, abs=1e-12)


@few
@given(trials())
def test_stratified_sums_are_the_sums_of_each_stratum(rows):
    whole = logrank_of(rows, strata=rows.stratum)
    expected = np.zeros(2)
    for stratum in np.unique(rows.stratum):
        part = rows.stratum == stratum
        for moment in np.unique(rows.time[part & (rows.event == 1)]):
            here = part & (rows.time >= moment)
            events = np.sum(part & (rows.time == moment) & (rows.event == 1))
            expected += events * np.bincount(rows.arm[here], minlength=2) / here.sum()
    assert whole.expected == pytest.approx(expected, rel=1e-12)


def partial_log_likelihood(beta, rows, *, ties, strata):
    """Return the log partial likelihood, one event at a time."""
    total = 0.0
    for stratum in np.unique(strata):
        part = strata == stratum
        weight = np.exp(beta * rows.arm)
        for moment in np.unique(rows.time[part & (rows.event == 1)]):
            dying = part & (rows.time == moment) & (rows.event == 1)
            at_risk = weight[part & (rows.time >= moment)].sum()
            for left in range(dying.sum()):
                share = left / dying.sum() if ties is Ties.EFRON else 0.0
                total -= np.log(at_risk - share * weight[dying].sum())
            total += beta * rows.arm[dying].sum()
    return total


@few
@given(trials(), st.sampled_from([Ties.EFRON, Ties.BRESLOW]), st.booleans())
def test_the_cox_estimate_is_the_top_of_a_likelihood_summed_event_by_event(rows, ties, stratified):
    strata = rows.stratum if stratified else np.zeros(rows.time.size)
    model = fitted(rows, ties=ties, strata=strata)
    top = float(model.coef[0])

    def height(beta):
        return partial_log_likelihood(beta, rows, ties=ties, strata=strata)

    assert height(top) == pytest.approx(model.loglik, rel=1e-11, abs=1e-11)
    assert height(0.0) == pytest.approx(model.loglik_null, rel=1e-11, abs=1e-11)
    step = 1e-3
    slope = (height(top + step) - height(top - step)) / (2 * step)
    bend = (height(top + step) - 2 * height(top) + height(top - step)) / step**2
    assert slope == pytest.approx(0, abs=1e-5)
    assert -1 / bend == pytest.approx(model.variance[0, 0], rel=1e-3)


@few
@given(trials())
def test_the_score_test_of_cox_without_ties_is_the_log_rank_test(rows):
    apart = np.arange(rows.time.size) + 1.0
    untied = Rows(apart, rows.event, rows.arm, rows.stratum)
    model, test = fitted(untied), logrank_of(untied)
    assert model.score.chi_square == pytest.approx(test.chi_square, rel=1e-9, abs=1e-10)


@few
@given(trials())
def test_swapping_the_arms_inverts_the_hazard_ratio(rows):
    one = fitted(rows)
    other = cox(rows.time, rows.event, 1 - rows.arm)
    assert other.hazard_ratio[0] == pytest.approx(1 / one.hazard_ratio[0], rel=1e-8)
    assert other.lower[0] == pytest.approx(1 / one.upper[0], rel=1e-8)


@few
@given(trials(), st.sampled_from(list(ProbabilityScale)))
def test_a_curve_falls_within_its_interval_and_the_median_within_its_own(rows, interval):
    curve = kaplan_meier(rows.time, rows.event, interval=interval)
    assert (np.diff(curve.survival) <= 0).all()
    known = ~np.isnan(curve.lower)
    assert (curve.lower[known] <= curve.survival[known]).all()
    assert (curve.survival[known] <= curve.upper[known]).all()
    assert curve.events.sum() + curve.censored.sum() == curve.n == rows.time.size
    found = median(curve)
    if not np.isnan([found.estimate, found.lower]).any():
        assert found.lower <= found.estimate


@few
@given(trials())
def test_without_censoring_the_curve_is_the_share_still_event_free(rows):
    curve = kaplan_meier(rows.time, np.ones(rows.time.size))
    share = [np.mean(rows.time > moment) for moment in curve.times]
    assert curve.survival == pytest.approx(share, abs=1e-14)


@few
@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@pytest.mark.parametrize("method", [clopper_pearson, wilson])
def test_failures_mirror_successes(method, counts):
    successes, n = counts
    one, other = method(successes, n), method(n - successes, n)
    assert other.lower == pytest.approx(1 - one.upper, abs=1e-13)
    assert 0 <= one.lower <= one.estimate <= one.upper <= 1
