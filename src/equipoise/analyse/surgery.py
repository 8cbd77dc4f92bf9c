"""What became of surgery: operated and with which outcome, not operated and why, not yet known."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.results import Row, Topic, count
from equipoise.analyse.selection import Selection, equals, named
from equipoise.analyse.variables import standard_codes, standard_item
from equipoise.study.forms import FormPurpose
from equipoise.study.study import Study

OPERATED = "operated"
OUTCOME = "surgery_outcome"
REASON = "not_operated_reason"


def analyse_surgery(topic: Topic, study: Study, *, rows: Selection) -> Iterator[Row]:
    """Give the boxes of surgery; none when no form of the study asks for it."""
    if standard_item(study, FormPurpose.SURGERY, OPERATED) is None:
        return
    whole = rows.reading(OPERATED)
    operated, not_operated = whole.narrowed(OPERATED), whole.narrowed(f"not {OPERATED}")
    unknown = whole.unknown(OPERATED)
    yield count(topic.of_level(OPERATED), of=operated, text="Operated")
    yield from _parts(topic.of_level(OPERATED), study, item=OUTCOME, of=operated)
    yield count(topic.of_level("not_operated"), of=not_operated, text="Not operated")
    yield from _parts(topic.of_level("not_operated"), study, item=REASON, of=not_operated)
    yield count(topic.of_level("surgery_unknown"), of=unknown, text="Surgery not yet recorded")


def _parts(topic: Topic, study: Study, *, item: str, of: Selection) -> Iterator[Row]:
    """Give the subjects of a box by the code of an item; codes that nobody has are left out."""
    if standard_item(study, FormPurpose.SURGERY, item) is None:
        return
    whole = of.reading(item)
    codes = standard_codes(study, FormPurpose.SURGERY, item)
    parts = [
        (code, label, whole.narrowed(equals(named(item), code))) for code, label in codes.items()
    ]
    parts.append(("not_recorded", "Not recorded", whole.unknown(item)))
    for code, label, part in parts:
        if part.n:
            yield count(topic.of_level(f"{topic.level}.{code}"), of=part, text=label)
