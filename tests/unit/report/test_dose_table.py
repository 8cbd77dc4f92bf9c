from equipoise.report.sheet import Result, Sheet
from equipoise.report.tabulate_doses import tabulate_dose_intensity
from equipoise.study.analyses import DoseIntensityAnalysis

ANALYSIS = DoseIntensityAnalysis(method="dose_intensity", title="Doses", by="arm", at_least=(80,))


def told(statistic, value, *, endpoint="cf.cisplatin", group="chemo", level="", at=None):
    return Result(
        cell=f"doses/{endpoint}/{group}/{statistic}",
        endpoint=endpoint,
        group=group,
        level=level,
        statistic=statistic,
        at=at,
        subject=None,
        value=value,
        text=None,
        n=3,
        method="",
    )


def plain(cell):
    return "".join(piece.text for piece in cell)


SHEET = Sheet(
    rows=(
        told("n", 3, endpoint=""),
        told("n", 0, endpoint="", group="surgery_first"),
        told("n", 3),
        told("missing", 0),
        told("mean", 85.25),
        told("sd", 10.0),
        told("median", 90.0),
        told("q1", 80.0),
        told("q3", 95.0),
        told("minimum", 60.0),
        told("maximum", 100.0),
        told("count", 2, level="at_least", at=80.0),
        told("percent", 66.7, level="at_least", at=80.0),
    )
)


def test_a_drug_has_its_lines_and_a_dash_where_an_arm_is_not_given_it(study):
    table = tabulate_dose_intensity(study, SHEET, analysis=ANALYSIS)
    assert table.caption == "Doses, per cent"
    assert [(line.label, [plain(cell) for cell in line.cells]) for line in table.lines] == [
        ("Cisplatin", []),
        ("Subjects who began", ["3", "\u2013"]),
        ("Mean (SD)", ["85.2 (10.0)", "\u2013"]),
        ("Median (quartiles)", ["90.0 (80.0\u201395.0)", "\u2013"]),
        ("Range", ["60\u2013100", "\u2013"]),
        ("At least 80 %", ["2 (66.7 %)", "\u2013"]),
    ]
    assert [column.below for column in table.columns[1:]] == ["N = 3", "N = 0"]
