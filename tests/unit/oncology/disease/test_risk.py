import pytest

from equipoise.base import BadInput
from equipoise.oncology.disease.risk_scores import (
    MegnaFindings,
    MegnaGroup,
    PreoperativeFindings,
    megna,
    megna_rows,
    preoperative_risk,
    preoperative_rows,
    tumour_burden,
)
from equipoise.oncology.disease.risk_table import RiskFactor, RiskModel, risk

FACTORS = {
    "margin": RiskFactor(label="positive margin", hazard_ratio=2.0),
    "nodes": RiskFactor(label="nodal metastasis", hazard_ratio=1.5),
    "therapy": RiskFactor(label="adjuvant therapy", hazard_ratio=0.5),
}
TABLE = RiskModel(factors=FACTORS, classes={"low": 0.0, "middle": 1.2, "high": 2.0})


def judged(**findings):
    return risk(TABLE, findings=findings)


def test_the_hazard_ratios_of_what_is_there_are_multiplied():
    found = judged(margin=True, nodes=True, therapy=False)
    assert found.hazard_ratio == pytest.approx(3.0)
    assert found.risk_class == "high"
    assert (found.present, found.absent) == (("margin", "nodes"), ("therapy",))


def test_a_class_begins_at_its_own_hazard_ratio():
    assert judged(margin=True, nodes=False, therapy=False).risk_class == "high"
    assert judged(margin=False, nodes=True, therapy=False).risk_class == "middle"
    assert judged(margin=False, nodes=False, therapy=False).risk_class == "low"


def test_an_unknown_factor_leaves_the_class_open_where_it_matters():
    unsure = judged(margin=None, nodes=True, therapy=False)
    assert (unsure.linear_predictor, unsure.risk_class) == (None, None)
    assert unsure.unknown == ("margin",)
    sure = judged(margin=False, nodes=False, therapy=None)
    assert (sure.hazard_ratio, sure.risk_class) == (None, "low")
    assert judged(margin=True, nodes=None, therapy=False).risk_class == "high"


def test_a_factor_that_is_not_named_is_unknown():
    assert judged(margin=True).unknown == ("nodes", "therapy")


def test_a_risk_says_which_factors_count():
    assert judged(margin=True, nodes=False, therapy=None).explanation == (
        "Risk class not decided, hazard ratio 1.00 to 2.00: positive margin; "
        "not known: adjuvant therapy."
    )
    assert judged(margin=False, nodes=False, therapy=False).explanation == (
        "Risk low, hazard ratio 1.00: no factor."
    )


def test_what_is_no_factor_is_refused():
    with pytest.raises(BadInput, match="no factor of the model"):
        judged(margins=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"shrink": 1.0},
        {"shrink": -0.1},
        {"classes": {"low": 1.0}},
        {"classes": {"low": 0.0, "high": 2.0, "higher": 2.0}},
        {"classes": {}},
    ],
)
def test_a_model_that_cannot_be_meant_is_refused(changes):
    with pytest.raises(BadInput):
        RiskModel(**{"factors": FACTORS, "classes": {"low": 0.0}} | changes)


def test_a_hazard_ratio_of_nothing_is_refused():
    with pytest.raises(BadInput):
        RiskFactor(label="x", hazard_ratio=0)


def scored(**changes):
    names = ("multifocal", "extrahepatic_extension", "poor_grade", "node_positive")
    known = dict.fromkeys(names, False) | {"age_years": 50} | changes
    return megna(MegnaFindings(**known))


def test_an_unknown_finding_leaves_megna_open_where_it_matters():
    assert (scored(age_years=None).points, scored(age_years=None).group) == (None, None)
    many = scored(multifocal=True, poor_grade=True, node_positive=True, age_years=None)
    assert (many.points, many.group) == (None, MegnaGroup.THREE_OR_MORE)


def test_megna_says_why_and_its_table_has_every_group():
    assert scored(node_positive=True).explanation == ("MEGNA group I, points 1: positive nodes.")
    assert [row.group for row in megna_rows()] == list(MegnaGroup)
    assert all(row.low <= row.hazard_ratio <= row.high for row in megna_rows())


def test_impossible_findings_are_refused():
    with pytest.raises(BadInput, match="age"):
        scored(age_years=150)
    with pytest.raises(BadInput, match="nodule"):
        tumour_burden(3.0, nodules=0)
    assert tumour_burden(None, nodules=1) is None


BEFORE = {
    "tumour_cm": 5.0,
    "ca199": 1.0,
    "neutrophils": 4.0,
    "lymphocytes": 2.0,
    "albumin_g_l": 40.0,
}


def before_surgery(**changes):
    return preoperative_risk(PreoperativeFindings(**BEFORE | changes))


def test_a_preoperative_score_says_on_which_side_of_25_it_lies():
    low, high = before_surgery(), before_surgery(albumin_g_l=10.0, ca199=2000.0)
    assert low.explanation == "Preoperative score 4.44, below 25."
    assert (low.high, high.high) == (False, True)
    assert high.explanation.endswith("25 or more.")


def test_a_preoperative_score_of_25_is_high():
    cells = (25 - 4.44) * 2 * 2.0 + 4.0
    assert before_surgery(neutrophils=cells).high
    assert not before_surgery(neutrophils=cells - 1e-3).high


def test_every_unknown_finding_leaves_the_preoperative_score_open_and_is_named():
    for name in BEFORE:
        found = before_surgery(**{name: None})
        assert (found.score, found.high) == (None, None)
    assert before_surgery(ca199=None, albumin_g_l=None).explanation == (
        "Preoperative score not known: CA19-9, albumin missing."
    )


def test_measurements_that_the_preoperative_score_cannot_take_are_refused():
    for name in BEFORE:
        with pytest.raises(BadInput, match=name):
            before_surgery(**{name: -1.0})
    with pytest.raises(BadInput, match="ca199"):
        before_surgery(ca199=0.0)
    assert before_surgery(neutrophils=0.0).score == pytest.approx(3.44)


def test_the_table_of_the_preoperative_score_tells_every_term():
    assert [row.weight for row in preoperative_rows()] == [1.12, 2.81, 0.5, -2.79]
    assert all(row.low <= row.hazard_ratio <= row.high for row in preoperative_rows())
