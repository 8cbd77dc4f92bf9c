"""The tutorial says what the library answers."""

import doctest
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


def test_every_answer_of_the_tutorial_is_the_one_that_is_printed():
    result = doctest.testfile(str(TUTORIAL), module_relative=False)
    assert result.attempted > 30
    assert result.failed == 0
