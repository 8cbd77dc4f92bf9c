"""Cox regression of a time to event on covariates."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.covariates import Covariates, covariates_of
from equipoise.analyse.estimable import NotEstimable, attempt
from equipoise.analyse.regression import analyse_model_test, analyse_terms
from equipoise.analyse.results import Row, Topic, no_results, result
from equipoise.analyse.selection import Selection
from equipoise.analyse.strata import stratified, within_words
from equipoise.analyse.times import select_times, times_of
from equipoise.derive.frames import AnalysisData
from equipoise.stats import Ties, cox
from equipoise.stats.time_to_event.cox import Cox
from equipoise.study.analyses import CoxAnalysis
from equipoise.study.study import Study

TERM = ("coefficient", "se", "hazard_ratio", "lower", "upper", "p_value")
TESTS = ("likelihood_ratio", "wald", "score")


def analyse_cox(
    study: Study, data: AnalysisData, *, name: str, analysis: CoxAnalysis
) -> Iterator[Row]:
    """Give the rows of a Cox regression: one level a covariate, and level ``model``.

    A hazard ratio below 1 of the covariate ``arm`` favours the experimental arm. Subjects of
    whom a covariate or stratum is missing are left out, and counted.
    """
    within = within_words(analysis.strata)
    ties = f"{analysis.ties.value.capitalize()} ties"
    words = f"Cox regression, {ties}, Wald interval, 95 %{within}"
    topic = Topic(analysis=name, endpoint=analysis.endpoint, method=words)
    whole = select_times(data, endpoint=analysis.endpoint, estimand=analysis.estimand)
    inside = stratified(data, rows=whole, strata=analysis.strata).rows
    found = covariates_of(study, data, rows=inside, names=analysis.covariates)
    yield from _counts(topic.of_level("model"), whole=whole, rows=found.rows)
    fit = attempt(lambda: _fit(data, found=found, analysis=analysis), of=found.rows)
    match fit:
        case NotEstimable(why=why):
            yield from analyse_terms(topic, names=found.names, columns=TERM, of=found.rows, why=why)
            yield from no_results(topic.of_level("model"), TESTS, of=found.rows, why=why)
        case Cox():
            yield from _model(topic, fit=fit, found=found)


def _fit(data: AnalysisData, *, found: Covariates, analysis: CoxAnalysis) -> Cox:
    strata = stratified(data, rows=found.rows, strata=analysis.strata)
    times = times_of(found.rows)
    ties = Ties(analysis.ties.value)
    return cox(times.days, times.event, found.table, ties=ties, strata=strata.labels)


def _counts(topic: Topic, *, whole: Selection, rows: Selection) -> Iterator[Row]:
    events = rows.narrowed("CNSR = 0").reading("CNSR")
    lacking = whole.without(rows.subjects)
    yield result(topic, "n", rows.n, of=rows)
    yield result(topic, "events", events.n, of=events)
    yield result(topic, "missing", lacking.n, of=lacking)


def _model(topic: Topic, *, fit: Cox, found: Covariates) -> Iterator[Row]:
    values = (fit.coef, fit.std_err, fit.hazard_ratio, fit.lower, fit.upper, fit.p_wald)
    columns = dict(zip(TERM, values, strict=True))
    yield from analyse_terms(topic, names=found.names, columns=columns, of=found.rows)
    tests = zip(TESTS, (fit.likelihood_ratio, fit.wald, fit.score), strict=True)
    for statistic, test in tests:
        model = topic.of_level("model")
        yield from analyse_model_test(model, statistic, test=test, of=found.rows)
