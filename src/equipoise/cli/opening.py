"""A study folder that must be whole before anything is done with it."""

from __future__ import annotations

from pathlib import Path

from equipoise.base.errors import StudyFaults
from equipoise.study.checks import check_study
from equipoise.study.study import Study


def open_study(folder: Path) -> Study:
    """Return the study of a folder without fault.

    Raises
    ------
    StudyFaults
        With every fault of the folder.
    StorageFault
        When the folder cannot be read.
    """
    checked = check_study(folder)
    if checked.study is None or checked.faults:
        raise StudyFaults(*checked.faults)
    return checked.study
