"""Write the generated pages of docs/ again: `make docs`."""

from __future__ import annotations

from pathlib import Path

from clinical_pages import PAGES
from evidence import evidence_page

from equipoise.study.checks import faults_page

DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    """Write each page that is generated from the code's own tables."""
    (DOCS / "faults.md").write_text(faults_page(), encoding="utf-8")
    (DOCS / "evidence.md").write_text(evidence_page(), encoding="utf-8")
    for name, made in PAGES.items():
        (DOCS / "methods" / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
