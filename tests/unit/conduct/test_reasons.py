"""Why a computed item says what it says: in the receipt, and of any row of the record."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.reasons import reason_of_rule, reasons_of
from equipoise.conduct.rulebook import FunctionStep
from equipoise.study.functions import FUNCTIONS

from .conftest import DAY, Ward


def told(receipt) -> dict[str, str]:
    return {each.item: each.why for each in receipt.reasons}


def test_an_item_of_a_function_has_the_words_of_the_function(ward: Ward):
    ward.register()
    receipt = ward.fill("body", {"height_cm": 180.0, "weight_kg": 72.0})
    assert told(receipt) == {
        "surface": "1.90 m2 by Mosteller from 180 cm and 72 kg.",
        "large": "No: surface > 2, where surface = 1.8973666.",
    }
    assert [each.value for each in receipt.reasons] == list(receipt.computed.values())


def test_what_is_missing_is_said(ward: Ward):
    ward.register()
    receipt = ward.fill("body", {"weight_kg": 72.0})
    assert told(receipt) == {
        "surface": "Not known: height or weight is missing.",
        "large": "Not known: surface > 2; surface is missing.",
    }


def test_a_rule_names_the_values_of_other_forms(ward: Ward):
    ward.register()
    ward.fill("laboratory", {"neutrophils": 1.5})
    receipt = ward.fill("risk", {"marker": 20.0})
    assert told(receipt)["high_risk"] == (
        "Yes: marker > 200 or neutrophils < 2, where marker = 20 and neutrophils = 1.5."
    )
    assert told(receipt)["double"] == (
        "Not known: high_risk and older, where high_risk = yes; older is missing."
    )


def test_an_answer_that_one_value_decides_names_what_is_missing_beside_it(ward: Ward):
    ward.register()
    assert told(ward.fill("risk", {"marker": 250.0}))["high_risk"] == (
        "Yes: marker > 200 or neutrophils < 2, where marker = 250; neutrophils is missing."
    )


def test_a_row_of_the_record_tells_the_same_as_its_receipt(ward: Ward):
    ward.screen()
    receipt = ward.fill("risk", {"marker": 250.0})
    subject = ward.desk.record.subjects["01"]
    assert (
        reasons_of(ward.row("risk"), subject=subject, rulebook=ward.desk.rulebook)
        == receipt.reasons
    )


def test_a_form_that_computes_nothing_has_no_reasons(ward: Ward):
    ward.register()
    assert ward.fill("consent", {"consent_date": DAY, "age": 50}).reasons == ()


def test_a_function_is_called_once_for_value_and_reason(make_ward, monkeypatch):
    ward, calls = make_ward(), []
    rules = ward.desk.rulebook.forms["body"]
    function = FUNCTIONS["body_surface_mosteller"]

    def counted(**values: object) -> object:
        calls.append(values)
        return function.rule(**values)

    counting = dataclasses.replace(function, rule=counted)
    steps = tuple(
        dataclasses.replace(step, function=counting) if isinstance(step, FunctionStep) else step
        for step in rules.steps
    )
    counted_rules = dataclasses.replace(rules, steps=steps)
    monkeypatch.setitem(ward.desk.rulebook.forms, "body", counted_rules)
    ward.register()
    receipt = ward.fill("body", {"height_cm": 180.0, "weight_kg": 72.0})
    assert told(receipt)["surface"].startswith("1.90 m2")
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("rule", "answer", "values", "said"),
    [
        ("a > 1", True, {"a": 2}, "Yes: a > 1, where a = 2."),
        ("a > 1", False, {"a": 1.25}, "No: a > 1, where a = 1.25."),
        ("a / b", 2.5, {"a": 5, "b": 2}, "2.5: a / b, where a = 5 and b = 2."),
        ("a / b", None, {"a": 5, "b": 0}, "Not known: a / b, where a = 5 and b = 0."),
        ("a and b", None, {}, "Not known: a and b; a and b are missing."),
        ("a and b", False, {"a": False}, "No: a and b, where a = no; b is missing."),
        ("d is null", False, {"d": dt.date(2026, 3, 2)}, "No: d is null, where d = 2026-03-02."),
        ("a  =\n 'R1'", True, {"a": "R1"}, "Yes: a = 'R1', where a = R1."),
        ("true", True, {}, "Yes: true."),
    ],
)
def test_a_rule_is_said_with_its_values(rule, answer, *, values, said):
    assert reason_of_rule(rule, answer, value_of=values.get) == said


RISK = {
    "label": "Death",
    "shrink": "none",
    "factors": {
        "large": {
            "label": "large tumour",
            "when": "marker > 5",
            "hazard_ratio": 2.0,
            "hazard": "death",
            "source": "assumed",
        },
        "old": {
            "label": "old age",
            "when": "age > 60",
            "hazard_ratio": 1.5,
            "hazard": "death",
            "source": "assumed",
        },
    },
    "classes": {"low": 0, "high": 2.0},
}


def test_an_item_of_a_risk_table_names_the_factors_that_count(ward: Ward, make_ward):
    from_table = "case when marker > 5 then 'high' when age > 60 then 'low' end"
    item = {
        "label": "Class",
        "type": "code",
        "codes": {"low": "Low", "high": "High"},
        "risk": "death",
        "compute": from_table,
    }
    forms = {name: form.model_dump(by_alias=True) for name, form in ward.desk.study.forms.items()}
    forms["risk"]["items"]["risk_class"] = item
    own = make_ward(forms=forms, risk={"death": RISK})
    own.register()
    assert told(own.fill("risk", {"marker": 7.0}))["risk_class"] == (
        "Risk high, hazard ratio 2.00 to 3.00: large tumour; not known: old age."
    )


ROLES = {
    "doctor": {
        "label": "Doctor",
        "may": ["record", "register", "allocate", "sign", "read"],
        "hidden": ["neutrophils", "age"],
    }
}


def test_a_role_is_not_told_values_that_are_hidden_from_it(make_ward):
    ward = make_ward(roles=ROLES)
    ward.screen(age=17)
    assert ward.row("laboratory").value("neutrophils") == 4.0
    receipt = ward.fill("risk", {"marker": 250.0})
    assert told(receipt) == {}
    assert receipt.computed["high_risk"] is True
    blood = ward.fill("laboratory", {"neutrophils": 0.4}, why="typing error")
    assert (blood.grades, told(blood)) == ((), {}), "limits of haemoglobin depend on the age"
    assert "surface" in told(ward.fill("body", {"weight_kg": 70.0}, why="typing error"))
    with pytest.raises(RecordRefused) as refused:
        ward.allocate()
    assert refused.value.faults[0].got == "not met: adult, fit"


def test_a_hidden_form_hides_its_items_in_reasons(make_ward):
    roles = {"doctor": {**ROLES["doctor"], "hidden": ["laboratory"]}}
    ward = make_ward(roles=roles)
    ward.register()
    assert "high_risk" not in told(ward.fill("risk", {"marker": 250.0}))
