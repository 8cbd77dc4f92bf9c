from itertools import product
from math import comb, sqrt

import numpy as np
import pytest
from scipy import stats

from equipoise.design.one_arm.bop2 import (
    OBrienFlemingEfficacy,
    PowerEfficacy,
    bop2_boundary,
    search_bop2,
)
from equipoise.design.one_arm.bop2_joint import (
    JointKind,
    JointRates,
    bop2_joint_design,
    search_bop2_joint,
)
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.one_sample_logrank_design import (
    one_sample_logrank_power,
    one_sample_moments,
    size_one_sample_logrank,
)
from equipoise.design.one_arm.one_sample_trial import (
    AccrualAt,
    AccrualOver,
    AlternativeVariance,
    OneSampleLogrankTest,
    OneSampleTrial,
    reference_through,
)
from equipoise.design.one_arm.predictive_probability_design import (
    Monitoring,
    predictive_probability_design,
    size_predictive_probability,
)
from equipoise.design.one_arm.simon import simon_design
from equipoise.design.one_arm.simon_interim import simon_conditional_power
from equipoise.design.one_arm.watched_arm import watched_characteristics
from equipoise.stats.evidence.beta_binomial import Beta
from equipoise.stats.time_to_event.one_sample_logrank import OneSampleVariance

GOAL = SingleArmGoal(p0=0.2, p1=0.4, alpha_one_sided=0.1, power=0.9)
PRIOR = Beta(a=0.2, b=0.8)


@pytest.fixture(scope="module")
def truth(stored):
    return stored("monitored_one_arm.json")


@pytest.mark.source("paper: Lee and Liu 2008, doi:10.1177/1740774508089279, design of 36 subjects")
def test_lee_and_lius_design(truth):
    case = truth["lee_liu"]
    design = predictive_probability_design(
        GOAL,
        prior=PRIOR,
        looks=Monitoring().looks(case["n"]),
        theta_low=case["theta_low"],
        theta_high=case["theta_high"][0],
    )
    upto = dict(zip(design.arm.looks, design.arm.futile_upto, strict=True))
    rises = {n: count for n, count in upto.items() if count > upto.get(n - 1, -1)}
    assert rises == {int(n): count for n, count in case["rejected_upto"].items()}
    assert design.theta_high[0] < case["theta_high"][0]
    assert design.theta_high[1] == pytest.approx(case["theta_high"][1], abs=1e-3)
    assert design.under_p0.early_stop_probability == pytest.approx(case["early_stop"], abs=5e-3)
    assert design.under_p0.expected_subjects == pytest.approx(case["expected_subjects"], abs=5e-3)
    assert design.type_one_error == pytest.approx(case["type_one_error"], abs=5e-4)
    assert design.attained_power == pytest.approx(case["power"], abs=5e-4)


@pytest.mark.source("paper: Lee and Liu 2008, doi:10.1177/1740774508089279, smallest trial")
def test_the_smallest_trial_is_that_of_the_paper_and_expects_no_more_subjects(truth):
    case = truth["lee_liu"]
    found = size_predictive_probability(GOAL, prior=PRIOR, monitoring=Monitoring(), n_limit=40)
    assert found.minimax.n == case["n"]
    assert found.minimax.arm.futile_upto[-1] == 10
    # the paper takes a cutoff from a grid that begins at 0.001; among all cutoffs a larger one
    # keeps the power too
    assert found.minimax.under_p0.expected_subjects < case["expected_subjects"]
    assert found.minimax.attained_power >= 0.9


@pytest.mark.source("program: ph2bayes 0.0.2: predprob of 16 responses among 23 of 40")
def test_predictive_probability_of_an_interim_result(truth):
    probability = truth["ph2bayes_predictive"]["probability"]
    goal = SingleArmGoal(p0=0.6, p1=0.8, alpha_one_sided=0.1, power=0.8)
    for shift, stops_upto in ((-1e-10, 15), (1e-10, 16)):
        design = predictive_probability_design(
            goal,
            prior=Beta(a=0.6, b=0.4),
            looks=(23, 40),
            theta_low=probability + shift,
            theta_high=0.9,
        )
        assert design.arm.futile_upto[0] == stops_upto


@pytest.mark.source("program: BOP2FE 1.0.3: boundaries of a given cutoff, both kinds of efficacy")
def test_boundaries_of_bop2(truth):
    stops = {
        "bop2fe_search": PowerEfficacy(eta=truth["bop2fe_search"]["eta"]),
        "bop2fe_obrien_fleming": OBrienFlemingEfficacy(),
    }
    for name, stop in stops.items():
        case = truth[name]
        arm = bop2_boundary(
            tuple(case["looks"]),
            p0=0.2,
            lambda_=case["lambda"],
            gamma=case["gamma"],
            efficacy=stop,
        )
        assert list(arm.futile_upto) == case["futile_upto"]
        assert list(arm.go_from) == case["go_from"]


@pytest.mark.source("simulation: BOP2FE 1.0.3, 10 000 trials; ours is exact")
def test_characteristics_of_bop2_lie_within_the_simulated_error(truth):
    for name in ("bop2fe_search", "bop2fe_obrien_fleming"):
        case = truth[name]
        stop = OBrienFlemingEfficacy() if "eta" not in case else PowerEfficacy(eta=case["eta"])
        arm = bop2_boundary(
            tuple(case["looks"]), p0=0.2, lambda_=case["lambda"], gamma=1.0, efficacy=stop
        )
        for rate, simulated in ((0.2, case["under_p0"]), (0.4, case["under_p1"])):
            ours = watched_characteristics(arm, rate=rate)
            pairs = (
                (sum(ours.futile_per_look[:-1]), simulated["futile"]),
                (sum(ours.go_per_look[:-1]), simulated["efficacy"]),
                (ours.go_probability, simulated["go"]),
            )
            for exact, seen in pairs:
                # the printed share may be rounded to four digits
                assert seen == pytest.approx(
                    exact, abs=3 * sqrt(exact * (1 - exact) / case["replicates"]) + 5e-4
                )
            # the number of subjects has a standard deviation below 12
            assert simulated["subjects"] == pytest.approx(ours.expected_subjects, abs=0.36 + 0.05)


@pytest.mark.source("by hand: every path of 12 subjects, looks at 4, 8 and 12, added up")
def test_the_best_bop2_design_among_all_cutoffs_tried_one_by_one():
    looks, shapes = (4, 8, 12), (0.0, 0.5, 1.0)
    found = search_bop2(looks, p0=0.2, p1=0.5, alpha_one_sided=0.1, shapes=shapes)

    def chance(upto, rate):
        total = 0.0
        for steps in product(range(5), repeat=3):
            counts = np.cumsum(steps)
            if all(count > stop for count, stop in zip(counts, upto, strict=True)):
                ways = np.prod([comb(4, step) for step in steps])
                total += ways * rate ** counts[-1] * (1 - rate) ** (12 - counts[-1])
        return total

    tried = set()
    for shape, cutoff in product(shapes, np.linspace(0.005, 0.995, 199)):
        sure = (
            stats.beta.sf(0.2, 0.2 + np.arange(n + 1), 0.8 + np.arange(n, -1, -1)) for n in looks
        )
        shares = (n / 12 for n in looks)
        pairs = zip(sure, shares, strict=True)
        tried.add(tuple(int(np.sum(one < cutoff * share**shape)) - 1 for one, share in pairs))
    best = max(chance(upto, 0.5) for upto in tried if chance(upto, 0.2) <= 0.1)
    assert found.attained_power == pytest.approx(best, abs=1e-12)
    assert found.type_one_error == pytest.approx(chance(found.arm.futile_upto, 0.2), abs=1e-12)


@pytest.mark.source(
    "program: BOP2FE at 09bd8e386fa5, README: nested, co-primary, response and harm"
)
def test_joint_boundaries_of_bop2(truth):
    for case in truth["bop2fe_joint"]:
        null, alternative = (
            JointRates(both=both, first_only=first, second_only=second)
            for both, first, second in (case["null"], case["alternative"])
        )
        design = bop2_joint_design(
            (10, 15, 20, 25, 30, 35, 40),
            null=null,
            alternative=alternative,
            kind=JointKind(case["kind"]),
            lambda_=case["lambda"],
            gamma=case["gamma"],
        )
        assert list(design.first_upto) == case["first_upto"]
        assert list(design.second_limit) == case["second_limit"]


@pytest.mark.source("simulation: 60 000 trials with a response and a harm, and with two responses")
def test_joint_characteristics_against_simulated_trials():
    looks = (10, 20, 30)
    null = JointRates(both=0.15, first_only=0.3, second_only=0.15)
    draws, each = np.random.default_rng(11), 60_000
    for kind, alternative in (
        (JointKind.RESPONSE_WITHOUT_HARM, JointRates(both=0.1, first_only=0.5, second_only=0.05)),
        (JointKind.EITHER_RESPONSE, JointRates(both=0.3, first_only=0.2, second_only=0.2)),
    ):
        design = search_bop2_joint(
            looks, null=null, alternative=alternative, kind=kind, alpha_one_sided=0.1
        )
        assert design.type_one_error <= 0.1
        for course in (design.under_null, design.under_alternative):
            rates = course.rates
            parts = [rates.both, rates.first_only, rates.second_only]
            counts = draws.multinomial(10, [*parts, 1 - sum(parts)], (each, 3)).cumsum(axis=1)
            first, second = counts[..., 0] + counts[..., 1], counts[..., 0] + counts[..., 2]
            few = first <= np.array(design.first_upto)
            limit = np.array(design.second_limit)
            stops = (
                few | (second >= limit)
                if kind is JointKind.RESPONSE_WITHOUT_HARM
                else few & (second <= limit)
            )
            gone = np.mean(~stops.any(axis=1))
            spread = sqrt(course.go_probability * (1 - course.go_probability) / each)
            assert gone == pytest.approx(course.go_probability, abs=3 * spread)
            ended = np.where(stops[:, 0], 10, np.where(stops[:, 1], 20, 30))
            assert ended.mean() == pytest.approx(course.expected_subjects, abs=3 * 10 / sqrt(each))


@pytest.mark.source("paper: Wu 2015, doi:10.1002/pst.1654, example; power by logRank1s")
def test_one_sample_logrank_of_wu(truth):
    case = truth["wu_2015"]
    trial = OneSampleTrial(
        reference=reference_through(0.5, months=case["median"], shape=case["shape"]),
        hazard_ratio=case["hazard_ratio"],
        accrual=AccrualOver(months=case["accrual"]),
        follow_up_months=case["follow_up"],
    )
    test = OneSampleLogrankTest(alpha_one_sided=case["alpha"])
    found = size_one_sample_logrank(trial, test=test, power=case["power"])
    assert found.n == case["n"]
    assert found.attained_power == pytest.approx(case["attained"], abs=5e-4)


@pytest.mark.source("program: OneArm2stage: Optimal.KJ, single stage at an accrual rate")
def test_one_sample_logrank_at_an_accrual_rate(truth):
    case = truth["onearm2stage"]
    trial = OneSampleTrial(
        reference=reference_through(case["surviving"], months=case["at"]),
        hazard_ratio=case["hazard_ratio"],
        accrual=AccrualAt(per_month=case["rate"]),
        follow_up_months=case["follow_up"],
    )
    test = OneSampleLogrankTest(alpha_one_sided=case["alpha"])
    found = size_one_sample_logrank(trial, test=test, power=case["power"])
    assert found.n == case["n"]
    assert found.accrual_months == pytest.approx(case["accrual"])


@pytest.mark.source(
    "by hand: exponential, all followed for ever: v0 = 1 / h, v1 = 1, variance h^-2"
)
def test_moments_without_censoring_by_hand():
    ratio = 0.5
    trial = OneSampleTrial(
        reference=reference_through(0.5, months=1.0),
        hazard_ratio=ratio,
        accrual=AccrualOver(months=1e-6),
        follow_up_months=100.0,
    )
    moments = one_sample_moments(
        trial, subjects=10, test=OneSampleLogrankTest(alpha_one_sided=0.05)
    )
    assert moments.events == pytest.approx(1.0, abs=1e-9)
    assert moments.expected == pytest.approx(1 / ratio, abs=1e-9)
    # of an exponential time T with hazard h, Lambda0(T) = T has variance 1 / h^2
    assert moments.deviation == pytest.approx(1 / ratio, abs=1e-9)


@pytest.mark.source("simulation: 40 000 one-arm trials, Weibull times, dropout, both statistics")
def test_one_sample_logrank_against_simulated_trials():
    trial = OneSampleTrial(
        reference=reference_through(0.5, months=9.0, shape=1.3),
        hazard_ratio=0.6,
        accrual=AccrualOver(months=18.0),
        follow_up_months=6.0,
        dropout_hazard=0.01,
    )
    draws, each, n = np.random.default_rng(5), 40_000, 60
    times = 9.0 * (draws.exponential(size=(each, n)) / (0.6 * np.log(2))) ** (1 / 1.3)
    followed = np.minimum(
        draws.uniform(6.0, 24.0, (each, n)), draws.exponential(1 / 0.01, (each, n))
    )
    seen = np.minimum(times, followed)
    events = (times <= followed).sum(axis=1)
    expected = (np.log(2) * (seen / 9.0) ** 1.3).sum(axis=1)
    for variance, scale in (
        (OneSampleVariance.EXPECTED, expected),
        (OneSampleVariance.AVERAGE, (expected + events) / 2),
    ):
        test = OneSampleLogrankTest(alpha_one_sided=0.05, variance=variance)
        moments = one_sample_moments(trial, subjects=n, test=test)
        spread = moments.deviation * sqrt(n)
        difference = events - expected
        assert difference.mean() == pytest.approx(
            n * (moments.events - moments.expected), abs=3 * spread / sqrt(each)
        )
        assert difference.std() == pytest.approx(spread, rel=3 / sqrt(2 * each) + 0.005)
        rejected = np.mean((expected - events) / np.sqrt(scale) >= stats.norm.ppf(0.95))
        formula = one_sample_logrank_power(trial, subjects=n, test=test)
        # the formula holds the variance fixed and the score normal: 60 subjects allow 0.03
        assert rejected == pytest.approx(formula, abs=0.03)


@pytest.mark.source("paper: Wu 2015, doi:10.1002/pst.1654: earlier formulas ask for too few")
def test_the_variance_of_events_alone_asks_for_fewer_subjects(truth):
    case = truth["wu_2015"]
    trial = OneSampleTrial(
        reference=reference_through(0.5, months=case["median"], shape=case["shape"]),
        hazard_ratio=case["hazard_ratio"],
        accrual=AccrualOver(months=case["accrual"]),
        follow_up_months=case["follow_up"],
    )
    alone = OneSampleLogrankTest(alpha_one_sided=0.05, alternative=AlternativeVariance.EVENTS)
    assert size_one_sample_logrank(trial, test=alone, power=0.8).n < case["n"]


@pytest.mark.source("by hand: 1/10 5/29, 3 of 10 respond: 3 or more of 19, binomial")
def test_conditional_power_of_a_simon_trial():
    goal = SingleArmGoal(p0=0.1, p1=0.3, alpha_one_sided=0.05, power=0.8)
    design = simon_design(goal, r1=1, n1=10, r=5, n=29)
    by_hand = 1 - sum(comb(19, k) * 0.3**k * 0.7 ** (19 - k) for k in range(3))
    found = simon_conditional_power(design, responses=3, rate=0.3)
    assert found == pytest.approx(by_hand, abs=1e-14)
