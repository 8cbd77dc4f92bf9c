"""Finer points of single checks: what is a fault, and what looks like one and is none."""

from collections.abc import Callable, Iterator

import pytest

from equipoise.study.checks.catalogue import CHECKS, FAULT_KINDS
from equipoise.study.checks.courses import check_courses, check_effects
from equipoise.study.checks.dosing import check_cycles_visited, check_drugs
from equipoise.study.checks.endpoints import check_endpoints, check_endpoints_fed, check_events
from equipoise.study.checks.laboratory import check_grades, check_normal_ranges
from equipoise.study.checks.names import check_names_free
from equipoise.study.checks.population import check_allocation
from equipoise.study.checks.problem import Problem, Whole, suggest
from equipoise.study.checks.rules import check_rules
from equipoise.study.checks.scenarios import check_draws, check_required_drawn

Changed = Callable[..., Whole]
Check = Callable[[Whole], Iterator[Problem]]


def kinds(check: Check, whole: Whole) -> list[str]:
    return [problem.kind for problem in check(whole)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_check_finds_anything_in_the_healthy_study(changed: Changed, check: Check) -> None:
    assert list(check(changed())) == []


def test_every_kind_has_one_sentence() -> None:
    assert all(words.endswith(".") and words[0].isupper() for words in FAULT_KINDS.values())


@pytest.mark.parametrize(
    ("word", "known", "advice"),
    [
        ("ecgo", ["ecog", "age"], "did you mean 'ecog'?"),
        ("xyz", ["ecog", "age"], "use one of age, ecog"),
        ("xyz", [], "nothing of this sort is in the study; add it or take the name out"),
        ("xyz", [f"item_{k}" for k in range(20)], "use a name that the study has, or add it"),
    ],
)
def test_advice_names_the_nearest_or_all_when_few(word: str, known: list[str], advice: str) -> None:
    assert suggest(word, known) == advice


def test_the_date_item_of_a_form_may_bear_the_name_of_its_day(changed: Changed) -> None:
    assert kinds(check_names_free, changed()) == []
    asked = {"label": "Day", "type": "date"}
    whole = changed(("forms/pathology/items/surgery_date", None))
    assert kinds(check_names_free, whole) == []
    whole = changed(
        ("forms/pathology/items/death_date", asked), ("forms/death/items", {"x": asked})
    )
    assert kinds(check_names_free, whole) == ["name_taken"]


def test_the_date_of_a_first_suspicion_is_checked_like_any_other(changed: Changed) -> None:
    said = "events/recurred/suspected"
    assert kinds(check_events, changed((said, "recurrence_suspected_date"))) == []
    assert kinds(check_events, changed((said, "suspected_date"))) == ["event_date_unknown"]
    assert kinds(check_events, changed((said, "recurrence_site"))) == ["event_not_a_date"]
    elsewhere = {"form": "extra", "title": "X", "items": {"day": {"label": "X", "type": "date"}}}
    whole = changed(("forms/extra", elsewhere), (said, "day"))
    assert set(kinds(check_endpoints_fed, whole)) == {"endpoint_no_form"}


def test_an_item_may_not_bear_the_name_of_a_later_criterion_s_column(changed: Changed) -> None:
    asked = {"label": "Met", "type": "yes_no"}
    biopsy = {"text": "Biopsy before treatment", "rule": "age > 18", "at": "treatment"}
    item = ("forms/pathology/items/met_biopsy", asked)
    assert kinds(check_names_free, changed(item)) == []
    whole = changed(item, ("eligibility/include/biopsy", biopsy))
    assert kinds(check_names_free, whole) == ["name_taken"]


@pytest.mark.parametrize(
    ("said", "idle"),
    [({"until": "surgery"}, ["until"]), ({"confirmed": True}, ["confirmed"]), ({}, [])],
)
def test_a_response_that_arrives_ready_made_is_not_confirmed_or_ended_by_scans(
    changed: Changed, said: dict[str, object], idle: list[str]
) -> None:
    whole = changed(
        ("endpoints/orr/recorded", "margin"),
        ("endpoints/orr/until", said.get("until")),
        ("endpoints/orr/confirmed", said.get("confirmed", False)),
    )
    assert [(one.kind, one.got) for one in check_endpoints(whole)] == [
        ("endpoint_two_ways", word) for word in idle
    ]


def test_a_dating_of_the_sensitivity_estimand_needs_one_event_that_it_dates(
    changed: Changed,
) -> None:
    said = {"incomplete_resection": "not_an_event"}
    assert kinds(check_endpoints, changed(("endpoints/efs/intercurrent", said))) == []
    whole = changed(("endpoints/os/intercurrent", said))
    assert kinds(check_endpoints, whole) == ["switch_without_event"]


@pytest.mark.parametrize("rule", ["arm = 'chemo'", "site in ('north', 'south')"])
def test_arms_and_sites_are_code_lists_too(changed: Changed, rule: str) -> None:
    path = "analysis_sets/treated/rule"
    assert kinds(check_rules, changed((path, rule))) == []
    wrong = rule.replace("chemo", "chem").replace("south", "west")
    assert kinds(check_rules, changed((path, wrong))) == ["code_not_in_list"]


def test_a_code_at_one_visit_is_of_the_same_list(changed: Changed) -> None:
    path = "analysis_sets/treated/rule"
    assert kinds(check_rules, changed((path, "screening.sex = 'man'"))) == ["code_not_in_list"]


def test_the_day_of_a_form_may_only_be_named_on_forms(changed: Changed) -> None:
    check = {"rule": "form_date >= surgery_date", "say": "Too early"}
    assert kinds(check_rules, changed(("forms/death/checks/late", check))) == []
    whole = changed(("analysis_sets/treated/rule", "form_date is not null"))
    assert kinds(check_rules, whole) == ["rule_unknown_item"]


@pytest.mark.parametrize(("allocation", "faults"), [(1, 1), (2, 0)])
def test_blocks_hold_whole_numbers_of_unequal_arms(
    changed: Changed, allocation: int, faults: int
) -> None:
    whole = changed(("arms/chemo/allocation", allocation), ("randomise/sizes", [3, 6]))
    assert len(kinds(check_allocation, whole)) == faults


def test_an_endpoint_of_scans_needs_a_form_of_lesions(changed: Changed) -> None:
    whole = changed(
        ("schedule/visits/screening/forms", ["demographics", "vital_signs", "laboratory"]),
        ("schedule/visits/restaging/forms", ["vital_signs"]),
    )
    told = [problem.path[1] for problem in check_endpoints_fed(whole)]
    assert sorted(told) == ["efs", "orr"]


def test_a_flat_dose_needs_no_body_size(changed: Changed) -> None:
    bare: tuple[str, object] = ("schedule/visits/screening/forms", ["demographics"])
    cycle: tuple[str, object] = ("schedule/visits/cycle/forms", ["dosing"])
    flat = [(f"regimens/cf/drugs/{drug}/dose", "80 mg") for drug in ("cisplatin", "fluorouracil")]
    assert kinds(check_drugs, changed(bare, cycle, *flat)) == []
    assert len(kinds(check_drugs, changed(bare, cycle))) == 4  # height and weight, of two drugs


def test_a_study_that_records_no_doses_needs_no_cycles(changed: Changed) -> None:
    whole = changed(("schedule/visits/cycle", None))
    assert kinds(check_cycles_visited, whole) == []


def test_limits_of_each_sex_are_limits(changed: Changed) -> None:
    assert kinds(check_grades, changed(("laboratory/neutrophils/low", None))) == [
        "normal_range_missing"
    ]
    by_sex = {"female": "1.5 .. 7", "male": "1.8 .. 7.5", "unit": "10^9/L"}
    assert kinds(check_grades, changed(("laboratory/neutrophils", by_sex))) == []


def test_a_ratio_has_no_unit_however_it_is_written(changed: Changed) -> None:
    whole = changed(("laboratory/inr/unit", ""), ("forms/laboratory/items/inr/unit", "1"))
    assert [*check_normal_ranges(whole), *check_grades(whole)] == []


@pytest.mark.parametrize(
    ("draw", "faults"),
    [
        (("nodes_examined", {"4": "50 %", "8": "50 %"}), []),
        (("nodes_examined", {"4.5": "50 %", "8": "50 %"}), ["scenario_wrong_distribution"]),
        (("nodes_examined", {"4": "50 %", "800": "50 %"}), ["scenario_outside_range"]),
        (("operated", "30 %"), []),
        (("operated", "normal(1, 2)"), ["scenario_wrong_distribution"]),
        (("dose_reason", {"toxicity": "50 %", "other": "50 %"}), []),
        (("surgery_date", "uniform(1 .. 5)"), ["scenario_wrong_distribution"]),
        (("viable_percent", "lognormal(120, 0.5)"), ["scenario_outside_range"]),
        (
            ("viable_percent", "lognormal(-1, 0.5, -5 .. 80)"),
            ["scenario_outside_range", "scenario_spread"],
        ),
    ],
)
def test_a_draw_fits_the_type_and_range_of_its_item(
    changed: Changed, draw: tuple[str, object], faults: list[str]
) -> None:
    item, drawn = draw
    assert kinds(check_draws, changed((f"scenarios/design/fill/{item}", drawn))) == faults


def test_what_follows_from_the_course_need_not_be_drawn(changed: Changed) -> None:
    own = {"label": "Histology", "type": "text", "required": True}
    whole = changed(("forms/pathology/items/histology", own))
    assert [problem.got for problem in check_required_drawn(whole)] == ["histology"]
    drawn = ("scenarios/design/by_arm/histology", {"chemo": {"a": "100 %"}})
    assert (
        kinds(check_required_drawn, changed(("forms/pathology/items/histology", own), drawn)) == []
    )


def test_an_adjuvant_regimen_asks_for_no_response(changed: Changed) -> None:
    whole = changed(("regimens/cf/phase", "adjuvant"))
    assert kinds(check_courses, whole) == ["scenario_response_unasked"]


@pytest.mark.parametrize(
    ("label", "shares", "found"),
    [
        ("Alopecia", {"any_grade": 0.6, "grade_3_or_more": 0.1}, "grade_3_or_more"),
        ("Alopecia", {"any_grade": 0.6}, None),
        ("Febrile neutropenia", {"any_grade": 0.1, "grade_3_or_more": 0.1}, None),
        ("Febrile neutropenia", {"any_grade": 0.2, "grade_3_or_more": 0.1}, "any_grade"),
        ("Myocarditis", {"any_grade": 0.2, "grade_3_or_more": 0.1}, None),
        ("Hepatic necrosis", {"any_grade": 0.1, "grade_3_or_more": 0.1}, None),
        ("Haemorrhage", {"any_grade": 0.2, "grade_3_or_more": 0.1}, None),
    ],
)
def test_a_share_of_grades_that_a_term_does_not_have_is_a_fault(
    changed: Changed, label: str, *, shares: dict[str, float], found: str | None
) -> None:
    whole = changed(
        ("forms/adverse_events/items/ae_term/codes/rash", label),
        ("scenarios/design/adverse_events/rash", {"chemo": shares}),
    )
    problems = [one for one in check_effects(whole) if one.kind == "scenario_impossible_grade"]
    assert [one.path[-1] for one in problems] == ([found] if found else [])
