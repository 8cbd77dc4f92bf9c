"""AJCC/UICC 8th edition stage of intrahepatic bile duct carcinoma.

Amin et al. (eds), AJCC Cancer Staging Manual, 8th edition, 2017, chapter 23. CA19-9 has no part in
it, and the size cut of 5 cm belongs to the smaller class (5.0 cm is T1a). What is unknown is
carried as everything it can be: a stage is given when all of that leads to one answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written, not_negative, plain

T1A_MOST_CM = 5
"""A solitary tumour without vascular invasion is T1a up to this size, itself included."""


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
    """Prognostic stage group, from the best to the worst."""

    ZERO = "0"
    IA = "IA"
    IB = "IB"
    II = "II"
    IIIA = "IIIA"
    IIIB = "IIIB"
    IV = "IV"

    @property
    def rank(self) -> int:
        """Place in the order of severity, from 0."""
        return list(StageGroup).index(self)


class UnknownNodes(StrEnum):
    """What nodes that nobody looked at mean for the group; the category is NX either way."""

    STAY_OPEN = "a group is given only where the nodes cannot change it"
    COUNT_AS_N0 = "the protocol takes NX for N0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TumourRow:
    """What a T category stands for."""

    category: Tumour
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One line of the table of stage groups; None is any category."""

    group: StageGroup
    tumour: Tumour | None
    nodes: Nodes | None
    metastasis: Metastasis


_TUMOURS = (
    (Tumour.TX, "primary tumour not decided"),
    (Tumour.T0, "no primary tumour left"),
    (Tumour.TIS, "carcinoma in situ"),
    (Tumour.T1A, f"solitary, at most {T1A_MOST_CM} cm, no vascular invasion"),
    (Tumour.T1B, f"solitary, more than {T1A_MOST_CM} cm, no vascular invasion"),
    (Tumour.T2, "solitary with vascular invasion within the liver, or more than one nodule"),
    (Tumour.T3, "perforation of the visceral peritoneum"),
    (Tumour.T4, "direct invasion of a structure outside the liver"),
)

_ALONE = (
    (Tumour.TIS, StageGroup.ZERO),
    (Tumour.T1A, StageGroup.IA),
    (Tumour.T1B, StageGroup.IB),
    (Tumour.T2, StageGroup.II),
    (Tumour.T3, StageGroup.IIIA),
    (Tumour.T4, StageGroup.IIIB),
)

_GROUPS = (
    *(
        StageRow(group=group, tumour=tumour, nodes=Nodes.N0, metastasis=Metastasis.M0)
        for tumour, group in _ALONE
    ),
    StageRow(group=StageGroup.IIIB, tumour=None, nodes=Nodes.N1, metastasis=Metastasis.M0),
    StageRow(group=StageGroup.IV, tumour=None, nodes=None, metastasis=Metastasis.M1),
)

_NODES = {
    Nodes.NX: "regional nodes not known",
    Nodes.N0: "no metastasis in regional nodes",
    Nodes.N1: "metastasis in regional nodes",
}

_METASTASES = {
    None: "distant metastasis not known",
    Metastasis.M0: "no distant metastasis",
    Metastasis.M1: "distant metastasis",
}


def tumour_rows() -> tuple[TumourRow, ...]:
    """Return the T categories with what they stand for, for proof-reading."""
    return tuple(TumourRow(category=category, definition=words) for category, words in _TUMOURS)


def stage_rows() -> tuple[StageRow, ...]:
    """Return the table of stage groups, for proof-reading; T0 N0 M0 has no line."""
    return _GROUPS


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
        if self.nodules == 0 and (self.tumour_cm or self.invades or self.in_situ):
            fix = "count the nodule, or leave size and invasion out"
            raise bad_input("size or invasion without a nodule", where="extent", got=self, fix=fix)
        if self.in_situ and self.invades:
            raise bad_input("a tumour in situ invades", where="extent", got=self, fix="in_situ: no")

    @property
    def invades(self) -> bool:
        """Whether some invasion is known."""
        return bool(self.vascular_invasion or self.perforates_serosa or self.invades_beyond_liver)

    def __str__(self) -> str:
        """Return size and number as a person says them: ``1 nodule, 4.2 cm``."""
        if self.nodules is None:
            number = "nodules not counted"
        else:
            number = f"{self.nodules} nodule{'' if self.nodules == 1 else 's'}"
        return f"{number}, {plain(as_written(self.tumour_cm))} cm" if self.tumour_cm else number


NO_TUMOUR = Extent(tumour_cm=None, nodules=0, vascular_invasion=None)
"""The extent of a primary of which nothing viable is left."""


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
        None when what is known does not decide it, and for T0 N0 M0, which has no group.
    possible : frozenset[StageGroup | None]
        Every group that it can still be; None stands for T0 N0 M0.
    explanation : str
        Why, in one sentence.
    """

    prefix: StagePrefix
    tumour: Tumour
    nodes: Nodes
    metastasis: Metastasis | None
    group: StageGroup | None
    possible: frozenset[StageGroup | None]
    explanation: str

    @property
    def nothing_left(self) -> bool:
        """Whether it is known that no tumour is left: T0 N0 M0."""
        return self.possible == {None}

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
    unknown_nodes: UnknownNodes = UnknownNodes.STAY_OPEN,
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
        What the stage rests on; the groups are the same for all three.
    unknown_nodes : UnknownNodes
        What NX means for the group.

    Notes
    -----
    T4 M0 and N1 M0 are IIIB, M1 is IV, so T4 NX M0 is IIIB; T1 to T3 with NX has no group unless
    the protocol takes NX for N0.
    """
    tumours = frozenset(_possible_tumours(extent))
    tumour = next(iter(tumours)) if len(tumours) == 1 else Tumour.TX
    node = Nodes.NX if nodes is None else (Nodes.N1 if nodes else Nodes.N0)
    distant = None if metastasis is None else (Metastasis.M1 if metastasis else Metastasis.M0)
    assumed = Nodes.N0 if node is Nodes.NX and unknown_nodes is UnknownNodes.COUNT_AS_N0 else node
    possible = frozenset(_possible_groups(tumours, nodes=assumed, metastasis=distant))
    group = next(iter(possible)) if len(possible) == 1 else None
    categories = f"{extent} ({tumour}: {dict(_TUMOURS)[tumour]}); {_NODES[node]} ({node}); "
    return Stage(
        prefix=prefix,
        tumour=tumour,
        nodes=node,
        metastasis=distant,
        group=group,
        possible=possible,
        explanation=f"{_headline(possible)}: {categories}{_METASTASES[distant]}.",
    )


def _headline(possible: frozenset[StageGroup | None]) -> str:
    named = [str(group) for group in StageGroup if group in possible]
    if not named:
        return "No tumour left, no stage group"
    if len(possible) == 1:
        return f"Stage {named[0]}"
    if None in possible:
        named.insert(0, "no tumour left")
    return f"Stage not decided ({', '.join(named[:-1])} or {named[-1]})"


def _possible_tumours(extent: Extent) -> Iterator[Tumour]:
    """Return every T that the extent leaves open; worst first, the first that is sure decides."""
    if extent.nodules == 0:
        yield Tumour.T0
        return
    if extent.in_situ:  # which rules out every invasion that is unknown
        yield Tumour.TIS
        return
    if extent.nodules is None and not extent.tumour_cm and not extent.invades:
        yield Tumour.T0
    in_situ = False if extent.invades else extent.in_situ
    steps = (
        (extent.invades_beyond_liver, Tumour.T4),
        (extent.perforates_serosa, Tumour.T3),
        (in_situ, Tumour.TIS),
        (_multiple_or_vascular(extent), Tumour.T2),
    )
    for answer, category in steps:
        if answer is not False:
            yield category
        if answer:
            return
    yield from _by_size(extent.tumour_cm)


def _multiple_or_vascular(extent: Extent) -> bool | None:
    multiple = None if extent.nodules is None else extent.nodules > 1
    if multiple or extent.vascular_invasion:
        return True
    return None if multiple is None or extent.vascular_invasion is None else False


def _by_size(tumour_cm: float | None) -> tuple[Tumour, ...]:
    if not tumour_cm:
        return (Tumour.T1A, Tumour.T1B)
    return (Tumour.T1A if as_written(tumour_cm) <= T1A_MOST_CM else Tumour.T1B,)


def _possible_groups(
    tumours: frozenset[Tumour], *, nodes: Nodes, metastasis: Metastasis | None
) -> Iterator[StageGroup | None]:
    either = (Nodes.N0, Nodes.N1) if nodes is Nodes.NX else (nodes,)
    distant = tuple(Metastasis) if metastasis is None else (metastasis,)
    for tumour in tumours:
        for node in either:
            for spread in distant:
                yield _group(tumour, nodes=node, metastasis=spread)


def _group(tumour: Tumour, *, nodes: Nodes, metastasis: Metastasis) -> StageGroup | None:
    """Return the group of the line that fits; None for T0 N0 M0."""
    return next(
        (
            row.group
            for row in _GROUPS
            if row.tumour in {None, tumour}
            and row.nodes in {None, nodes}
            and row.metastasis is metastasis
        ),
        None,
    )
