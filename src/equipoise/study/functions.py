"""Clinical rules of the package that a form's computed item may name.

Each takes the values of some items and answers with a plain value, or None when unknown. Here the
codes of a form meet the words of `oncology`; the rules themselves stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from equipoise.oncology.body_size import body_surface_area
from equipoise.oncology.liver import Ascites, Encephalopathy, child_pugh
from equipoise.oncology.staging import Extent, ajcc8_intrahepatic
from equipoise.study.forms import ItemType

Value = bool | int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalFunction:
    """A clinical rule: what it needs, what it answers, and how it is called.

    Attributes
    ----------
    needs : Mapping[str, ItemType]
        Argument -> type of the item behind it.
    optional : frozenset[str]
        Arguments that a study need not collect.
    answers : ItemType
        Type of the answer.
    call : callable
        Keyword arguments of the names in `needs`, answer.
    """

    needs: Mapping[str, ItemType]
    answers: ItemType
    call: Callable[..., Value]
    optional: frozenset[str] = frozenset()


_ASCITES = {
    "none": Ascites.NONE,
    "slight": Ascites.SLIGHT,
    "moderate": Ascites.MODERATE_OR_SEVERE,
}
_ENCEPHALOPATHY = {
    "none": Encephalopathy.NONE,
    "grade_1_2": Encephalopathy.GRADE_1_2,
    "grade_3_4": Encephalopathy.GRADE_3_4,
}


def _body_surface(*, height_cm: float | None, weight_kg: float | None) -> float | None:
    """Return the body surface area in m2 by Mosteller's formula."""
    return body_surface_area(height_cm, weight_kg=weight_kg)


def _child_pugh(
    *,
    bilirubin: float | None,
    albumin: float | None,
    inr: float | None,
    ascites: str | None,
    encephalopathy: str | None,
) -> str | None:
    """Return the Child-Pugh class (bilirubin in umol/L, albumin in g/L).

    A code other than none, slight, moderate and none, grade_1_2, grade_3_4 counts as unknown.
    """
    answer = child_pugh(
        bilirubin_umol_l=bilirubin,
        albumin_g_l=albumin,
        inr=inr,
        ascites=_ASCITES.get(ascites or ""),
        encephalopathy=_ENCEPHALOPATHY.get(encephalopathy or ""),
    )
    return None if answer.liver_class is None else answer.liver_class.value


def _ajcc8_intrahepatic(
    *,
    tumour_cm: float | None,
    nodules: int | None,
    vascular_invasion: bool | None,
    hilar_nodes: bool | None = None,
    **spread: bool | None,
) -> str | None:
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
    return None if stage.group is None else stage.group.value


FUNCTIONS: Mapping[str, ClinicalFunction] = MappingProxyType(
    {
        "body_surface_mosteller": ClinicalFunction(
            needs={"height_cm": ItemType.NUMBER, "weight_kg": ItemType.NUMBER},
            answers=ItemType.NUMBER,
            call=_body_surface,
        ),
        "child_pugh": ClinicalFunction(
            needs={
                "bilirubin": ItemType.NUMBER,
                "albumin": ItemType.NUMBER,
                "inr": ItemType.NUMBER,
                "ascites": ItemType.CODE,
                "encephalopathy": ItemType.CODE,
            },
            answers=ItemType.CODE,
            call=_child_pugh,
        ),
        "ajcc8_intrahepatic": ClinicalFunction(
            needs={
                "tumour_cm": ItemType.NUMBER,
                "nodules": ItemType.INTEGER,
                "vascular_invasion": ItemType.YES_NO,
                "hilar_nodes": ItemType.YES_NO,
                "perforates_serosa": ItemType.YES_NO,
                "invades_beyond_liver": ItemType.YES_NO,
                "distant_metastasis": ItemType.YES_NO,
            },
            optional=frozenset(
                {"hilar_nodes", "perforates_serosa", "invades_beyond_liver", "distant_metastasis"}
            ),
            answers=ItemType.CODE,
            call=_ajcc8_intrahepatic,
        ),
    }
)
"""The clinical functions, by the name a study file calls them."""
