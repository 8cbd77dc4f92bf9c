from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.design import (
    OBrienFlemingSpending,
    PocockSpending,
    crossing_probabilities,
    efficacy_boundary,
    gate_probability,
    schoenfeld_events,
    uniform_accrual,
)
from equipoise.design.survival.event_course import (
    Accrual,
    AccrualPiece,
    ArmCourse,
    TwoArmCourse,
    expected_events,
    time_of_events,
)
from equipoise.design.survival.logrank_events import survival_power

SPENDING = st.sampled_from([OBrienFlemingSpending(), PocockSpending()])
ALPHA = st.floats(0.001, 0.2)


@st.composite
def fractions(draw):
    """Draw 1 to 5 looks at least a hundredth of the information apart."""
    looks = draw(st.lists(st.integers(5, 99), max_size=4, unique=True))
    return (*(look / 100 for look in sorted(looks)), 1.0)


@given(fractions(), ALPHA, SPENDING)
@settings(max_examples=60, deadline=None)
def test_without_an_effect_the_boundary_is_crossed_as_often_as_was_spent(looks, alpha, spending):
    boundary = efficacy_boundary(looks, alpha_one_sided=alpha, spending=spending)
    crossed = list(accumulate(crossing_probabilities(boundary, drift=0.0)))
    assert crossed == pytest.approx(boundary.cumulative_alpha, rel=1e-10, abs=1e-13)


@given(looks=fractions(), spending=SPENDING, drift=st.floats(-4, 4), more=st.floats(0.05, 2))
@settings(max_examples=60, deadline=None)
def test_a_larger_drift_has_more_power(looks, spending, *, drift, more):
    boundary = efficacy_boundary(looks, alpha_one_sided=0.025, spending=spending)
    weak = sum(crossing_probabilities(boundary, drift=drift))
    strong = sum(crossing_probabilities(boundary, drift=drift + more))
    assert 0 <= weak < strong <= 1 + 1e-12


@given(fractions(), SPENDING, st.floats(0, 4))
@settings(max_examples=40, deadline=None)
def test_looks_never_have_more_power_than_one_test_of_the_same_error(looks, spending, drift):
    boundary = efficacy_boundary(looks, alpha_one_sided=0.025, spending=spending)
    single = efficacy_boundary((1.0,), alpha_one_sided=0.025, spending=spending)
    with_looks = sum(crossing_probabilities(boundary, drift=drift))
    assert with_looks <= sum(crossing_probabilities(single, drift=drift)) + 1e-12


@given(st.floats(0.3, 0.95), st.floats(0.5, 0.95), st.floats(0.25, 4))
def test_schoenfeld_events_have_the_power_they_were_asked_for(ratio, power, allocation):
    events = schoenfeld_events(ratio, alpha_one_sided=0.025, power=power, allocation=allocation)
    single = efficacy_boundary((1.0,), alpha_one_sided=0.025, spending=PocockSpending())
    found = survival_power(single, events=events, hazard_ratio=ratio, allocation=allocation)
    assert found == pytest.approx((power,), abs=1e-10)


@st.composite
def courses(draw):
    """Draw two arms under piecewise accrual."""
    weights = draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    assume(sum(weights) > 0)
    arms = [
        ArmCourse(
            subjects=draw(st.integers(10, 300)),
            hazard=draw(st.floats(0.005, 0.3)),
            dropout_hazard=draw(st.sampled_from([0.0, 0.002, 0.02])),
        )
        for _ in range(2)
    ]
    pieces = tuple(
        AccrualPiece(months=draw(st.floats(1, 20)), share=weight / sum(weights))
        for weight in weights
    )
    return TwoArmCourse(control=arms[0], experimental=arms[1], accrual=Accrual(pieces=pieces))


@given(courses(), st.floats(0.01, 0.95))
@settings(deadline=None)
def test_time_of_events_is_the_inverse_of_expected_events(course, share):
    ever = sum(arm.subjects * arm.hazard / (arm.hazard + arm.dropout_hazard) for arm in course.arms)
    months = time_of_events(course, events=share * ever)
    assert expected_events(course, months=months).events == pytest.approx(share * ever, rel=1e-9)


@given(courses(), st.floats(0, 60), st.floats(0.1, 20))
def test_events_and_subjects_only_grow(course, months, more):
    early = expected_events(course, months=months)
    late = expected_events(course, months=months + more)
    assert late.events >= early.events
    assert late.subjects >= early.subjects
    assert early.events <= early.subjects


@given(course=courses(), months=st.floats(0, 60), length=st.floats(1, 40), parts=st.integers(2, 5))
def test_cutting_a_uniform_accrual_into_pieces_changes_nothing(course, months, *, length, parts):
    whole = replace(course, accrual=uniform_accrual(length))
    piece = AccrualPiece(months=length / parts, share=1 / parts)
    cut = replace(course, accrual=Accrual(pieces=(piece,) * parts))
    assert expected_events(cut, months=months).events == pytest.approx(
        expected_events(whole, months=months).events, rel=1e-9, abs=1e-9
    )


@given(courses(), st.floats(0.1, 60), st.sampled_from([7.0, 0.5]))
def test_the_unit_of_time_does_not_matter(course, months, unit):
    def scaled(arm):
        return replace(arm, hazard=arm.hazard / unit, dropout_hazard=arm.dropout_hazard / unit)

    other = TwoArmCourse(
        control=scaled(course.control),
        experimental=scaled(course.experimental),
        accrual=Accrual(
            pieces=tuple(
                replace(piece, months=piece.months * unit) for piece in course.accrual.pieces
            )
        ),
    )
    assert expected_events(other, months=months * unit).events == pytest.approx(
        expected_events(course, months=months).events, rel=1e-9, abs=1e-9
    )


@given(st.integers(1, 100), st.floats(0.01, 0.99), st.data())
def test_one_response_more_is_a_binomial_term_less(n, rate, data):
    responses = data.draw(st.integers(0, n))
    opened = gate_probability(n, responses=responses, rate=rate)
    closed = gate_probability(n, responses=n - responses, rate=1 - rate)
    # At least r respond, or at least n - r do not; exactly r makes both true.
    both = opened + closed - 1
    if responses < n:
        assert both == pytest.approx(
            opened - gate_probability(n, responses=responses + 1, rate=rate), abs=1e-12
        )
    else:
        assert both == pytest.approx(rate**n, abs=1e-12)
