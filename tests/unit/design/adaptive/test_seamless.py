from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.adaptive.gate_link import LinkedGate, passed_crossings
from equipoise.design.adaptive.hierarchical import (
    HierarchicalPlan,
    Hierarchy,
    hierarchical_course,
)
from equipoise.design.adaptive.response_mixture import (
    MixtureLook,
    ResponseMixture,
    mixture_correlations,
    mixture_log_hazard_ratio,
)
from equipoise.design.adaptive.seamless import (
    Milestone,
    ResponseGate,
    buy_back_alpha,
    expected_milestone,
    linked_gate,
    seamless_course,
)
from equipoise.design.group_sequential.crossing import Bounds
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.spending import PocockSpending

BOUNDS = Bounds(information_fractions=(0.5, 1.0), lower=(-inf, -inf), upper=(2.8, 1.97))
FUTILE = Bounds(information_fractions=(0.5, 1.0), lower=(0.0, 2.0), upper=(2.8, 2.0))
GATE = ResponseGate(subjects=20, responses=8, binding=Binding.BINDING)
LINKED = LinkedGate(passes=0.9, correlations=(0.1, 0.2))
LOOK = MixtureLook(information=32.0, arm_subjects=89.0, control_event_share=0.8)
MIXTURE = ResponseMixture(responders=0.4, others=0.8, looks=(LOOK,))


def plan(**changes):
    usual = {
        "first": FUTILE,
        "second": BOUNDS,
        "correlation": 0.5,
        "hierarchy": Hierarchy.OVERALL,
    }
    return HierarchicalPlan(**(usual | changes))


def bought(gate=GATE, null_rate=0.3, alpha=0.025):
    return buy_back_alpha(
        gate,
        null_rate=null_rate,
        correlations=(0.0, 0.0),
        information_fractions=(0.5, 1.0),
        alpha_one_sided=alpha,
        spending=PocockSpending(),
    )


def course():
    return seamless_course(LINKED, bounds=FUTILE, means=(1.0, 1.5))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ResponseGate(subjects=10, responses=11, binding=Binding.BINDING),
        lambda: ResponseGate(subjects=0, responses=0, binding=Binding.BINDING),
        lambda: LinkedGate(passes=0.0, correlations=()),
        lambda: LinkedGate(passes=0.5, correlations=(1.0,)),
        lambda: linked_gate(GATE, rate=1.2, correlations=(0.0,)),
        lambda: linked_gate(GATE, rate=0.0, correlations=(0.0,)),
        lambda: seamless_course(LINKED, bounds=FUTILE, means=(1.0,)),
        lambda: seamless_course(LINKED, bounds=FUTILE, means=(1.0, nan)),
        lambda: passed_crossings(
            BOUNDS, means=(0.0, 0.0), gate=LinkedGate(passes=0.5, correlations=(0.1,))
        ),
        lambda: passed_crossings(
            BOUNDS, means=(0.0, 0.0), gate=LinkedGate(passes=0.5, correlations=(0.95, -0.2))
        ),
        lambda: expected_milestone(course(), gate=Milestone(subjects=50, months=10), looks=()),
        lambda: expected_milestone(
            course(),
            gate=Milestone(subjects=50, months=nan),
            looks=(Milestone(subjects=90, months=20),) * 2,
        ),
        lambda: bought(gate=ResponseGate(subjects=20, responses=8, binding=Binding.NON_BINDING)),
        lambda: bought(null_rate=0.05),
        lambda: bought(alpha=0.7),
        lambda: MixtureLook(information=0.0, arm_subjects=1.0, control_event_share=0.5),
        lambda: MixtureLook(information=1.0, arm_subjects=1.0, control_event_share=1.0),
        lambda: ResponseMixture(responders=0.0, others=0.8, looks=(LOOK,)),
        lambda: ResponseMixture(responders=0.4, others=0.8, looks=()),
        lambda: mixture_log_hazard_ratio(MIXTURE, rate=1.1, control_event_share=0.5),
        lambda: mixture_log_hazard_ratio(MIXTURE, rate=0.1, control_event_share=0.0),
        lambda: mixture_correlations(MIXTURE, gate=GATE, rate=0.0),
        lambda: mixture_correlations(
            MIXTURE,
            gate=ResponseGate(subjects=90, responses=8, binding=Binding.BINDING),
            rate=0.4,
        ),
        lambda: plan(second=FUTILE),
        lambda: plan(correlation=1.1),
        lambda: plan(second=Bounds(information_fractions=(1.0,), lower=(-inf,), upper=(2.0,))),
        lambda: hierarchical_course(plan(), first_means=(1.0,), second_means=(1.0, 1.0)),
        lambda: hierarchical_course(
            plan(), first_means=(1.0, 1.0), second_means=(1.0, 1.0), gate=LINKED
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadInput):
        wrong()


def test_a_trial_that_passes_ends_somewhere():
    found = course()
    assert sum(found.rejects) + sum(found.gives_up) == pytest.approx(found.passes, abs=1e-6)
    assert found.power_given_pass == pytest.approx(found.power / 0.9)


def test_a_gate_of_no_responses_is_always_passed():
    none = ResponseGate(subjects=20, responses=0, binding=Binding.NON_BINDING)
    gate = linked_gate(none, rate=0.3, correlations=(0.1, 0.2))
    found = seamless_course(gate, bounds=FUTILE, means=(1.0, 1.5))
    assert found.power == pytest.approx(found.power_without_gate, abs=1e-8)


def test_going_on_for_the_second_endpoint_adds_power():
    stage, whole = (
        hierarchical_course(
            plan(hierarchy=hierarchy), first_means=(2.0, 2.8), second_means=(1.0, 1.5)
        )
        for hierarchy in Hierarchy
    )
    assert whole.power_both > stage.power_both
    assert whole.power_first == pytest.approx(stage.power_first)


def test_a_look_without_test_of_the_second_endpoint_rejects_nothing_there():
    late = Bounds(information_fractions=(0.3, 1.0), lower=(-inf, -inf), upper=(inf, 1.96))
    found = hierarchical_course(
        plan(second=late, hierarchy=Hierarchy.STAGEWISE),
        first_means=(9.0, 9.0),
        second_means=(9.0, 9.0),
    )
    assert found.power_first == pytest.approx(1.0)
    assert found.power_both == pytest.approx(0.0, abs=1e-8)
