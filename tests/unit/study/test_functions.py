from __future__ import annotations

import inspect

import pytest

from equipoise.base.errors import BadInput
from equipoise.study.functions import FUNCTIONS

CHILD_PUGH = {
    "bilirubin": 20.0,
    "albumin": 40.0,
    "inr": 1.0,
    "ascites": "none",
    "encephalopathy": "none",
}
TUMOUR = {"tumour_cm": 4.0, "nodules": 1, "vascular_invasion": False}


def stage(**words: object) -> object:
    return FUNCTIONS["ajcc8_intrahepatic"].call(**(TUMOUR | words))


def child_pugh(**words: object) -> object:
    return FUNCTIONS["child_pugh"].call(**(CHILD_PUGH | words))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_answers_unknown_to_unknown_inputs(name: str):
    function = FUNCTIONS[name]
    assert function.call(**dict.fromkeys(function.needs)) is None


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_can_be_called_without_its_optional_arguments(name: str):
    function = FUNCTIONS[name]
    needed = [argument for argument in function.needs if argument not in function.optional]
    inspect.signature(function.call).bind(**dict.fromkeys(needed))
    assert function.optional <= function.needs.keys()


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
