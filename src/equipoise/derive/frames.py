"""The analysis datasets as one frozen value, and the columns of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.base.frames import FrameSchema

ENTRIES = pl.List(pl.Int64())
_SUBJECT: dict[str, pl.DataType] = {"USUBJID": pl.String(), "ARMCD": pl.String()}
_PARAMETER: dict[str, pl.DataType] = {"PARAMCD": pl.String(), "PARAM": pl.String()}
_VISIT: dict[str, pl.DataType] = {"VISIT": pl.String(), "ADT": pl.Date()}
_BEHIND: dict[str, pl.DataType] = {"ENTRIES": ENTRIES}

ADSL_FIXED: Mapping[str, pl.DataType] = {
    "USUBJID": pl.String(),
    "SITEID": pl.String(),
    "ARMCD": pl.String(),
    "ARM": pl.String(),
    "REGDT": pl.Date(),
    "RANDDT": pl.Date(),
    "STRATUM": pl.String(),
    "ELIGFL": pl.Boolean(),
    "NOTELIG": pl.String(),
    "ENROLFL": pl.Boolean(),
}
"""The columns of `adsl` that every study has; its own items, sets and strata follow."""

ADTTE = FrameSchema(
    name="adtte",
    columns=_SUBJECT
    | _PARAMETER
    | {
        "ESTIMAND": pl.String(),
        "STARTDT": pl.Date(),
        "ADT": pl.Date(),
        "AVAL": pl.Float64(),
        "CNSR": pl.Int64(),
        "EVNTDESC": pl.String(),
    }
    | _BEHIND,
)
"""One row a subject, endpoint and estimand; AVAL in days, CNSR 0 event, 1 censored."""

ADRS = FrameSchema(
    name="adrs",
    columns=_SUBJECT
    | {"PARAMCD": pl.String()}
    | _VISIT
    | {"AVALC": pl.String(), "EXPLAIN": pl.String()}
    | _BEHIND,
)
"""One row a time point, and one a subject and response endpoint.

PARAMCD is OVR by RECIST 1.1, IOVR by iRECIST, RECUR after a resection; else the name of a response
endpoint, or of an event by iRECIST.
"""

ADTR = FrameSchema(
    name="adtr",
    columns=_SUBJECT
    | _VISIT
    | {
        "SUMDIAM": pl.Float64(),
        "NADIR": pl.Float64(),
        "PCHG": pl.Float64(),
        "PCHGNAD": pl.Float64(),
        "PREFL": pl.Boolean(),
    }
    | _BEHIND,
)
"""One row a tumour assessment, baseline included; lengths in mm, changes in per cent."""

ADEFF = FrameSchema(
    name="adeff",
    columns=_SUBJECT | _PARAMETER | {"AVAL": pl.Float64(), "AVALC": pl.String()} | _BEHIND,
)
"""One row a subject of the population and endpoint; AVAL after the rule for missing answers."""

ADAE = FrameSchema(
    name="adae",
    columns=_SUBJECT
    | {
        "AEDECOD": pl.String(),
        "AETERM": pl.String(),
        "AETOXGR": pl.Int64(),
        "AESTDTC": pl.String(),
        "ASTDT": pl.Date(),
        "AESER": pl.Boolean(),
        "AEREL": pl.Boolean(),
    }
    | _BEHIND,
)
"""One row an adverse event; ASTDT is the first day that a partial date can be."""

ADLB = FrameSchema(
    name="adlb",
    columns=_SUBJECT
    | _VISIT
    | _PARAMETER
    | {
        "AVAL": pl.Float64(),
        "UNIT": pl.String(),
        "LOW": pl.Float64(),
        "HIGH": pl.Float64(),
        "ATOXGR": pl.Int64(),
        "BASE": pl.Float64(),
        "ABLFL": pl.Boolean(),
        "POSTFL": pl.Boolean(),
    }
    | _BEHIND,
)
"""One row a laboratory value; ABLFL is true of the baseline, POSTFL of what came after it."""

ADLBSUM = FrameSchema(
    name="adlbsum",
    columns=_SUBJECT
    | _PARAMETER
    | {
        "BTOXGR": pl.Int64(),
        "WTOXGR": pl.Int64(),
        "GRADED": pl.Int64(),
        "UNGRADED": pl.Int64(),
    }
    | _BEHIND,
)
"""One row a subject and laboratory item that has a CTCAE term, whether measured or not.

BTOXGR is the grade at baseline, WTOXGR the worst of the GRADED values after it; with some UNGRADED
the true worst may be higher.
"""

ADEX = FrameSchema(
    name="adex",
    columns=_SUBJECT
    | _VISIT
    | {
        "DRUG": pl.String(),
        "PLANNED": pl.Float64(),
        "GIVEN": pl.Float64(),
        "CHANGE": pl.String(),
        "DOSEDAY": pl.Int64(),
        "DAYS": pl.Int64(),
    }
    | _BEHIND,
)
"""One row a dose; PLANNED and GIVEN in mg a day, DAYS on which it was given in a row."""

ADEXSUM = FrameSchema(
    name="adexsum",
    columns=_SUBJECT
    | _PARAMETER
    | {
        "REGIMEN": pl.String(),
        "PLANNED": pl.Float64(),
        "GIVEN": pl.Float64(),
        "WEEKS": pl.Float64(),
        "INTENSITY": pl.Float64(),
        "RDI": pl.Float64(),
    }
    | _BEHIND,
)
"""One row a subject and drug of a regimen that was begun.

PLANNED mg by the calendar fixed at randomisation and GIVEN mg, both up to the cut; INTENSITY is
GIVEN in mg a week over the WEEKS of that calendar, RDI the per cent that GIVEN is of PLANNED.
"""

LINEAGE = FrameSchema(
    name="lineage",
    columns={
        "dataset": pl.String(),
        "subject": pl.String(),
        "parameter": pl.String(),
        "column": pl.String(),
        "seq": pl.Int64(),
    },
)
"""One row an entry of the record behind a cell of a dataset whose rows carry no ENTRIES."""

IMPOSSIBLE = FrameSchema(name="impossible", columns={"subject": pl.String(), "reason": pl.String()})
"""One row a contradiction in a subject's history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisData:
    """What a snapshot says, in the shape that analyses read.

    Attributes
    ----------
    study_hash, snapshot_head : str
        Which study, and which end of the log, it was derived from.
    cut : datetime.date
        Data cut-off; what is dated later is not in here.
    domains : Mapping[str, polars.DataFrame]
        Domain -> frame in the shape of SDTM. Every row has STUDYID, USUBJID and ENTRIES, and a
        running number of the subject (``AESEQ``) except in DM, which has one row a subject.
    datasets : Mapping[str, polars.DataFrame]
        ``adsl``, ``adtte``, ``adrs``, ``adtr``, ``adeff``, ``adae``, ``adlb``, ``adlbsum``,
        ``adex``, ``adexsum``.
    lineage : polars.DataFrame
        `LINEAGE`, for ``adsl``; the rows of the others carry their ENTRIES.
    impossible : polars.DataFrame
        `IMPOSSIBLE`; what contradicts itself is told here.
    """

    study_hash: str
    snapshot_head: str
    cut: dt.date
    domains: Mapping[str, pl.DataFrame]
    datasets: Mapping[str, pl.DataFrame]
    lineage: pl.DataFrame
    impossible: pl.DataFrame
