"""Pathological response: how much viable tumour treatment has left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written, positive
from equipoise.oncology.surgery.resection import Margin

MAJOR_MOST_PERCENT = 10
"""A major response has at most so much viable tumour, itself included."""

_NODES = {
    True: "none in the nodes",
    False: "viable tumour in the nodes",
    None: "nodes not known",
}


def response_rows() -> tuple[tuple[str, str], ...]:
    """Return each pathological response with what it means, for proof-reading."""
    return (
        ("complete", "no viable tumour in the primary and none in the nodes (ypT0 N0)"),
        ("complete in the primary", "no viable tumour in the primary, whatever the nodes"),
        ("major", f"at most {MAJOR_MOST_PERCENT} % viable tumour in the primary"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TumourBed:
    """The bed of one resected nodule.

    Attributes
    ----------
    viable_percent : float | None
        Share of the bed with viable tumour, 0 to 100.
    area_mm2 : float | None
        Area of the bed.
    """

    viable_percent: float | None
    area_mm2: float | None = None

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if self.area_mm2 is not None:
            positive(self.area_mm2, where="area_mm2")
        share = self.viable_percent
        if share is not None and not 0 <= share <= 100:
            raise bad_input("no such share", where="viable_percent", got=share, fix="0 to 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathologicalResponse:
    """Pathological response of a resected subject; None is unknown.

    Attributes
    ----------
    viable_percent : float | None
        Viable tumour over all beds, weighted by area.
    complete : bool | None
        No viable tumour in the primary and none in the nodes (ypT0 N0).
    complete_primary, clear_nodes : bool | None
        No viable tumour in the primary; none in the nodes.
    major : bool | None
        At most 10 % viable tumour in the primary.
    explanation : str
        Why, in one sentence.
    """

    viable_percent: float | None
    complete: bool | None
    complete_primary: bool | None
    clear_nodes: bool | None
    major: bool | None
    explanation: str


def pathological_response(
    beds: Sequence[TumourBed], *, nodes_positive: bool | None, margin: Margin | None = None
) -> PathologicalResponse:
    """Return the pathological response of a resected tumour.

    Parameters
    ----------
    beds : Sequence[TumourBed]
        One for each nodule; areas are needed only where they change the answer.
    nodes_positive : bool | None
        Whether a regional node holds viable tumour; None when no node was examined.
    margin : Margin | None
        Residual tumour, to refuse what cannot be; None when not known.

    Raises
    ------
    BadInput
        When nothing viable is left in any bed and the margin is R1 or R2.

    Notes
    -----
    Major response is 0 to 10 % viable tumour, 10 included, as studied in intrahepatic
    cholangiocarcinoma; the liver-cell cancer rule of 70 % necrosis is another one. What is unknown
    is carried as the least and the most it can be. A subject who was not operated has no specimen
    and is no business of this function; trials count such a subject as without response.
    """
    clear = None if nodes_positive is None else not nodes_positive
    if not beds:
        return _response(None, major=None, primary=None, clear=clear)
    least, most = _weighted(beds, unknown=0), _weighted(beds, unknown=100)
    if any(bed.area_mm2 is None for bed in beds):
        least, most = _smallest(beds), _largest(beds)
    shares = [bed.viable_percent for bed in beds]
    primary = _all_of([None if share is None else share == 0 for share in shares])
    if primary and margin in {Margin.R1, Margin.R2}:
        what = "no viable tumour in the specimen, but tumour at the margin or left behind"
        raise bad_input(what, where="margin", got=margin, fix="viable tumour above 0, or R0")
    viable = float(least) if least == most else None
    sure = _over_ten(least, every_share_known=None not in shares)
    major = True if most <= MAJOR_MOST_PERCENT else sure
    return _response(viable, major=major, primary=primary, clear=clear)


def _response(
    viable: float | None, *, major: bool | None, primary: bool | None, clear: bool | None
) -> PathologicalResponse:
    complete = _all_of((primary, clear))
    share = "viable tumour not known" if viable is None else f"{viable:.4g} % viable tumour"
    words = f"{_headline(complete=complete, major=major)}: {share} in the primary, {_NODES[clear]}."
    return PathologicalResponse(
        viable_percent=viable,
        complete=complete,
        complete_primary=primary,
        clear_nodes=clear,
        major=major,
        explanation=words,
    )


def _headline(*, complete: bool | None, major: bool | None) -> str:
    if complete:
        return "Complete response"
    if major:
        return "Major response" if complete is False else "Major response, perhaps complete"
    if major is None:
        return "No complete response" if complete is False else "Response not decided"
    return "No major response"


def _weighted(beds: Sequence[TumourBed], *, unknown: int) -> Fraction:
    shares = [_share(bed, unknown=unknown) for bed in beds]
    areas = [Fraction(as_written(bed.area_mm2 or 1)) for bed in beds]
    return sum(map(Fraction.__mul__, shares, areas), Fraction(0)) / sum(areas)


def _smallest(beds: Sequence[TumourBed]) -> Fraction:
    return min(_share(bed, unknown=0) for bed in beds)


def _largest(beds: Sequence[TumourBed]) -> Fraction:
    return max(_share(bed, unknown=100) for bed in beds)


def _share(bed: TumourBed, *, unknown: int) -> Fraction:
    share = unknown if bed.viable_percent is None else bed.viable_percent
    return Fraction(as_written(share))


def _over_ten(least: Fraction, *, every_share_known: bool) -> bool | None:
    """Return False when a mean that may exceed 10 % surely does.

    Where only areas are missing, the mean lies strictly between the smallest and the largest
    share, so a smallest share of 10 % is enough.
    """
    return (
        False
        if least > MAJOR_MOST_PERCENT or (every_share_known and least == MAJOR_MOST_PERCENT)
        else None
    )


def _all_of(answers: Sequence[bool | None]) -> bool | None:
    return False if False in answers else (None if None in answers else True)
