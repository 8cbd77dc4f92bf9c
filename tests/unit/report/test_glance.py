from dataclasses import replace

import pytest

from equipoise.design import design_survival
from equipoise.design.group_sequential.futility import FixedFutility
from equipoise.report.glance import key_numbers
from equipoise.report.sheet import sheets_of
from equipoise.report.tabulate_design import design_facts, tabulate_looks
from equipoise.study.statistical_design import Gate


def plain(cell):
    return "".join(piece.text for piece in cell)


def cards_of(study, results, *, design):
    cards = key_numbers(study, sheets_of(results), design=design)
    return {card.label: card for card in cards}


def test_the_cards_tell_subjects_events_and_the_primary_endpoint(study, results, design):
    cards = cards_of(study, results, design=design)
    assert list(cards) == [
        "Subjects randomised",
        "Events, event-free survival",
        "Hazard ratio, event-free survival",
        "Stratified log-rank test",
        "Median event-free survival, months",
        "Objective response before surgery, %",
    ]
    assert plain(cards["Subjects randomised"].value) == "118"
    assert plain(cards["Events, event-free survival"].details[0]) == "of 77 at the final look"


def test_every_number_of_a_card_has_the_address_of_its_result(study, results, design):
    known = set(results["cell"])
    for card in key_numbers(study, sheets_of(results), design=design):
        shown = [piece.address for piece in card.value if piece.address]
        assert shown
        assert set(shown) <= known


def test_events_of_all_come_from_the_model_and_stand_over_those_of_each_arm(study, results):
    card = cards_of(study, results, design=None)["Events, event-free survival"]
    assert card.value[0].address == "efs_ratio/efs/all/model/events"
    arms = [piece.address for piece in card.details[0] if piece.address]
    assert arms == ["efs_curve/efs/chemo/events", "efs_curve/efs/surgery_first/events"]


def test_without_a_regression_the_events_stand_by_arm(study, results):
    rest = results.filter(analysis="efs_curve")
    card = cards_of(study, rest, design=None)["Events, event-free survival"]
    assert " v " in plain(card.value)


def test_without_a_design_the_first_curve_leads(study, results):
    bare = study.model_copy(update={"design": None})
    assert "Median event-free survival, months" in cards_of(bare, results, design=None)


def test_the_rate_is_that_of_the_gate(study, results):
    gate = Gate(arm="chemo", subjects=44, endpoint="r0", responses=30)
    gated = study.model_copy(update={"design": study.design.model_copy(update={"gate": gate})})
    assert "R0 resection, %" in cards_of(gated, results, design=None)


def test_no_results_are_no_cards(study, results):
    assert key_numbers(study, sheets_of(results.clear()), design=None) == ()


def test_a_design_that_gives_up_has_a_table_of_where(design):
    futility = FixedFutility(values=(0.0,))
    gives_up = design_survival(replace(design.assumptions, futility=futility))
    efficacy, table = tabulate_looks(gives_up)
    assert len(efficacy.lines) == len(table.lines) == 2
    first = ["".join(piece.text for piece in cell) for cell in table.lines[0].cells]
    assert first[1:3] == ["0.000", "1.00"]


def test_the_looks_have_events_boundary_and_power(design):
    (table,) = tabulate_looks(design)
    assert [line.label for line in table.lines] == ["Interim 1", "Final"]
    final = [plain(cell) for cell in table.lines[-1].cells]
    assert final[0] == "77"
    assert final[1] == "100.0"
    assert final[4] == f"{design.looks[-1].z:.3f}"
    assert final[-1] == f"{100 * design.power:.1f}"
    assert table.notes == design.warnings


def test_the_facts_say_what_was_assumed(study, design):
    facts = dict(design_facts(study, design=design))
    assert facts["Hazard ratio assumed"] == "0.50"
    assert facts["Alpha, one-sided"] == "2.5 %"
    assert facts["Tested next, in order"] == "Overall survival"
    assert facts["Efficacy boundary"] == "O'Brien-Fleming (Lan-DeMets)"


def test_a_gate_tells_its_chance_at_each_true_rate(study):
    gate = Gate(arm="chemo", subjects=44, endpoint="orr", responses=14, true_rates=(0.2, 0.45))
    gated = study.model_copy(update={"design": study.design.model_copy(update={"gate": gate})})
    told = dict(design_facts(gated, design=None))["Gate after phase 2"]
    assert told.startswith("go on with at least 14 of 44 subjects of Chemotherapy then surgery")
    assert "(not binding; chance: " in told
    assert told.count("at a true rate of") == 2


def test_a_study_without_a_design_has_no_facts_of_one(study):
    assert design_facts(study.model_copy(update={"design": None}), design=None) == ()


@pytest.mark.parametrize(("value", "words"), [(0.00001, "<\u20090.0001"), (0.04, "=\u20090.0400")])
def test_the_p_value_of_a_card_has_its_sign(*, study, results, value, words):
    changed = results.with_columns(
        value=results["value"].zip_with(
            results["cell"] != "efs_test/efs/chemo~v~surgery_first/p_value",
            results["value"].clear().extend_constant(value, results.height),
        )
    )
    card = cards_of(study, changed, design=None)["Stratified log-rank test"]
    assert plain(card.value) == f"p\u2009{words}"
