"""Where reference tests find numbers: files beside them, and public data sets kept elsewhere."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

STORED = Path(__file__).parent / "data"
VARIABLE = "EQUIPOISE_REFERENCE_DATA"


@pytest.fixture(scope="session")
def stored() -> Callable[[str], dict[str, Any]]:
    """Return a reader of the JSON files in ``tests/reference/data``; each names its origin."""

    def read(name: str) -> dict[str, Any]:
        content = json.loads((STORED / name).read_text(encoding="utf-8"))
        assert content["origin"]
        return content

    return read


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Return the folder of public data sets, or skip: they are not in the repository."""
    named = os.environ.get(VARIABLE)
    if named is None:
        pytest.skip(f"{VARIABLE} is not set: it names the folder with public data sets")
    folder = Path(named) / "data"
    if not folder.is_dir():
        pytest.skip(f"{VARIABLE} names a folder without public data sets: {folder}")
    return folder


@pytest.fixture(scope="session")
def data_set() -> Callable[[str], pl.DataFrame]:
    """Return a reader of ``tests/reference/data/survival``; its first lines name their origin."""

    def read(name: str) -> pl.DataFrame:
        return pl.read_csv(
            STORED / "survival" / f"{name}.csv", comment_prefix="#", infer_schema_length=None
        )

    return read
