import pytest

from equipoise.base import BadInput
from equipoise.oncology import ajcc8_intrahepatic
from equipoise.oncology.disease.down_staging import down_staging, regional_nodes
from equipoise.oncology.disease.staging import (
    Extent,
    StageGroup,
    StagePrefix,
    Tumour,
    UnknownNodes,
    stage_rows,
    tumour_rows,
)


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
        {"in_situ": True, "nodules": 0, "tumour_cm": None},
    ],
)
def test_an_extent_that_contradicts_itself_is_refused(changes):
    with pytest.raises(BadInput):
        extent(**changes)


def test_a_stage_says_why():
    assert staged(tumour_cm=6.2).explanation == (
        "Stage IB: 1 nodule, 6.2 cm (T1b: solitary, more than 5 cm, no vascular invasion); "
        "no metastasis in regional nodes (N0); no distant metastasis."
    )
    assert staged(nodes=None).explanation.startswith("Stage not decided (IA or IIIB): ")
    gone = staged(tumour_cm=None, nodules=0)
    assert gone.explanation.startswith("No tumour left, no stage group: 0 nodules (T0: ")
    unsure = staged(tumour_cm=None, nodules=0, nodes=None)
    assert unsure.explanation.startswith("Stage not decided (no tumour left or IIIB): ")


def test_a_protocol_may_take_unknown_nodes_for_none():
    strict = ajcc8_intrahepatic(extent(), nodes=None, metastasis=False)
    loose = ajcc8_intrahepatic(
        extent(), nodes=None, metastasis=False, unknown_nodes=UnknownNodes.COUNT_AS_N0
    )
    assert (strict.group, loose.group) == (None, StageGroup.IA)
    assert str(loose) == "cT1a cNX M0, stage IA"


def test_invasion_settles_a_tumour_that_might_be_in_situ():
    assert staged(in_situ=None, vascular_invasion=True).tumour is Tumour.T2


def test_every_category_and_group_stands_in_the_tables_for_proof_reading():
    assert [row.category for row in tumour_rows()] == list(Tumour)
    assert {row.group for row in stage_rows()} == set(StageGroup)


def after(*, nodes=False, **changes):
    return staged(nodes=nodes, prefix=StagePrefix.AFTER_THERAPY, **changes)


@pytest.mark.parametrize(
    ("before", "found", "lower"),
    [
        (StageGroup.II, after(), True),
        (StageGroup.IA, after(), False),
        (StageGroup.IA, after(nodules=2), False),
        (StageGroup.IIIB, after(nodules=2, nodes=True), False),
        (StageGroup.ZERO, after(tumour_cm=None, nodules=0), True),
        (StageGroup.IIIB, after(nodes=None), None),
        (StageGroup.IV, after(nodes=None), True),
        (StageGroup.II, after(nodules=2, nodes=None), False),
        (StageGroup.IIIB, after(tumour_cm=None), True),
        (StageGroup.IA, after(tumour_cm=None, nodules=0, nodes=None), None),
        (None, after(), None),
    ],
)
def test_down_staging_is_decided_where_the_unknown_cannot_change_it(before, found, lower):
    assert down_staging(before, after=found).lower is lower


def test_down_staging_says_which_stages_it_compares():
    assert down_staging(StageGroup.II, after=after()).explanation == (
        "Stage IA is below clinical stage II."
    )
    nothing = after(tumour_cm=None, nodules=0)
    assert down_staging(StageGroup.II, after=nothing).explanation == (
        "ypT0 ypN0 is below clinical stage II."
    )
    unsure = down_staging(StageGroup.IIIB, after=after(nodes=None))
    assert unsure.explanation.startswith("Not decided: ypT1a ypNX can lie below")


def test_nodes_say_how_many_stand_behind_them():
    assert regional_nodes(examined=4, positive=0).explanation == (
        "N0: 0 nodes with metastasis of 4 examined; fewer than 6 examined."
    )
    assert regional_nodes(examined=0, positive=None).positive is None


@pytest.mark.parametrize(("examined", "positive"), [(2, 3), (-1, 0), (4, -1), (0, 1)])
def test_impossible_numbers_of_nodes_are_refused(examined, positive):
    with pytest.raises(BadInput):
        regional_nodes(examined=examined, positive=positive)
