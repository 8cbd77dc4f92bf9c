"""AJCC/UICC 8th edition stage of intrahepatic bile duct carcinoma.

Amin et al. (eds), AJCC Cancer Staging Manual, 8th edition, 2017, chapter 23. CA19-9 has no part in
it, and the size cut of 5 cm belongs to the smaller class (5.0 cm is T1a).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written, not_negative


class StagePrefix(StrEnum):
    """What a stage rests on: imaging, the specimen, the specimen after neoadjuvant therapy."""

    CLINICAL = "c"
    PATHOLOGICAL = "p"
    AFTER_THERAPY = "yp"


class Tumour(StrEnum):
    """T category; TX when what is known does not decide it."""

    TX = "TX"
    T0 = "T0"
    TIS = "Tis"
    T1A = "T1a"
    T1B = "T1b"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"


class Nodes(StrEnum):
    """N category of the regional nodes."""

    NX = "NX"
    N0 = "N0"
    N1 = "N1"


class Metastasis(StrEnum):
    """M category; coeliac, para-aortic and pericaval nodes are M1."""

    M0 = "M0"
    M1 = "M1"


class StageGroup(StrEnum):
    """Prognostic stage group."""

    ZERO = "0"
    IA = "IA"
    IB = "IB"
    II = "II"
    IIIA = "IIIA"
    IIIB = "IIIB"
    IV = "IV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Extent of the primary tumour.

    Attributes
    ----------
    tumour_cm : float | None
        Largest diameter in cm.
    nodules : int | None
        Number of nodules; 0 when no tumour is left.
    vascular_invasion : bool | None
        Invasion of a vessel within the liver.
    perforates_serosa, invades_beyond_liver, in_situ : bool | None
        Perforation of the visceral peritoneum, direct invasion of a local structure outside the
        liver, carcinoma in situ only. False unless said; None when unknown.

    Raises
    ------
    BadInput
        For a negative size or number, a size without a nodule, and an in-situ tumour that invades.
    """

    tumour_cm: float | None
    nodules: int | None
    vascular_invasion: bool | None
    perforates_serosa: bool | None = False
    invades_beyond_liver: bool | None = False
    in_situ: bool | None = False

    def __post_init__(self) -> None:
        """Refuse an extent that contradicts itself."""
        not_negative(self.tumour_cm or 0, where="tumour_cm")
        not_negative(self.nodules or 0, where="nodules")
        invades = self.vascular_invasion or self.perforates_serosa or self.invades_beyond_liver
        if self.nodules == 0 and (self.tumour_cm or invades):
            fix = "count the nodule, or leave size and invasion out"
            raise bad_input("size or invasion without a nodule", where="extent", got=self, fix=fix)
        if self.in_situ and invades:
            raise bad_input("a tumour in situ invades", where="extent", got=self, fix="in_situ: no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """TNM categories and the stage group they form.

    Attributes
    ----------
    prefix : StagePrefix
        c, p or yp.
    tumour, nodes : Tumour, Nodes
        T and N.
    metastasis : Metastasis | None
        M; None when unknown.
    group : StageGroup | None
        None when what is known does not decide it, and for ypT0 N0 M0, which has no group.
    """

    prefix: StagePrefix
    tumour: Tumour
    nodes: Nodes
    metastasis: Metastasis | None
    group: StageGroup | None

    def __str__(self) -> str:
        """Return the stage as it is written: ``cT1a cN0 M0, stage IA``."""
        metastasis = self.metastasis or "M unknown"
        group = f"stage {self.group}" if self.group else "no stage group"
        return f"{self.prefix}{self.tumour} {self.prefix}{self.nodes} {metastasis}, {group}"


def ajcc8_intrahepatic(
    extent: Extent,
    *,
    nodes: bool | None,
    metastasis: bool | None,
    prefix: StagePrefix = StagePrefix.CLINICAL,
) -> Stage:
    """Return the AJCC 8 stage of an intrahepatic cholangiocarcinoma.

    Parameters
    ----------
    extent : Extent
        The primary tumour.
    nodes : bool | None
        Whether a regional node has metastasis; None is NX.
    metastasis : bool | None
        Whether there is distant metastasis; None when unknown.
    prefix : StagePrefix
        What the stage rests on.

    Notes
    -----
    T4 M0 and N1 M0 are IIIB, M1 is IV, so T4 NX M0 is IIIB; T1 to T3 with NX has no group. NX is
    never taken for N0 here.
    """
    tumour = _tumour(extent)
    node = Nodes.NX if nodes is None else (Nodes.N1 if nodes else Nodes.N0)
    distant = None if metastasis is None else (Metastasis.M1 if metastasis else Metastasis.M0)
    group = _group(tumour, nodes=node, metastasis=distant)
    return Stage(prefix=prefix, tumour=tumour, nodes=node, metastasis=distant, group=group)


def _tumour(extent: Extent) -> Tumour:
    """Return T, worst first: an unknown that could make it worse gives TX."""
    if extent.nodules == 0:
        return Tumour.T0
    steps = (
        (extent.invades_beyond_liver, Tumour.T4),
        (extent.perforates_serosa, Tumour.T3),
        (extent.in_situ, Tumour.TIS),
        (_multiple_or_vascular(extent), Tumour.T2),
    )
    for answer, category in steps:
        if answer is None:
            return Tumour.TX
        if answer:
            return category
    return _by_size(extent.tumour_cm)


def _multiple_or_vascular(extent: Extent) -> bool | None:
    multiple = None if extent.nodules is None else extent.nodules > 1
    if multiple or extent.vascular_invasion:
        return True
    return None if multiple is None or extent.vascular_invasion is None else False


def _by_size(tumour_cm: float | None) -> Tumour:
    if not tumour_cm:
        return Tumour.TX
    return Tumour.T1A if as_written(tumour_cm) <= 5 else Tumour.T1B


_WITHOUT_NODES = {
    Tumour.TIS: StageGroup.ZERO,
    Tumour.T1A: StageGroup.IA,
    Tumour.T1B: StageGroup.IB,
    Tumour.T2: StageGroup.II,
    Tumour.T3: StageGroup.IIIA,
}


def _group(tumour: Tumour, *, nodes: Nodes, metastasis: Metastasis | None) -> StageGroup | None:
    if metastasis is None:
        return None
    if metastasis is Metastasis.M1:
        return StageGroup.IV
    if nodes is Nodes.N1 or tumour is Tumour.T4:
        return StageGroup.IIIB
    return _WITHOUT_NODES.get(tumour) if nodes is Nodes.N0 else None
