from itertools import pairwise

import pytest

from equipoise.report.sheet import Result, Sheet, sheets_of
from equipoise.report.svg import Canvas
from equipoise.report.swimmer import describe_swimmer, draw_swimmer

CANVAS = Canvas(name="lanes", title="Course", description="Lanes.")


def mark(subject, level, month, *, text=None):
    return Result(
        cell=f"lanes/os/chemo/{subject}/{level}/month@{month}",
        endpoint="os",
        group="chemo",
        level=level,
        statistic="month",
        at=month,
        subject=subject,
        value=month,
        text=text,
        n=1,
        method="",
    )


@pytest.fixture
def analysis(study):
    return study.analyses["lanes"]


def lanes(study, analysis, *rows):
    return describe_swimmer(study, Sheet(rows=rows), analysis=analysis).lanes


def test_there_is_one_lane_for_each_subject_the_longest_of_a_group_first(study, results, analysis):
    shown = describe_swimmer(study, sheets_of(results)["lanes"], analysis=analysis)
    assert [len(pool.lanes) for pool in shown.pools] == [60, 58]
    for pool in shown.pools:
        assert all(upper.length >= lower.length for upper, lower in pairwise(pool.lanes))


def test_a_lane_ends_where_the_endpoint_ends_and_goes_on_when_follow_up_does(study, analysis):
    going, ended = lanes(
        study,
        analysis,
        mark("a", "start", 0.0),
        mark("a", "end", 20.0, text="ongoing"),
        mark("b", "start", 0.0),
        mark("b", "end", 9.0, text="Withdrew consent"),
    )
    assert (going.length, going.ongoing) == (20.0, True)
    assert (ended.length, ended.ongoing) == (9.0, False)


def test_treatment_lasts_from_the_first_to_the_last_dose_before_and_after_surgery(study, analysis):
    (lane,) = lanes(
        study,
        analysis,
        mark("a", "first_dose", 0.1),
        mark("a", "last_dose", 2.0),
        mark("a", "surgery", 3.0, text="Resected"),
        mark("a", "first_adjuvant_dose", 4.0),
        mark("a", "last_adjuvant_dose", 9.0),
        mark("a", "end", 12.0),
    )
    assert lane.treated == ((0.1, 2.0), (4.0, 9.0))
    assert lane.marks == (("surgery", 3.0),)


def test_every_scan_of_a_subject_is_a_mark(study, analysis):
    (lane,) = lanes(
        study, analysis, mark("a", "scan", 1.5), mark("a", "scan", 4.5), mark("a", "end", 5.0)
    )
    assert lane.marks == (("scan", 1.5), ("scan", 4.5))


def test_the_drawing_grows_with_the_lanes_and_stays_on_one_printed_page(study, results, analysis):
    shown = describe_swimmer(study, sheets_of(results)["lanes"], analysis=analysis)
    few = describe_swimmer(
        study, Sheet(rows=(mark("a", "start", 0.0), mark("a", "end", 3.0))), analysis=analysis
    )
    tall, short = (height_of(draw_swimmer(one, canvas=CANVAS)) for one in (shown, few))
    assert short < 110
    assert 500 < tall < 72 * 10


def height_of(svg):
    return float(svg.split('height="')[1].split("pt")[0])


def test_the_key_names_every_kind_of_mark(study, results, analysis):
    shown = describe_swimmer(study, sheets_of(results)["lanes"], analysis=analysis)
    svg = draw_swimmer(shown, canvas=CANVAS)
    for words in ("Scan", "Surgery", "Recurrence", "Progression", "Death", "Still followed"):
        assert f">{words}<" in svg
