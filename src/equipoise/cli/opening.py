"""A study folder that must be whole before anything is done with it."""

from __future__ import annotations

from pathlib import Path

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
    return check_study(folder).sound()
