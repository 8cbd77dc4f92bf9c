"""What a command answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.conduct.entries import Entry
from equipoise.conduct.findings import Finding
from equipoise.conduct.guidance import Guidance
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
    guidance : Guidance | None
        What the study says of the dose that the form records, or of all doses of the day whose
        blood values it records; None for other forms.
    """

    entries: tuple[int, ...]
    findings: tuple[Finding, ...] = ()
    computed: Mapping[str, Value] = field(default_factory=dict)
    guidance: Guidance | None = None


def receipt_of(entries: tuple[Entry, ...]) -> Receipt:
    """Return the receipt of some entries."""
    return Receipt(entries=tuple(entry.seq for entry in entries))
