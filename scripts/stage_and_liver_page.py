"""The page of stage, liver, surgery and specimen, made from the tables the code decides by."""

from __future__ import annotations

import re
from collections import defaultdict
from enum import StrEnum

from page_parts import page, section, table

from equipoise.oncology.disease.ecog import ecog_rows
from equipoise.oncology.disease.liver import (
    Ascites,
    ChildPughClass,
    Encephalopathy,
    LimitRow,
    LiverTests,
    Prolongation,
    albi_rows,
    child_pugh,
    child_pugh_rows,
)
from equipoise.oncology.disease.risk_scores import (
    PREOPERATIVE_BASE,
    PREOPERATIVE_HIGH,
    megna_rows,
    preoperative_rows,
)
from equipoise.oncology.disease.staging import stage_rows, tumour_rows
from equipoise.oncology.surgery.clavien_dindo import clavien_dindo_rows
from equipoise.oncology.surgery.future_liver_remnant import remnant_rows
from equipoise.oncology.surgery.liver_failure import FIRST_DAY, liver_failure_rows
from equipoise.oncology.surgery.pathology import response_rows
from equipoise.oncology.surgery.resection import margin_rows

PARAGRAPH = """Stage, performance, function of the liver, surgery and its specimen. Where something
is unknown, each rule gives an answer only if what is unknown cannot change it.""".replace(
    "\n", " "
)
AJCC = "Source: Amin et al. (eds) 2017, AJCC Cancer Staging Manual, 8th edition, chapter 23."
PUGH = "Source: Pugh et al. 1973, doi:10.1002/bjs.1800600817; both ends of a range have 2 points."
JOHNSON = "Source: Johnson et al. 2015, doi:10.1200/JCO.2014.57.9151."


def stage_and_liver_page() -> str:
    """Return the tables of stage, liver, surgery and specimen."""
    return page("Stage, liver and surgery", PARAGRAPH, *_before_surgery(), *_surgery())


def _before_surgery() -> list[str]:
    return [
        section("Primary tumour, intrahepatic bile duct", _tumours(), AJCC),
        section("Stage groups", _groups(), AJCC),
        section(
            "Performance status (ECOG)",
            table(("grade", "means"), [(int(grade), words) for grade, words in ecog_rows()]),
            "Source: Oken et al. 1982, doi:10.1097/00000421-198212000-00014.",
        ),
        section("Child-Pugh points", _points(), PUGH),
        section("Child-Pugh class", _classes()),
        section("ALBI grade", _albi(), JOHNSON),
        section("Smallest future liver remnant", _remnants()),
    ]


def _surgery() -> list[str]:
    return [
        section(
            "Residual tumour",
            table(("class", "means"), margin_rows()),
            "Source: Wittekind et al. 2002, doi:10.1002/cncr.10492.",
        ),
        section(
            "Complications (Clavien-Dindo)",
            table(("grade", "made necessary, or led to"), _complications()),
            "Source: Dindo et al. 2004, doi:10.1097/01.sla.0000133083.54934.ae.",
        ),
        section(
            "Liver failure after resection (ISGLS)",
            f"INR and bilirubin both raised on one day, on day {FIRST_DAY} or later; then:",
            table(("grade", "made necessary"), liver_failure_rows()),
            "Source: Rahbari et al. 2011, doi:10.1016/j.surg.2010.10.001.",
        ),
        section("Pathological response", table(("response", "means"), response_rows())),
        section(
            "MEGNA score",
            "One point each: more than one nodule, extension outside the liver, poor grade, "
            "positive nodes, age above 60.",
            _megna(),
            "Source: Raoof et al. 2017, doi:10.1001/jamasurg.2017.0117; hazard ratios "
            "PMID 36106350; survival Hahn et al. 2020, doi:10.1371/journal.pone.0228501.",
        ),
        section(
            "Preoperative score",
            f"{PREOPERATIVE_BASE} and, for each unit, the points below; {PREOPERATIVE_HIGH} or "
            "more is high (59.8 % of these died within a year).",
            _preoperative(),
            "Source: 538 subjects resected at 16 centres, 1990 to 2015, abstract at "
            "repub.eur.nl/pub/103948.",
        ),
    ]


def _tumours() -> str:
    return table(("category", "means"), [(row.category, row.definition) for row in tumour_rows()])


def _groups() -> str:
    rows = [
        (row.group, *(_any(one) for one in (row.tumour, row.nodes, row.metastasis)))
        for row in stage_rows()
    ]
    return table(("group", "T", "N", "M"), rows)


def _any(category: StrEnum | None) -> str:
    return "any" if category is None else str(category)


def _points() -> str:
    rows: list[tuple[object, ...]] = [_limits(row) for row in child_pugh_rows()]
    for name, grades in (("ascites", Ascites), ("encephalopathy", Encephalopathy)):
        rows.append((name, "", *map(_grade_words, grades)))
    return table(("item", "unit", "1 point", "2 points", "3 points"), rows)


def _grade_words(grade: StrEnum) -> str:
    return re.sub(r"(\d) (\d)", r"\1 to \2", str(grade).replace("_", " "))


def _limits(row: LimitRow) -> tuple[object, ...]:
    between = f"{row.low} to {row.high}"
    ends = (f"<{row.low}", between, f">{row.high}")
    return (row.item, row.unit, *(ends if row.worse == "higher" else reversed(ends)))


def _classes() -> str:
    """Ask the score itself, for a subject whose points lie in a single item after another."""
    points: dict[ChildPughClass, list[int]] = defaultdict(list)
    for number, liver_class in sorted(set(_every_score())):
        points[liver_class].append(number)
    rows = [(one, f"{min(found)} to {max(found)}") for one, found in points.items()]
    return table(("class", "points"), rows)


def _every_score() -> list[tuple[int, ChildPughClass]]:
    scores = [
        child_pugh(
            LiverTests(bilirubin=bilirubin, albumin=albumin, clotting=Prolongation(seconds)),
            ascites=ascites,
            encephalopathy=encephalopathy,
        )
        for bilirubin in (10, 40, 60)
        for albumin in (40, 30, 20)
        for seconds in (1, 5, 9)
        for ascites in Ascites
        for encephalopathy in Encephalopathy
    ]
    return [(one.points, one.liver_class) for one in scores if one.points and one.liver_class]


def _albi() -> str:
    rows = [(grade, "above" if most is None else f"up to {most}") for grade, most in albi_rows()]
    return table(("grade", "score"), rows)


def _remnants() -> str:
    rows = [
        (str(row.quality).replace("_", " "), f"{row.least_percent} %", row.printed)
        for row in remnant_rows()
    ]
    return table(("liver", "smallest share", "in print"), rows)


def _complications() -> list[tuple[object, str]]:
    care: dict[object, list[str]] = defaultdict(list)
    for grade, one in clavien_dindo_rows():
        care[grade].append(str(one))
    return [(grade, "; ".join(found)) for grade, found in care.items()]


def _megna() -> str:
    rows = [
        (row.group, f"{row.hazard_ratio:g} ({row.low:g} to {row.high:g})", f"{row.median_months:g}")
        for row in megna_rows()
    ]
    return table(("points", "hazard ratio of death (95 %)", "median survival, months"), rows)


def _preoperative() -> str:
    rows = [
        (row.finding, f"{row.weight:.2f}", f"{row.hazard_ratio:g} ({row.low:g} to {row.high:g})")
        for row in preoperative_rows()
    ]
    return table(("finding", "points", "hazard ratio of death (95 %)"), rows)
