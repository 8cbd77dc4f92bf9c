import pytest

from equipoise.oncology import ajcc8_intrahepatic
from equipoise.oncology.disease.down_staging import regional_nodes
from equipoise.oncology.disease.staging import Extent, Metastasis, Nodes, StageGroup, Tumour

MANUAL = "paper: AJCC Cancer Staging Manual, 8th edition, chapter 23 (PMC9709616, table 2)"
SOLITARY = {"tumour_cm": 3.0, "nodules": 1, "vascular_invasion": False}
EXTENTS = {
    Tumour.TIS: {"in_situ": True},
    Tumour.T1A: {},
    Tumour.T1B: {"tumour_cm": 5.1},
    Tumour.T2: {"vascular_invasion": True},
    Tumour.T3: {"perforates_serosa": True},
    Tumour.T4: {"invades_beyond_liver": True},
}


def staged(*, nodes=False, metastasis=False, **changes):
    return ajcc8_intrahepatic(Extent(**SOLITARY | changes), nodes=nodes, metastasis=metastasis)


@pytest.mark.source(MANUAL)
@pytest.mark.parametrize("category", list(EXTENTS))
def test_every_extent_has_its_t_category(category):
    assert staged(**EXTENTS[category]).tumour is category


@pytest.mark.source(MANUAL)
@pytest.mark.parametrize(
    ("category", "group"),
    [
        (Tumour.TIS, StageGroup.ZERO),
        (Tumour.T1A, StageGroup.IA),
        (Tumour.T1B, StageGroup.IB),
        (Tumour.T2, StageGroup.II),
        (Tumour.T3, StageGroup.IIIA),
        (Tumour.T4, StageGroup.IIIB),
    ],
)
def test_every_t_has_its_group_and_nodes_and_metastases_overrule_it(category, group):
    changes = EXTENTS[category]
    assert staged(**changes).group is group
    assert staged(nodes=True, **changes).group is StageGroup.IIIB
    assert staged(metastasis=True, **changes).group is StageGroup.IV
    assert staged(nodes=True, metastasis=True, **changes).group is StageGroup.IV


@pytest.mark.source(MANUAL + ": the cut of 5 cm belongs to T1a")
@pytest.mark.parametrize(
    ("tumour_cm", "category"), [(4.9, Tumour.T1A), (5.0, Tumour.T1A), (5.1, Tumour.T1B)]
)
def test_a_solitary_tumour_of_5_cm_is_t1a(tumour_cm, category):
    assert staged(tumour_cm=tumour_cm).tumour is category


@pytest.mark.source(MANUAL + ": T2 is multiple, or solitary with vascular invasion")
@pytest.mark.parametrize("tumour_cm", [1.0, 12.0])
@pytest.mark.parametrize("changes", [{"nodules": 2}, {"vascular_invasion": True}])
def test_size_plays_no_part_in_t2(tumour_cm, changes):
    assert staged(tumour_cm=tumour_cm, **changes).tumour is Tumour.T2


@pytest.mark.source(MANUAL + ": a worse extent overrules a milder one")
def test_the_worst_extent_gives_t():
    assert staged(nodules=3, perforates_serosa=True).tumour is Tumour.T3
    assert staged(perforates_serosa=True, invades_beyond_liver=True).tumour is Tumour.T4


@pytest.mark.source(MANUAL)
def test_nodes_and_metastasis_are_named():
    stage = staged(nodes=True, metastasis=True)
    assert (stage.nodes, stage.metastasis) == (Nodes.N1, Metastasis.M1)
    assert staged(nodes=None).nodes is Nodes.NX


@pytest.mark.source(MANUAL + ": after therapy without tumour in primary and nodes, no group")
def test_no_tumour_left_after_therapy_has_no_group():
    nothing = {"tumour_cm": None, "nodules": 0, "vascular_invasion": None}
    assert staged(**nothing).group is None
    assert staged(**nothing).nothing_left
    assert staged(nodes=True, **nothing).group is StageGroup.IIIB


@pytest.mark.source(MANUAL + ": at least six nodes for pathological N")
@pytest.mark.parametrize(
    ("numbers", "category", "adequate"),
    [
        ((6, 0), Nodes.N0, True),
        ((5, 0), Nodes.N0, False),
        ((5, 1), Nodes.N1, False),
        ((0, 0), Nodes.NX, False),
        ((None, None), Nodes.NX, None),
        ((None, 2), Nodes.N1, None),
        ((8, None), Nodes.NX, True),
    ],
)
def test_the_nodes_of_a_specimen(numbers, category, adequate):
    examined, positive = numbers
    found = regional_nodes(examined=examined, positive=positive)
    assert (found.category, found.adequate) == (category, adequate)
