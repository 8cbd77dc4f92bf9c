"""The healthy study with some words changed, without a disk in between."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from equipoise.study.checks.problem import Whole, whole_of
from equipoise.study.load import load_study
from equipoise.study.study import Study

HEALTHY = Path(__file__).parents[3] / "studies" / "oesophagus"

Changed = Callable[..., Whole]


@cache
def said() -> dict[str, Any]:
    return load_study(HEALTHY).model_dump(mode="json", by_alias=True)


def put(value: dict[str, Any], path: tuple[str, ...], word: object) -> dict[str, Any]:
    """Return a copy with one word at a path put, or taken out when it is None."""
    first, *rest = path
    inner = put(value.get(first, {}), tuple(rest), word) if rest else word
    if inner is None:
        return {name: one for name, one in value.items() if name != first}
    return value | {first: inner}


@pytest.fixture(scope="session")
def changed() -> Changed:
    """Return the healthy study with words put at dotted paths."""

    def change(*words: tuple[str, object]) -> Whole:
        value = said()
        for path, word in words:
            value = put(value, tuple(path.split("/")), word)
        return whole_of(Study.model_validate(value), folder=HEALTHY)

    return change
