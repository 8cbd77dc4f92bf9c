"""The normal limits of a study's laboratory, for one value of one subject."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.base.quantities import Span
from equipoise.oncology.toxicity import ctcae_limits
from equipoise.oncology.toxicity.ctcae_limits import UNKNOWN_LIMITS, Limits, Sample, limits_for
from equipoise.study.forms import LimitsFor, NormalRange


def normal_limits(normal: NormalRange | None, *, sample: Sample) -> Limits:
    """Return the normal limits of an item for a sample; unknown where what decides is not known.

    A lower limit of 0 is no limit.
    """
    return UNKNOWN_LIMITS if normal is None else limits_for(ranges_of(normal), sample=sample)


def ranges_of(normal: NormalRange) -> Iterator[ctcae_limits.NormalRange]:
    """Yield each range that a study states for an item, and for whom."""
    if normal.low is not None or normal.high is not None:
        yield ctcae_limits.NormalRange(limits=_limits(normal.low, normal.high))
    for sex, span in (("female", normal.female), ("male", normal.male)):
        if span is not None:
            yield ctcae_limits.NormalRange(limits=_of_span(span), sex=sex)
    for own in normal.ranges:
        yield range_for(own)


def range_for(own: LimitsFor) -> ctcae_limits.NormalRange:
    """Return a range that is meant for some only."""
    return ctcae_limits.NormalRange(
        limits=_limits(own.low, own.high),
        laboratory=own.site,
        sex=own.sex,
        youngest=None if own.age is None else round(own.age.low),
        oldest=None if own.age is None else round(own.age.high),
        since=own.since,
        until=own.until,
    )


def _of_span(span: Span) -> Limits:
    return _limits(span.low, span.high)


def _limits(low: float | None, high: float | None) -> Limits:
    ordered = low is None or high is None or low <= high
    # A study with limits in the wrong order is told so by its check; nothing is graded by them.
    return Limits(lower=low or None, upper=high or None) if ordered else UNKNOWN_LIMITS
