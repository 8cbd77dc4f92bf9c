"""The design of a shipped study, from its file to a file: by other programs and by arithmetic."""

import json
from dataclasses import replace
from math import comb
from pathlib import Path

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.design_file import (
    compare_designs,
    design_file,
    design_from_json,
    design_to_json,
)
from equipoise.design.group_sequential.spending import OBrienFlemingSpending
from equipoise.design.study_design import (
    design_study,
    efficacy_of,
    gate_chances,
    survival_assumptions,
)
from equipoise.study import load_study

STUDY = load_study(Path(__file__).parents[3] / "studies" / "icc_golp")


@pytest.fixture(scope="module")
def design():
    return design_study(STUDY)


@pytest.mark.source(
    "program: rpact 4.5, lrstat 0.3.3: getPowerSurvival, lrpower, 77 and 128 events"
)
def test_the_design_that_the_study_file_states(stored):
    truth = stored("survival_planning.json")["cases"]
    power = truth["surv-power-anchor-N178-E128"]["outputs"]
    assumed = survival_assumptions(STUDY, STUDY.design)
    assert (assumed.subjects, assumed.look_events) == (178, (77, 128))
    assert assumed.efficacy == efficacy_of(STUDY.design.looks.efficacy) == OBrienFlemingSpending()
    found = design_study(STUDY).survival
    assert found.power == pytest.approx(power["overallReject"], abs=5e-9)
    assert [look.hazard_ratio for look in found.looks] == pytest.approx(
        power["criticalValuesEffectScale"], abs=1e-8
    )
    assert [look.months for look in found.looks] == pytest.approx(power["analysisTime"], abs=2e-7)
    (told,) = truth["lr-anchor-power"]["outputs"]["overall"]
    assert found.end.months == pytest.approx(told["expectedStudyDuration"], abs=1e-5)


@pytest.mark.source("by hand: 14 or more of 44 respond: binomial sums; power times that chance")
def test_the_gate_that_the_study_file_states(design):
    found = gate_chances(STUDY.design.gate, survival=design.survival)
    assert found == design.gate
    for chance, rate in zip(found, (0.2, 0.3, 0.4, 0.55), strict=True):
        passes = sum(comb(44, k) * rate**k * (1 - rate) ** (44 - k) for k in range(14, 45))
        assert chance.true_rate == rate
        assert chance.passes == pytest.approx(passes, rel=1e-11)
        # Where responses say nothing about survival the two chances are independent.
        assert chance.power == pytest.approx(passes * design.survival.power, rel=1e-9)


@pytest.mark.source("by hand: a file says what was written; with one digit changed it is refused")
def test_a_design_goes_through_its_file(design):
    kept = design_file(STUDY, design)
    text = design_to_json(kept)
    assert design_from_json(text, where="design.json") == kept
    assert json.loads(text)["design"]["survival"]["power"] == design.survival.power
    changed = text.replace(str(design.survival.power), str(design.survival.power + 1e-15))
    with pytest.raises(BadInput, match="hash does not fit"):
        design_from_json(changed, where="design.json")
    other = replace(design, says="another sentence")
    (difference,) = compare_designs(design, other)
    assert (difference.path, difference.right) == ("says", "another sentence")
    assert compare_designs(design, design) == ()
