"""A risk table of a study: read, told, and answered by the rule that it stands for."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from equipoise.study.amendments import compare
from equipoise.study.forms import ItemType
from equipoise.study.json_schema import schema_files
from equipoise.study.load import load_study
from equipoise.study.risk import RiskTable, risk_rule
from equipoise.study.rules import judge
from equipoise.study.yaml_tree import read_tree

GOLP = Path(__file__).parents[3] / "studies" / "icc_golp"
FACTORS = {
    "margin": {"label": "positive margin", "when": "margin = 'R1'", "hazard_ratio": 4.0},
    "nodes": {"label": "surgeon's nodes", "when": "nodes > 0", "hazard_ratio": 2.25},
}
SAID = {"label": "Death", "shrink": "50 %", "classes": {"low": 0, "high": 2}}


def table(**changes):
    own = {"hazard": "death", "source": "assumed"}
    factors = {name: {**factor, **own} for name, factor in FACTORS.items()}
    return RiskTable.model_validate({**SAID, "factors": factors, **changes})


def answered(kind, **values):
    schema = {"margin": pl.String(), "nodes": pl.Int64()}
    frame = pl.DataFrame([{"margin": None, "nodes": None} | values], schema=schema)
    return judge({"x": risk_rule(table(), answers=kind)}, frame)["x"].item()


def test_half_of_each_log_hazard_ratio_is_the_root_of_the_ratio():
    assert answered(ItemType.NUMBER, margin="R1", nodes=2) == pytest.approx(2 * 1.5)
    assert answered(ItemType.NUMBER, margin="R0", nodes=2) == pytest.approx(1.5)


def test_shrinkage_is_said_as_a_share_or_as_none():
    assert table(shrink="none").shrink == 0
    assert table().model_dump(mode="json")["shrink"] == "50 %"
    assert table(shrink="none").model_dump(mode="json")["shrink"] == "none"
    for wrong in ("100 %", "-1 %", "half", None):
        with pytest.raises(ValidationError):
            table(shrink=wrong)


def test_a_class_is_given_where_the_unknown_cannot_change_it():
    assert answered(ItemType.CODE, margin="R1", nodes=0) == "high"
    assert answered(ItemType.CODE, margin="R1") == "high"
    assert answered(ItemType.CODE, margin="R0", nodes=1) == "low"
    assert answered(ItemType.CODE, margin="R0") == "low"
    assert answered(ItemType.CODE, nodes=0) is None


def test_ratio_and_number_of_factors_are_unknown_with_one_factor():
    assert answered(ItemType.NUMBER, margin="R1") is None
    assert answered(ItemType.INTEGER, margin="R1") is None
    assert answered(ItemType.INTEGER, margin="R1", nodes=1) == 2


def test_the_factors_are_told_in_words():
    assert answered(ItemType.TEXT, margin="R1", nodes=1) == "positive margin, surgeon's nodes"
    assert answered(ItemType.TEXT, margin="R0") == "surgeon's nodes not known"
    assert answered(ItemType.TEXT, margin="R0", nodes=0) == "no factor"


def test_the_shipped_trial_has_the_seven_factors_of_the_registry():
    factors = load_study(GOLP).risk["postoperative"].factors
    assert list(factors) == [
        "positive_margin",
        "nodal_metastasis",
        "lymphatic_invasion",
        "perineural_invasion",
        "high_ca199",
        "multiple_nodules",
        "poor_differentiation",
    ]
    assert factors["high_ca199"].when == "ca199 > 200"
    bare = [name for name, factor in factors.items() if factor.interval is None]
    assert bare == ["lymphatic_invasion", "poor_differentiation"]


def test_an_item_of_a_table_is_computed_by_its_rule():
    study = load_study(GOLP)
    item = study.forms["pathology"].items["risk_class"]
    assert item.computed
    assert item.compute == risk_rule(study.risk["postoperative"], answers=ItemType.CODE)


def test_the_file_of_the_shipped_trial_fits_its_schema():
    file = GOLP / "risk.yaml"
    said = read_tree(file.read_text(encoding="utf-8"), file=str(file)).value
    validator = Draft202012Validator(schema_files()["risk.yaml"])
    assert list(validator.iter_errors(said)) == []
    assert isinstance(said, dict)
    del said["postoperative"]["shrink"]
    assert [error.validator for error in validator.iter_errors(said)] == ["required"]


def test_an_amendment_of_a_hazard_ratio_is_told_once_and_in_its_own_words(tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(GOLP, folder)
    file = folder / "risk.yaml"
    file.write_text(file.read_text("utf-8").replace("hazard_ratio: 3.06", "hazard_ratio: 2"))
    changes = compare(load_study(GOLP), load_study(folder))
    assert [change.says for change in changes] == [
        "Risk table postoperative, factor nodal_metastasis: hazard_ratio 3.06 -> 2"
    ]
    assert [str(change.consequence) for change in changes] == ["analysis"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"margin": "R0", "specimen_nodes": False}, "no factor"),
        ({"margin": "R1", "specimen_nodes": True}, "positive margin, nodal metastasis"),
        (
            {"margin": "RX", "specimen_nodes": None},
            "positive margin not known, nodal metastasis not known",
        ),
    ],
)
def test_a_margin_that_cannot_be_assessed_and_nodes_not_looked_at_are_not_known(found, expected):
    none = {
        "lymphatic_invasion": False,
        "perineural_invasion": False,
        "ca199": 10.0,
        "specimen_nodules": 1,
        "differentiation": "well",
    }
    types = {"margin": pl.String(), "specimen_nodes": pl.Boolean()}
    frame = pl.DataFrame([none | found], schema_overrides=types)
    rule = risk_rule(load_study(GOLP).risk["postoperative"], answers=ItemType.TEXT)
    assert judge({"x": rule}, frame)["x"].item() == expected


@pytest.mark.parametrize(
    ("examined", "positive", "expected"),
    [(0, 0, None), (6, 0, False), (None, 0, False), (None, 2, True), (6, None, None)],
)
def test_nodes_of_the_shipped_trial_are_unknown_when_none_was_examined(
    examined, positive, expected
):
    schema = {"nodes_examined": pl.Int64(), "nodes_positive": pl.Int64()}
    frame = pl.DataFrame([(examined, positive)], schema=schema, orient="row")
    rule = load_study(GOLP).forms["pathology"].items["specimen_nodes"].compute
    assert judge({"x": rule}, frame)["x"].item() is expected
