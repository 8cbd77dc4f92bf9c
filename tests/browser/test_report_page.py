"""A person's eyes: the report of a rehearsal, opened in a headless browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


def chromium(tmp_path: Path, *words: str) -> str:
    done = subprocess.run(
        [
            CHROMIUM or "",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={tmp_path / 'profile'}",
            *words,
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("page") / "run"
    study = ROOT / "tests" / "studies" / "oesophagus"
    subprocess.run(
        [sys.executable, "-m", "equipoise", "rehearse", str(study), "--out", str(out)],
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    return out / "report.html"


def test_the_page_opens_with_its_headings_and_figures(page: Path, tmp_path: Path):
    seen = chromium(tmp_path, "--dump-dom", page.as_uri())
    for heading in ("Subjects", "Survival", "Safety"):
        assert f">{heading}<" in seen
    assert seen.count("<svg") >= 5


def test_the_printed_report_has_pages(page: Path, tmp_path: Path):
    pdf = tmp_path / "report.pdf"
    chromium(tmp_path, f"--print-to-pdf={pdf}", "--no-pdf-header-footer", page.as_uri())
    assert pdf.read_bytes().startswith(b"%PDF")
    assert pdf.stat().st_size > 50_000
