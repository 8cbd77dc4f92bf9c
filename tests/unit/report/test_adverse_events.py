import pytest

from equipoise.report.adverse_events import (
    describe_adverse_events,
    draw_adverse_events,
    tabulate_adverse_events,
)
from equipoise.report.sheet import Sheet, sheets_of
from equipoise.report.svg import Canvas


def plain(cell):
    return "".join(piece.text for piece in cell)


CANVAS = Canvas(name="safety", title="Safety", description="Bars.")


@pytest.fixture
def sheet(results):
    return sheets_of(results)["safety"]


def test_each_group_has_a_panel_with_the_same_terms_and_everybody_has_none(study, sheet):
    shown = describe_adverse_events(study, sheet, analysis=study.analyses["safety"])
    assert [panel.label for panel in shown.panels] == ["Chemotherapy then surgery", "Surgery"]
    terms = [[bar.term for bar in panel.bars] for panel in shown.panels]
    assert terms[0] == terms[1]
    assert terms[0][0] == "Fatigue"


def test_the_bands_of_a_bar_add_up_to_any_grade(study, sheet):
    shown = describe_adverse_events(study, sheet, analysis=study.analyses["safety"])
    for panel in shown.panels:
        for bar in panel.bars:
            assert sum(bar.bands) == pytest.approx(bar.any_grade)


def test_the_drawing_names_terms_and_groups(study, sheet):
    shown = describe_adverse_events(study, sheet, analysis=study.analyses["safety"])
    svg = draw_adverse_events(shown, canvas=CANVAS)
    for words in ("Neutrophil count decreased", "Chemotherapy then surgery", "Grade"):
        assert f">{words}<" in svg


def test_a_group_that_stands_alone_is_shown(study, sheet):
    rows = tuple(row for row in sheet if row.group == "all")
    shown = describe_adverse_events(study, Sheet(rows=rows), analysis=study.analyses["safety"])
    assert [panel.label for panel in shown.panels] == ["All subjects"]


def test_no_terms_at_all_are_still_a_picture(study, sheet):
    rows = tuple(row for row in sheet if not row.endpoint)
    shown = describe_adverse_events(study, Sheet(rows=rows), analysis=study.analyses["safety"])
    assert "Subjects, %" in draw_adverse_events(shown, canvas=CANVAS)


def test_the_table_has_four_bands_for_each_group_with_n_over_them(study, sheet):
    table = tabulate_adverse_events(study, sheet, analysis=study.analyses["safety"])
    assert [column.label for column in table.columns[1:]] == [
        "Any",
        "1\u20132",
        "3\u20134",
        "5",
    ] * 2
    assert [(head.label, head.width) for head in table.over] == [
        ("Chemotherapy then surgery, N = 60", 4),
        ("Surgery, N = 58", 4),
    ]
    assert all(len(line.cells) == 8 for line in table.lines)


def test_a_cell_is_count_and_per_cent_and_nobody_is_a_plain_zero(study, sheet):
    table = tabulate_adverse_events(study, sheet, analysis=study.analyses["safety"])
    any_event, serious = table.lines[:2]
    n = sheet.only(endpoint="any_event", group="chemo", level="any_grade").value("count")
    assert plain(any_event.cells[0]) == f"{n:.0f} ({100 * n / 60:.1f})"
    assert plain(any_event.cells[3]) == "0"
    assert (serious.label, plain(serious.cells[1])) == ("Serious", "")
