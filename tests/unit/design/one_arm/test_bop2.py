import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.bop2 import PowerEfficacy, bop2_boundary, search_bop2
from equipoise.design.one_arm.bop2_joint import (
    JointKind,
    JointRates,
    bop2_joint_design,
    search_bop2_joint,
)
from equipoise.design.one_arm.watched_arm import WatchedArm, watched_characteristics
from equipoise.stats.evidence.beta_binomial import Beta

LOOKS = (10, 20, 30)
NULL = JointRates(both=0.15, first_only=0.3, second_only=0.15)
BETTER = JointRates(both=0.1, first_only=0.5, second_only=0.05)


def test_the_found_design_is_that_of_its_cutoffs():
    found = search_bop2(LOOKS, p0=0.2, p1=0.4, alpha_one_sided=0.1)
    assert found.type_one_error <= 0.1
    for lambda_ in (sum(found.lambda_range) / 2, found.lambda_range[1]):
        arm = bop2_boundary(LOOKS, p0=0.2, lambda_=lambda_, gamma=found.gamma)
        assert arm == found.arm


def test_a_single_look_is_the_exact_test():
    found = search_bop2((30,), p0=0.2, p1=0.4, alpha_one_sided=0.1)
    course = watched_characteristics(found.arm, rate=0.2)
    fewer = WatchedArm(looks=(30,), futile_upto=(found.arm.futile_upto[0] - 1,), go_from=(None,))
    assert course.go_probability <= 0.1 < watched_characteristics(fewer, rate=0.2).go_probability
    assert course.expected_subjects == 30


def test_more_shapes_never_lose_power():
    few = search_bop2(LOOKS, p0=0.2, p1=0.4, alpha_one_sided=0.1, shapes=(0.2,))
    many = search_bop2(LOOKS, p0=0.2, p1=0.4, alpha_one_sided=0.1)
    assert few.gamma == 0.2
    assert many.attained_power >= few.attained_power


def test_a_hopeful_prior_stops_later():
    plain = bop2_boundary(LOOKS, p0=0.2, lambda_=0.9, gamma=0.5)
    hopeful = bop2_boundary(LOOKS, p0=0.2, lambda_=0.9, gamma=0.5, prior=Beta(a=5, b=5))
    assert all(
        late <= early for late, early in zip(hopeful.futile_upto, plain.futile_upto, strict=True)
    )
    assert hopeful != plain


def test_an_early_stop_for_efficacy_raises_the_error_and_saves_subjects():
    plain = bop2_boundary(LOOKS, p0=0.2, lambda_=0.9, gamma=1.0)
    quick = bop2_boundary(LOOKS, p0=0.2, lambda_=0.9, gamma=1.0, efficacy=PowerEfficacy(eta=0.5))
    one, other = (watched_characteristics(arm, rate=0.2) for arm in (plain, quick))
    assert other.go_probability > one.go_probability
    assert other.expected_subjects < one.expected_subjects


def test_a_joint_design_is_that_of_its_cutoffs():
    for kind, alternative in (
        (JointKind.RESPONSE_WITHOUT_HARM, BETTER),
        (JointKind.EITHER_RESPONSE, JointRates(both=0.3, first_only=0.2, second_only=0.2)),
    ):
        found = search_bop2_joint(
            LOOKS, null=NULL, alternative=alternative, kind=kind, alpha_one_sided=0.1
        )
        again = bop2_joint_design(
            LOOKS,
            null=NULL,
            alternative=alternative,
            kind=kind,
            lambda_=sum(found.lambda_range) / 2,
            gamma=found.gamma,
        )
        assert again == found
        assert found.type_one_error <= 0.1 < found.attained_power


def test_an_endpoint_that_repeats_the_other_adds_nothing():
    alone = search_bop2(LOOKS, p0=0.3, p1=0.5, alpha_one_sided=0.1, shapes=(0.5,))
    twice = search_bop2_joint(
        LOOKS,
        null=JointRates(both=0.3, first_only=0.0, second_only=0.0),
        alternative=JointRates(both=0.5, first_only=0.0, second_only=0.0),
        kind=JointKind.EITHER_RESPONSE,
        alpha_one_sided=0.1,
        shapes=(0.5,),
    )
    assert twice.first_upto == twice.second_limit == alone.arm.futile_upto
    assert twice.attained_power == pytest.approx(alone.attained_power, abs=1e-12)


@pytest.mark.parametrize("looks", [(), (10, 10), (0, 5), (2.5, 5)])
def test_looks_rise(looks):
    with pytest.raises(BadInput, match="rising whole numbers"):
        search_bop2(looks, p0=0.2, p1=0.4, alpha_one_sided=0.1)
    with pytest.raises(BadInput, match="rising whole numbers"):
        bop2_boundary(looks, p0=0.2, lambda_=0.9, gamma=1.0)


@pytest.mark.parametrize("shapes", [(), (-0.1,), (float("nan"),)])
def test_shapes_are_not_negative(shapes):
    with pytest.raises(BadInput, match="shape"):
        search_bop2(LOOKS, p0=0.2, p1=0.4, alpha_one_sided=0.1, shapes=shapes)
    with pytest.raises(BadInput, match="shape"):
        search_bop2_joint(
            LOOKS,
            null=NULL,
            alternative=BETTER,
            kind=JointKind.RESPONSE_WITHOUT_HARM,
            alpha_one_sided=0.1,
            shapes=shapes,
        )


def test_too_small_an_error_has_no_design():
    with pytest.raises(BadInput, match="no cutoff keeps the error"):
        search_bop2((2, 4), p0=0.5, p1=0.6, alpha_one_sided=0.01)
    with pytest.raises(BadInput, match="no cutoff keeps the error"):
        search_bop2_joint(
            (1, 2),
            null=NULL,
            alternative=BETTER,
            kind=JointKind.RESPONSE_WITHOUT_HARM,
            alpha_one_sided=0.001,
        )


def test_an_alternative_is_better_than_the_null_hypothesis():
    with pytest.raises(BadInput, match="in none worse"):
        search_bop2_joint(
            LOOKS,
            null=NULL,
            alternative=JointRates(both=0.2, first_only=0.4, second_only=0.2),
            kind=JointKind.RESPONSE_WITHOUT_HARM,
            alpha_one_sided=0.1,
        )
    with pytest.raises(BadInput, match="above the rate of no interest"):
        search_bop2(LOOKS, p0=0.4, p1=0.2, alpha_one_sided=0.1)


@pytest.mark.parametrize("parts", [(0.6, 0.3, 0.2), (-0.1, 0.3, 0.2), (0.0, 0.0, 0.3)])
def test_joint_rates_are_probabilities(parts):
    both, first, second = parts
    with pytest.raises(BadInput, match="three probabilities"):
        JointRates(both=both, first_only=first, second_only=second)


@pytest.mark.parametrize("value", [0.0, 1.0, float("nan")])
def test_a_final_cutoff_is_a_probability(value):
    with pytest.raises(BadInput, match="lambda_"):
        bop2_boundary(LOOKS, p0=0.2, lambda_=value, gamma=1.0)


def test_a_joint_cutoff_and_error_are_in_range():
    arguments = {"null": NULL, "alternative": BETTER, "kind": JointKind.RESPONSE_WITHOUT_HARM}
    with pytest.raises(BadInput, match="lambda_"):
        bop2_joint_design(LOOKS, **arguments, lambda_=0.0, gamma=1.0)
    with pytest.raises(BadInput, match="one-sided error"):
        search_bop2_joint(LOOKS, **arguments, alpha_one_sided=0.6)
