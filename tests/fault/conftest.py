"""What tests of a log's faults share: a log to break."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from equipoise.conduct.entries import Action

from .log_kit import LENGTH, REDACTED, REDACTION, draft, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a log of twelve entries, the third redacted by the ninth."""
    file = tmp_path / "record.db"
    with closing(opened(file)) as log:
        for k in range(1, LENGTH + 1):
            if k == REDACTION:
                log.append([draft(str(REDACTED), action=Action.REDACT, why="a name")])
            else:
                log.append([draft(str(70 + k), old=str(69 + k), why=f"because {k}")])
    return file
