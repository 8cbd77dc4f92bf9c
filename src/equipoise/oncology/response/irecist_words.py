"""Responses of iRECIST and one time point of it, with the sentence that tells why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from equipoise.oncology.response.recist import Response
from equipoise.oncology.response.recist_words import Timepoint


class IResponse(StrEnum):
    """A response by iRECIST, from best to worst as iBOR ranks them.

    iCPD stands before iUPD because a progression that was confirmed replaces the unconfirmed one.
    """

    ICR = "iCR"
    IPR = "iPR"
    ISD = "iSD"
    NON_ICR_NON_IUPD = "NON-iCR/NON-iUPD"
    ICPD = "iCPD"
    IUPD = "iUPD"
    NE = "NE"


OF_RECIST = {
    Response.CR: IResponse.ICR,
    Response.PR: IResponse.IPR,
    Response.SD: IResponse.ISD,
    Response.NON_CR_NON_PD: IResponse.NON_ICR_NON_IUPD,
    Response.PD: IResponse.IUPD,
    Response.NE: IResponse.NE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ITimepoint:
    """What iRECIST makes of one assessment, with what is needed to doubt it.

    Attributes
    ----------
    point : Timepoint
        What RECIST 1.1 makes of it: sums, nadir, the response of targets and non-targets.
    response : IResponse | None
        None at baseline.
    why : str
        The reason in words.
    iupd_on : datetime.date | None
        First iUPD of the episode that is open here, that this time point confirms or that it ends.
    new_targets : tuple[str, ...]
        New lesions that are measured, at most 5 and 2 in an organ; not in the sum of the targets.
    new_sum_mm : decimal.Decimal | None
        Sum of their diameters; None without any and when one is unknown.
    """

    point: Timepoint
    response: IResponse | None
    why: str
    iupd_on: dt.date | None = None
    new_targets: tuple[str, ...] = ()
    new_sum_mm: Decimal | None = None

    @property
    def date(self) -> dt.date:
        """Date of the assessment."""
        return self.point.date

    @property
    def explanation(self) -> str:
        """One sentence that says why."""
        return self.why if self.response is None else f"{self.response}: {self.why}"
