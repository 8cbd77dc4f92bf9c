"""In: a study folder. Out: every fault of it with file and line, and what it assumes.

Open `study_check.py` first, then `catalogue.py` (the list of checks), then one subject's file.
"""

from equipoise.study.checks.catalogue import CHECKS, FAULT_KINDS, KINDS_BY_SUBJECT, faults_page
from equipoise.study.checks.problem import Problem, Whole
from equipoise.study.checks.sources import SourceKind
from equipoise.study.checks.study_check import Assumption, CheckedStudy, Counts, check_study

__all__ = [
    "CHECKS",
    "FAULT_KINDS",
    "KINDS_BY_SUBJECT",
    "Assumption",
    "CheckedStudy",
    "Counts",
    "Problem",
    "SourceKind",
    "Whole",
    "check_study",
    "faults_page",
]
