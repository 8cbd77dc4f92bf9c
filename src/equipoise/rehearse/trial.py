"""The whole trial with virtual subjects: screened, allocated, treated, followed, analysed.

Everything passes through the commands of the record, in the order of the calendar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import polars as pl

from equipoise.analyse import analyse_study
from equipoise.base.errors import bad_input
from equipoise.base.frames import hash_of_frame
from equipoise.base.randomness import Seed, stream
from equipoise.conduct import Desk, Snapshot, open_desk, take_snapshot
from equipoise.conduct.ports import Log
from equipoise.derive import AnalysisData, derive_datasets
from equipoise.rehearse.conducting import Accrual, Clock, Conducting, Progress
from equipoise.rehearse.drawing import draw_in_order
from equipoise.rehearse.steps import date_of
from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study

Salts = Callable[[], str]
"""Gives a new hexadecimal salt at each call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A trial that was rehearsed from the first screening to the results.

    Attributes
    ----------
    study : Study
        The study.
    scenario : str
        Title of the scenario.
    seed : Seed
        Everything here is a function of study, scenario and seed.
    snapshot : Snapshot
        The record at the cut.
    data : AnalysisData
        Analysis datasets.
    results, results_hash : polars.DataFrame, str
        Result rows, and the SHA-256 of them.
    cut : datetime.date
        Data cut-off.
    log_head : str
        Hash of the last entry of the log.
    """

    study: Study
    scenario: str
    seed: Seed
    snapshot: Snapshot
    data: AnalysisData
    results: pl.DataFrame
    results_hash: str
    cut: dt.date
    log_head: str


def rehearse_trial(
    study: Study,
    *,
    scenario: Scenario,
    seed: Seed,
    workers: int,
    open_log: Callable[[Salts], Log],
    progress: Progress,
) -> Rehearsal:
    """Walk virtual subjects through the record, the datasets and the analyses of a study.

    Parameters
    ----------
    study : Study
        The study.
    scenario : Scenario
        How virtual subjects behave.
    seed : Seed
        Fixes every draw: subjects, allocation, salts of the log.
    workers : int
        Processes that draw subjects; the answer does not depend on it.
    open_log : callable
        Opens an empty log with the salts it is given; the log is closed at the end.
    progress : callable
        Told what is being done, how much of it is done, of how much.

    Returns
    -------
    Rehearsal
        The trial at its cut: so long after the last enrolment as the scenario says.

    Raises
    ------
    RecordRefused
        When the record does not accept what was drawn: the scenario contradicts the forms.
    BadInput
        When hardly anybody is eligible, the scenario leaves an arm out, no role may do what is to
        be done, or the log is not empty.
    """
    log = open_log(_salts(seed))
    try:
        clock = Clock()
        desk = open_desk(study, log=log, clock=clock, seed=seed)
        _refuse_former_entries(desk)
        cut = _conduct(
            desk, clock=clock, scenario=scenario, seed=seed, tell=progress, workers=workers
        )
    finally:
        log.close()
    return _analyse(desk, scenario=scenario, seed=seed, cut=cut, tell=progress)


def _analyse(
    desk: Desk, *, scenario: Scenario, seed: Seed, cut: dt.date, tell: Progress
) -> Rehearsal:
    """Return what the record of a desk says at the cut, and what comes of it."""
    tell("analysed", 0, 2)
    snapshot = take_snapshot(desk)
    data = derive_datasets(desk.study, snapshot, cut=cut)
    tell("analysed", 1, 2)
    results = analyse_study(desk.study, data)
    tell("analysed", 2, 2)
    return Rehearsal(
        study=desk.study,
        scenario=scenario.title,
        seed=seed,
        snapshot=snapshot,
        data=data,
        results=results,
        results_hash=hash_of_frame(results),
        cut=cut,
        log_head=snapshot.head,
    )


def _salts(seed: Seed) -> Salts:
    draws = stream(seed, purpose="salts")
    return lambda: draws.bytes(16).hex()


def _refuse_former_entries(desk: Desk) -> None:
    if desk.record.head.seq > 0:
        raise bad_input(
            "a rehearsal begins with an empty log",
            where="log",
            got=f"{desk.record.head.seq} entries",
            fix="rehearse into a new folder",
        )


def _conduct(
    desk: Desk, *, clock: Clock, scenario: Scenario, seed: Seed, tell: Progress, workers: int
) -> dt.date:
    """Conduct the trial on the desk and return its cut."""
    trial = Conducting(
        desk=desk,
        clock=clock,
        seed=seed,
        tell=tell,
        accrual=Accrual(planned=desk.study.subjects.planned),
    )
    arrivals = draw_in_order(desk.study, scenario=scenario, seed=seed, workers=workers)
    with desk.log.batch():
        with closing(arrivals):
            last = trial.accrue(arrivals)
        cut = last + round(scenario.follow_up_after_last.days)
        trial.follow(since=last, until=cut)
    return date_of(cut)
