from itertools import combinations

import pytest

from equipoise.report.flow_boxes import (
    MOST_REASONS,
    Flow,
    FlowBox,
    Tally,
    describe_flow,
    tabulate_flow,
)
from equipoise.report.flow_chart import draw_flow, lay_out
from equipoise.report.sheet import Result, Sheet, sheets_of
from equipoise.report.svg import WIDTH, Canvas
from equipoise.study.identity import Criterion


def plain(cell):
    return "".join(piece.text for piece in cell)


def addresses(table):
    pieces = (piece for line in table.lines for cell in line.cells for piece in cell)
    return [piece.address for piece in pieces if piece.address]


CANVAS = Canvas(name="flow", title="Flow", description="Boxes.")


@pytest.fixture
def flow(study, results):
    return describe_flow(study, sheets_of(results)["flow"])


def box(level, n, *, group="all", text=None):
    return Result(
        cell=f"flow/{group}/{level}/count",
        endpoint="",
        group=group,
        level=level,
        statistic="count",
        at=None,
        subject=None,
        value=float(n),
        text=text,
        n=n,
        method="",
    )


def test_every_number_of_a_box_is_a_result(flow, results):
    counts = set(results.filter(analysis="flow")["value"].cast(int))
    boxes = [flow.entry, flow.aside, flow.entered, *(one for arm in flow.arms for one in arm)]
    assert {tally.n for one in boxes for tally in one.tallies} <= counts


def test_exclusions_stand_aside_with_their_reasons_most_frequent_first(flow):
    assert [(tally.label, tally.n, tally.depth) for tally in flow.aside.tallies] == [
        ("Not eligible", 24, 0),
        ("Not met: ECOG performance status 0 or 1", 15, 1),
        ("Not met: Platelets at least 100", 11, 1),
        ("Not randomised for other reasons", 9, 0),
        ("Not yet known to be eligible", 9, 1),
    ]


def test_each_arm_has_allocation_surgery_and_analysis(flow):
    assert [[one.heading for one in arm] for arm in flow.arms] == [
        ["Chemotherapy then surgery", "Surgery", "Analysis sets"],
        ["Surgery", "Surgery", "Analysis sets"],
    ]
    assert [tally.n for tally in flow.arms[0][0].tallies] == [60, 57, 3]


def test_an_arm_without_a_regimen_has_no_start_of_treatment(flow):
    assert [str(tally) for tally in flow.arms[1][0].tallies] == ["Allocated (n\u00a0=\u00a058)"]


def test_nobody_excluded_means_no_box_aside(study):
    rows = (box("screened", 5, text="Screened"), box("not_eligible", 0, text="Not eligible"))
    flow = describe_flow(study, Sheet(rows=rows))
    assert flow.aside is None


def test_reasons_beyond_the_most_frequent_are_counted_not_listed(study):
    reasons = [box(f"not_eligible.r{k}", 20 - k, text=f"Reason {k}") for k in range(10)]
    flow = describe_flow(study, Sheet(rows=(box("not_eligible", 90), *reasons)))
    listed = flow.aside.tallies[1:]
    assert len(listed) == MOST_REASONS + 1
    assert str(listed[-1]) == "and 3 more"


def test_no_two_boxes_overlap_and_none_leaves_the_page(flow):
    chart = lay_out(flow)
    for one, other in combinations(chart.boxes, 2):
        beside = one.left + one.width <= other.left or other.left + other.width <= one.left
        above = one.bottom <= other.top or other.bottom <= one.top
        assert beside or above
    assert all(one.left >= 0 and one.left + one.width <= WIDTH for one in chart.boxes)
    assert max(one.bottom for one in chart.boxes) <= chart.height


def test_boxes_of_one_stage_stand_side_by_side_at_one_height(flow):
    arms = lay_out(flow).boxes[3:]
    chemo, surgery = arms[:3], arms[3:]
    assert [(one.top, one.height) for one in chemo] == [(one.top, one.height) for one in surgery]
    assert all(
        left.left + left.width < right.left for left, right in zip(chemo, surgery, strict=True)
    )


def test_arrows_end_at_the_edge_of_the_box_they_point_to(flow):
    chart = lay_out(flow)
    tops = {(one.middle, one.top) for one in chart.boxes}
    aside = chart.boxes[1]
    tops.add((aside.left, aside.top + aside.height / 2))
    assert all(arrow.points[-1] in tops for arrow in chart.arrows)
    assert len(chart.arrows) == len(chart.boxes) - 1


@pytest.mark.parametrize("arms", [0, 1, 3])
def test_any_number_of_arms_fits_the_page(arms):
    one = FlowBox(heading="Arm", tallies=(Tally(label="Allocated to a long named arm", n=20),))
    lone = FlowBox(heading="", tallies=(Tally(label="Registered", n=60),))
    chart = lay_out(Flow(entry=lone, aside=None, entered=lone, arms=((one, one),) * arms))
    assert all(box.left >= 0 and box.left + box.width <= WIDTH + 1e-9 for box in chart.boxes)
    assert draw_flow(chart, canvas=CANVAS).count("Registered") == 2


def test_the_drawing_says_every_line_of_every_box(flow):
    chart = lay_out(flow)
    svg = draw_flow(chart, canvas=CANVAS)
    lines = [line.text for one in chart.boxes for line in one.lines]
    assert all(f">{line}<" in svg for line in lines)


def test_the_numbers_of_the_diagram_stand_in_a_table_with_addresses(study, results):
    sheet = sheets_of(results)["flow"]
    table = tabulate_flow(study, sheet)
    assert sorted(addresses(table)) == sorted(row.cell for row in sheet)
    (operated,) = [line for line in table.lines if line.label == "Operated"]
    assert [plain(cell) for cell in operated.cells] == ["\u2013", "53", "56"]


def test_who_does_not_meet_a_later_criterion_stands_in_the_box_of_its_time(study):
    later = {
        "biopsy": Criterion(text="Biopsy", rule="age > 1", at="treatment"),
        "specimen": Criterion(text="Specimen", rule="age > 1", at="surgery"),
    }
    eligibility = study.eligibility.model_copy(update={"include": later})
    rows = (
        box("allocated", 9, group="chemo", text="Chemotherapy"),
        box("not_met.biopsy", 2, group="chemo", text="Not met: Biopsy"),
        box("operated", 7, group="chemo", text="Operated"),
        box("not_met.specimen", 1, group="chemo", text="Not met: Specimen"),
    )
    changed = study.model_copy(update={"eligibility": eligibility})
    flow = describe_flow(changed, Sheet(rows=rows))
    assert [[(one.label, one.n) for one in stage.tallies] for stage in flow.arms[0]] == [
        [("Allocated", 9), ("Not met: Biopsy", 2)],
        [("Operated", 7), ("Not met: Specimen", 1)],
    ]
