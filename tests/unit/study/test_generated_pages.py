"""Pages of docs/ that are generated say what the code says."""

from __future__ import annotations

from pathlib import Path

from equipoise.study.checks import faults_page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_of_faults_is_the_one_that_make_docs_writes():
    assert (DOCS / "faults.md").read_text(encoding="utf-8") == faults_page()
