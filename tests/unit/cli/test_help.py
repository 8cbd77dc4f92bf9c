"""The command line explains itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from equipoise.cli.app import COMMANDS, app

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(name: str):
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage" in done.output
    assert len(done.output.split()) > 25


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_documentation(name: str):
    pages = " ".join(page.read_text() for page in DOCS.rglob("*.md"))
    assert re.search(rf"equipoise {name}\b", pages)


def test_exit_codes_are_documented_in_the_help():
    done = CliRunner().invoke(app, ["--help"])
    assert "Exit codes" in done.output


def test_an_unknown_command_is_refused():
    done = CliRunner().invoke(app, ["operate"])
    assert done.exit_code == 2
