"""What is known when: clocks that earlier visits fill, and items asked before allocation."""

from collections.abc import Callable

import pytest

from equipoise.study.checks.problem import Whole
from equipoise.study.checks.reach import known_before_entry, needs_of, reached_by

Changed = Callable[..., Whole]


def test_an_arm_reaches_the_visits_that_are_open_to_it(changed: Changed) -> None:
    study = changed().study
    assert "cycle" in reached_by(study, "chemo").visits
    assert "cycle" not in reached_by(study, "surgery_first").visits


def test_a_clock_that_only_another_arm_fills_is_never_reached(changed: Changed) -> None:
    study = changed(("schedule/visits/follow_up/from", "treatment")).study
    assert "follow_up" in reached_by(study, "chemo").visits
    assert "follow_up" not in reached_by(study, "surgery_first").visits


def test_clocks_may_follow_one_another(changed: Changed) -> None:
    study = changed(("schedule/visits/follow_up/from", "surgery")).study
    assert "follow_up" in reached_by(study, "surgery_first").visits


def test_a_visit_that_waits_for_its_own_date_never_comes(changed: Changed) -> None:
    study = changed(("schedule/visits/operation/from", "surgery")).study
    assert "operation" not in reached_by(study, "chemo").visits


def test_without_allocation_its_clock_never_runs(changed: Changed) -> None:
    study = changed(("randomise", None)).study
    assert reached_by(study, "chemo").visits == {"any_time"}


def test_what_screening_asks_is_known_before_allocation(changed: Changed) -> None:
    known = known_before_entry(changed())
    assert {"age", "screening.age", "neutrophils_grade", "older", "demographics_date"} <= known
    assert not known & {"margin", "surgery_date", "arm", "randomisation_date", "neutropenia_grade"}


def test_what_is_computed_from_known_items_is_known(changed: Changed) -> None:
    assert "body_surface_m2" in known_before_entry(changed())
    needs_later = {
        "label": "Size",
        "type": "number",
        "function": "body_surface_mosteller",
        "inputs": {"weight_kg": "margin_mm"},
    }
    path = "forms/vital_signs/items/body_surface_m2"
    assert "body_surface_m2" not in known_before_entry(changed((path, needs_later)))


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("schedule/visits/screening/at", "0 d .. 7 d"),
        ("schedule/visits/screening/arms", ["chemo"]),
        ("schedule/visits/screening/from", "surgery"),
    ],
)
def test_a_visit_after_allocation_or_of_one_arm_makes_nothing_known(
    changed: Changed, path: str, word: object
) -> None:
    assert "age" not in known_before_entry(changed((path, word)))


def test_without_allocation_entry_is_registration(changed: Changed) -> None:
    whole = changed(("randomise", None), ("schedule/clocks/randomisation", "registration_date"))
    assert "age" in known_before_entry(whole)


def test_a_function_can_do_without_its_optional_inputs(changed: Changed) -> None:
    stage = {"label": "Stage", "type": "code", "codes": {"IA": "IA"}}
    path = "forms/vital_signs/items/stage"
    whole = changed((path, stage | {"function": "ajcc8_intrahepatic"}))
    assert needs_of(whole.items["stage"]) == {"tumour_cm", "nodules", "vascular_invasion"}
