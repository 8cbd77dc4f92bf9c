"""The tables of RECIST 1.1 and iRECIST as data, for a clinician to proof-read and for tests to use.

Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, tables 1 to 3; Seymour et al. 2017,
doi:10.1016/S1470-2045(17)30074-8, tables 2 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.oncology.response.irecist_words import IResponse
from equipoise.oncology.response.recist import Response

GUIDELINE_SOURCE = "Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026"
IRECIST_SOURCE = "Seymour et al. 2017, doi:10.1016/S1470-2045(17)30074-8"

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NON = Response.NON_CR_NON_PD
_ANY_TARGET = (CR, PR, SD, PD, NE)
_ANY_OTHER = (CR, NON, PD, NE, None)
_NOT_PD = (CR, NON, NE, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimepointRow:
    """One row of table 1 or 2: any of these, then the overall response.

    `target` is (None,) for a subject without targets; None among `non_target` is a subject without
    non-targets.
    """

    target: tuple[Response | None, ...]
    non_target: tuple[Response | None, ...]
    new_lesion: tuple[bool, ...]
    overall: Response


def _row(
    target: tuple[Response | None, ...],
    non_target: tuple[Response | None, ...],
    *,
    overall: Response,
    new: tuple[bool, ...] = (False,),
) -> TimepointRow:
    return TimepointRow(target=target, non_target=non_target, new_lesion=new, overall=overall)


TABLE_1 = (
    _row((CR,), (CR, None), overall=CR),
    _row((CR,), (NON,), overall=PR),
    _row((CR,), (NE,), overall=PR),
    _row((PR,), _NOT_PD, overall=PR),
    _row((SD,), _NOT_PD, overall=SD),
    _row((NE,), _NOT_PD, overall=NE),
    _row((PD,), _ANY_OTHER, new=(False, True), overall=PD),
    _row(_ANY_TARGET, (PD,), new=(False, True), overall=PD),
    _row(_ANY_TARGET, _ANY_OTHER, new=(True,), overall=PD),
)
"""Time point response of disease with targets."""

TABLE_2 = (
    _row((None,), (CR,), overall=CR),
    _row((None,), (NON,), overall=NON),
    _row((None,), (NE,), overall=NE),
    _row((None,), (PD,), new=(False, True), overall=PD),
    _row((None,), (CR, NON, PD, NE), new=(True,), overall=PD),
)
"""Time point response of disease without targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRow:
    """One row of table 3: two assessments far enough apart, then the best response.

    Attributes
    ----------
    first, then : Response
        Overall responses.
    best : Response
        When the first was late enough for SD.
    best_before_minimum : Response
        When it was too early for SD; the second, where it is no PD, too.
    recoded : Response | None
        When the second shows that the first CR was PR; None where the row leaves no choice.
    """

    first: Response
    then: Response
    best: Response
    best_before_minimum: Response
    recoded: Response | None = None


def _pair(first: Response, then: Response, best: tuple[Response, Response]) -> ConfirmationRow:
    recoded = PR if (first, then) == (CR, PR) else None
    return ConfirmationRow(
        first=first, then=then, best=best[0], best_before_minimum=best[1], recoded=recoded
    )


TABLE_3 = (
    _pair(CR, CR, (CR, CR)),
    _pair(CR, PR, (SD, PD)),
    _pair(CR, SD, (SD, PD)),
    _pair(CR, PD, (SD, PD)),
    _pair(CR, NE, (SD, NE)),
    _pair(PR, CR, (PR, PR)),
    _pair(PR, PR, (PR, PR)),
    _pair(PR, SD, (SD, SD)),
    _pair(PR, PD, (SD, PD)),
    _pair(PR, NE, (SD, NE)),
    _pair(NE, NE, (NE, NE)),
)
"""Best response where CR and PR have to be confirmed, a CR being real unless recoded.

PR, then SD is SD in print whenever the PR was; the SD itself has to be late enough here, as SD
always has to be.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class IConfirmationRow:
    """One row of table 2 of iRECIST: where the iUPD was, and what confirms it."""

    iupd_in: str
    confirmed_by: str
    otherwise: str


I_TABLE_2 = (
    IConfirmationRow(
        iupd_in="targets",
        confirmed_by="sum of the targets a further 5 mm or more above its smallest since the iUPD",
        otherwise="iUPD while the sum is PD from the nadir; iSD, iPR or iCR resets",
    ),
    IConfirmationRow(
        iupd_in="non-targets",
        confirmed_by="any further growth, unequivocal or not",
        otherwise="iUPD while progression is unequivocal; otherwise reset",
    ),
    IConfirmationRow(
        iupd_in="new lesions",
        confirmed_by=(
            "another new lesion; measured new lesions a further 5 mm or more in sum; any growth of "
            "one that is not measured"
        ),
        otherwise="iUPD while they are seen and the disease of baseline does not do better",
    ),
    IConfirmationRow(
        iupd_in="one component",
        confirmed_by="PD of another component by RECIST 1.1",
        otherwise="as above",
    ),
    IConfirmationRow(
        iupd_in="an episode that was reset",
        confirmed_by="nothing: an iUPD has to come about anew, from the nadir",
        otherwise=(
            "the response by RECIST 1.1, new lesions already known and still there not counted"
        ),
    ),
)
"""What confirms an unconfirmed progression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IBestRow:
    """One example of table 3 of iRECIST: any of these at each time point, then the iBOR."""

    timepoints: tuple[tuple[IResponse, ...], ...]
    best: IResponse


_ICR, _IPR, _ISD = IResponse.ICR, IResponse.IPR, IResponse.ISD
_IUPD, _ICPD, _INE = IResponse.IUPD, IResponse.ICPD, IResponse.NE
_I_ANY = (_ICR, _IPR, _ISD, _IUPD, _ICPD, _INE)

I_TABLE_3 = (
    IBestRow(
        timepoints=(
            (_ICR,),
            (_ICR, _IPR, _IUPD, _INE),
            (_ICR, _IPR, _IUPD, _INE),
            (_IUPD,),
            (_ICPD,),
        ),
        best=_ICR,
    ),
    IBestRow(
        timepoints=((_IUPD,), (_IPR, _ISD, _INE), (_ICR,), (_ICR, _IUPD, _INE), _I_ANY),
        best=_ICR,
    ),
    IBestRow(
        timepoints=(
            (_IUPD,),
            (_IPR,),
            (_IPR, _ISD, _IUPD, _INE),
            (_IPR, _ISD, _IUPD, _INE, _ICPD),
            (_IPR, _ISD, _IUPD, _INE, _ICPD),
        ),
        best=_IPR,
    ),
    IBestRow(
        timepoints=(
            (_IUPD,),
            (_ISD, _INE),
            (_IPR,),
            (_IPR, _ISD, _IUPD, _INE),
            (_IPR, _ISD, _IUPD, _ICPD, _INE),
        ),
        best=_IPR,
    ),
    IBestRow(
        timepoints=(
            (_IUPD,),
            (_ISD,),
            (_ISD, _IUPD, _INE),
            (_ISD, _IUPD, _ICPD, _INE),
            (_ISD, _IUPD, _ICPD, _INE),
        ),
        best=_ISD,
    ),
    IBestRow(timepoints=((_IUPD,), (_ICPD,), _I_ANY, _I_ANY, _I_ANY), best=_ICPD),
    IBestRow(timepoints=((_IUPD,), (_IUPD,), (_ICPD,), _I_ANY, _I_ANY), best=_ICPD),
    IBestRow(timepoints=((_IUPD,), (_INE,), (_INE,), (_INE,), (_INE,)), best=_IUPD),
)
"""Examples of the best overall response by iRECIST, responses needing no confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTable:
    """A table for proof-reading: title, source, heads and rows of words."""

    title: str
    source: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def recist_tables() -> tuple[ProofTable, ...]:
    """Return every table that a clinician has to check, in words."""
    heads = ("Target", "Non-target", "New lesion", "Overall")
    return (
        ProofTable(
            title="Time point response, disease with targets",
            source=f"{GUIDELINE_SOURCE}, table 1",
            heads=heads,
            rows=tuple(_words(row) for row in TABLE_1),
        ),
        ProofTable(
            title="Time point response, disease without targets",
            source=f"{GUIDELINE_SOURCE}, table 2",
            heads=heads,
            rows=tuple(_words(row) for row in TABLE_2),
        ),
        ProofTable(
            title="Best response where CR and PR have to be confirmed",
            source=f"{GUIDELINE_SOURCE}, table 3",
            heads=("First", "Next", "Best", "Best, first too early for SD", "Best, CR recoded"),
            rows=tuple(_confirmation_words(row) for row in TABLE_3),
        ),
        ProofTable(
            title="What confirms an unconfirmed progression",
            source=f"{IRECIST_SOURCE}, table 2",
            heads=("iUPD in", "Confirmed by", "Otherwise"),
            rows=tuple((row.iupd_in, row.confirmed_by, row.otherwise) for row in I_TABLE_2),
        ),
        ProofTable(
            title="Best overall response by iRECIST",
            source=f"{IRECIST_SOURCE}, table 3",
            heads=("1", "2", "3", "4", "5", "iBOR"),
            rows=tuple((*map(_one_of, row.timepoints), str(row.best)) for row in I_TABLE_3),
        ),
    )


def _words(row: TimepointRow) -> tuple[str, ...]:
    new = "any" if len(row.new_lesion) > 1 else ("yes" if row.new_lesion[0] else "no")
    return (_one_of(row.target), _one_of(row.non_target), new, str(row.overall))


def _confirmation_words(row: ConfirmationRow) -> tuple[str, ...]:
    recoded = "" if row.recoded is None else str(row.recoded)
    return (str(row.first), str(row.then), str(row.best), str(row.best_before_minimum), recoded)


def _one_of(choices: tuple[Response | IResponse | None, ...]) -> str:
    return ", ".join("none" if choice is None else str(choice) for choice in choices)
