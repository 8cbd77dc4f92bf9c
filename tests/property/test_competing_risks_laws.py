import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from equipoise.base.errors import BadInput, NotConverged
from equipoise.stats.competing_risks import (
    aalen_johansen,
    fine_gray,
    gray,
    multi_state,
    state_histories,
    time_in_state,
)
from equipoise.stats.competing_risks.fine_gray import CensoringEstimated, WeightedRows
from equipoise.stats.competing_risks.incidence_variance import IncidenceVariance
from equipoise.stats.competing_risks.state_variance import StateVariance
from equipoise.stats.time_to_event.cox import Ties
from equipoise.stats.time_to_event.survival import kaplan_meier

few = settings(max_examples=50, deadline=None)
ROUTES = [CensoringEstimated(), WeightedRows(), WeightedRows(ties=Ties.BRESLOW)]


@st.composite
def trials(draw):
    """Draw times, causes and groups of 8 to 30 subjects, with two causes and two groups."""
    n = draw(st.integers(8, 30))
    row = st.tuples(st.integers(1, 12), st.integers(0, 2), st.integers(0, 1))
    time, cause, group = np.array(draw(st.lists(row, min_size=n, max_size=n))).T
    assume(set(cause) == {0, 1, 2} and set(group) == {0, 1})
    return time.astype(float), cause, group


def fitted(rows, **how):
    try:
        return fine_gray(*rows, of_interest=1, **how)
    except (BadInput, NotConverged):
        reject()


def gray_of(rows, **how):
    try:
        return gray(*rows, of_interest=1, **how)
    except BadInput:
        reject()


@few
@given(trials(), st.sampled_from(list(IncidenceVariance)))
def test_incidences_and_the_event_free_add_up_to_1(rows, variance):
    time, cause, _ = rows
    curve = aalen_johansen(time, cause, variance=variance)
    assert curve.incidence.sum(axis=1) + curve.event_free == pytest.approx(1, abs=1e-12)
    assert (np.diff(curve.incidence, axis=0) >= 0).all()
    km = kaplan_meier(time, cause > 0)
    assert curve.event_free == pytest.approx(km.survival, rel=1e-12)


@few
@given(trials())
def test_without_censoring_the_incidence_is_a_share_with_its_binomial_variance(rows):
    time, cause, _ = rows
    cause = np.maximum(cause, 1)
    curve = aalen_johansen(time, cause, variance=IncidenceVariance.INFINITESIMAL_JACKKNIFE)
    for place, name in enumerate(curve.causes):
        share = np.array([np.mean((time <= t) & (cause == name)) for t in curve.times])
        assert curve.incidence[:, place] == pytest.approx(share, abs=1e-12)
        spread = np.sqrt(share * (1 - share) / time.size)
        assert curve.std_err[:, place] == pytest.approx(spread, abs=1e-8)


@few
@given(trials(), st.sampled_from(list(IncidenceVariance)))
def test_an_entry_before_everything_is_no_entry(rows, variance):
    time, cause, _ = rows
    plain = aalen_johansen(time, cause, variance=variance)
    late = aalen_johansen(time, cause, entry=np.zeros(time.size), variance=variance)
    assert late.incidence == pytest.approx(plain.incidence, abs=1e-13)
    assert late.std_err == pytest.approx(plain.std_err, abs=1e-10)


@few
@given(trials(), st.sampled_from(list(IncidenceVariance)), st.randoms(use_true_random=False))
def test_the_order_of_the_subjects_does_not_matter(rows, variance, random):
    order = list(range(rows[0].size))
    random.shuffle(order)
    mixed = tuple(column[order] for column in rows)
    one, other = (aalen_johansen(t, c, variance=variance) for t, c, _ in (rows, mixed))
    assert other.incidence == pytest.approx(one.incidence, abs=1e-13)
    assert other.std_err == pytest.approx(one.std_err, abs=1e-10)
    assert gray_of(mixed).chi_square == pytest.approx(gray_of(rows).chi_square, rel=1e-9, abs=1e-10)
    for route in ROUTES:
        fits = fitted(rows, route=route), fitted(mixed, route=route)
        assert fits[1].coef == pytest.approx(fits[0].coef, rel=1e-7, abs=1e-8)


@few
@given(trials(), st.sampled_from([-0.5, 0.0, 1.0]))
def test_swapping_the_groups_turns_the_sign_of_the_score(rows, rho):
    time, cause, group = rows
    one, other = gray_of(rows, rho=rho), gray_of((time, cause, 1 - group), rho=rho)
    assert other.score == pytest.approx(one.score[::-1], abs=1e-10)
    assert one.score.sum() == pytest.approx(0, abs=1e-10)
    assert other.chi_square == pytest.approx(one.chi_square, rel=1e-8, abs=1e-10)


@few
@given(trials(), st.floats(0.01, 100))
def test_the_unit_of_time_changes_no_test_and_no_ratio(rows, unit):
    scaled = (rows[0] * unit, *rows[1:])
    assert gray_of(scaled).chi_square == pytest.approx(
        gray_of(rows).chi_square, rel=1e-9, abs=1e-10
    )
    for route in ROUTES:
        assert fitted(scaled, route=route).coef == pytest.approx(fitted(rows, route=route).coef)


@few
@given(trials())
def test_strata_add_their_scores_and_variances(rows):
    twice = tuple(np.concatenate((column, column)) for column in rows)
    once = gray_of(rows)
    both = gray_of(twice, strata=np.repeat([1, 2], rows[0].size))
    assert both.score == pytest.approx(2 * once.score, abs=1e-10)
    assert both.variance == pytest.approx(2 * once.variance, abs=1e-10)
    assert both.chi_square == pytest.approx(2 * once.chi_square, rel=1e-8, abs=1e-10)


@few
@given(trials(), st.sampled_from(ROUTES))
def test_swapping_the_groups_inverts_the_subdistribution_ratio(rows, route):
    time, cause, group = rows
    one, other = fitted(rows, route=route), fitted((time, cause, 1 - group), route=route)
    assert other.hazard_ratio == pytest.approx(1 / one.hazard_ratio, rel=1e-6)
    assert other.std_err == pytest.approx(one.std_err, rel=1e-6)


@st.composite
def journeys(draw):
    """Draw histories of 3 to 12 subjects among three states, of which the last is final."""
    rows = []
    for subject in range(draw(st.integers(3, 12))):
        now, state = draw(st.integers(0, 3)), draw(st.integers(0, 1))
        for _ in range(draw(st.integers(1, 4))):
            until, target = now + draw(st.integers(1, 5)), draw(st.integers(0, 2))
            rows.append((subject, state, target, now, until))
            now, state = until, target
            if state == 2:
                break
    subject, origin, target, start, stop = np.array(rows).T
    assume((origin != target).any())
    return state_histories(subject, origin, target, start=start, stop=stop)


@few
@given(journeys(), st.sampled_from(list(StateVariance)), st.floats(0.5, 30))
def test_chances_are_chances_and_times_fill_the_horizon(histories, variance, until):
    model = multi_state(histories, variance=variance)
    assert model.occupation.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert (model.occupation >= -1e-12).all()
    assert np.isfinite(model.std_err).all()
    spent = time_in_state(model, until=until)
    assert spent.estimate.sum() == pytest.approx(until)
    assert (np.diff(model.hazard, axis=0) >= 0).all()


@few
@given(journeys())
def test_cutting_a_stay_in_two_changes_nothing(histories):
    middle = (histories.start + histories.stop) / 2
    states = np.array(histories.states)
    cut = state_histories(
        np.tile(histories.subject, 2),
        np.tile(states[histories.origin], 2),
        np.concatenate((states[histories.origin], states[histories.target])),
        start=np.concatenate((histories.start, middle)),
        stop=np.concatenate((middle, histories.stop)),
    )
    for variance in StateVariance:
        one, other = (multi_state(rows, variance=variance) for rows in (histories, cut))
        assert other.occupation == pytest.approx(one.occupation, abs=1e-12)
        assert other.std_err == pytest.approx(one.std_err, abs=1e-10)
        assert other.hazard_std_err == pytest.approx(one.hazard_std_err, abs=1e-10)
