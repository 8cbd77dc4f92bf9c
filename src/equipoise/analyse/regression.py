"""The rows that Cox and logistic regression share: terms, and tests of the whole model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from equipoise.analyse.results import Row, Topic, result
from equipoise.analyse.selection import Selection
from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.likelihood import ChiSquareTest


def analyse_terms(
    topic: Topic,
    *,
    names: Sequence[str],
    columns: Mapping[str, FloatArray] | Sequence[str],
    of: Selection,
    why: str = "",
) -> Iterator[Row]:
    """Give the rows of each term of a model; the level is the term.

    Parameters
    ----------
    names : sequence of str
        Names of the terms.
    columns : mapping or sequence
        Statistic to one number for each term; only the statistics when nothing could be fitted.
    of : Selection
        The rows that went in.
    why : str
        Why there is no number.
    """
    for place, name in enumerate(names):
        here = topic.of_level(name)
        for statistic in columns:
            value = columns[statistic][place] if isinstance(columns, Mapping) else None
            yield result(here, statistic, value, of=of, why=why)


def analyse_model_test(
    topic: Topic, statistic: str, *, test: ChiSquareTest, of: Selection
) -> Iterator[Row]:
    """Give the rows of one test that all terms are 0."""
    yield result(topic, statistic, test.chi_square, of=of)
    yield result(topic, f"{statistic}_df", test.df, of=of)
    yield result(topic, f"{statistic}_p", test.p_value, of=of)
