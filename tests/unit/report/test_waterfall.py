import re
from itertools import pairwise

import pytest

from equipoise.report.palette import BLUE, VERMILLION
from equipoise.report.sheet import Result, Sheet, sheets_of
from equipoise.report.svg import Canvas
from equipoise.report.waterfall import describe_waterfall, draw_waterfall, legend
from equipoise.study.endpoints import ResponseCriteria

CANVAS = Canvas(name="change", title="Change", description="Bars.")


def change(subject, value, *, group="chemo", text="SD"):
    return Result(
        cell=f"change/orr/{group}/{subject}/best_change",
        endpoint="orr",
        group=group,
        level="",
        statistic="best_change",
        at=None,
        subject=subject,
        value=value,
        text=text,
        n=1,
        method="",
    )


@pytest.fixture
def analysis(study):
    return study.analyses["change"]


def test_bars_fall_from_growth_to_shrinkage(study, results, analysis):
    shown = describe_waterfall(study, sheets_of(results)["change"], analysis=analysis)
    assert len(shown.bars) == 55
    assert all(left.change >= right.change for left, right in pairwise(shown.bars))


def test_a_bar_has_the_colour_of_its_group_and_the_letter_of_its_response(study, analysis):
    rows = (change("a", -40.0, text="PR"), change("b", 25.0, group="surgery_first", text="PD"))
    shown = describe_waterfall(study, Sheet(rows=rows), analysis=analysis)
    assert [(bar.subject, bar.letter) for bar in shown.bars] == [("b", "D"), ("a", "P")]
    assert [bar.colour for bar in shown.bars] == [VERMILLION, BLUE]


def test_letters_and_legend_are_those_of_the_criteria(study, analysis):
    immune = study.endpoints["orr"].model_copy(update={"criteria": ResponseCriteria.IRECIST})
    other = study.model_copy(update={"endpoints": {**study.endpoints, "orr": immune}})
    rows = (change("a", 25.0, text="iUPD"), change("b", 21.0, text="iCPD"))
    shown = describe_waterfall(other, Sheet(rows=rows), analysis=analysis)
    assert [bar.letter for bar in shown.bars] == ["U", "D"]
    assert "U iUPD" in legend(other, endpoint="orr")
    assert "complete response" in legend(study, endpoint="orr")


def test_equal_changes_stand_in_the_order_of_subjects(study, analysis):
    rows = (change("b", 0.0), change("a", 0.0))
    shown = describe_waterfall(study, Sheet(rows=rows), analysis=analysis)
    assert [bar.subject for bar in shown.bars] == ["a", "b"]


def test_a_subject_without_a_change_has_no_bar(study, analysis):
    rows = (change("a", None, text="not estimable: no scan"), change("b", -10.0))
    shown = describe_waterfall(study, Sheet(rows=rows), analysis=analysis)
    assert [bar.subject for bar in shown.bars] == ["b"]


def test_a_group_without_bars_is_not_in_the_key(study, results, analysis):
    shown = describe_waterfall(study, sheets_of(results)["change"], analysis=analysis)
    assert [label for label, _ in shown.groups] == ["Chemotherapy then surgery"]


def test_the_drawing_has_a_bar_for_each_subject_and_both_limits(study, results, analysis):
    shown = describe_waterfall(study, sheets_of(results)["change"], analysis=analysis)
    svg = draw_waterfall(shown, canvas=CANVAS)
    assert svg.count(f"fill: {BLUE.line.lower()}") == 55
    assert ">+20 %<" in svg
    assert ">\u221230 %<" in svg


@pytest.mark.parametrize("changes", [[], [-12.0], [400.0, -100.0]])
def test_none_one_and_runaway_bars_are_drawn(study, analysis, changes):
    rows = tuple(change(f"s{k}", value) for k, value in enumerate(changes))
    shown = describe_waterfall(study, Sheet(rows=rows), analysis=analysis)
    svg = draw_waterfall(shown, canvas=CANVAS)
    assert len(re.findall(f"fill: {BLUE.line.lower()}", svg)) == len(changes)
