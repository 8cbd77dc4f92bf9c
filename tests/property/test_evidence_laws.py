import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.stats.evidence.beta_binomial import (
    Beta,
    belief_quantile,
    posterior,
    predictive_distribution,
    probability_above,
    robust_prior,
)
from equipoise.stats.evidence.between_trials import TauEstimator, q_profile, tau_squared
from equipoise.stats.evidence.credible_interval import (
    equal_tailed_interval,
    highest_density_interval,
)
from equipoise.stats.evidence.digitised_curve import digitised_curve
from equipoise.stats.evidence.effect_sizes import EffectMeasure, effects_of_tables, trial_effects
from equipoise.stats.evidence.mantel_haenszel import mantel_haenszel
from equipoise.stats.evidence.matching_adjusted import Target, matching_weights
from equipoise.stats.evidence.meta_analysis import PooledInterval, common_effect, random_effects
from equipoise.stats.evidence.power_prior import power_prior
from equipoise.stats.evidence.predictive_probability import (
    OneArmPlan,
    predictive_probability,
    successes_needed,
)
from equipoise.stats.evidence.propensity import (
    ComparedSubjects,
    propensity_score,
    propensity_weights,
)
from equipoise.stats.evidence.reconstruction import guyot_reconstruction
from equipoise.stats.evidence.two_rates import probability_better
from equipoise.stats.proportions.fourfold import FourfoldTable

few = settings(max_examples=30, deadline=None)

betas = st.builds(Beta, a=st.floats(0.2, 60), b=st.floats(0.2, 60))
peaked = st.builds(Beta, a=st.floats(1, 60), b=st.floats(1, 60))
mixtures = st.builds(robust_prior, betas, vague=betas, vague_weight=st.floats(0.05, 0.95))
beliefs = st.one_of(betas, mixtures)
arms = st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
estimators = st.sampled_from(TauEstimator)
plans = st.builds(
    OneArmPlan,
    n=st.integers(2, 40),
    prior=beliefs,
    p0=st.floats(0.1, 0.9),
    threshold=st.floats(0.5, 0.99),
)


@st.composite
def trials(draw):
    k = draw(st.integers(2, 8))
    effects = draw(st.lists(st.floats(-2, 2), min_size=k, max_size=k))
    assume(np.ptp(effects) > 1e-3)
    variances = draw(st.lists(st.floats(0.01, 1), min_size=k, max_size=k))
    return np.array(effects), np.array(variances)


@st.composite
def tables(draw):
    rows = []
    for _ in range(draw(st.integers(2, 5))):
        n1, n2 = draw(st.integers(2, 40)), draw(st.integers(2, 40))
        x1, x2 = draw(st.integers(1, n1 - 1)), draw(st.integers(1, n2 - 1))
        rows.append(FourfoldTable(x1=x1, n1=n1, x2=x2, n2=n2))
    return rows


@st.composite
def curves(draw):
    points = draw(st.integers(1, 12))
    times = np.cumsum(draw(st.lists(st.floats(0.5, 5), min_size=points, max_size=points)))
    heights = np.sort(draw(st.lists(st.floats(0, 1), min_size=points, max_size=points)))[::-1]
    columns = np.linspace(0, times[-1] / 2, draw(st.integers(1, 4)))
    count = draw(st.lists(st.integers(0, 60), min_size=columns.size, max_size=columns.size))
    numbers = np.sort(count)[::-1]
    assume(numbers[0] > 0)
    columns = columns if columns.size > 1 else np.zeros(1)
    return times, heights, columns, numbers


@few
@given(first=beliefs, second=beliefs, margin=st.floats(-0.5, 0.5))
def test_one_of_two_rates_is_above_the_other(first, second, margin):
    one = probability_better(first, control=second, margin=margin)
    other = probability_better(second, control=first, margin=-margin)
    assert one + other == pytest.approx(1, abs=1e-8)


@few
@given(prior=beliefs, now=arms, later=arms)
def test_subjects_may_come_in_two_lots(prior, now, later):
    stepwise = posterior(posterior(prior, now[0], n=now[1]), later[0], n=later[1])
    at_once = posterior(prior, now[0] + later[0], n=now[1] + later[1])
    assert stepwise.mean == pytest.approx(at_once.mean, rel=1e-10)
    assert stepwise.variance == pytest.approx(at_once.variance, rel=1e-8)


@few
@given(prior=beliefs, n=st.integers(0, 60))
def test_predicted_counts_have_sum_1_and_the_mean_of_the_belief(prior, n):
    chances = predictive_distribution(prior, n)
    assert chances.sum() == pytest.approx(1, rel=1e-10)
    assert chances @ np.arange(n + 1) == pytest.approx(n * prior.mean, rel=1e-9)


@few
@given(prior=beliefs, share=st.floats(0.01, 0.99))
def test_a_quantile_has_its_share_below(prior, share):
    rate = belief_quantile(prior, share)
    assert 1 - probability_above(prior, rate) == pytest.approx(share, abs=1e-7)


@few
@given(belief=peaked, probability=st.floats(0.05, 0.99))
def test_no_range_is_shorter_than_the_densest(belief, probability):
    dense = highest_density_interval(belief, probability=probability)
    tails = equal_tailed_interval(belief, probability=probability)
    assert dense.upper - dense.lower <= tails.upper - tails.lower + 1e-9
    held = probability_above(belief, dense.lower) - probability_above(belief, dense.upper)
    assert held == pytest.approx(probability, abs=1e-7)


@few
@given(plan=plans, share=st.floats(0, 1), progress=st.floats(0, 0.99))
def test_the_next_subject_is_not_expected_to_change_the_prediction(plan, share, progress):
    prior, n = plan.prior, int(progress * plan.n)
    x = round(share * n)
    mean = posterior(prior, x, n=n).mean
    ahead = [predictive_probability(x + more, n=n + 1, plan=plan).probability for more in (0, 1)]
    now = predictive_probability(x, n=n, plan=plan).probability
    assert now == pytest.approx((1 - mean) * ahead[0] + mean * ahead[1], abs=1e-9)
    assert ahead[0] <= ahead[1] + 1e-9


@few
@given(prior=betas, p0=st.floats(0.1, 0.9), threshold=st.floats(0.5, 0.99))
def test_the_fewest_successes_suffice_and_one_less_does_not(prior, p0, threshold):
    needed = successes_needed(OneArmPlan(n=25, prior=prior, p0=p0, threshold=threshold))
    reached = [probability_above(posterior(prior, x, n=25), p0) > threshold for x in range(26)]
    assert reached.index(True) == needed if any(reached) else needed is None


@few
@given(prior=betas, counts=arms, discount=st.floats(0, 1))
def test_a_power_prior_lies_between_ignoring_and_pooling(prior, counts, discount):
    found = power_prior(prior, successes=counts[0], n=counts[1], discount=discount)
    ends = sorted([prior.mean, posterior(prior, counts[0], n=counts[1]).mean])
    assert ends[0] - 1e-12 <= found.mean <= ends[1] + 1e-12
    size = prior.effective_size + discount * counts[1]
    assert found.effective_size == pytest.approx(size)


@few
@given(given_trials=trials(), estimator=estimators, shift=st.floats(-3, 3))
def test_a_shift_of_all_effects_shifts_the_mean_alone(given_trials, estimator, shift):
    effects, variances = given_trials
    plain, moved = (
        random_effects(trial_effects(effects + by, variances=variances), estimator=estimator)
        for by in (0.0, shift)
    )
    assert moved.estimate - shift == pytest.approx(plain.estimate, abs=1e-6)
    assert moved.tau_squared == pytest.approx(plain.tau_squared, abs=1e-6)
    assert moved.upper - moved.lower == pytest.approx(plain.upper - plain.lower, rel=1e-4)


@few
@given(given_trials=trials(), estimator=estimators)
def test_twice_the_effects_have_four_times_the_variance_between(given_trials, estimator):
    effects, variances = given_trials
    plain = tau_squared(trial_effects(effects, variances=variances), estimator=estimator)
    double = tau_squared(trial_effects(2 * effects, variances=4 * variances), estimator=estimator)
    assert double == pytest.approx(4 * plain, rel=1e-6, abs=1e-9)


@few
@given(given_trials=trials())
def test_intervals_nest(given_trials):
    effects, variances = given_trials
    found = trial_effects(effects, variances=variances)
    ends = q_profile(found)
    point = tau_squared(found, estimator=TauEstimator.PAULE_MANDEL)
    assert ends.lower <= point <= ends.upper
    common = common_effect(found)
    wide = random_effects(found, interval=PooledInterval.HARTUNG_KNAPP_WIDER)
    assert wide.std_err >= common.std_err * (1 - 1e-12)
    assert effects.min() - 1e-9 <= wide.estimate <= effects.max() + 1e-9


@few
@given(rows=tables(), measure=st.sampled_from(EffectMeasure))
def test_swapped_arms_flip_the_sign(rows, measure):
    swapped = [table.swapped() for table in rows]
    plain, other = (mantel_haenszel(each, measure=measure) for each in (rows, swapped))
    assert other.estimate == pytest.approx(-plain.estimate, abs=1e-10)
    assert other.std_err == pytest.approx(plain.std_err, rel=1e-9)
    one, two = (effects_of_tables(each, measure=measure) for each in (rows, swapped))
    assert two.effects == pytest.approx(-one.effects, abs=1e-12)
    assert two.variances == pytest.approx(one.variances, rel=1e-12)


@few
@given(
    seed=st.integers(0, 10**6),
    scale=st.floats(0.01, 100),
    shift=st.floats(-100, 100),
)
def test_the_unit_of_a_covariate_does_not_change_its_matching(seed, scale, shift):
    rows = np.random.default_rng(seed).normal(size=(40, 2))
    means = 0.5 * rows[:20].mean(axis=0)
    unit = np.array([scale, 1.0])
    moved = np.array([shift, 0.0])
    plain = matching_weights(rows, targets=[Target(mean=mean) for mean in means])
    other = matching_weights(
        rows * unit + moved, targets=[Target(mean=mean) for mean in means * unit + moved]
    )
    assert other.weights == pytest.approx(plain.weights, rel=1e-5)
    assert plain.after_means == pytest.approx(means, abs=1e-8)
    assert 0 < plain.effective_size <= 40 + 1e-9


@few
@given(seed=st.integers(0, 10**6))
def test_swapped_groups_have_the_same_weights_for_everybody(seed):
    draw = np.random.default_rng(seed)
    x = draw.normal(size=60)
    treated = draw.random(60) < 1 / (1 + np.exp(-0.5 * x))
    assume(5 < treated.sum() < 55)
    for compared in (ComparedSubjects.EVERYBODY, ComparedSubjects.OVERLAP):
        plain, swapped = (
            propensity_weights(propensity_score(group, x), compared=compared)
            for group in (treated, ~treated)
        )
        assert swapped.weights == pytest.approx(plain.weights, rel=1e-7)
        assert swapped.effective_control == pytest.approx(plain.effective_treated, rel=1e-7)


@few
@given(curve=curves())
def test_every_subject_is_rebuilt_whatever_the_unit_of_time(curve):
    times, heights, columns, numbers = curve
    plain, scaled = (
        guyot_reconstruction(
            digitised_curve(times * unit, heights, at_risk_times=columns * unit, at_risk=numbers)
        )
        for unit in (1.0, 4.0)
    )
    assert plain.time.size == numbers[0]
    assert scaled.time == pytest.approx(4 * plain.time)
    assert np.array_equal(scaled.event, plain.event)
    assert plain.time.max() <= times[-1]
    fewest = digitised_curve(times, heights, at_risk_times=columns, at_risk=numbers, total_events=0)
    told = guyot_reconstruction(fewest).check.events_difference
    assert told == int(guyot_reconstruction(fewest).event.sum()) >= 0
