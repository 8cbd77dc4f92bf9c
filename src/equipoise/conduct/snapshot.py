"""A snapshot: the record as three frames, with the hash of the study and the head of the log."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import polars as pl

from equipoise.base.frames import FrameSchema
from equipoise.conduct.desk import Desk
from equipoise.conduct.eligibility import Eligible, NotEligible, NotYet, eligibility_of
from equipoise.conduct.finding_items import items_told
from equipoise.conduct.record import Record, Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.values import number_text
from equipoise.conduct.view import arm_of
from equipoise.study.identity import Role
from equipoise.study.rules import rule_names
from equipoise.study.study import Study

_ARM = "arm"

VALUES = FrameSchema(
    name="values",
    columns={
        "subject": pl.String(),
        "visit": pl.String(),
        "form": pl.String(),
        "row": pl.Int64(),
        "item": pl.String(),
        "value": pl.String(),
        "date": pl.Date(),
        "seq": pl.Int64(),
    },
)
"""Current values, canonical text; `date` is the day of the row's form, which also stands as item
`form_date`, so that a form without any other value is there; `seq` the entry that set the value."""

SUBJECTS = FrameSchema(
    name="subjects",
    columns={
        "subject": pl.String(),
        "site": pl.String(),
        "registration_date": pl.Date(),
        "registration_seq": pl.Int64(),
        "eligible": pl.Boolean(),
        "not_eligible": pl.String(),
        "randomisation_date": pl.Date(),
        "arm": pl.String(),
        "stratum": pl.String(),
        "allocation_seq": pl.Int64(),
    },
)
"""Subjects in the order of registration; `eligible` is missing while some criterion is unknown,
`not_eligible` the criteria not met, joined by commas."""

FINDINGS = FrameSchema(
    name="findings",
    columns={
        "subject": pl.String(),
        "visit": pl.String(),
        "form": pl.String(),
        "row": pl.Int64(),
        "item": pl.String(),
        "check": pl.String(),
        "level": pl.String(),
        "say": pl.String(),
        "seq": pl.Int64(),
    },
)
"""Findings that stand open: neither mended nor overridden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the record says at one entry of the log.

    Attributes
    ----------
    study_hash : str
        Content hash of the study it was taken under.
    head : str
        Hash of the last entry.
    entries : int
        Number of entries.
    values, subjects, findings : polars.DataFrame
        As `VALUES`, `SUBJECTS` and `FINDINGS` say.
    """

    study_hash: str
    head: str
    entries: int
    values: pl.DataFrame
    subjects: pl.DataFrame
    findings: pl.DataFrame


def take_snapshot(desk: Desk) -> Snapshot:
    """Return what the record of a desk says now."""
    with desk.lock:
        return snapshot_of(desk.record, rulebook=desk.rulebook)


def snapshot_of(record: Record, *, rulebook: Rulebook) -> Snapshot:
    """Return what a record says, for example one folded up to an earlier entry."""
    return Snapshot(
        study_hash=rulebook.study_hash,
        head=record.head.hash,
        entries=record.head.seq,
        values=_frame(VALUES, _values(record)),
        subjects=_frame(SUBJECTS, (_subject(each, rulebook) for each in record.subjects.values())),
        findings=_frame(FINDINGS, _findings(record, rulebook.study)),
    )


def visible_to(snapshot: Snapshot, *, role: Role, study: Study) -> Snapshot:
    """Return a snapshot without what a role must not see.

    Hidden forms and items leave with their values, and with every finding whose words may tell
    them. Where `arm` is hidden, so are the
    arm, the entry of the allocation, and every row of a visit that only some arms have, because
    that it exists names the arm.
    """
    hidden = set(role.hidden)
    if not hidden:
        return snapshot
    seen = ~pl.col("item").is_in(list(hidden)) & ~pl.col("form").is_in(list(hidden))
    subjects = snapshot.subjects
    gone = [name for name in subjects.columns if name in hidden]
    if _ARM in hidden:
        gone = [*gone, _ARM, "allocation_seq"]
        seen &= ~_visit_name(study).is_in(_telling_visits(study))
    return replace(
        snapshot,
        values=snapshot.values.filter(seen),
        subjects=subjects.with_columns(
            pl.lit(None, dtype=SUBJECTS.columns[name]).alias(name) for name in dict.fromkeys(gone)
        ),
        findings=_untold(snapshot.findings.filter(seen), hidden=hidden, study=study),
    )


def _untold(findings: pl.DataFrame, *, hidden: AbstractSet[str], study: Study) -> pl.DataFrame:
    """Return the findings whose words tell nothing that is hidden."""
    kinds = findings.select("visit", "form", "check").unique()
    told = [
        bool(hidden & items_told(study, visit=visit, form=form, check=check))
        for visit, form, check in kinds.iter_rows()
    ]
    seen = kinds.filter(~pl.Series(told, dtype=pl.Boolean()))
    return findings.join(seen, on=["visit", "form", "check"], how="semi", maintain_order="left")


def _telling_visits(study: Study) -> list[str]:
    """Return the visits that not every arm has."""
    return [
        name
        for name, visit in study.schedule.visits.items()
        if visit.arms and set(visit.arms) != set(study.arms)
    ]


def _visit_name(study: Study) -> pl.Expr:
    """Return the visit of an occurrence: a series loses its number."""
    series = [name for name, visit in study.schedule.visits.items() if visit.every is not None]
    without = pl.col("visit").str.replace(r"_\d+$", "")
    return pl.when(without.is_in(series)).then(without).otherwise(pl.col("visit"))


def _frame(schema: FrameSchema, rows: Iterator[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(schema.columns), orient="row")


def _rows(record: Record) -> Iterator[tuple[SubjectRecord, Row]]:
    for subject in record.subjects.values():
        for row in subject.rows.values():
            yield subject, row


def _values(record: Record) -> Iterator[tuple[object, ...]]:
    for subject, row in _rows(record):
        at = (subject.subject, row.visit, row.form, row.row)
        for item, cell in row.cells.items():
            number = isinstance(cell.value, float)
            text = number_text(cell.text) if number else cell.text
            yield (*at, item, text, row.date, cell.seq)


def _subject(subject: SubjectRecord, rulebook: Rulebook) -> tuple[object, ...]:
    eligible, reasons = _eligibility(subject, rulebook)
    return (
        subject.subject,
        subject.site,
        subject.registration_date,
        subject.registration_seq,
        eligible,
        reasons,
        subject.randomisation_date,
        arm_of(subject, rulebook=rulebook),
        subject.stratum,
        subject.allocation_seq,
    )


def _eligibility(subject: SubjectRecord, rulebook: Rulebook) -> tuple[bool | None, str | None]:
    match eligibility_of(subject, rulebook=rulebook):
        case Eligible():
            return True, None
        case NotEligible(criteria=criteria):
            return False, ",".join(criteria)
        case NotYet():
            return None, None


def _findings(record: Record, study: Study) -> Iterator[tuple[object, ...]]:
    for subject, row in _rows(record):
        checks = study.forms[row.form].checks if row.form in study.forms else {}
        for name, mark in row.findings.items():
            check = checks.get(name)
            level = check.level.value if check is not None else "soft"
            item = _item(study, row.form, name=name)
            at = (subject.subject, row.visit, row.form, row.row)
            yield (*at, item, name, level, mark.text, mark.seq)


def _item(study: Study, form: str, *, name: str) -> str:
    """Return the item that a finding is about: the first in the rule of a check; '' for none."""
    said = study.forms.get(form)
    if said is None or name not in said.checks:
        return name if said is not None and name in said.items else ""
    return next((used for used in rule_names(said.checks[name].rule) if used in said.items), "")
