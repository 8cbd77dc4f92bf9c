import pytest

from equipoise.base import BadInput
from equipoise.oncology.surgery.pathology import (
    MAJOR_MOST_PERCENT,
    TumourBed,
    pathological_response,
    response_rows,
)
from equipoise.oncology.surgery.resection import Margin


def response(*beds, nodes_positive=False, margin=None):
    return pathological_response(
        [TumourBed(viable_percent=share, area_mm2=area) for share, area in beds],
        nodes_positive=nodes_positive,
        margin=margin,
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


@pytest.mark.parametrize("margin", [Margin.R1, Margin.R2])
def test_nothing_viable_with_tumour_at_the_margin_is_refused(margin):
    with pytest.raises(BadInput, match="no viable tumour"):
        response((0, None), margin=margin)
    assert response((1, None), margin=margin).complete is False
    assert response((None, None), margin=margin).complete is None


def test_a_free_or_unassessed_margin_says_nothing_against_a_complete_response():
    for margin in (Margin.R0, Margin.RX, None):
        assert response((0, None), margin=margin).complete is True


def test_a_response_says_why():
    assert response((7.5, None)).explanation == (
        "Major response: 7.5 % viable tumour in the primary, none in the nodes."
    )
    assert response((0, None), nodes_positive=None).explanation == (
        "Major response, perhaps complete: 0 % viable tumour in the primary, nodes not known."
    )
    assert response((0, None)).explanation.startswith("Complete response: ")
    assert response((40, None)).explanation.startswith("No major response: ")
    assert response((None, None)).explanation.startswith("Response not decided: ")


def test_nodes_are_told_beside_the_primary():
    assert response((0, None), nodes_positive=True).clear_nodes is False
    assert response((50, None)).clear_nodes is True
    assert response((50, None), nodes_positive=None).clear_nodes is None


def test_the_limit_that_is_told_is_the_limit_that_counts():
    words = dict(response_rows())["major"]
    assert f"at most {MAJOR_MOST_PERCENT} %" in words
    assert response((MAJOR_MOST_PERCENT, None)).major is True
