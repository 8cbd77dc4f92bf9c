"""The pen of the unit tests, here on the study of another tumour too.

It is read as a file, since folders of tests are no packages.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from equipoise.study import load_study

TESTS = Path(__file__).parents[2]


@pytest.fixture
def record() -> Any:
    """Return an empty record of the oesophageal trial."""
    pen = runpy.run_path(str(TESTS / "unit" / "derive" / "conftest.py"))["Written"]
    return pen(load_study(TESTS / "studies" / "oesophagus"))


@pytest.fixture
def small() -> Any:
    """Return a maker of empty records of the small study, with some words changed."""
    tools = runpy.run_path(str(TESTS / "unit" / "derive" / "conftest.py"))
    return lambda **changes: tools["Written"](tools["small_study"](**changes))
