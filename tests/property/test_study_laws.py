"""Whatever happens to a study file, the answer is faults with a place, never a crash."""

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as some

from equipoise.study.checks import FAULT_KINDS, CheckedStudy, check_study

HEALTHY = Path(__file__).parents[1] / "studies" / "oesophagus"
TEXT = (HEALTHY / "study.yaml").read_text(encoding="utf-8")
WORDS = [match.span() for match in re.finditer(r"[\w.%]+", TEXT)]
PLACE = re.compile(r".+:\d+$")


def checked(text: str) -> CheckedStudy:
    with TemporaryDirectory() as place:
        folder = Path(place) / "study"
        shutil.copytree(HEALTHY, folder)
        (folder / "study.yaml").write_text(text, encoding="utf-8")
        return check_study(folder)


def tells_only_faults(found: CheckedStudy) -> bool:
    return all(fault.kind in FAULT_KINDS and PLACE.match(fault.where) for fault in found.faults)


@settings(max_examples=25, deadline=None)
@given(word=some.sampled_from(WORDS), other=some.sampled_from(WORDS))
def test_any_word_in_the_place_of_another_is_answered_with_faults(
    word: tuple[int, int], other: tuple[int, int]
) -> None:
    text = TEXT[: word[0]] + TEXT[slice(*other)] + TEXT[word[1] :]
    assert tells_only_faults(checked(text))


@settings(max_examples=25, deadline=None)
@given(
    word=some.sampled_from(WORDS),
    value=some.sampled_from(
        ["", "0", "-1", "null", "[]", "{}", "true", "0 d", "'", "&", "*x", "§"]
    ),
)
def test_any_value_in_the_place_of_a_word_is_answered_with_faults(
    word: tuple[int, int], value: str
) -> None:
    assert tells_only_faults(checked(TEXT[: word[0]] + value + TEXT[word[1] :]))


@settings(max_examples=25, deadline=None)
@given(line=some.integers(0, TEXT.count("\n") - 1))
def test_a_study_without_one_of_its_lines_is_answered_with_faults(line: int) -> None:
    lines = TEXT.splitlines(keepends=True)
    assert tells_only_faults(checked("".join(lines[:line] + lines[line + 1 :])))
