import pytest

from equipoise.base import BadInput
from equipoise.oncology import ajcc8_intrahepatic
from equipoise.oncology.staging import Extent, StageGroup, StagePrefix, Tumour


def extent(**changes):
    return Extent(**{"tumour_cm": 4.0, "nodules": 1, "vascular_invasion": False} | changes)


def staged(*, nodes=False, metastasis=False, prefix=StagePrefix.CLINICAL, **changes):
    return ajcc8_intrahepatic(extent(**changes), nodes=nodes, metastasis=metastasis, prefix=prefix)


def test_a_stage_is_written_with_its_prefix():
    assert str(staged()) == "cT1a cN0 M0, stage IA"
    after = staged(nodules=2, nodes=True, prefix=StagePrefix.AFTER_THERAPY)
    assert str(after) == "ypT2 ypN1 M0, stage IIIB"
    unknown = staged(nodes=None, metastasis=None, prefix=StagePrefix.PATHOLOGICAL)
    assert str(unknown) == "pT1a pNX M unknown, no stage group"


def test_no_tumour_left_after_therapy_has_no_stage_group():
    nothing = {"tumour_cm": None, "nodules": 0, "prefix": StagePrefix.AFTER_THERAPY}
    assert str(staged(**nothing)) == "ypT0 ypN0 M0, no stage group"
    assert staged(**nothing, nodes=True).group is StageGroup.IIIB


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tumour_cm": None}, Tumour.TX),
        ({"tumour_cm": None, "nodules": 3}, Tumour.T2),
        ({"vascular_invasion": None}, Tumour.TX),
        ({"vascular_invasion": None, "nodules": 2}, Tumour.T2),
        ({"nodules": None}, Tumour.TX),
        ({"nodules": None, "vascular_invasion": True}, Tumour.T2),
        ({"perforates_serosa": None}, Tumour.TX),
        ({"perforates_serosa": None, "invades_beyond_liver": True}, Tumour.T4),
        ({"invades_beyond_liver": None, "perforates_serosa": True}, Tumour.TX),
        ({"in_situ": None}, Tumour.TX),
    ],
)
def test_what_is_unknown_gives_tx_unless_it_changes_nothing(changes, expected):
    assert staged(**changes).tumour is expected


def test_unknown_nodes_leave_the_group_open_unless_it_is_iiib_or_iv_anyway():
    assert staged(nodes=None).group is None
    assert staged(nodes=None, invades_beyond_liver=True).group is StageGroup.IIIB
    assert staged(nodes=None, metastasis=True).group is StageGroup.IV


def test_positive_nodes_give_iiib_even_with_an_unknown_tumour():
    assert staged(tumour_cm=None, nodes=True).group is StageGroup.IIIB
    assert staged(tumour_cm=None).group is None


def test_an_unknown_metastasis_leaves_every_group_open():
    assert staged(nodes=True, metastasis=None).group is None


@pytest.mark.parametrize(
    "changes",
    [
        {"tumour_cm": -1},
        {"nodules": -1},
        {"nodules": 0},
        {"nodules": 0, "tumour_cm": None, "vascular_invasion": True},
        {"in_situ": True, "vascular_invasion": True},
    ],
)
def test_an_extent_that_contradicts_itself_is_refused(changes):
    with pytest.raises(BadInput):
        extent(**changes)
