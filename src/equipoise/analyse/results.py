"""Result rows: one long table of numbers, each with an address, its method and the rows behind it.

The address of a cell is ``ANALYSIS/ENDPOINT/GROUP/SUBJECT/LEVEL/STATISTIC@AT``; parts that a row
does not have are left out. It is one word on a command line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import polars as pl

from equipoise.analyse.selection import Selection
from equipoise.base.errors import bad_input
from equipoise.base.frames import FrameSchema

RESULTS = FrameSchema(
    name="results",
    columns={
        "cell": pl.String(),
        "analysis": pl.String(),
        "endpoint": pl.String(),
        "group": pl.String(),
        "level": pl.String(),
        "statistic": pl.String(),
        "at": pl.Float64(),
        "subject": pl.String(),
        "value": pl.Float64(),
        "text": pl.String(),
        "n": pl.Int64(),
        "method": pl.String(),
        "dataset": pl.String(),
        "where": pl.String(),
        "column": pl.String(),
    },
)
"""One row a number.

``n`` is how many rows of ``dataset`` the SQL condition ``where`` selects: those are the rows
that went into ``value``. ``text`` is the label of a category, what happened, or why there is no
value. ``at`` is a time or a limit, in the unit of the analysis.
"""

Row = Mapping[str, object]

NOT_ESTIMABLE = "not estimable: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a run of result rows is about.

    Attributes
    ----------
    analysis : str
        Name of the analysis.
    endpoint : str
        Endpoint, item or term; empty when the analysis has none.
    group : str
        Arm or level that the rows are of, ``all``, or ``A v B``.
    level : str
        Category, covariate, kind of interval or box; empty when there is none.
    method : str
        Interval, ties and strata in words.
    subject : str or None
        Subject, in rows of single subjects.
    at : float or None
        Time or limit, in the unit of the analysis.
    """

    analysis: str
    endpoint: str = ""
    group: str = "all"
    level: str = ""
    method: str = ""
    subject: str | None = None
    at: float | None = None

    def of_group(self, group: str) -> Topic:
        """Return the topic for one group."""
        return replace(self, group=group)

    def of_level(self, level: str, *, at: float | None = None) -> Topic:
        """Return the topic for one category, covariate or box, at one time or limit."""
        return replace(self, level=level, at=at)


def result(
    topic: Topic,
    statistic: str,
    value: float | None,
    *,
    of: Selection,
    text: str | None = None,
    why: str = "nothing to estimate it from",
) -> Row:
    """Return one row.

    Parameters
    ----------
    topic : Topic
        What the row is about.
    statistic : str
        Name of the number.
    value : float or None
        The number; None, NaN and infinity become a row without value.
    of : Selection
        The rows that went into the number.
    text : str, optional
        Label of the category, or what happened.
    why : str
        Why there is no value, when there is none.
    """
    known = value is not None and isfinite(value)
    return {
        "cell": address(topic, statistic),
        "analysis": topic.analysis,
        "endpoint": topic.endpoint,
        "group": topic.group,
        "level": topic.level,
        "statistic": statistic,
        "at": topic.at,
        "subject": topic.subject,
        "value": float(value) if known and value is not None else None,
        "text": text if known else f"{NOT_ESTIMABLE}{why}",
        "n": of.n,
        "method": topic.method,
        "dataset": of.dataset,
        "where": of.where,
        "column": of.column,
    }


def no_results(
    topic: Topic, statistics: Sequence[str], *, of: Selection, why: str
) -> tuple[Row, ...]:
    """Return the rows of statistics that cannot be estimated, each saying why."""
    return tuple(result(topic, statistic, None, of=of, why=why) for statistic in statistics)


def count(topic: Topic, *, of: Selection, text: str | None = None) -> Row:
    """Return the row that counts the rows of a selection."""
    return result(topic, "count", of.n, of=of, text=text)


def count_of(
    topic: Topic, *, part: Selection, whole: Selection, text: str | None = None
) -> tuple[Row, Row]:
    """Return the count of a part, and what per cent of the whole it is."""
    return _counted(topic, part.n, part=part, whole=whole, text=text)


def subjects_of(
    topic: Topic, *, part: Selection, whole: Selection, text: str | None = None
) -> tuple[Row, Row]:
    """Return the same where a subject may have several rows in the part: each counts once."""
    return _counted(topic, len(part.subjects), part=part, whole=whole, text=text)


def _counted(
    topic: Topic, value: int, *, part: Selection, whole: Selection, text: str | None
) -> tuple[Row, Row]:
    share = 100 * value / whole.n if whole.n else None
    return (
        result(topic, "count", value, of=part, text=text),
        result(topic, "percent", share, of=whole, text=text, why="no subjects"),
    )


def address(topic: Topic, statistic: str) -> str:
    """Return the address of a cell: no spaces, and no slash within a part.

    Examples
    --------
    >>> address(Topic(analysis="rates", endpoint="orr", group="chemo", level="wilson"), "lower")
    'rates/orr/chemo/wilson/lower'
    >>> address(Topic(analysis="test", group="chemo v control"), "p_value")
    'test/chemo~v~control/p_value'
    """
    parts = (topic.analysis, topic.endpoint, topic.group, topic.subject, topic.level, statistic)
    path = "/".join(_part(part) for part in parts if part)
    return path if topic.at is None else f"{path}@{topic.at:.8g}"


_UNFIT = re.compile(r"[^\w.+=<>-]")


def _part(text: str) -> str:
    return _UNFIT.sub(lambda sign: "~" if sign[0] == " " else f"%{ord(sign[0]):02X}", text)


def gather(rows: Iterable[Row]) -> pl.DataFrame:
    """Return the result rows as one checked frame.

    Raises
    ------
    BadInput
        When two rows share an address.
    """
    frame = RESULTS.of(list(rows))
    twice = frame.filter(pl.col("cell").is_duplicated())["cell"].unique(maintain_order=True)
    if twice.len():
        raise bad_input(
            "each result has an address of its own",
            where="results",
            got=", ".join(twice.head(5)),
            fix="give analyses, endpoints and subjects names that differ in letters or digits",
        )
    return frame
