"""Future liver remnant: its share of the liver, of which liver, and whether that is enough."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written, not_negative, plain, positive


class VolumeFormula(StrEnum):
    """Formula of the standard liver volume, by the body surface."""

    VAUTHEY = "vauthey"
    URATA = "urata"


_VOLUMES = {VolumeFormula.VAUTHEY: (-794.41, 1267.28), VolumeFormula.URATA: (2.4, 706.2)}


def standard_liver_volume(bsa_m2: float, *, formula: VolumeFormula) -> float:
    """Return the standard volume of the liver in mL.

    Vauthey et al. 2002, doi:10.1053/jlts.2002.31654: ``-794.41 + 1267.28 m2``. Urata et al. 1995,
    doi:10.1002/hep.1840210515: ``2.4 + 706.2 m2``.

    Raises
    ------
    BadInput
        For a body so small that the formula gives no volume.
    """
    start, slope = _VOLUMES[formula]
    volume = start + slope * positive(bsa_m2, where="bsa_m2")
    if volume <= 0:
        what = f"the formula of {formula.title()} gives no volume for so small a body"
        raise bad_input(what, where="bsa_m2", got=bsa_m2, fix="measure height and weight again")
    return volume


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardVolume:
    """The standard volume of a liver of this body is what the remnant is a share of."""

    bsa_m2: float
    formula: VolumeFormula = VolumeFormula.VAUTHEY

    @property
    def volume_ml(self) -> float:
        """The volume."""
        return standard_liver_volume(self.bsa_m2, formula=self.formula)

    def __str__(self) -> str:
        """Return what it is a share of."""
        return f"standard liver volume of {self.volume_ml:.0f} mL ({self.formula.title()})"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredVolume:
    """The measured liver without its tumours is what the remnant is a share of."""

    total_ml: float
    tumour_ml: float

    def __post_init__(self) -> None:
        """Refuse tumours as large as the liver."""
        not_negative(self.tumour_ml, where="tumour_ml")
        if self.tumour_ml >= positive(self.total_ml, where="total_ml"):
            got = f"{self.tumour_ml:g} of {self.total_ml:g} mL"
            raise bad_input("no liver beside the tumour", where="tumour_ml", got=got, fix="measure")

    @property
    def volume_ml(self) -> float:
        """The volume."""
        return self.total_ml - self.tumour_ml

    def __str__(self) -> str:
        """Return what it is a share of."""
        return f"measured liver without tumour of {self.volume_ml:.0f} mL"


Denominator = StandardVolume | MeasuredVolume


class LiverQuality(StrEnum):
    """Quality of the liver that stays."""

    NORMAL = "normal"
    AFTER_CHEMOTHERAPY = "after_chemotherapy"
    FIBROSIS_OR_CIRRHOSIS = "fibrosis_or_cirrhosis"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemnantRow:
    """Smallest remnant of a liver of one quality.

    Attributes
    ----------
    quality : LiverQuality
        Quality.
    least_percent : Decimal
        Smallest share, itself enough.
    printed : str
        The limits in print.
    """

    quality: LiverQuality
    least_percent: Decimal
    printed: str


_MINIMA = (
    RemnantRow(
        quality=LiverQuality.NORMAL, least_percent=Decimal(20), printed="20 to 25 %, once 26.6 %"
    ),
    RemnantRow(
        quality=LiverQuality.AFTER_CHEMOTHERAPY,
        least_percent=Decimal(30),
        printed="30 % after more than 3 months of chemotherapy",
    ),
    RemnantRow(
        quality=LiverQuality.FIBROSIS_OR_CIRRHOSIS,
        least_percent=Decimal(40),
        printed="40 %, up to 50 % by indocyanine green",
    ),
)


def remnant_rows() -> tuple[RemnantRow, ...]:
    """Return the smallest remnant by quality of the liver, for proof-reading."""
    return _MINIMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Remnant:
    """Share of the liver that stays.

    Attributes
    ----------
    percent : float
        The share.
    denominator : StandardVolume | MeasuredVolume
        Of which liver it is a share; shares of different ones do not compare.
    least_percent : float | None
        Smallest share that is enough; None when the quality of the liver is unknown.
    sufficient : bool | None
        Whether it is enough; None when that depends on a quality that is unknown.
    explanation : str
        Why, in one sentence.
    """

    percent: float
    denominator: Denominator
    least_percent: float | None
    sufficient: bool | None
    explanation: str


def future_liver_remnant(
    remnant_ml: float | None,
    *,
    denominator: Denominator,
    quality: LiverQuality | None,
    least_percent: float | None = None,
) -> Remnant | None:
    """Return the future liver remnant as a share, and whether it is enough.

    Parameters
    ----------
    remnant_ml : float | None
        Measured volume of what will stay.
    denominator : StandardVolume | MeasuredVolume
        Of which liver it is a share.
    quality : LiverQuality | None
        Quality of the liver; None when unknown.
    least_percent : float | None
        A limit of the protocol instead of the one by quality.

    Returns
    -------
    Remnant | None
        None when the remnant was not measured. A share on the limit is enough.

    Notes
    -----
    Limits as collected in PMC6422720, table 1. Chemotherapy of less than 3 months lies between
    the first two lines; naming it chemotherapy is the careful choice.
    """
    if remnant_ml is None:
        return None
    remnant = positive(remnant_ml, where="remnant_ml")
    _fits(remnant, denominator=denominator)
    percent = 100 * remnant / denominator.volume_ml
    least = _least(quality, own=least_percent)
    enough = _enough(as_written(percent), least=least)
    verdict = _verdict(least, enough=enough)
    return Remnant(
        percent=percent,
        denominator=denominator,
        least_percent=None if least is None else float(least),
        sufficient=enough,
        explanation=f"Remnant {percent:.1f} % of the {denominator}: {verdict}.",
    )


def _fits(remnant_ml: float, *, denominator: Denominator) -> None:
    """Refuse a remnant larger than the liver it was measured in; standards have no such limit."""
    match denominator:
        case MeasuredVolume():
            if remnant_ml > denominator.volume_ml:
                what = "the remnant is larger than the liver without tumour"
                got = f"{remnant_ml:g} of {denominator.volume_ml:g} mL"
                raise bad_input(what, where="remnant_ml", got=got, fix="measure again")
        case StandardVolume():
            return
        case _:
            assert_never(denominator)


def _least(quality: LiverQuality | None, *, own: float | None) -> Decimal | None:
    if own is not None:
        return as_written(positive(own, where="least_percent"))
    return next((row.least_percent for row in _MINIMA if row.quality is quality), None)


def _enough(percent: Decimal, *, least: Decimal | None) -> bool | None:
    """Tell whether a share is enough; without a limit, when it is for every liver or for none."""
    limits = {row.least_percent for row in _MINIMA} if least is None else {least}
    answers = {percent >= limit for limit in limits}
    return answers.pop() if len(answers) == 1 else None


def _verdict(least: Decimal | None, *, enough: bool | None) -> str:
    if enough is None:
        return "whether that is enough is open, the quality of the liver is unknown"
    if least is None:
        said = "enough" if enough else "too little"
        return f"{said} for a liver of any quality; its own is unknown"
    return f"{'enough' if enough else 'too little'}, the least is {plain(least)} %"
