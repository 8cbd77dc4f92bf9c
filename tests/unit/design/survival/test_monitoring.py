from dataclasses import replace
from math import exp, sqrt

import pytest
from scipy.special import ndtr

from equipoise.base.errors import BadInput
from equipoise.design import (
    OBrienFlemingSpending,
    SurvivalAssumptions,
    design_survival,
    uniform_accrual,
)
from equipoise.design.group_sequential.classic import PocockShape
from equipoise.design.group_sequential.futility import FixedFutility
from equipoise.design.group_sequential.observed import LastLook
from equipoise.design.survival.monitoring import Seen, Verdict, conclude, monitor

PLANNED = SurvivalAssumptions(
    subjects=178,
    control_median_months=9.0,
    hazard_ratio=0.6,
    dropout_per_year=0.03,
    accrual=uniform_accrual(24),
    allocation=1.0,
    look_events=(77, 128),
    alpha_one_sided=0.025,
    efficacy=OBrienFlemingSpending(),
)
DESIGN = design_survival(PLANNED)


def watched(*seen, last=LastLook.INTERIM, design=DESIGN):
    return monitor(design, seen=tuple(Seen(events=d, z=z) for d, z in seen), last=last)


def test_at_the_planned_events_the_bounds_are_the_planned_ones():
    found = watched((77, 1.0), (128, 1.5), last=LastLook.FINAL)
    assert [look.bound_z for look in found.looks] == pytest.approx(
        [look.z for look in DESIGN.looks], abs=1e-10
    )
    assert found.looks[-1].verdict is Verdict.NOT_SHOWN
    assert found.prospect is None


@pytest.mark.parametrize(
    ("z", "verdict"), [(2.7, Verdict.REJECT), (2.6, Verdict.GO_ON), (-3.0, Verdict.GO_ON)]
)
def test_an_interim_look_says_what_the_bound_at_its_events_says(z, verdict):
    (look,) = watched((77, z)).looks
    assert look.verdict is verdict


def test_a_trial_gives_up_at_its_planned_futility_bound():
    design = design_survival(replace(PLANNED, futility=FixedFutility(values=(0.0,))))
    (at,) = watched((80, 0.0), design=design).looks
    (above,) = watched((80, 0.1), design=design).looks
    assert (at.verdict, above.verdict) == (Verdict.GIVE_UP, Verdict.GO_ON)


def test_the_hazard_ratio_and_its_repeated_interval_follow_from_z():
    (look,) = watched((80, 2.0)).looks
    assert look.hazard_ratio == pytest.approx(exp(-2 * 2.0 / sqrt(80)), abs=1e-12)
    assert look.lower == pytest.approx(exp(-2 * (2.0 + look.bound_z) / sqrt(80)), abs=1e-12)
    assert look.upper == pytest.approx(exp(-2 * (2.0 - look.bound_z) / sqrt(80)), abs=1e-12)


def test_a_look_rejects_just_when_its_repeated_p_is_the_error_of_the_trial():
    (look,) = watched((80, 2.0)).looks
    (there,) = watched((80, look.bound_z)).looks
    assert there.repeated_p == pytest.approx(0.025, abs=1e-9)
    assert look.repeated_p > 0.025


def test_the_prospect_is_better_the_larger_z_and_lies_with_what_is_believed():
    low, high = (watched((77, z)).prospect for z in (0.5, 2.0))
    assert low.as_planned < high.as_planned
    assert low.as_seen < low.predictive < low.as_planned
    assert high.as_planned < 1


def test_conditional_power_after_one_of_two_looks_is_a_normal_tail():
    found = watched((77, 1.2))
    last = watched((77, 1.2), (128, 1.2)).looks[-1].bound_z
    left = 1 - 77 / 128
    mean = 1.2 * sqrt(77 / 128) + DESIGN.boundary.drift * left
    assert found.prospect.as_planned == pytest.approx(ndtr((mean - last) / sqrt(left)), abs=1e-6)


def test_one_look_concludes_as_a_trial_without_interim_looks():
    single = design_survival(replace(PLANNED, look_events=(128,)))
    found = conclude(single, seen=(Seen(events=128, z=2.5),), last=LastLook.FINAL)
    assert found.p_value == pytest.approx(ndtr(-2.5), abs=1e-12)
    assert found.hazard_ratio == pytest.approx(exp(-2 * 2.5 / sqrt(128)), abs=1e-9)
    assert found.lower == pytest.approx(exp(-2 * (2.5 + 1.959963985) / sqrt(128)), abs=1e-8)


def test_stopping_early_pulls_the_estimate_towards_no_effect():
    found = conclude(
        DESIGN, seen=(Seen(events=80, z=1.0), Seen(events=131, z=2.4)), last=LastLook.FINAL
    )
    assert exp(-2 * 2.4 / sqrt(131)) < found.hazard_ratio < 1
    assert found.lower < found.hazard_ratio < found.upper < 1
    assert found.p_value > ndtr(-2.4)


def test_unequal_arms_have_less_information_for_the_same_events():
    unequal = design_survival(replace(PLANNED, allocation=2.0))
    (look,) = watched((80, 2.0), design=unequal).looks
    assert look.hazard_ratio == pytest.approx(exp(-2.0 / sqrt(80 * 2 / 9)), abs=1e-12)


@pytest.mark.parametrize("seen", [(), ((80, 1.0), (80, 1.2)), ((90, 1.0), (80, 1.2))])
def test_looks_without_rising_events_are_refused(seen):
    with pytest.raises(BadInput, match="rising numbers of events"):
        watched(*seen)


def test_a_look_without_events_or_number_is_refused():
    with pytest.raises(BadInput):
        Seen(events=0, z=1.0)
    with pytest.raises(BadInput):
        Seen(events=80, z=float("nan"))


def test_a_shape_cannot_be_moved_to_other_events():
    shaped = design_survival(replace(PLANNED, efficacy=PocockShape()))
    with pytest.raises(BadInput, match="fixed shape"):
        watched((80, 1.0), design=shaped)
