"""In: a snapshot of the record. Out: SDTM-shaped domains and analysis datasets, traced to entries.

Open `datasets.py` first (the walk), then `subjects.py` (one row a subject) and `times.py`.
"""

from equipoise.derive.datasets import derive_datasets
from equipoise.derive.frames import (
    ADAE,
    ADEFF,
    ADEX,
    ADLB,
    ADRS,
    ADTR,
    ADTTE,
    AnalysisData,
)
from equipoise.derive.lineage import entries_behind
from equipoise.derive.subject_level import adsl_schema

__all__ = [
    "ADAE",
    "ADEFF",
    "ADEX",
    "ADLB",
    "ADRS",
    "ADTR",
    "ADTTE",
    "AnalysisData",
    "adsl_schema",
    "derive_datasets",
    "entries_behind",
]
