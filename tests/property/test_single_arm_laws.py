from itertools import accumulate, pairwise, product
from math import comb

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.design.one_arm.exact_single_stage import SizeConvention, size_exact_single_stage
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.simon import simon_characteristics, simon_design, size_simon
from equipoise.design.one_arm.simon_inference import SimonStage, simon_inference
from equipoise.design.one_arm.toxicity_boundary import (
    ConstantTail,
    PosteriorCertainty,
    toxicity_boundary,
    toxicity_characteristics,
)

SMALL = 1e-9


@st.composite
def goals(draw):
    p0 = draw(st.floats(0.02, 0.75))
    return SingleArmGoal(
        p0=p0,
        p1=min(p0 + draw(st.floats(0.15, 0.4)), 0.97),
        alpha_one_sided=draw(st.floats(0.01, 0.2)),
        power=draw(st.floats(0.6, 0.92)),
    )


@st.composite
def designs(draw, *, largest=25):
    n = draw(st.integers(2, largest))
    n1 = draw(st.integers(1, n - 1))
    r1 = draw(st.integers(0, n1 - 1))
    goal = SingleArmGoal(p0=draw(st.floats(0.05, 0.5)), p1=0.6, alpha_one_sided=0.05, power=0.8)
    return simon_design(goal, r1=r1, n1=n1, r=draw(st.integers(r1, n - 1)), n=n)


def results_of(design):
    """Return every way a trial can end, lowest first, with the number of ways to get there."""
    n1, n2 = design.n1, design.n - design.n1
    stopped = [(SimonStage.FIRST, x, n1, comb(n1, x)) for x in range(design.r1 + 1)]
    ended = [
        (
            SimonStage.SECOND,
            x,
            design.n,
            sum(comb(n1, k) * comb(n2, x - k) for k in range(design.r1 + 1, min(n1, x) + 1)),
        )
        for x in range(design.r1 + 1, design.n + 1)
    ]
    return stopped + ended


def weights_of(design, rate):
    return [ways * rate**x * (1 - rate) ** (n - x) for _, x, n, ways in results_of(design)]


@given(goals())
@settings(max_examples=60, deadline=None)
def test_found_designs_keep_their_errors_and_optimal_expects_the_fewest(goal):
    found = size_simon(goal)
    sizes = [one.design.n for one in found.admissible]
    expected = [one.design.under_p0.expected_subjects for one in found.admissible]
    assert found.proven
    assert all(
        one.design.type_one_error <= goal.alpha_one_sided + SMALL for one in found.admissible
    )
    assert all(one.design.attained_power >= goal.power - SMALL for one in found.admissible)
    assert sizes == sorted(set(sizes))
    assert expected == sorted(set(expected), reverse=True)
    assert found.admissible[0].weight_high == 1
    assert found.admissible[-1].weight_low == 0
    assert all(a.weight_low == b.weight_high for a, b in pairwise(found.admissible))


@given(goals(), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_an_admissible_design_has_the_least_loss_for_its_weights(goal, weight):
    found = size_simon(goal).admissible
    losses = [
        weight * one.design.n + (1 - weight) * one.design.under_p0.expected_subjects
        for one in found
    ]
    mine = [
        loss
        for one, loss in zip(found, losses, strict=True)
        if one.weight_low <= weight <= one.weight_high
    ]
    assert mine
    assert max(mine) <= min(losses) + SMALL


@given(designs(), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_a_higher_rate_goes_on_more_often(design, one, other):
    low, high = (simon_characteristics(design, rate=rate) for rate in sorted((one, other)))
    assert low.go_probability <= high.go_probability + SMALL
    assert low.early_stop_probability >= high.early_stop_probability - SMALL


@given(designs(), st.floats(0.01, 0.99))
@settings(max_examples=80, deadline=None)
def test_characteristics_equal_the_sum_over_all_results(design, rate):
    weights = weights_of(design, rate)
    course = simon_characteristics(design, rate=rate)
    gone = sum(
        weight
        for weight, (stage, x, *_) in zip(weights, results_of(design), strict=True)
        if stage is SimonStage.SECOND and x > design.r
    )
    expected = sum(w * n for w, (_, _, n, _) in zip(weights, results_of(design), strict=True))
    assert sum(weights) == pytest.approx(1, abs=1e-12)
    assert course.go_probability == pytest.approx(gone, abs=1e-12)
    assert course.expected_subjects == pytest.approx(expected, abs=1e-10)


@given(designs(largest=14), st.floats(0.02, 0.98), st.sampled_from([0.8, 0.9, 0.95]))
@settings(max_examples=40, deadline=None)
def test_the_estimate_is_unbiased_and_the_interval_covers(design, rate, confidence):
    ends = [
        simon_inference(design, stage=stage, responses=x, confidence=confidence)
        for stage, x, *_ in results_of(design)
    ]
    weights = weights_of(design, rate)
    mean = sum(w * end.estimate for w, end in zip(weights, ends, strict=True))
    covered = sum(
        w
        for w, end in zip(weights, ends, strict=True)
        if end.lower - SMALL <= rate <= end.upper + SMALL
    )
    assert mean == pytest.approx(rate, abs=1e-12)
    assert covered >= confidence - SMALL


@given(designs(largest=14))
@settings(max_examples=40, deadline=None)
def test_a_p_value_is_the_probability_of_a_result_at_least_as_high(design):
    results, weights = results_of(design), weights_of(design, design.goal.p0)
    at_least = list(accumulate(reversed(weights)))[::-1]
    for (stage, x, *_), tail in zip(results, at_least, strict=True):
        ended = simon_inference(design, stage=stage, responses=x)
        assert ended.p_value == pytest.approx(tail, abs=1e-12)


@given(goals())
@settings(max_examples=40, deadline=None)
def test_one_stage_keeps_its_errors_and_the_first_size_is_not_above_the_lasting(goal):
    first, lasting = (
        size_exact_single_stage(goal, convention=convention)
        for convention in (SizeConvention.FIRST, SizeConvention.LASTING)
    )
    assert first.n <= lasting.n
    for design in (first, lasting):
        assert design.type_one_error <= goal.alpha_one_sided + SMALL
        assert design.attained_power >= goal.power - SMALL


@st.composite
def looks(draw):
    return tuple(sorted(draw(st.sets(st.integers(1, 10), min_size=1, max_size=6))))


RULES = st.one_of(
    st.builds(ConstantTail, error=st.floats(0.02, 0.5)),
    st.builds(
        PosteriorCertainty,
        certainty=st.floats(0.7, 0.98),
        prior_with=st.floats(0.1, 1),
        prior_without=st.floats(1, 4),
    ),
)


@given(looks=looks(), rule=RULES, acceptable=st.floats(0.2, 0.6), rate=st.floats(0.02, 0.98))
@settings(max_examples=40, deadline=None)
def test_toxicity_characteristics_equal_the_sum_over_all_trials(looks, rule, *, acceptable, rate):
    boundary = toxicity_boundary(looks, acceptable_rate=acceptable, rule=rule)
    course = toxicity_characteristics(boundary, rate=rate)
    stops, subjects, events = [0.0] * len(looks), 0.0, 0.0
    for trial in product((0, 1), repeat=looks[-1]):
        weight = rate ** sum(trial) * (1 - rate) ** (looks[-1] - sum(trial))
        reached = [
            place
            for place, (look, count) in enumerate(zip(looks, boundary.stop_at, strict=True))
            if count is not None and sum(trial[:look]) >= count
        ]
        end = looks[reached[0]] if reached else looks[-1]
        subjects += weight * end
        events += weight * sum(trial[:end])
        if reached:
            stops[reached[0]] += weight
    assert course.stop_per_look == pytest.approx(stops, abs=1e-12)
    assert course.stop_probability == pytest.approx(sum(stops), abs=1e-12)
    assert course.expected_subjects == pytest.approx(subjects, abs=1e-10)
    assert course.expected_events == pytest.approx(events, abs=1e-10)


@given(looks(), st.floats(0.05, 0.6), st.floats(0.02, 0.5))
@settings(max_examples=60, deadline=None)
def test_a_constant_tail_keeps_its_error_and_more_error_never_stops_later(looks, rate, error):
    assume(error < 0.45)
    strict, loose = (
        toxicity_boundary(looks, acceptable_rate=rate, rule=ConstantTail(error=share))
        for share in (error, error + 0.05)
    )
    assert toxicity_characteristics(strict, rate=rate).stop_probability <= error
    for late, soon in zip(strict.stop_at, loose.stop_at, strict=True):
        assert late is None or (soon is not None and soon <= late)
