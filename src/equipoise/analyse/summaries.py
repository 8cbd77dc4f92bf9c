"""The rows that say of one column of numbers where its values lie."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.results import Row, Topic, no_results, result
from equipoise.analyse.selection import Selection
from equipoise.stats import summarise

QUARTILES = "quartiles of type 2"
STATISTICS = ("mean", "sd", "median", "q1", "q3", "minimum", "maximum")


def analyse_column(topic: Topic, *, rows: Selection) -> Iterator[Row]:
    """Give count, missing, mean, spread, quartiles and range of the column of a selection."""
    present, absent = rows.known(rows.column), rows.unknown(rows.column)
    yield result(topic, "n", present.n, of=present)
    yield result(topic, "missing", absent.n, of=absent)
    if present.n == 0:
        yield from no_results(topic, STATISTICS, of=present, why="no values")
        return
    found = summarise(present.rows[rows.column].to_numpy())
    for statistic in STATISTICS:
        why = "a single value has no spread"
        yield result(topic, statistic, getattr(found, statistic), of=present, why=why)
