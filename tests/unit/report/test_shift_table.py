from equipoise.report.sheet import Result, Sheet
from equipoise.report.tabulate_shift import tabulate_laboratory_changes, tabulate_laboratory_shift
from equipoise.study.analyses import LaboratoryShiftAnalysis

ANALYSIS = LaboratoryShiftAnalysis(
    method="laboratory_shift", title="Grades", by="arm", population="treated"
)


def told(statistic, value, *, level="", endpoint="platelets"):
    return Result(
        cell=f"shifts/{endpoint}/{level}/{statistic}",
        endpoint=endpoint,
        group="chemo",
        level=level,
        statistic=statistic,
        at=None,
        subject=None,
        value=value,
        text=None,
        n=4,
        method="worst grade",
    )


def plain(cell):
    return "".join(piece.text for piece in cell)


SHEET = Sheet(
    rows=(
        told("n", 4, endpoint=""),
        told("count", 1, level="worse"),
        told("percent", 25.0, level="worse"),
        told("count", 0, level="severe"),
        told("percent", 0.0, level="severe"),
        *(
            told("count", n, level=f"0_to_{to}")
            for to, n in zip("01234", (2, 0, 1, 0, 0), strict=True)
        ),
        told("count", 1, level="0_to_missing"),
    )
)


def test_a_grade_at_baseline_is_a_line_and_the_worst_grades_stand_across(study):
    table = tabulate_laboratory_shift(study, SHEET, analysis=ANALYSIS)
    assert [column.label for column in table.columns] == ["Grade at baseline", *"01234?"]
    assert [(line.label, [plain(cell) for cell in line.cells]) for line in table.lines] == [
        ("Platelets", []),
        ("Grade 0", ["2", "0", "1", "0", "0", "1"]),
    ]
    assert table.over[0].label.endswith("N = 4: worst grade")


def test_each_count_of_a_shift_keeps_its_own_address(study):
    table = tabulate_laboratory_shift(study, SHEET, analysis=ANALYSIS)
    assert table.lines[1].cells[2][0].address == "shifts/platelets/0_to_2/count"


def test_who_became_worse_is_told_with_its_share_and_nobody_as_nought(study):
    table = tabulate_laboratory_changes(study, SHEET, analysis=ANALYSIS)
    [line] = table.lines
    assert (line.label, [plain(cell) for cell in line.cells]) == ("Platelets", ["1 (25.0)", "0"])
