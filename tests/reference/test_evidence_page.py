"""The page of evidence says what the tests are: it is made from them."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def evidence_page(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from evidence import evidence_page  # noqa: PLC0415  # scripts are on the path only here

    yield evidence_page
    sys.modules.pop("evidence")


def test_the_page_of_evidence_is_the_one_the_tests_make(evidence_page):
    stored = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert stored == evidence_page(), "make docs"
