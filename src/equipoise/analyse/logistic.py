"""Logistic regression of a binary endpoint on covariates."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.covariates import Covariates, covariates_of
from equipoise.analyse.effects import select_effects
from equipoise.analyse.estimable import NotEstimable, attempt
from equipoise.analyse.regression import analyse_model_test, analyse_terms
from equipoise.analyse.results import Row, Topic, no_results, result
from equipoise.analyse.selection import Selection
from equipoise.derive.frames import AnalysisData
from equipoise.stats import logistic
from equipoise.stats.logistic import Logistic
from equipoise.study.analyses import LogisticAnalysis
from equipoise.study.study import Study

TERM = ("coefficient", "se", "odds_ratio", "lower", "upper", "p_value")
INTERCEPT = "intercept"
TEST = "likelihood_ratio"


def analyse_logistic(
    study: Study, data: AnalysisData, *, name: str, analysis: LogisticAnalysis
) -> Iterator[Row]:
    """Give the rows of a logistic regression: ``intercept``, each covariate, and ``model``.

    Subjects of whom the outcome or a covariate is missing are left out, and counted.
    """
    words = "logistic regression, Wald interval, 95 %"
    topic = Topic(analysis=name, endpoint=analysis.endpoint, method=words)
    whole = select_effects(data, endpoint=analysis.endpoint)
    answered = whole.known("AVAL")
    found = covariates_of(study, data, rows=answered, names=analysis.covariates)
    yield from _counts(topic.of_level("model"), whole=whole, rows=found.rows)
    outcome = found.rows.rows["AVAL"].to_numpy()
    fit = attempt(lambda: logistic(outcome, found.table), of=found.rows)
    names = (INTERCEPT, *found.names)
    match fit:
        case NotEstimable(why=why):
            yield from analyse_terms(topic, names=names, columns=TERM, of=found.rows, why=why)
            yield from no_results(topic.of_level("model"), (TEST,), of=found.rows, why=why)
        case Logistic():
            yield from _model(topic, fit=fit, found=found)


def _counts(topic: Topic, *, whole: Selection, rows: Selection) -> Iterator[Row]:
    successes = rows.narrowed("AVAL = 1")
    lacking = whole.without(rows.subjects)
    yield result(topic, "n", rows.n, of=rows)
    yield result(topic, "successes", successes.n, of=successes)
    yield result(topic, "missing", lacking.n, of=lacking)


def _model(topic: Topic, *, fit: Logistic, found: Covariates) -> Iterator[Row]:
    values = (fit.coef, fit.std_err, fit.odds_ratio, fit.lower, fit.upper, fit.p_wald)
    columns = dict(zip(TERM, values, strict=True))
    names = (INTERCEPT, *found.names)
    yield from analyse_terms(topic, names=names, columns=columns, of=found.rows)
    test = fit.likelihood_ratio
    yield from analyse_model_test(topic.of_level("model"), TEST, test=test, of=found.rows)
