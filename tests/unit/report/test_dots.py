import pytest

from equipoise.report.dots import describe_proportions, draw_proportions
from equipoise.report.palette import BLUE, VERMILLION
from equipoise.report.sheet import sheets_of
from equipoise.report.svg import Canvas

CANVAS = Canvas(name="rates", title="Rates", description="Dots.")


@pytest.fixture
def lines(study, results):
    return describe_proportions(
        study, sheets_of(results)["rates"], analysis=study.analyses["rates"]
    )


def test_each_endpoint_has_a_heading_and_a_line_for_each_group(lines):
    assert [line.label for line in lines] == [
        "Objective response before surgery",
        "Chemotherapy then surgery",
        "Surgery",
        "R0 resection",
        "Chemotherapy then surgery",
        "Surgery",
    ]
    assert [line.dot is None for line in lines] == [True, False, False] * 2


def test_a_dot_stands_at_the_estimate_between_the_ends_of_its_interval(lines):
    dot = lines[1].dot
    assert dot.estimate == pytest.approx(45.0)
    assert dot.lower < dot.estimate < dot.upper
    assert lines[1].told == "45.0 (32.1\u201358.4)"
    assert (lines[1].colour, lines[2].colour) == (BLUE, VERMILLION)


def test_the_drawing_tells_every_line_in_figures(lines):
    svg = draw_proportions(lines, canvas=CANVAS)
    assert all(f">{line.told}<" in svg for line in lines if line.told)
