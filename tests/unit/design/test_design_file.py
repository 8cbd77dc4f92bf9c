import json
from dataclasses import replace

import pytest

from equipoise.base.errors import BadInput
from equipoise.design import (
    OBrienFlemingSpending,
    PocockSpending,
    SurvivalAssumptions,
    design_survival,
    uniform_accrual,
)
from equipoise.design.design_file import (
    FORMAT,
    DesignFile,
    compare_designs,
    design_from_json,
    design_to_json,
)
from equipoise.design.study_design import GateChance, StudyDesign

ASSUMED = SurvivalAssumptions(
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


def design_of(assumptions):
    return StudyDesign(
        survival=design_survival(assumptions),
        gate=(GateChance(true_rate=0.3, passes=0.45, power=0.37),),
        says="178 subjects.",
    )


KEPT = DesignFile(
    format=FORMAT,
    software="0.1.0",
    study="example",
    study_version="1.0",
    study_hash="ab" * 32,
    design=design_of(ASSUMED),
)


def test_a_design_comes_back_from_its_file_as_it_was():
    text = design_to_json(KEPT)
    assert design_from_json(text, where="design.json") == KEPT
    assert json.loads(text)["sha256"] == KEPT.content_hash


def test_a_design_that_was_changed_afterwards_is_refused():
    text = design_to_json(KEPT).replace('"hazard_ratio": 0.6', '"hazard_ratio": 0.5')
    with pytest.raises(BadInput, match="changed after it was written"):
        design_from_json(text, where="design.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "equipoise-design/0"}'])
def test_a_file_that_is_no_design_is_refused(text):
    with pytest.raises(BadInput, match="no design file") as error:
        design_from_json(text, where="design.json")
    assert error.value.faults[0].where == "design.json"


def test_equal_designs_do_not_differ():
    assert compare_designs(KEPT.design, design_of(ASSUMED)) == ()


def test_a_comparison_names_every_value_that_differs():
    other = design_of(replace(ASSUMED, efficacy=PocockSpending(), look_events=(60, 90, 128)))
    found = {each.path: (each.left, each.right) for each in compare_designs(KEPT.design, other)}
    assert found["survival.assumptions.efficacy.is"] == ("OBrienFlemingSpending", "PocockSpending")
    assert found["survival.assumptions.look_events[1]"] == ("77", "60")
    assert found["survival.assumptions.look_events[3]"] == (None, "128")
    assert "survival.assumptions.subjects" not in found
    assert "survival.looks[1].z" in found
