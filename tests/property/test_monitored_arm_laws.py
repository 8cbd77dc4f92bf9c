from itertools import accumulate, product
from math import comb, prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from equipoise.design.one_arm.cutoff_search import (
    Rules,
    Wanted,
    best_cutoffs,
    binary_outcomes,
    courses,
)
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.one_sample_logrank_design import (
    one_sample_logrank_power,
    one_sample_moments,
    size_one_sample_logrank,
)
from equipoise.design.one_arm.one_sample_trial import (
    AccrualOver,
    OneSampleLogrankTest,
    OneSampleTrial,
)
from equipoise.design.one_arm.predictive_probability_design import predictive_probability_design
from equipoise.design.one_arm.simon import simon_design
from equipoise.design.one_arm.simon_interim import simon_conditional_power
from equipoise.design.one_arm.watched_arm import WatchedArm, watched_characteristics
from equipoise.stats.evidence.beta_binomial import Beta
from equipoise.stats.time_to_event.reference_hazard import WeibullHazard

ANY_TEST = OneSampleLogrankTest(alpha_one_sided=0.025)


@st.composite
def arms(draw):
    steps = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    looks = tuple(accumulate(steps))
    futile = tuple(draw(st.integers(-1, look - 1)) for look in looks)
    go = tuple(
        draw(st.one_of(st.none(), st.integers(low + 1, look + 1)))
        for low, look in zip(futile, looks, strict=True)
    )
    return WatchedArm(looks=looks, futile_upto=futile, go_from=go)


def paths(arm):
    """Return every way the responses can come, by look, with the number of ways."""
    steps = [after - before for before, after in zip((0, *arm.looks), arm.looks, strict=False)]
    for added in product(*(range(step + 1) for step in steps)):
        ways = prod(comb(step, more) for step, more in zip(steps, added, strict=True))
        yield tuple(accumulate(added)), ways


@given(arm=arms(), rate=st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_what_an_arm_does_is_the_sum_over_all_its_paths(arm, rate):
    n, went, subjects = arm.looks[-1], 0.0, 0.0
    for counts, ways in paths(arm):
        chance = ways * rate ** counts[-1] * (1 - rate) ** (n - counts[-1])
        ends = zip(arm.looks, counts, arm.futile_upto, arm.go_from, strict=True)
        for look, count, futile, go in ends:
            last = look == n
            if count <= futile or last or (go is not None and count >= go):
                went += chance * (count > futile)
                subjects += chance * look
                break
    course = watched_characteristics(arm, rate=rate)
    assert course.go_probability == pytest.approx(went, abs=1e-12)
    assert course.expected_subjects == pytest.approx(subjects, abs=1e-11)


@given(
    seed=st.integers(0, 10_000),
    rate=st.floats(0.05, 0.95),
    limit=st.floats(0.02, 0.98),
    wanted=st.sampled_from(Wanted),
)
@settings(max_examples=80, deadline=None)
def test_the_best_cutoff_is_the_best_of_all_values(*, seed, rate, limit, wanted):
    looks = (2, 5, 9)
    draws = np.random.default_rng(seed)
    rules = Rules(looks=looks, values=np.sort(draws.uniform(size=(3, 3, 10)), axis=2))
    outcomes = binary_outcomes(rate)
    found = best_cutoffs(rules, outcomes=outcomes, wanted=wanted, limit=limit)
    for row, cutoff in enumerate(found):
        one = Rules(looks=looks, values=rules.values[row : row + 1])
        tried = np.sort(np.append(rules.values[row].ravel(), [-np.inf, np.inf]))
        go = [
            courses(one, cutoffs=np.array([value]), outcomes=outcomes).go_probability[0]
            for value in tried
        ]
        ours = courses(one, cutoffs=np.array([cutoff]), outcomes=outcomes).go_probability[0]
        if wanted is Wanted.LARGEST_WITH_POWER:
            assert ours == pytest.approx(min(chance for chance in go if chance >= limit))
        else:
            assert ours == pytest.approx(max(chance for chance in go if chance <= limit))


@given(
    prior=st.builds(Beta, a=st.floats(0.1, 5), b=st.floats(0.1, 5)),
    theta_low=st.floats(0.01, 0.6),
    theta_high=st.floats(0.5, 0.97),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_predictive_probabilities_are_beta_binomial_tails(*, prior, theta_low, theta_high, data):
    goal = SingleArmGoal(p0=0.3, p1=0.6, alpha_one_sided=0.1, power=0.8)
    n = data.draw(st.integers(6, 25))
    look = data.draw(st.integers(2, n - 1))
    final = stats.beta.sf(0.3, prior.a + np.arange(n + 1), prior.b + n - np.arange(n + 1))
    assume(final[-1] > theta_high and np.abs(final - theta_high).min() > 1e-9)
    design = predictive_probability_design(
        goal, prior=prior, looks=(look, n), theta_low=theta_low, theta_high=theta_high
    )
    needed = int(np.argmax(final > theta_high))
    assert design.arm.futile_upto[1] == needed - 1
    seen = np.arange(look + 1)
    ahead = stats.betabinom.sf(needed - 1 - seen, n - look, prior.a + seen, prior.b + look - seen)
    assume(np.abs(ahead - theta_low).min() > 1e-9)
    assert design.arm.futile_upto[0] == int(np.sum(ahead < theta_low)) - 1


@given(
    shape=st.floats(0.4, 3.0),
    hazard_ratio=st.floats(0.2, 0.9),
    accrual=st.floats(0.5, 40.0),
    follow_up=st.floats(0.0, 40.0),
    dropout=st.floats(0.0, 0.1),
)
@settings(max_examples=60, deadline=None)
def test_moments_are_the_integrals_over_time(*, shape, hazard_ratio, accrual, follow_up, dropout):
    trial = OneSampleTrial(
        reference=WeibullHazard(scale=12.0, shape=shape),
        hazard_ratio=hazard_ratio,
        accrual=AccrualOver(months=accrual),
        follow_up_months=follow_up,
        dropout_hazard=dropout,
    )
    moments = one_sample_moments(trial, subjects=50, test=ANY_TEST)
    end = follow_up + accrual

    def at_risk(hazard):
        months = 12.0 * hazard ** (1 / shape)
        followed = min(1.0, max(0.0, (end - months) / accrual)) * np.exp(-dropout * months)
        return followed * np.exp(-hazard_ratio * hazard)

    pieces = [(0.0, follow_up), (follow_up, end)]
    limits = [tuple((month / 12.0) ** shape for month in piece) for piece in pieces]

    def over_time(value):
        return sum(integrate.quad(value, *piece, epsabs=1e-12, limit=300)[0] for piece in limits)

    expected = over_time(at_risk)
    weighted = over_time(lambda hazard: hazard * at_risk(hazard))
    events = hazard_ratio * expected
    variance = events + 2 * weighted * (1 - hazard_ratio) - (events - expected) ** 2
    assert moments.expected == pytest.approx(expected, abs=1e-8)
    assert moments.events == pytest.approx(events, abs=1e-8)
    assert moments.deviation**2 == pytest.approx(variance, abs=1e-8)


@given(hazard_ratio=st.floats(0.3, 0.85), shape=st.floats(0.5, 2.0), power=st.floats(0.5, 0.95))
@settings(max_examples=40, deadline=None)
def test_size_and_power_of_a_one_sample_logrank_test_agree(*, hazard_ratio, shape, power):
    trial = OneSampleTrial(
        reference=WeibullHazard(scale=12.0, shape=shape),
        hazard_ratio=hazard_ratio,
        accrual=AccrualOver(months=18.0),
        follow_up_months=6.0,
    )
    found = size_one_sample_logrank(trial, test=ANY_TEST, power=power)
    again = one_sample_logrank_power(trial, subjects=found.subjects, test=ANY_TEST)
    assert again == pytest.approx(power, abs=1e-10)


@given(n=st.integers(3, 25), rate=st.floats(0.05, 0.95), data=st.data())
@settings(max_examples=60, deadline=None)
def test_conditional_power_averages_to_the_power(n, rate, data):
    n1 = data.draw(st.integers(1, n - 1))
    r1 = data.draw(st.integers(0, n1 - 1))
    goal = SingleArmGoal(p0=min(rate, 0.9), p1=0.97, alpha_one_sided=0.05, power=0.8)
    assume(goal.p0 == rate)
    design = simon_design(goal, r1=r1, n1=n1, r=data.draw(st.integers(r1, n - 1)), n=n)
    mean = sum(
        comb(n1, x)
        * rate**x
        * (1 - rate) ** (n1 - x)
        * simon_conditional_power(design, responses=x, rate=rate)
        for x in range(n1 + 1)
    )
    assert mean == pytest.approx(design.under_p0.go_probability, abs=1e-12)
