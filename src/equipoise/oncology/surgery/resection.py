"""Residual tumour after a resection, and how wide the margin is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from equipoise.oncology.exact import as_written, not_negative, plain


class Margin(StrEnum):
    """Residual tumour; RX cannot be assessed and never counts as R0."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    RX = "RX"


_MARGINS = {
    Margin.R0: "no residual tumour",
    Margin.R1: "microscopic residual tumour",
    Margin.R2: "tumour left that the surgeon sees, nodes left behind included",
    Margin.RX: "cannot be assessed; counts as not R0",
}


_LEFT = {
    True: "visible tumour left",
    False: "no visible tumour left",
    None: "not known whether visible tumour was left",
}


class MarginRule(StrEnum):
    """When a margin is microscopically positive."""

    AT_INK = "tumour at the ink (UICC, CAP)"
    WITHIN_1_MM = "tumour within less than 1 mm (RCP)"


class MarginWidth(StrEnum):
    """Width of a margin without tumour at it, in the classes of Spolverato et al. 2015."""

    BELOW_1 = "< 1 mm"
    FROM_1 = "1-4 mm"
    FROM_5 = "5-9 mm"
    FROM_10 = ">= 10 mm"


_WIDTHS = ((10, MarginWidth.FROM_10), (5, MarginWidth.FROM_5), (1, MarginWidth.FROM_1))


def margin_rows() -> tuple[tuple[Margin, str], ...]:
    """Return each residual-tumour class with what it means, for proof-reading."""
    return tuple(_MARGINS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class ResectionMargin:
    """Residual tumour of a resection.

    Attributes
    ----------
    status : Margin
        R0, R1, R2, or RX when what is known does not decide.
    margin_mm : float | None
        The distance, kept beside the status.
    rule : MarginRule
        The convention, kept beside the status.
    width : MarginWidth | None
        Class of width of an R0 margin.
    explanation : str
        Why, in one sentence.
    """

    status: Margin
    margin_mm: float | None
    rule: MarginRule
    width: MarginWidth | None
    explanation: str


def margin_status(
    margin_mm: float | None, *, gross_residual: bool | None, rule: MarginRule
) -> ResectionMargin:
    """Return the residual tumour status.

    Parameters
    ----------
    margin_mm : float | None
        Distance from the tumour to the nearest cut; 0 is tumour at the ink; None is not assessed.
    gross_residual : bool | None
        Whether the surgeon left visible tumour, nodes included.
    rule : MarginRule
        Convention for R1.

    Returns
    -------
    ResectionMargin
        R2 with gross residual whatever the margin; RX when what is known does not decide.

    Notes
    -----
    Wittekind et al. 2002, doi:10.1002/cncr.10492, for R0, R1, R2 and RX. Width classes are those
    of Spolverato et al. 2015, doi:10.1245/s10434-015-4472-9, each from its lower end on.
    """
    if margin_mm is not None:
        not_negative(margin_mm, where="margin_mm")
    status = _status(margin_mm, gross_residual=gross_residual, rule=rule)
    far = None if margin_mm is None else as_written(margin_mm)
    width = None
    if status is Margin.R0 and far is not None:
        width = next((one for least, one in _WIDTHS if far >= least), MarginWidth.BELOW_1)
    measured = "margin not measured" if far is None else f"margin {plain(far)} mm"
    return ResectionMargin(
        status=status,
        margin_mm=margin_mm,
        rule=rule,
        width=width,
        explanation=f"{status}: {_LEFT[gross_residual]}, {measured}; R1 is {rule}.",
    )


def _status(margin_mm: float | None, *, gross_residual: bool | None, rule: MarginRule) -> Margin:
    if gross_residual:
        return Margin.R2
    if margin_mm is None or gross_residual is None:
        return Margin.RX
    match rule:
        case MarginRule.AT_INK:
            return Margin.R1 if margin_mm == 0 else Margin.R0
        case MarginRule.WITHIN_1_MM:
            return Margin.R1 if as_written(margin_mm) < 1 else Margin.R0
        case _:
            assert_never(rule)
