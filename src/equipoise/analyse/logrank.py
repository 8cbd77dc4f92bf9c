"""The log-rank test between groups, within strata when the study asks for them."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.estimable import NotEstimable, attempt
from equipoise.analyse.groups import Group, groups_by
from equipoise.analyse.results import Row, Topic, no_results, result
from equipoise.analyse.selection import Selection
from equipoise.analyse.strata import stratified, within_words
from equipoise.analyse.times import select_times, times_of
from equipoise.derive.frames import AnalysisData
from equipoise.stats.time_to_event.logrank import LogRank, logrank
from equipoise.study.analyses import LogRankAnalysis
from equipoise.study.study import Study

STATISTICS = ("chi_square", "df", "p_value", "z")


def analyse_logrank(
    study: Study, data: AnalysisData, *, name: str, analysis: LogRankAnalysis
) -> Iterator[Row]:
    """Give the rows of a log-rank test: events of each group, and of the comparison the test.

    The comparison is the group ``A v B``, in study order. ``z``, for two groups, is negative when
    the group named first had fewer events than expected. Subjects of no group, or whose stratum
    is unknown, are left out, and counted as ``missing``.
    """
    groups = groups_by(study, data, by=analysis.by)
    words = f"log-rank test, two-sided{within_words(analysis.strata)}"
    topic = Topic(analysis=name, endpoint=analysis.endpoint, method=words)
    whole = select_times(data, endpoint=analysis.endpoint, estimand=analysis.estimand)
    grouped = whole.only({who for group in groups for who in group.of(whole).subjects})
    inside = stratified(data, rows=grouped, strata=analysis.strata)
    rows, times = inside.rows, times_of(inside.rows)
    labels = _labels(rows, groups)
    test = attempt(lambda: logrank(times.days, times.event, labels, strata=inside.labels), of=rows)
    against = topic.of_group(" v ".join(group.name for group in groups))
    lacking = whole.without(rows.subjects)
    yield from _test(against, rows=rows, test=test)
    yield result(against, "missing", lacking.n, of=lacking)
    for place, group in enumerate(groups):
        here = topic.of_group(group.name)
        yield from _counts(here, rows=group.of(rows))
        yield _expected(here, rows=rows, test=test, label=-place)


def _labels(rows: Selection, groups: tuple[Group, ...]) -> list[int]:
    """Return each row's group as a number; the group named first is the highest.

    The test signs its z by the last label, and the group named first is the one of interest.
    """
    labels = {who: -place for place, group in enumerate(groups) for who in group.of(rows).subjects}
    return [labels[who] for who in rows.rows["USUBJID"]]


def _test(topic: Topic, *, rows: Selection, test: LogRank | NotEstimable) -> Iterator[Row]:
    if isinstance(test, NotEstimable):
        yield from no_results(topic, STATISTICS, of=rows, why=test.why)
        return
    yield result(topic, "chi_square", test.chi_square, of=rows)
    yield result(topic, "df", test.df, of=rows)
    yield result(topic, "p_value", test.p_value, of=rows)
    yield result(topic, "z", test.z, of=rows, why="there are more than two groups")


def _counts(topic: Topic, *, rows: Selection) -> Iterator[Row]:
    events = rows.narrowed("CNSR = 0").reading("CNSR")
    yield result(topic, "n", rows.n, of=rows)
    yield result(topic, "observed", events.n, of=events)


def _expected(topic: Topic, *, rows: Selection, test: LogRank | NotEstimable, label: int) -> Row:
    """Return the events expected of a group, which all groups together say."""
    if isinstance(test, NotEstimable):
        return result(topic, "expected", None, of=rows, why=test.why)
    if label not in test.groups:
        return result(topic, "expected", None, of=rows, why="no subjects")
    return result(topic, "expected", test.expected[test.groups.index(label)], of=rows)
