"""What a command answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.conduct.doses.guidance import Guidance
from equipoise.conduct.entries import Entry
from equipoise.conduct.findings import Finding
from equipoise.conduct.lesions.tumour_reading import TumourReading
from equipoise.conduct.readings import Reading
from equipoise.conduct.reasons import Reason
from equipoise.conduct.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a command wrote.

    Attributes
    ----------
    entries : tuple of int
        Numbers of the entries; empty when nothing changed.
    findings : tuple of Finding
        Soft findings of the form.
    computed : Mapping[str, Value]
        Computed items of the form as they stand now.
    reasons : tuple of Reason
        Why each computed item says what it says.
    grades : tuple of Reading
        What the CTCAE says of the form's laboratory values, or of the event that it records.
    guidance : Guidance | None
        What the study says of the dose that the form records, or of all doses of the day whose
        blood values it records; None for other forms.
    response : TumourReading | None
        What RECIST 1.1 makes of the assessment whose lesions the form records, as far as it is
        recorded; None for other forms, where it cannot be judged, and for a role that must not see
        what it rests on.
    """

    entries: tuple[int, ...]
    findings: tuple[Finding, ...] = ()
    computed: Mapping[str, Value] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    grades: tuple[Reading, ...] = ()
    guidance: Guidance | None = None
    response: TumourReading | None = None


def receipt_of(entries: tuple[Entry, ...]) -> Receipt:
    """Return the receipt of some entries."""
    return Receipt(entries=tuple(entry.seq for entry in entries))
