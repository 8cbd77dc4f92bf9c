"""The pages on which a clinician proof-reads the clinical rules, made from the code's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from dose_rules_page import dose_rules_page
from event_free_page import event_free_page
from page_parts import page, section, table
from stage_and_liver_page import stage_and_liver_page

from equipoise.oncology.response.recist_tables import recist_tables
from equipoise.oncology.toxicity.ctcae_clinical_editions import NEAREST
from equipoise.oncology.toxicity.ctcae_editions import TABLES, WITHOUT_CUTS
from equipoise.oncology.toxicity.ctcae_proof import (
    ClinicalProof,
    LaboratoryProof,
    clinical_rows,
    laboratory_rows,
)
from equipoise.oncology.toxicity.ctcae_rows import Edition, Term

GRADES = (1, 2, 3, 4, 5)
RESPONSE = """How a time point and a best response come about, by RECIST 1.1 and by iRECIST. The
functions in `oncology` are held against every row of these tables.""".replace("\n", " ")
IN_A_STUDY = """The rows of `adrs`, each with a sentence that says why and the entries behind it:

| PARAMCD | a row is | AVALC |
|---|---|---|
| `OVR` | a scan by RECIST 1.1, up to the day of a resection | CR, PR, SD, NON-CR/NON-PD, PD, NE |
| `IOVR` | the same by iRECIST, if asked | iCR, iPR, iSD, NON-iCR/NON-iUPD, iUPD, iCPD, NE |
| `RECUR` | a scan after a resection | recurrence, progression, no recurrence, not evaluable |
| an endpoint | best response up to `until`, never from a scan after a resection | as above |
| an event by iRECIST | the progression of a subject | iCPD, iUPD when it was never confirmed |

After a resection the targets are gone and sums are compared with nothing: a new lesion is a
recurrence, dated from the scan that first suspected it. Where tumour was left (R2) a new lesion, or
unequivocal progression of what was left, is progression, and any other scan is not evaluable. A
lesion of baseline that is recorded as still there is told in the sentence: what is seen after a
resection is recorded as new. An exploration is no resection; surgery of unknown outcome may be one.

Progression by iRECIST is dated on the first iUPD of the episode that was confirmed; only iUPD and
NE may lie between, and a scan that does not evaluate what made the iUPD is NE. One that nothing but
iUPD and NE followed is an event from its first iUPD or no event, as the study says (`unconfirmed`);
pharmaverse admiralonco counts it. By RECIST 1.1 PD counts from the scan on which a new lesion that
became certain was first suspected. Each visit is judged by itself: a sum that rises above the line
of PR and is not PD is SD. Tumour markers are not judged."""
TOXICITY = """How a laboratory value or a finding becomes a grade. LLN and ULN are the limits of
normal for the subject; `clinical` is a grade that no number can give; an empty cell is a grade that
does not exist. Grades of findings are in our own, shorter words; where they leave a doubt, the NCI
document decides.""".replace("\n", " ")
OTHERWISE = """`=` is as in v5.0 (below); `none` is a grade that v5.0 has and v4.03 has not; an
empty cell is a grade that neither has. Terms that are not named are graded alike. Infusion related
reaction stands among the general disorders in v4.03.""".replace("\n", " ")
NOT_IN_4_03 = "A study by v4.03 cannot report these; the nearest term is our choice."

OTHERWISE_6_0 = """Terms that are in neither list are graded as in v5.0. `open:` stands before
numbers for which the text names no grade: the value has none, and the record says between which
grades it lies. Cut-offs are those that two transcriptions of the document agree on. The grades of
findings in v6.0 are not in this package: a study by it is told no grade of a finding, and none is
refused; laboratory terms keep theirs.""".replace("\n", " ")
NOT_BY_NUMBER_6_0 = """A study by v6.0 that names one of these items is told so when it is checked;
take the term out, and the value is kept without a grade.""".replace("\n", " ")

V6_SOURCE = """Source: National Cancer Institute 2025, CTCAE v6.0, as transcribed in pharmaverse
admiral (ncictcaev6.json) and in uscnewplatform/irccs-docker (ctcae-v6-bundle.json).""".replace(
    "\n", " "
)
V5_SOURCE = "Source: National Cancer Institute 2017, CTCAE v5.0."
V4_SOURCE = "Source: National Cancer Institute 2010, CTCAE v4.03."


def response_page() -> str:
    """Return the tables of response."""
    parts = [
        section(one.title, table(one.heads, one.rows), f"Source: {one.source}.")
        for one in recist_tables()
    ]
    return page("Response of the tumour", RESPONSE, *parts, section("In a study", IN_A_STUDY))


def toxicity_page() -> str:
    """Return the tables of grades: laboratory terms by edition, and clinical terms."""
    return page(
        "Toxicity",
        TOXICITY,
        section(
            f"Laboratory values, {Edition.V5.spoken}",
            _laboratory(laboratory_rows(Edition.V5)),
            V5_SOURCE,
        ),
        section(
            f"Laboratory values that {Edition.V6.spoken} grades otherwise",
            OTHERWISE_6_0,
            _laboratory(_changed(Edition.V6)),
            V6_SOURCE,
        ),
        section(
            f"Laboratory values without a grade in {Edition.V6.spoken}",
            NOT_BY_NUMBER_6_0,
            _without_cuts(Edition.V6),
        ),
        section(
            f"Laboratory values that {Edition.V4_03.spoken} grades otherwise",
            _laboratory(_changed(Edition.V4_03)),
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


def _changed(edition: Edition) -> list[LaboratoryProof]:
    """Return the terms whose name or grades are not those of v5.0."""
    known = {row.code: (row.name, row.grades) for row in laboratory_rows(Edition.V5)}
    return [
        row for row in laboratory_rows(edition) if known.get(row.code) != (row.name, row.grades)
    ]


def _without_cuts(edition: Edition) -> str:
    rows = [
        (_any_name(term), f"`{term}`", f"{edition.spoken}: {why}.")
        for term, why in WITHOUT_CUTS[edition].items()
    ]
    return table(("term elsewhere", "item", "why"), rows)


def _any_name(term: Term) -> str:
    return next(entries[term].name for entries in TABLES.values() if term in entries)


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
