"""The rows of `adeff` of one endpoint: one answer for each subject of its population."""

from __future__ import annotations

from equipoise.analyse.selection import Selection, equals, select
from equipoise.derive.frames import AnalysisData


def select_effects(data: AnalysisData, *, endpoint: str) -> Selection:
    """Return the rows of an endpoint, those whose answer is missing included."""
    return select(data, "adeff", column="AVAL").narrowed(equals("PARAMCD", endpoint))
