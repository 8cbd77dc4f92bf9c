"""A recorded adverse event beside the CTCAE: a grade that its term does not have."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.conduct.findings import Finding, FindingKind
from equipoise.conduct.readings import event_readings
from equipoise.conduct.record import Row
from equipoise.conduct.rulebook import Rulebook
from equipoise.study.forms import CheckLevel


def event_findings(row: Row, *, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield the finding that an event has a grade its term does not have in the study's CTCAE.

    A term that is not in the CTCAE is not judged.
    """
    for event in event_readings(row, rulebook=rulebook):
        if (say := event.impossible) is not None:
            yield Finding(
                kind=FindingKind.IMPOSSIBLE_GRADE,
                item=event.item,
                say=say,
                got=f"{event.term}, grade {event.grade}",
                level=CheckLevel.SOFT,
            )
