from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from equipoise.base.errors import BadInput
from equipoise.study.clinical_function import in_unit_of_argument
from equipoise.study.functions import FUNCTIONS
from equipoise.study.load import load_study
from equipoise.study.rules import judge

GOLP = Path(__file__).parents[3] / "studies" / "icc_golp"

CHILD_PUGH_SIGNS = {
    "bilirubin": 40.0,
    "albumin": 40.0,
    "ascites": "none",
    "encephalopathy": "none",
}
CHILD_PUGH = CHILD_PUGH_SIGNS | {"bilirubin": 20.0, "inr": 1.0}
TUMOUR = {"tumour_cm": 4.0, "nodules": 1, "vascular_invasion": False}


def stage(**words: object) -> object:
    return FUNCTIONS["ajcc8_intrahepatic"].call(**(TUMOUR | words))


def child_pugh(**words: object) -> object:
    return FUNCTIONS["child_pugh"].call(**(CHILD_PUGH | words))


def answer(name: str, **words: object) -> object:
    return FUNCTIONS[name].call(**words)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_answers_unknown_to_unknown_inputs_and_says_so(name: str):
    function = FUNCTIONS[name]
    unknown = dict.fromkeys(function.needs)
    told = function.answer(**unknown)
    assert (told.value, told.why[-1]) == (None, ".")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_can_be_called_without_its_optional_arguments(name: str):
    function = FUNCTIONS[name]
    needed = [argument for argument in function.needs if argument not in function.optional]
    assert function.call(**dict.fromkeys(needed)) is None
    assert function.optional <= function.needs.keys()


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("albi_grade", {"bilirubin": 17.1, "albumin": 38.0}, 2),
        ("modified_albi_grade", {"bilirubin": 17.1, "albumin": 38.0}, "2a"),
        ("albi", {"bilirubin": 10.0, "albumin": 40.0}, pytest.approx(-2.74)),
        ("body_surface_dubois", {"height_cm": 170, "weight_kg": 65}, pytest.approx(1.754, 1e-3)),
        (
            "creatinine_clearance",
            {"creatinine": 80.0, "age": 60, "weight_kg": 70.0, "sex": "male"},
            pytest.approx(85.96, 1e-3),
        ),
        ("ecog_in_words", {"ecog": 5}, "ECOG 5: dead."),
        (
            "child_pugh_prothrombin_time",
            CHILD_PUGH_SIGNS | {"prothrombin_s": 4.0, "albumin": 30.0},
            "B",
        ),
        (
            "liver_remnant_vauthey",
            {"remnant_ml": 446.0082, "bsa_m2": 1.8},
            pytest.approx(30),
        ),
        ("liver_remnant_urata", {"remnant_ml": 382.068, "bsa_m2": 1.8}, pytest.approx(30)),
        (
            "liver_remnant_measured",
            {"remnant_ml": 450.0, "liver_ml": 1700.0, "tumour_ml": 200.0},
            pytest.approx(30),
        ),
        (
            "liver_remnant_sufficient",
            {"remnant_ml": 446.0, "bsa_m2": 1.8, "liver_quality": "after_chemotherapy"},
            False,
        ),
        (
            "liver_remnant_sufficient",
            {"remnant_ml": 446.0, "bsa_m2": 1.8, "liver_quality": "normal"},
            True,
        ),
        ("node_category", {"nodes_examined": 6, "nodes_positive": 0}, "N0"),
        ("node_category", {"nodes_examined": 0, "nodes_positive": None}, "NX"),
        ("adequate_nodes", {"nodes_examined": 5}, False),
        ("margin_at_ink", {"margin_mm": 0.5, "gross_residual": False}, "R0"),
        ("margin_within_1_mm", {"margin_mm": 0.5, "gross_residual": False}, "R1"),
        ("margin_within_1_mm", {"margin_mm": None, "gross_residual": True}, "R2"),
        (
            "complete_response",
            {"viable_percent": 0.0, "nodes_examined": 6, "nodes_positive": 0, "margin": "R0"},
            True,
        ),
        ("major_response", {"viable_percent": 10.0}, True),
        ("major_response", {"viable_percent": 10.1}, False),
        ("major_complication", {"clavien": "IIIa", "complicated": True}, True),
        ("major_complication", {"clavien": None, "complicated": False}, False),
        ("major_complication", {"clavien": None, "complicated": True}, None),
        (
            "megna",
            {"nodules": 2, "differentiation": "poor", "nodes_positive": 1, "age": 61},
            4,
        ),
        (
            "megna",
            {"nodules": 2, "differentiation": "G3", "nodes_positive": 1, "age": 61},
            None,
        ),
        (
            "megna",
            {
                "nodules": 2,
                "differentiation": "well",
                "nodes_examined": 0,
                "nodes_positive": 0,
                "age": 61,
            },
            None,
        ),
        ("corrected_calcium", {"calcium": 1.9, "albumin": 30.0}, 2.1),
        ("hypertension_ctcae_5", {"systolic": 139.0, "diastolic": 89.0}, 1),
        ("hypertension_ctcae_5", {"systolic": 140.0, "diastolic": 80.0}, None),
        (
            "hypertension_ctcae_5",
            {"systolic": 140.0, "diastolic": 80.0, "pressure_normal_before": True},
            2,
        ),
        ("hypertension_ctcae_4_03", {"systolic": 140.0, "diastolic": 80.0}, 2),
        (
            "hypertension_ctcae_5",
            {"systolic": 130.0, "diastolic": 80.0, "pressure_drugs": "more"},
            3,
        ),
        ("hypertension_ctcae_5", {"systolic": 120.0, "diastolic": 100.0}, 3),
        ("proteinuria_ctcae_5", {"urine_protein": 3.5}, 3),
        ("proteinuria_ctcae_5", {"urine_protein": 0.9}, None),
        ("proteinuria_ctcae_5", {"urine_protein": 0.9, "urine_protein_limit": 0.15}, 1),
        ("proteinuria_ctcae_5", {"urine_protein": None, "dipstick": "3+"}, 2),
        ("proteinuria_ctcae_4_03", {"urine_protein": None, "dipstick": "3+"}, None),
        ("tumour_burden", {"tumour_cm": 3.0, "nodules": 4}, pytest.approx(5)),
        (
            "preoperative_risk",
            {
                "tumour_cm": 5.0,
                "ca199": 1.0,
                "neutrophils": 4.0,
                "lymphocytes": 2.0,
                "albumin": 40.0,
            },
            pytest.approx(4.44),
        ),
    ],
)
def test_a_function_answers_as_its_rule_does(name, words, expected):
    assert answer(name, **words) == expected
    assert FUNCTIONS[name].answer(**words).why.endswith(".")


SPECIMEN = TUMOUR | {"nodes_examined": 6, "nodes_positive": 0}


@pytest.mark.parametrize(
    ("words", "group", "lower"),
    [
        ({}, "IA", True),
        ({"nodes_positive": 1}, "IIIB", False),
        ({"nodes_examined": 0}, None, None),
        ({"viable_percent": 0.0}, "T0N0", True),
        ({"viable_percent": 0.0, "nodes_examined": 0}, None, None),
        ({"viable_percent": 5.0, "nodules": 2}, "II", False),
        ({"distant_metastasis": True}, "IV", False),
    ],
)
def test_a_specimen_has_a_stage_and_lies_below_the_clinical_one_or_not(words, group, lower):
    found = SPECIMEN | words
    assert answer("ajcc8_intrahepatic_specimen", **found) == group
    assert answer("down_staged_ajcc8", clinical_stage="II", **found) is lower


def test_a_complete_response_with_tumour_at_the_margin_is_refused():
    with pytest.raises(BadInput, match="no viable tumour"):
        answer("major_response", viable_percent=0.0, margin="R1")


def test_an_answer_says_why():
    told = FUNCTIONS["child_pugh"].answer(**CHILD_PUGH)
    assert told.why.startswith("Child-Pugh A, 5 points: ")
    lower = FUNCTIONS["down_staged_ajcc8"].answer(clinical_stage="II", **SPECIMEN)
    assert lower.why == "Stage IA is below clinical stage II."


def test_body_surface_is_the_root_of_height_times_weight_over_3600():
    call = FUNCTIONS["body_surface_mosteller"].call
    assert call(height_cm=180.0, weight_kg=80.0) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ({}, "A"),
        ({"ascites": "slight", "albumin": 34.0}, "B"),
        ({"ascites": "moderate", "encephalopathy": "grade_3_4", "bilirubin": 60.0}, "C"),
        ({"ascites": None}, None),
        ({"ascites": "a lot"}, None),
        ({"encephalopathy": "grade_1_2"}, "A"),
    ],
)
def test_child_pugh_reads_the_codes_of_the_form(words, answer):
    assert child_pugh(**words) == answer


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ({"hilar_nodes": False}, "IA"),
        ({"hilar_nodes": False, "tumour_cm": 5.1}, "IB"),
        ({"hilar_nodes": False, "nodules": 2}, "II"),
        ({"hilar_nodes": False, "perforates_serosa": True}, "IIIA"),
        ({"hilar_nodes": True}, "IIIB"),
        ({"hilar_nodes": False, "invades_beyond_liver": True}, "IIIB"),
        ({"hilar_nodes": False, "distant_metastasis": True}, "IV"),
        ({"hilar_nodes": None}, None),
        ({}, None),
        ({"hilar_nodes": False, "distant_metastasis": None}, None),
    ],
)
def test_the_stage_is_the_group_in_roman_figures(words, answer):
    assert stage(**words) == answer


def test_a_size_without_a_nodule_is_refused():
    with pytest.raises(BadInput, match="without a nodule"):
        stage(nodules=0)


def test_a_major_response_tells_of_the_nodes_that_are_known():
    found = {"viable_percent": 0.0, "nodes_examined": 6, "nodes_positive": 2}
    why = FUNCTIONS["major_response"].answer(**found).why
    assert why == ("Major response: 0 % viable tumour in the primary, viable tumour in the nodes.")


@pytest.mark.parametrize(
    ("name", "words", "why"),
    [
        (
            "major_complication",
            {"clavien": "IIIa", "complicated": True},
            "Highest Clavien-Dindo grade IIIa: major, IIIa or more.",
        ),
        (
            "major_complication",
            {"clavien": None, "complicated": True},
            "Not known: the highest grade is not recorded.",
        ),
        (
            "tumour_burden",
            {"tumour_cm": 3.0, "nodules": 1},
            "Tumour burden 3.2 from 3 cm and 1 nodule.",
        ),
        (
            "complete_response",
            {"viable_percent": None, "nodes_examined": 5, "nodes_positive": 1},
            (
                "No complete response: viable tumour not known in the primary, "
                "viable tumour in the nodes."
            ),
        ),
    ],
)
def test_a_function_says_no_more_than_was_recorded(name, words, why):
    assert FUNCTIONS[name].answer(**words).why == why


@pytest.mark.parametrize(
    ("margin", "width", "holds"),
    [("R0", 0.0, False), ("R0", 0.5, True), ("R1", 0.0, True), ("R0", None, None)],
)
def test_an_r0_margin_of_no_width_is_doubted(margin, width, holds):
    rule = load_study(GOLP).forms["pathology"].checks["clear_margin"].rule
    schema = {"margin": pl.String(), "margin_mm": pl.Float64()}
    frame = pl.DataFrame([(margin, width)], schema=schema, orient="row")
    assert judge({"x": rule}, frame)["x"].item() is holds


@pytest.mark.parametrize(
    ("unit", "argument", "fits"),
    [
        ("mg/dL", "bilirubin", False),
        ("µmol/L", "bilirubin", True),
        ("nmol/mL", "bilirubin", True),
        ("g/dL", "albumin", False),
        ("mm", "tumour_cm", False),
        ("ml", "remnant_ml", True),
        ("K/uL", "neutrophils", True),
        ("years", "age", True),
    ],
)
def test_an_item_fits_an_argument_in_its_unit_only(unit, argument, fits):
    assert in_unit_of_argument(unit, argument=argument) is fits
