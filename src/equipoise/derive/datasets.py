"""A snapshot becomes the analysis datasets: the one walk through this room."""

from __future__ import annotations

import datetime as dt

import polars as pl

from equipoise.conduct.snapshot import Snapshot
from equipoise.derive.adverse_events import derive_adae
from equipoise.derive.contradictions import derive_impossible
from equipoise.derive.domains import derive_domains
from equipoise.derive.dose_intensity import derive_adexsum
from equipoise.derive.efficacy import derive_adeff
from equipoise.derive.events import occurrences
from equipoise.derive.exposure import derive_adex
from equipoise.derive.frames import IMPOSSIBLE, AnalysisData
from equipoise.derive.grades import with_grades
from equipoise.derive.laboratory import derive_adlb
from equipoise.derive.laboratory_grades import derive_adlbsum
from equipoise.derive.recorded import read_recorded
from equipoise.derive.responses import derive_adrs, derive_adtr, not_evaluable
from equipoise.derive.scans import judge_scans
from equipoise.derive.subject_level import derive_adsl, derive_lineage, with_judgements
from equipoise.derive.subjects import gather_subjects
from equipoise.derive.times import Histories, derive_adtte, events_before_start
from equipoise.study.study import Study


def derive_datasets(
    study: Study, snapshot: Snapshot, *, cut: dt.date | None = None
) -> AnalysisData:
    """Return the SDTM-shaped domains and the analysis datasets of a snapshot.

    Parameters
    ----------
    study : Study
        The study that the snapshot was taken of.
    snapshot : Snapshot
        Current values of the record.
    cut : datetime.date | None
        Data cut-off: what is dated later is not known. None is the last day of the record.

    Returns
    -------
    AnalysisData
        With the entries of the record behind every row, and behind every cell of ``adsl``.

    Raises
    ------
    BadInput
        When the snapshot was taken of another study.
    """
    recorded = read_recorded(study, snapshot, cut=cut)
    own = gather_subjects(recorded)
    adae, adlb = derive_adae(recorded, own), derive_adlb(recorded, own)
    adex = derive_adex(recorded, own)
    subjects = with_judgements(with_grades(own, adae=adae, adlb=adlb))
    scans = judge_scans(recorded, subjects)
    adrs = derive_adrs(scans, subjects)
    happened = {
        name: occurrences(event, recorded=recorded, subjects=subjects, scans=scans)
        for name, event in study.events.items()
    }
    histories = Histories(
        recorded=recorded,
        subjects=subjects,
        happened=happened,
        not_evaluable=not_evaluable(adrs, recorded),
    )
    impossible = [
        derive_impossible(recorded, subjects, scans=scans),
        events_before_start(histories),
    ]
    return AnalysisData(
        study_hash=snapshot.study_hash,
        snapshot_head=snapshot.head,
        cut=recorded.cut,
        domains=derive_domains(recorded, subjects),
        datasets={
            "adsl": derive_adsl(subjects),
            "adtte": derive_adtte(histories),
            "adrs": adrs,
            "adtr": derive_adtr(scans, subjects),
            "adeff": derive_adeff(subjects, adrs=adrs),
            "adae": adae,
            "adlb": adlb,
            "adlbsum": derive_adlbsum(adlb, subjects),
            "adex": adex,
            "adexsum": derive_adexsum(adex, recorded, subjects),
        },
        lineage=derive_lineage(subjects),
        impossible=IMPOSSIBLE.checked(pl.concat(impossible).sort("subject", "reason")),
    )
