"""Proportions with success, their intervals, and how many subjects reached each response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from equipoise.analyse.effects import select_effects
from equipoise.analyse.groups import groups_by
from equipoise.analyse.results import Row, Topic, count_of, no_results, result
from equipoise.analyse.selection import Selection, equals, select
from equipoise.derive.frames import AnalysisData
from equipoise.oncology import Response
from equipoise.oncology.response.irecist_words import IResponse
from equipoise.stats import clopper_pearson, wilson
from equipoise.stats.proportions.one_sample import Interval
from equipoise.study.analyses import ProportionAnalysis, ProportionInterval
from equipoise.study.endpoints import ResponseEndpoint
from equipoise.study.response import response_words
from equipoise.study.study import Study

SELDOM = frozenset({str(Response.NON_CR_NON_PD), str(IResponse.NON_ICR_NON_IUPD)})
"""Best responses of disease without targets, which are left out where nobody has them."""

WORDS = {
    ProportionInterval.CLOPPER_PEARSON: "Clopper-Pearson interval, 95 %",
    ProportionInterval.WILSON: "Wilson score interval, 95 %",
}


def analyse_proportion(
    study: Study, data: AnalysisData, *, name: str, analysis: ProportionAnalysis
) -> Iterator[Row]:
    """Give the rows of proportions: one level a kind of interval, and one a category of response.

    A subject without an answer counts as the endpoint says; where it says ``excluded``, it is
    not in ``n``.
    """
    groups = groups_by(study, data, by=analysis.by)
    for endpoint in analysis.endpoints:
        whole = select_effects(data, endpoint=endpoint)
        for group in groups:
            topic = Topic(analysis=name, endpoint=endpoint, group=group.name)
            rows = group.of(whole)
            for interval in analysis.intervals:
                yield from _proportion(topic, rows=rows.known("AVAL"), interval=interval)
            defined = study.endpoints[endpoint]
            if isinstance(defined, ResponseEndpoint):
                best = select(data, "adrs", column="AVALC").narrowed(equals("PARAMCD", endpoint))
                words = response_words(defined.criteria)
                yield from _categories(topic, group.of(best), rows=rows, words=words)


def _proportion(topic: Topic, *, rows: Selection, interval: ProportionInterval) -> Iterator[Row]:
    here = Topic(
        analysis=topic.analysis,
        endpoint=topic.endpoint,
        group=topic.group,
        level=interval.value,
        method=WORDS[interval],
    )
    successes = rows.narrowed("AVAL = 1")
    yield result(here, "n", rows.n, of=rows)
    yield result(here, "successes", successes.n, of=successes)
    if rows.n == 0:
        why = "no subjects"
        yield from no_results(here, ("proportion", "lower", "upper"), of=rows, why=why)
        return
    found = _interval(interval, successes=successes.n, n=rows.n)
    yield result(here, "proportion", found.estimate, of=rows)
    yield result(here, "lower", found.lower, of=rows)
    yield result(here, "upper", found.upper, of=rows)


def _interval(kind: ProportionInterval, *, successes: int, n: int) -> Interval:
    match kind:
        case ProportionInterval.CLOPPER_PEARSON:
            return clopper_pearson(successes, n)
        case ProportionInterval.WILSON:
            return wilson(successes, n)
        case _:
            assert_never(kind)


def _categories(
    topic: Topic, best: Selection, *, rows: Selection, words: Mapping[str, str]
) -> Iterator[Row]:
    """Give how many subjects reached each response, in the words of the endpoint's criteria."""
    mine = best.only(rows.subjects)
    counted: set[str] = set()
    for category, label in words.items():
        part = mine.narrowed(equals("AVALC", category))
        counted |= set(part.subjects)
        if part.n or category not in SELDOM:
            here = topic.of_level(category)
            yield from count_of(here, part=part, whole=rows, text=label)
    here, rest = topic.of_level("not_assessed"), rows.without(counted)
    yield from count_of(here, part=rest, whole=rows, text="Not assessed")
