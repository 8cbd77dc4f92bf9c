"""Who came in: screened, not eligible and why, not randomised, randomised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.analyse.results import Row, Topic, count
from equipoise.analyse.selection import Selection
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What the boxes are called, and said."""

    entry: tuple[str, str]
    outside: tuple[str, str]
    inside: tuple[str, str]


RANDOMISED = _Words(
    entry=("screened", "Screened"),
    outside=("not_randomised", "Not randomised for other reasons"),
    inside=("randomised", "Randomised"),
)
ENROLLED = _Words(
    entry=("registered", "Registered"),
    outside=("not_enrolled", "Not enrolled for other reasons"),
    inside=("enrolled", "Enrolled"),
)

FAILED = "ELIGFL = false"
"""Eligibility was judged, and a criterion failed."""


def analyse_entry(topic: Topic, study: Study, *, everybody: Selection) -> Iterator[Row]:
    """Give the boxes before the arms part.

    Who is in is counted as in, whatever became of the criteria later.
    """
    words = RANDOMISED if study.randomise is not None else ENROLLED
    outside = everybody.narrowed("not ENROLFL")
    failed = outside.narrowed(FAILED).reading("ELIGFL")
    other = outside.narrowed("(ELIGFL or ELIGFL is null)").reading("ELIGFL")
    inside = everybody.narrowed("ENROLFL").reading("ENROLFL")
    yield _box(topic, words.entry, of=everybody)
    yield _box(topic, ("not_eligible", "Not eligible"), of=failed)
    yield from _criteria(topic, study, failed=failed.reading("NOTELIG"))
    yield _box(topic, words.outside, of=other)
    yield from _others(topic, box=words.outside[0], other=other)
    yield _box(topic, words.inside, of=inside)


def _box(topic: Topic, words: tuple[str, str], *, of: Selection) -> Row:
    level, text = words
    return count(topic.of_level(level), of=of, text=text)


def _criteria(topic: Topic, study: Study, *, failed: Selection) -> Iterator[Row]:
    eligibility = study.eligibility
    reasons = {
        row["USUBJID"]: {word.strip() for word in (row["NOTELIG"] or "").split(",")}
        for row in failed.rows.iter_rows(named=True)
    }
    for name, criterion in (eligibility.include | eligibility.exclude).items():
        mine = failed.only({who for who, words in reasons.items() if name in words})
        if mine.n:
            yield _box(topic, (f"not_eligible.{name}", criterion.text), of=mine)


def _others(topic: Topic, *, box: str, other: Selection) -> Iterator[Row]:
    parts = (
        ("not_yet_eligible", "Not yet known to be eligible", "ELIGFL is null"),
        ("eligible", "Eligible, not yet allocated", "ELIGFL"),
    )
    for reason, text, condition in parts:
        part = other.narrowed(condition)
        if part.n:
            yield _box(topic, (f"{box}.{reason}", text), of=part)
