"""What tests of every kind share: the command line, called as a person calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

Equipoise = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def equipoise() -> Equipoise:
    """Return a function that runs `equipoise WORDS ...` in a process of its own."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "equipoise", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=os.environ | {"COLUMNS": "200"},
        )

    return run
