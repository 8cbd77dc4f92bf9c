"""The pages that a clinician proof-reads say what the code does: they are made from its tables."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = [
    "dose-rules.md",
    "event-free-survival.md",
    "response.md",
    "stage-and-liver.md",
    "toxicity.md",
]


@pytest.fixture
def pages(monkeypatch):
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from clinical_pages import PAGES  # noqa: PLC0415  # scripts are on the path only here

    yield PAGES
    for name in set(sys.modules) - before:
        if not name.startswith("equipoise"):
            sys.modules.pop(name)


def test_every_page_is_stored(pages):
    assert sorted(pages) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_page_is_the_one_the_tables_make(pages, name):
    stored = (ROOT / "docs" / "methods" / name).read_text(encoding="utf-8")
    assert stored == pages[name](), "make docs"


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_table_has_a_cell_for_each_head(pages, name):
    tables = [part for part in pages[name]().split("\n\n") if part.startswith("|")]
    assert tables
    for head, rule, *rows in (part.splitlines() for part in tables):
        assert {row.count("|") for row in rows} == {head.count("|")} == {rule.count("|")}


@pytest.mark.parametrize("name", NAMES)
def test_no_sign_touches_a_word(pages, name):
    rows = [line for line in pages[name]().splitlines() if line.startswith("|")]
    assert not [row for row in rows if re.search(r"<[A-Za-z]|[^-]>[A-Za-z]", row)]
