"""Where the follow-up of each subject ends: first event, last assessment, and what moves the end.

An ending is one row a subject. Each step here takes endings and gives endings. An event dated at a
landmark has happened before (HAPPENED): what came in between did not precede it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import polars as pl

from equipoise.base.frames import FrameSchema
from equipoise.derive.frames import ENTRIES
from equipoise.derive.recorded import Recorded
from equipoise.derive.subjects import SubjectFrame, clock_column
from equipoise.study.endpoints import CensorAt, TimeToEvent

ENDINGS = FrameSchema(
    name="endings",
    columns={
        "USUBJID": pl.String(),
        "ADT": pl.Date(),
        "HAPPENED": pl.Date(),
        "CNSR": pl.Int64(),
        "EVNTDESC": pl.String(),
        "ENTRIES": ENTRIES,
    },
)
EVENT, CENSORED = 0, 1
NEVER_ASSESSED = "Never assessed after the start"
NEW_THERAPY = "Last assessment before new therapy"
MISSED_VISITS = "Last assessment before missed ones"
_FOLLOWED_TO = {
    CensorAt.LAST_ASSESSMENT: "Last assessment without event",
    CensorAt.LAST_CONTACT: "Last contact without event",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FollowUp:
    """The subjects of an endpoint and the days on which each was seen.

    Attributes
    ----------
    censor : CensorAt
        What ends follow-up without event.
    starts : polars.DataFrame
        USUBJID, ARMCD, STARTDT, and the entries of that date (START).
    seen : polars.DataFrame
        USUBJID, FORM, ADT, seq of each assessment, or contact, from the start on.
    """

    censor: CensorAt
    starts: pl.DataFrame
    seen: pl.DataFrame


def follow_up(endpoint: TimeToEvent, *, recorded: Recorded, subjects: SubjectFrame) -> FollowUp:
    """Return who is followed for an endpoint, from when, and when each was seen.

    Followed are the subjects of the population whose clock has started by the cut; the clock is
    randomisation (registration) when the endpoint names none. Without forms that count as an
    assessment, or for the last contact, every form counts.
    """
    study = recorded.study
    clock = clock_column(study, endpoint.start) if endpoint.start else "BASEDT"
    starts = (
        subjects.frame.filter(pl.col(endpoint.population), pl.col(clock) <= recorded.cut)
        .select("USUBJID", "ARMCD", pl.col(clock).alias("STARTDT"))
        .join(
            subjects.entries_of([clock]).rename({"ENTRIES": "START"}),
            on="USUBJID",
            maintain_order="left",
        )
    )
    censor = endpoint.censor.at if endpoint.censor else CensorAt.LAST_CONTACT
    seen = recorded.form_dates(_counting_forms(endpoint, recorded))
    since = seen.join(starts, on="USUBJID", maintain_order="left").filter(
        pl.col("ADT") >= pl.col("STARTDT")
    )
    return FollowUp(
        censor=censor, starts=starts, seen=since.select("USUBJID", "FORM", "ADT", "seq")
    )


def _counting_forms(endpoint: TimeToEvent, recorded: Recorded) -> tuple[str, ...]:
    every = tuple(recorded.study.forms)
    if endpoint.censor is None:
        return every
    match endpoint.censor.at:
        case CensorAt.LAST_ASSESSMENT:
            return endpoint.censor.assessed_by or every
        case CensorAt.LAST_CONTACT:
            return every
        case _:
            assert_never(endpoint.censor.at)


def without_event(follow: FollowUp) -> pl.DataFrame:
    """Return the endings of subjects of whom no event is known: when they were last seen."""
    limits = follow.starts.select("USUBJID", pl.lit(None, dtype=pl.Date()).alias("LIMIT"))
    return _censored(_last_seen(follow, limits), because=_FOLLOWED_TO[follow.censor])


def with_events(endings: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return the endings with those of some subjects replaced by others."""
    rest = endings.join(events, on="USUBJID", how="anti", maintain_order="left")
    return ENDINGS.checked(pl.concat([rest, events.select(list(ENDINGS.columns))]))


def censored_by_therapy(
    endings: pl.DataFrame, therapies: pl.DataFrame, *, follow: FollowUp
) -> pl.DataFrame:
    """Move the end to the last assessment on or before a new therapy that precedes it.

    Parameters
    ----------
    endings : polars.DataFrame
        Where follow-up ends otherwise.
    therapies : polars.DataFrame
        USUBJID, ADT, ENTRIES of the new therapies after the start.
    follow : FollowUp
        When the subjects were seen.
    """
    first = (
        therapies.sort("ADT", maintain_order=True).group_by("USUBJID", maintain_order=True).first()
    )
    ends = endings.select("USUBJID", pl.col("HAPPENED").alias("END"))
    before = first.join(ends, on="USUBJID", maintain_order="left").filter(
        pl.col("ADT") < pl.col("END")
    )
    last = _last_seen(follow, before.select("USUBJID", pl.col("ADT").alias("LIMIT")))
    told = last.join(
        before.select("USUBJID", THERAPY="ENTRIES"), on="USUBJID", maintain_order="left"
    )
    both = told.with_columns(pl.concat_list("ENTRIES", "THERAPY").alias("ENTRIES"))
    return with_events(endings, _censored(both, because=NEW_THERAPY, never=NEW_THERAPY))


def censored_by_gap(
    endings: pl.DataFrame, *, longest_days: float, follow: FollowUp
) -> pl.DataFrame:
    """Move an event after too long a gap to the last assessment before the gap."""
    events = endings.filter(pl.col("CNSR") == EVENT).select("USUBJID", END="HAPPENED")
    limits = events.select("USUBJID", (pl.col("END") - pl.duration(days=1)).alias("LIMIT"))
    last = _last_seen(follow, limits).join(events, on="USUBJID", maintain_order="left")
    gap = (pl.col("END") - pl.col("LAST")).dt.total_days()
    missed = last.filter(gap > longest_days)
    return with_events(endings, _censored(missed, because=MISSED_VISITS, never=MISSED_VISITS))


def _last_seen(follow: FollowUp, limits: pl.DataFrame) -> pl.DataFrame:
    """Return USUBJID, LAST and ENTRIES: when each was last seen up to a LIMIT (None is no limit).

    Who was not seen from the start to the limit has the start, with no entry.
    """
    within = (pl.col("ADT") <= pl.col("LIMIT")) | pl.col("LIMIT").is_null()
    near = follow.seen.join(limits, on="USUBJID", maintain_order="left").filter(within)
    newest = near.filter(pl.col("ADT") == pl.col("ADT").max().over("USUBJID"))
    last = newest.group_by("USUBJID", maintain_order=True).agg(
        pl.col("ADT").first(), pl.col("seq").unique().sort().alias("ENTRIES")
    )
    whole = limits.join(follow.starts, on="USUBJID", maintain_order="left").join(
        last, on="USUBJID", how="left", maintain_order="left"
    )
    return whole.select(
        "USUBJID",
        pl.coalesce("ADT", "STARTDT").alias("LAST"),
        pl.col("ENTRIES").fill_null([]),
    )


def _censored(last: pl.DataFrame, *, because: str, never: str = NEVER_ASSESSED) -> pl.DataFrame:
    unseen = pl.col("ENTRIES").list.len() == 0
    return last.select(
        "USUBJID",
        pl.col("LAST").alias("ADT"),
        pl.col("LAST").alias("HAPPENED"),
        pl.lit(CENSORED, dtype=pl.Int64()).alias("CNSR"),
        pl.when(unseen).then(pl.lit(never)).otherwise(pl.lit(because)).alias("EVNTDESC"),
        "ENTRIES",
    )
