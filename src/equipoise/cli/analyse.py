"""`equipoise analyse`: real tables through a study folder."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from equipoise import __version__
from equipoise.analyse import analyse_study
from equipoise.base.errors import Fault, StudyFaults
from equipoise.base.files import whole_folder
from equipoise.base.frames import hash_of_frame
from equipoise.base.provenance import Provenance
from equipoise.cli.finishing import finish_run, tell_results
from equipoise.cli.opening import open_study
from equipoise.cli.progress import Tell, progress_bars
from equipoise.conduct.desk import Person, open_desk
from equipoise.conduct.snapshot import Snapshot, take_snapshot
from equipoise.derive import derive_datasets
from equipoise.exchange.run_folder import OURS, RECORD, Run
from equipoise.exchange.tables import read_tables, record_tables
from equipoise.study.identity import Permission
from equipoise.study.study import Study
from equipoise.wiring import open_log

_STEPS = "Datasets, analyses, report"


def run(
    folder: Annotated[Path, typer.Argument(help="Study folder with a data.yaml.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder of the tables; the study folder when left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write; out/STUDY when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Analyse real tables (CSV) through a study folder, and write its report.

    The file data.yaml of the study says which column fills which item. Every cell becomes an
    entry of the log, so `equipoise trace` reaches it.
    """
    study = open_study(folder)
    if not study.data:
        raise StudyFaults(_no_mapping(folder))
    target = out or Path("out") / study.study
    with whole_folder(target, ours=OURS) as scratch, progress_bars(quiet=as_json) as tell:
        snapshot = _recorded(study, tables=data or folder, record=scratch / RECORD, tell=tell)
        finished = _analysed(study, snapshot, tell=tell)
        finish_run(finished, scratch)
        tell(_STEPS, 3, 3)
    if as_json:
        typer.echo(json.dumps(_for_machines(finished, target), indent=2, default=str))
        return
    console = Console()
    tell_results(study, finished.results, console)
    console.print(f"[dim]report[/]  {target / 'report.html'}", soft_wrap=True)


def _analysed(study: Study, snapshot: Snapshot, *, tell: Tell) -> Run:
    tell(_STEPS, 0, 3)
    datasets = derive_datasets(study, snapshot)
    tell(_STEPS, 1, 3)
    results = analyse_study(study, datasets)
    tell(_STEPS, 2, 3)
    provenance = Provenance(
        study_hash=study.content_hash,
        software_version=__version__,
        seed=None,
        snapshot_head=snapshot.head,
        cut=datasets.cut,
        results_hash=hash_of_frame(results),
        generated_at=dt.datetime.now(tz=dt.UTC),
        simulated=False,
    )
    return Run(study=study, data=datasets, results=results, provenance=provenance)


def _recorded(study: Study, *, tables: Path, record: Path, tell: Tell) -> Snapshot:
    log = open_log(record, salts=lambda: secrets.token_hex(16))
    try:
        desk = open_desk(study, log=log, clock=lambda: dt.datetime.now(tz=dt.UTC))
        with log.batch():
            rows = read_tables(study, tables)
            record_tables(desk, _importer(study), rows=rows, progress=tell)
        return take_snapshot(desk)
    finally:
        log.close()


def _importer(study: Study) -> Person:
    needed = {Permission.RECORD, Permission.REGISTER}
    if any(mapped.arm is not None for mapped in study.data.values()):
        needed.add(Permission.ALLOCATE)
    able = {name: len(role.may) for name, role in study.roles.items() if needed <= set(role.may)}
    least = min(able, key=lambda name: able[name], default="")
    return Person(name="import of tables", role=least)


def _no_mapping(folder: Path) -> Fault:
    return Fault(
        kind="no_mapping",
        what="the study does not say how tables fill its forms",
        where=str(folder),
        got="no data.yaml",
        fix="write data.yaml (studies/icc_advanced has one), or rehearse the study instead",
    )


def _for_machines(finished: Run, target: Path) -> dict[str, object]:
    return {
        "report": str(target / "report.html"),
        "results_hash": finished.provenance.results_hash,
        "results": finished.results.select("cell", "value", "text", "method").to_dicts(),
    }
