"""Clinical functions of tumour, surgery and specimen: items of a form meet words of `oncology`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypedDict, Unpack

from equipoise.oncology.disease.down_staging import RegionalNodes, down_staging, regional_nodes
from equipoise.oncology.disease.risk_scores import (
    MegnaFindings,
    PreoperativeFindings,
    megna,
    preoperative_risk,
    tumour_burden,
)
from equipoise.oncology.disease.staging import (
    NO_TUMOUR,
    Extent,
    Stage,
    StageGroup,
    StagePrefix,
    ajcc8_intrahepatic,
)
from equipoise.oncology.surgery.clavien_dindo import ClavienDindo
from equipoise.oncology.surgery.pathology import (
    PathologicalResponse,
    TumourBed,
    pathological_response,
)
from equipoise.oncology.surgery.resection import Margin, MarginRule, margin_status
from equipoise.study.clinical_function import Answer, ClinicalFunction
from equipoise.study.forms import ItemType

NOTHING_LEFT = "T0N0"
"""Code of a specimen without tumour, which has no stage group."""


def _ajcc8_intrahepatic(
    *,
    tumour_cm: float | None,
    nodules: int | None,
    vascular_invasion: bool | None,
    hilar_nodes: bool | None = None,
    **spread: bool | None,
) -> Answer:
    """Return the AJCC 8 stage group of an intrahepatic cholangiocarcinoma, such as `II`.

    What a study does not collect: regional nodes are unknown (NX, no group below T4); perforation
    of the serosa, invasion beyond the liver and distant metastasis are absent, because a subject
    with one of them is no candidate for resection.
    """
    extent = Extent(
        tumour_cm=tumour_cm,
        nodules=nodules,
        vascular_invasion=vascular_invasion,
        perforates_serosa=spread.get("perforates_serosa", False),
        invades_beyond_liver=spread.get("invades_beyond_liver", False),
    )
    metastasis = spread.get("distant_metastasis", False)
    stage = ajcc8_intrahepatic(extent, nodes=hilar_nodes, metastasis=metastasis)
    return Answer(stage.group and stage.group.value, stage.explanation)


class _Specimen(TypedDict, total=False):
    """What a form may ask of a specimen; what is not there is not collected."""

    tumour_cm: float | None
    nodules: int | None
    vascular_invasion: bool | None
    nodes_examined: int | None
    nodes_positive: int | None
    viable_percent: float | None
    perforates_serosa: bool | None
    invades_beyond_liver: bool | None
    distant_metastasis: bool | None


def _specimen_stage(**found: Unpack[_Specimen]) -> Stage:
    """Return the stage of a specimen; without viable tumour the size is that of a scar."""
    extent = NO_TUMOUR
    if found.get("viable_percent") != 0:
        extent = Extent(
            tumour_cm=found.get("tumour_cm"),
            nodules=found.get("nodules"),
            vascular_invasion=found.get("vascular_invasion"),
            perforates_serosa=found.get("perforates_serosa", False),
            invades_beyond_liver=found.get("invades_beyond_liver", False),
        )
    nodes = regional_nodes(
        examined=found.get("nodes_examined"), positive=found.get("nodes_positive")
    )
    return ajcc8_intrahepatic(
        extent,
        nodes=nodes.positive,
        metastasis=found.get("distant_metastasis", False),
        prefix=StagePrefix.PATHOLOGICAL,
    )


def _ajcc8_specimen(**found: Unpack[_Specimen]) -> Answer:
    """Return the stage group of a specimen, or `T0N0` when no tumour is left.

    The group is the same for p and yp. Unknown inputs are as in `ajcc8_intrahepatic`; without a
    node examined the nodes are NX.
    """
    stage = _specimen_stage(**found)
    group = NOTHING_LEFT if stage.nothing_left else stage.group and stage.group.value
    return Answer(group, stage.explanation)


def _down_staged(*, clinical_stage: str | None, **found: Unpack[_Specimen]) -> Answer:
    """Return whether the stage of the specimen is below the clinical stage group."""
    before = next((group for group in StageGroup if group == clinical_stage), None)
    answer = down_staging(before, after=_specimen_stage(**found))
    return Answer(answer.lower, answer.explanation)


def _nodes(*, nodes_examined: int | None, nodes_positive: int | None) -> RegionalNodes:
    return regional_nodes(examined=nodes_examined, positive=nodes_positive)


def _node_category(*, nodes_examined: int | None, nodes_positive: int | None) -> Answer:
    """Return N0, N1 or NX of a specimen; unknown when neither number is."""
    nodes = _nodes(nodes_examined=nodes_examined, nodes_positive=nodes_positive)
    said = nodes_examined is not None or nodes_positive is not None
    return Answer(nodes.category.value if said else None, nodes.explanation)


def _adequate_nodes(*, nodes_examined: int | None, nodes_positive: int | None = None) -> Answer:
    """Return whether at least six nodes were examined."""
    nodes = _nodes(nodes_examined=nodes_examined, nodes_positive=nodes_positive)
    return Answer(nodes.adequate, nodes.explanation)


def _margin(margin_mm: float | None, *, gross_residual: bool | None, rule: MarginRule) -> Answer:
    found = margin_status(margin_mm, gross_residual=gross_residual, rule=rule)
    said = margin_mm is not None or gross_residual is not None
    return Answer(found.status.value if said else None, found.explanation)


def _margin_at_ink(*, margin_mm: float | None, gross_residual: bool | None) -> Answer:
    """Return R0, R1, R2 or RX, with tumour at the ink as R1."""
    return _margin(margin_mm, gross_residual=gross_residual, rule=MarginRule.AT_INK)


def _margin_within_1_mm(*, margin_mm: float | None, gross_residual: bool | None) -> Answer:
    """Return R0, R1, R2 or RX, with tumour within less than 1 mm as R1."""
    return _margin(margin_mm, gross_residual=gross_residual, rule=MarginRule.WITHIN_1_MM)


def _response(
    *,
    viable_percent: float | None,
    nodes_examined: int | None,
    nodes_positive: int | None,
    margin: str | None = None,
) -> PathologicalResponse:
    residual = next((one for one in Margin if one == margin), None)
    nodes = _nodes(nodes_examined=nodes_examined, nodes_positive=nodes_positive)
    beds = [TumourBed(viable_percent=viable_percent)]
    return pathological_response(beds, nodes_positive=nodes.positive, margin=residual)


def _complete_response(
    *,
    viable_percent: float | None,
    nodes_examined: int | None,
    nodes_positive: int | None,
    margin: str | None = None,
) -> Answer:
    """Return whether no viable tumour is left in primary and nodes."""
    found = _response(
        viable_percent=viable_percent,
        nodes_examined=nodes_examined,
        nodes_positive=nodes_positive,
        margin=margin,
    )
    return Answer(found.complete, found.explanation)


def _major_response(
    *,
    viable_percent: float | None,
    nodes_examined: int | None = None,
    nodes_positive: int | None = None,
    margin: str | None = None,
) -> Answer:
    """Return whether at most 10 % of the primary is viable; of the nodes it only tells."""
    found = _response(
        viable_percent=viable_percent,
        nodes_examined=nodes_examined,
        nodes_positive=nodes_positive,
        margin=margin,
    )
    return Answer(found.major, found.explanation)


def _major_complication(*, clavien: str | None, complicated: bool | None) -> Answer:
    """Return whether the highest Clavien-Dindo grade is IIIa or more; no complication is not."""
    if complicated is False:
        return Answer(value=False, why="No complication.")
    grade = next((one for one in ClavienDindo if one == clavien), None)
    if grade is None:
        missing = "the highest grade is" if complicated else "complications are"
        return Answer(None, f"Not known: {missing} not recorded.")
    kind = "major, IIIa or more" if grade.major else "not major, below IIIa"
    return Answer(grade.major, f"Highest Clavien-Dindo grade {grade}: {kind}.")


_POOR = {"well": False, "moderate": False, "poor": True, "undifferentiated": True}


def _megna_points(
    *,
    nodules: int | None,
    differentiation: str | None,
    nodes_positive: int | None,
    age: float | None,
    nodes_examined: int | None = None,
    invades_beyond_liver: bool | None = False,
) -> Answer:
    """Return the MEGNA score, 0 to 5; extension beyond the liver is absent where not collected.

    Without a node examined the nodes are unknown; so is a differentiation by another code than
    well, moderate, poor and undifferentiated.
    """
    nodes = _nodes(nodes_examined=nodes_examined, nodes_positive=nodes_positive)
    found = megna(
        MegnaFindings(
            multifocal=None if nodules is None else nodules > 1,
            extrahepatic_extension=invades_beyond_liver,
            poor_grade=_POOR.get(differentiation or ""),
            node_positive=nodes.positive,
            age_years=age,
        )
    )
    return Answer(found.points, found.explanation)


def _tumour_burden(*, tumour_cm: float | None, nodules: int | None) -> Answer:
    """Return the tumour burden score of size and number."""
    score = tumour_burden(tumour_cm, nodules=nodules)
    if score is None:
        return Answer(None, "Not known: size or number of nodules is missing.")
    number = f"{nodules} nodule{'' if nodules == 1 else 's'}"
    return Answer(score, f"Tumour burden {score:.1f} from {tumour_cm:g} cm and {number}.")


def _preoperative_risk(
    *,
    tumour_cm: float | None,
    ca199: float | None,
    neutrophils: float | None,
    lymphocytes: float | None,
    albumin: float | None,
) -> Answer:
    """Return the preoperative score (CA19-9 in U/mL, both counts in one unit, albumin in g/L)."""
    found = preoperative_risk(
        PreoperativeFindings(
            tumour_cm=tumour_cm,
            ca199=ca199,
            neutrophils=neutrophils,
            lymphocytes=lymphocytes,
            albumin_g_l=albumin,
        )
    )
    return Answer(found.score, found.explanation)


_NUMBER, _INTEGER = ItemType.NUMBER, ItemType.INTEGER
_CODE, _YES_NO = ItemType.CODE, ItemType.YES_NO
_SPREAD = dict.fromkeys(
    ("perforates_serosa", "invades_beyond_liver", "distant_metastasis"), _YES_NO
)
_PRIMARY = {"tumour_cm": _NUMBER, "nodules": _INTEGER, "vascular_invasion": _YES_NO}
_COUNTED = {"nodes_examined": _INTEGER, "nodes_positive": _INTEGER}
_SPECIMEN = {**_PRIMARY, **_COUNTED, "viable_percent": _NUMBER, **_SPREAD}
_NEED_NOT = frozenset({"viable_percent", *_SPREAD})
_CUT = {"margin_mm": _NUMBER, "gross_residual": _YES_NO}

TUMOUR_FUNCTIONS: Mapping[str, ClinicalFunction] = MappingProxyType(
    {
        "ajcc8_intrahepatic": ClinicalFunction(
            needs={**_PRIMARY, "hilar_nodes": _YES_NO, **_SPREAD},
            optional=frozenset({"hilar_nodes", *_SPREAD}),
            answers=_CODE,
            rule=_ajcc8_intrahepatic,
        ),
        "ajcc8_intrahepatic_specimen": ClinicalFunction(
            needs=_SPECIMEN, optional=_NEED_NOT, answers=_CODE, rule=_ajcc8_specimen
        ),
        "down_staged_ajcc8": ClinicalFunction(
            needs={"clinical_stage": _CODE, **_SPECIMEN},
            optional=_NEED_NOT,
            answers=_YES_NO,
            rule=_down_staged,
        ),
        "node_category": ClinicalFunction(needs=_COUNTED, answers=_CODE, rule=_node_category),
        "adequate_nodes": ClinicalFunction(
            needs=_COUNTED,
            optional=frozenset({"nodes_positive"}),
            answers=_YES_NO,
            rule=_adequate_nodes,
        ),
        "margin_at_ink": ClinicalFunction(needs=_CUT, answers=_CODE, rule=_margin_at_ink),
        "margin_within_1_mm": ClinicalFunction(needs=_CUT, answers=_CODE, rule=_margin_within_1_mm),
        "complete_response": ClinicalFunction(
            needs={"viable_percent": _NUMBER, **_COUNTED, "margin": _CODE},
            optional=frozenset({"margin"}),
            answers=_YES_NO,
            rule=_complete_response,
        ),
        "major_response": ClinicalFunction(
            needs={"viable_percent": _NUMBER, **_COUNTED, "margin": _CODE},
            optional=frozenset({*_COUNTED, "margin"}),
            answers=_YES_NO,
            rule=_major_response,
        ),
        "major_complication": ClinicalFunction(
            needs={"clavien": _CODE, "complicated": _YES_NO},
            answers=_YES_NO,
            rule=_major_complication,
        ),
        "megna": ClinicalFunction(
            needs={
                "nodules": _INTEGER,
                "differentiation": _CODE,
                "nodes_positive": _INTEGER,
                "age": _NUMBER,
                "nodes_examined": _INTEGER,
                "invades_beyond_liver": _YES_NO,
            },
            optional=frozenset({"nodes_examined", "invades_beyond_liver"}),
            answers=_INTEGER,
            rule=_megna_points,
        ),
        "tumour_burden": ClinicalFunction(
            needs={"tumour_cm": _NUMBER, "nodules": _INTEGER}, answers=_NUMBER, rule=_tumour_burden
        ),
        "preoperative_risk": ClinicalFunction(
            needs=dict.fromkeys(
                ("tumour_cm", "ca199", "neutrophils", "lymphocytes", "albumin"), _NUMBER
            ),
            answers=_NUMBER,
            rule=_preoperative_risk,
        ),
    }
)
"""Functions of tumour, surgery and specimen, by name."""
