"""Columns for the rules of RECIST on many subjects, and the numbers that stand for words."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from equipoise.oncology.response.recist import LesionKind, LesionState, Response

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
CodeArray = npt.NDArray[np.int8]

NO_RESPONSE = -1
"""Code of a response that does not exist: at baseline, or of lesions that nobody has."""

NO_DAY = np.iinfo(np.int64).max
"""Number of a day that does not exist."""

UM_A_MM = 1000

KIND_CODES = MappingProxyType({kind: code for code, kind in enumerate(LesionKind)})
STATE_CODES = MappingProxyType({state: code for code, state in enumerate(LesionState)})
RESPONSE_CODES = MappingProxyType({response: code for code, response in enumerate(Response)})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionColumns:
    """Lesions of many subjects, one row for each lesion at each assessment, in any order.

    Attributes
    ----------
    subject, day, lesion : IntArray
        Who, when and which; the first day of a subject is the baseline.
    kind, state : CodeArray
        By `KIND_CODES` and `STATE_CODES`.
    nodal : npt.NDArray[np.bool_]
        Whether it is a lymph node.
    diameter_mm : FloatArray
        NaN where unknown; no finer than 0.001 mm.
    markers : CodeArray | None
        Of the assessment, on every row of it: 1 for markers above normal, 0 for none that counts,
        -1 for unknown. None where no marker counts.
    """

    subject: IntArray
    day: IntArray
    lesion: IntArray
    kind: CodeArray
    state: CodeArray
    nodal: npt.NDArray[np.bool_]
    diameter_mm: FloatArray
    markers: CodeArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VisitColumns:
    """What RECIST 1.1 makes of each assessment, ordered by subject and day.

    Attributes
    ----------
    subject, day : IntArray
        Who and when.
    sum_mm, baseline_mm, nadir_mm : FloatArray
        NaN where unknown, and the nadir at baseline.
    nadir_day, progressed_on : IntArray
        `NO_DAY` where there is none.
    target, non_target, response : CodeArray
        By `RESPONSE_CODES`, `NO_RESPONSE` where there is none.
    new_lesion : npt.NDArray[np.bool_]
        Whether a new lesion is seen beyond doubt.
    """

    subject: IntArray
    day: IntArray
    sum_mm: FloatArray
    baseline_mm: FloatArray
    nadir_mm: FloatArray
    nadir_day: IntArray
    target: CodeArray
    non_target: CodeArray
    new_lesion: npt.NDArray[np.bool_]
    response: CodeArray
    progressed_on: IntArray

    @property
    def change_from_baseline_percent(self) -> FloatArray:
        """Change of the sum from baseline in per cent; NaN where unknown and at baseline."""
        judged = (self.response != NO_RESPONSE) & (self.baseline_mm > 0)
        base = np.where(judged, np.rint(UM_A_MM * self.baseline_mm), 1.0)
        # whole micrometres: one rounding, as in the exact quotient of one form
        return np.where(judged, 100 * (np.rint(UM_A_MM * self.sum_mm) - base) / base, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CallColumns:
    """Overall responses of many subjects, one row each, in any order.

    `response` may hold `NO_RESPONSE`; `progressed_on` is `NO_DAY` where PD counts from its own day.
    """

    subject: IntArray
    day: IntArray
    response: CodeArray
    progressed_on: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BestColumns:
    """Best overall response of each subject, in the order of their numbers.

    `response` is `NO_RESPONSE` for nobody assessed after baseline; days are `NO_DAY` where there is
    none.
    """

    subject: IntArray
    response: CodeArray
    day: IntArray
    confirmed_on: IntArray
