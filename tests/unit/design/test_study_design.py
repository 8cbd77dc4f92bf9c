from math import log, sqrt
from pathlib import Path

import pytest

from equipoise.base.errors import BadInput
from equipoise.base.quantities import parse_duration
from equipoise.design.group_sequential.classic import (
    HaybittlePetoShape,
    OBrienFlemingShape,
    PocockShape,
    WangTsiatisShape,
)
from equipoise.design.group_sequential.futility import BetaSpending, Binding, FixedFutility
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    KimDeMetsSpending,
    OBrienFlemingSpending,
    PocockSpending,
)
from equipoise.design.one_arm.gate import gate_probability
from equipoise.design.study_design import design_study, efficacy_of, survival_assumptions
from equipoise.study import load_study
from equipoise.study.statistical_design import (
    Accrual,
    AccrualStep,
    BoundaryShape,
    Efficacy,
    FutilityBound,
    Gate,
    Spending,
)

STUDY = load_study(Path(__file__).parents[2] / "studies" / "oesophagus")


def planned(*, looks=None, assume=None):
    """Return the study with other words about its looks and its assumptions."""
    design = STUDY.design
    changed = design.model_copy(
        update={
            "looks": design.looks.model_copy(update=looks or {}),
            "assume": design.assume.model_copy(update=assume or {}),
        }
    )
    return STUDY.model_copy(update={"design": changed})


@pytest.mark.parametrize(
    ("words", "boundary"),
    [
        (Efficacy(spending=Spending.OBRIEN_FLEMING), OBrienFlemingSpending()),
        (Efficacy(spending=Spending.POCOCK), PocockSpending()),
        (
            Efficacy(spending=Spending.HWANG_SHIH_DECANI, parameter=-4),
            HwangShihDeCaniSpending(gamma=-4),
        ),
        (Efficacy(spending=Spending.KIM_DEMETS, parameter=3), KimDeMetsSpending(rho=3)),
        (Efficacy(shape=BoundaryShape.OBRIEN_FLEMING), OBrienFlemingShape()),
        (Efficacy(shape=BoundaryShape.POCOCK), PocockShape()),
        (
            Efficacy(shape=BoundaryShape.WANG_TSIATIS, parameter=0.25),
            WangTsiatisShape(delta=0.25),
        ),
        (
            Efficacy(shape=BoundaryShape.HAYBITTLE_PETO, parameter=3),
            HaybittlePetoShape(early_z=3),
        ),
    ],
)
def test_every_boundary_of_the_language_is_one_of_the_library(words, boundary):
    assert efficacy_of(words) == boundary


@pytest.mark.parametrize("words", [Efficacy(), Efficacy(spending=Spending.KIM_DEMETS)])
def test_a_boundary_that_is_not_said_is_refused(words):
    with pytest.raises(BadInput, match="boundary"):
        efficacy_of(words)


def test_futility_as_a_hazard_ratio_is_a_bound_on_z_at_its_look():
    bound = FutilityBound(hazard_ratio=(0.9,), binding=True)
    study = planned(looks={"at_events": (20, 40), "futility": bound})
    assumed = survival_assumptions(study, study.design)
    assert assumed.futility == FixedFutility(values=(pytest.approx(-log(0.9) * sqrt(20 / 4)),))
    assert assumed.binding is Binding.BINDING
    design = design_study(study)
    assert design.survival.looks[0].futility_hazard_ratio == pytest.approx(0.9, abs=1e-12)
    assert "must give up for futility" in design.says


def test_futility_may_spend_the_error_of_the_second_kind():
    bound = FutilityBound(spending=Spending.KIM_DEMETS, parameter=2)
    study = planned(looks={"at_events": (20, 40), "futility": bound})
    assumed = survival_assumptions(study, study.design)
    assert assumed.futility == BetaSpending(spending=KimDeMetsSpending(rho=2))
    assert assumed.binding is Binding.NON_BINDING
    assert design_study(study).survival.looks[0].cumulative_beta > 0


def test_accrual_in_steps_and_a_delayed_effect_reach_the_design():
    steps = (
        AccrualStep(lasts=parse_duration("6 mo"), share=0.2),
        AccrualStep(lasts=parse_duration("12 mo"), share=0.8),
    )
    study = planned(assume={"accrual": Accrual(steps=steps), "delay": parse_duration("3 mo")})
    assumed = survival_assumptions(study, study.design)
    assert [(piece.months, piece.share) for piece in assumed.accrual.pieces] == [
        (6, 0.2),
        (12, 0.8),
    ]
    assert assumed.delay_months == 3
    design = design_study(study)
    assert design.survival.power < design_study(STUDY).survival.power
    assert "from 3 mo on" in design.says


def test_the_power_behind_an_obeyed_gate_is_what_passes_times_what_rejects():
    gate = Gate(arm="chemo", subjects=20, endpoint="orr", responses=6, true_rates=(0.2, 0.5))
    design = STUDY.design.model_copy(update={"gate": gate})
    found = design_study(STUDY.model_copy(update={"design": design}))
    for chance in found.gate:
        assert chance.passes == pytest.approx(
            gate_probability(20, responses=6, rate=chance.true_rate), abs=1e-9
        )
        assert chance.power == pytest.approx(chance.passes * found.survival.power, abs=1e-7)
