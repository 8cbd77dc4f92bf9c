import pytest

from equipoise.base import BadInput
from equipoise.oncology.resection import (
    ClavienDindo,
    Margin,
    MarginRule,
    TumourBed,
    clavien_dindo,
    margin_status,
    pathological_response,
)

INK, ONE_MM = MarginRule.AT_INK, MarginRule.WITHIN_1_MM
IIIA, II, V = ClavienDindo.GRADE_IIIA, ClavienDindo.GRADE_II, ClavienDindo.GRADE_V


@pytest.mark.parametrize(
    ("margin_mm", "rule", "expected"),
    [
        (0, INK, Margin.R1),
        (0.5, INK, Margin.R0),
        (0, ONE_MM, Margin.R1),
        (0.9, ONE_MM, Margin.R1),
        (1.0, ONE_MM, Margin.R0),
        (None, INK, Margin.RX),
    ],
)
def test_the_convention_decides_what_a_narrow_margin_is(margin_mm, rule, expected):
    assert margin_status(margin_mm, gross_residual=False, rule=rule) is expected


def test_gross_residual_is_r2_whatever_the_margin():
    assert margin_status(10, gross_residual=True, rule=INK) is Margin.R2
    assert margin_status(None, gross_residual=True, rule=INK) is Margin.R2


def test_an_unknown_residual_is_rx():
    assert margin_status(10, gross_residual=None, rule=INK) is Margin.RX


def test_a_negative_margin_is_refused():
    with pytest.raises(BadInput, match=r"^margin_mm:"):
        margin_status(-1, gross_residual=True, rule=INK)


def test_complications_rise_from_i_to_v_and_are_major_from_iiia():
    assert [grade.rank for grade in ClavienDindo] == list(range(7))
    assert [grade.value for grade in ClavienDindo if not grade.major] == ["I", "II"]


def test_the_highest_grade_and_every_complication_count():
    result = clavien_dindo([II, IIIA, II])
    assert (result.complications, result.highest, result.major) == (3, IIIA, True)


def test_no_complication_is_known_to_be_none():
    result = clavien_dindo([])
    assert (result.complications, result.highest, result.major) == (0, None, False)


def test_an_ungraded_complication_leaves_open_what_it_could_change():
    assert clavien_dindo([II, None]).major is None
    assert clavien_dindo([II, None]).highest is None
    assert clavien_dindo([IIIA, None]).major is True
    assert clavien_dindo([IIIA, None]).highest is None
    assert clavien_dindo([V, None]).highest is V


def response(*beds, nodes_positive=False):
    return pathological_response(
        [TumourBed(viable_percent=share, area_mm2=area) for share, area in beds],
        nodes_positive=nodes_positive,
    )


def test_beds_are_weighted_by_area():
    assert response((25, 100), (5, 300)).viable_percent == 10
    assert response((5, 100), (25, 300)).viable_percent == 20


def test_ten_per_cent_viable_is_a_major_response():
    assert response((10, None)).major is True
    assert response((10.1, None)).major is False
    assert response((25, 100), (5, 300)).major is True


def test_complete_response_needs_primary_and_nodes():
    assert response((0, None)).complete is True
    both = response((0, None), nodes_positive=True)
    assert (both.complete, both.complete_primary, both.major) == (False, True, True)
    unknown = response((0, None), nodes_positive=None)
    assert (unknown.complete, unknown.complete_primary) == (None, True)
    assert response((1, None), nodes_positive=None).complete is False


def test_a_missing_area_matters_only_where_shares_differ():
    assert response((0, None), (0, None)).viable_percent == 0
    open_question = response((5, None), (25, 100))
    assert (open_question.viable_percent, open_question.major) == (None, None)
    assert response((5, None), (9, 100)).major is True
    assert response((15, None), (25, 100)).major is False
    assert response((10, None), (25, 100)).major is False
    assert response((50, None), (0, None)).complete_primary is False


def test_a_missing_share_is_carried_as_everything_it_can_be():
    assert response((None, 10), (0, 990)).major is True
    assert response((None, 10), (0, 990)).complete_primary is None
    assert response((None, 100), (0, 900)).major is True
    assert response((None, 100), (20, 100)).major is None
    assert response((None, None), (50, None)).complete_primary is False
    assert response((None, None), (0, None)).complete_primary is None
    assert response((None, None), (20, None)).major is None
    assert response((None, 500), (0, 500)).major is None
    assert response((None, 100), (30, 900)).major is False
    assert response((None, None)).viable_percent is None


def test_no_specimen_has_no_response():
    nothing = pathological_response([], nodes_positive=False)
    assert (nothing.viable_percent, nothing.complete, nothing.major) == (None, None, None)


@pytest.mark.parametrize(("share", "area"), [(-1, None), (101, None), (10, 0)])
def test_impossible_beds_are_refused(share, area):
    with pytest.raises(BadInput):
        TumourBed(viable_percent=share, area_mm2=area)
