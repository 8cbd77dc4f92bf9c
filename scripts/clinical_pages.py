"""The pages on which a clinician proof-reads the clinical rules, made from the code's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from dose_rules_page import dose_rules_page
from event_free_page import event_free_page
from page_parts import page, section, table
from stage_and_liver_page import stage_and_liver_page

from equipoise.oncology.ctcae_clinical_editions import NEAREST
from equipoise.oncology.ctcae_proof import (
    ClinicalProof,
    LaboratoryProof,
    clinical_rows,
    laboratory_rows,
)
from equipoise.oncology.ctcae_rows import Edition
from equipoise.oncology.recist_tables import recist_tables

GRADES = (1, 2, 3, 4, 5)
RESPONSE = """How a time point and a best response come about, by RECIST 1.1 and by iRECIST. The
functions in `oncology` are held against every row of these tables.""".replace("\n", " ")
TOXICITY = """How a laboratory value or a finding becomes a grade. LLN and ULN are the limits of
normal for the subject; `clinical` is a grade that no number can give; an empty cell is a grade that
does not exist. Grades of findings are in our own, shorter words; where they leave a doubt, the NCI
document decides.""".replace("\n", " ")
OTHERWISE = """`=` is as in v5.0 (below); `none` is a grade that v5.0 has and v4.03 has not; an
empty cell is a grade that neither has. Terms that are not named are graded alike. Infusion related
reaction stands among the general disorders in v4.03.""".replace("\n", " ")
NOT_IN_4_03 = "A study by v4.03 cannot report these; the nearest term is our choice."

V5_SOURCE = "Source: National Cancer Institute 2017, CTCAE v5.0."
V4_SOURCE = "Source: National Cancer Institute 2010, CTCAE v4.03."


def response_page() -> str:
    """Return the tables of response."""
    parts = [
        section(one.title, table(one.heads, one.rows), f"Source: {one.source}.")
        for one in recist_tables()
    ]
    return page("Response of the tumour", RESPONSE, *parts)


def toxicity_page() -> str:
    """Return the tables of grades: laboratory terms by edition, and clinical terms."""
    current, earlier = laboratory_rows(Edition.V5), laboratory_rows(Edition.V4_03)
    known = {row.code: row for row in current}
    changed = [row for row in earlier if row.grades != _grades_of(known.get(row.code))]
    return page(
        "Toxicity",
        TOXICITY,
        section(f"Laboratory values, {Edition.V5.spoken}", _laboratory(current), V5_SOURCE),
        section(
            f"Laboratory values that {Edition.V4_03.spoken} grades otherwise",
            _laboratory(changed),
            V4_SOURCE,
        ),
        section(
            f"Findings that {Edition.V4_03.spoken} grades otherwise",
            OTHERWISE,
            _clinical_changed(),
            V4_SOURCE,
        ),
        section(f"Terms that {Edition.V4_03.spoken} does not have", NOT_IN_4_03, _nearest()),
        *_clinical(),
    )


def _grades_of(row: LaboratoryProof | None) -> Mapping[int, str]:
    return {} if row is None else row.grades


def _laboratory(rows: Iterable[LaboratoryProof]) -> str:
    heads = ("term", "item", "unit", *(f"grade {grade}" for grade in GRADES), "choice made")
    return table(
        heads,
        [
            (row.name, f"`{row.code}`", row.unit, *map(row.grades.get, GRADES), row.note)
            for row in rows
        ],
    )


def _clinical_changed() -> str:
    current = {row.name: row for row in clinical_rows(Edition.V5)}
    earlier = sorted(clinical_rows(Edition.V4_03), key=lambda row: (row.soc, row.name))
    rows = [
        (row.name, *(_against(row, current[row.name], grade) for grade in GRADES))
        for row in earlier
        if row.grades != current[row.name].grades
    ]
    return table(("term", *(f"grade {grade}" for grade in GRADES)), rows)


def _against(earlier: ClinicalProof, current: ClinicalProof, grade: int) -> str:
    before, now = earlier.grades[grade], current.grades[grade]
    if before == now:
        return "=" if now else ""
    return before or "`none`"


def _nearest() -> str:
    return table(("term of v5.0", "nearest"), sorted(NEAREST[Edition.V4_03].items()))


def _clinical() -> list[str]:
    heads = ("term", *(f"grade {grade}" for grade in GRADES), "also called")
    ordered = sorted(clinical_rows(), key=lambda row: row.soc)
    return [
        section(
            soc,
            table(
                heads,
                [
                    (row.name, *map(row.grades.get, GRADES), ", ".join(row.synonyms))
                    for row in sorted(rows, key=lambda row: row.name)
                ],
            ),
        )
        for soc, rows in groupby(ordered, key=lambda row: str(row.soc))
    ]


PAGES: Mapping[str, Callable[[], str]] = {
    "response.md": response_page,
    "toxicity.md": toxicity_page,
    "stage-and-liver.md": stage_and_liver_page,
    "dose-rules.md": dose_rules_page,
    "event-free-survival.md": event_free_page,
}
"""File in docs/methods -> what makes it."""
