"""`equipoise rehearse`: the whole trial with virtual subjects, protocol to report."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from equipoise import __version__
from equipoise.base.errors import Fault, StudyFaults
from equipoise.base.files import whole_folder
from equipoise.base.provenance import Provenance
from equipoise.base.randomness import Seed
from equipoise.cli.design import tell_design
from equipoise.cli.finishing import finish_run, tell_results
from equipoise.cli.opening import open_study
from equipoise.cli.progress import progress_bars
from equipoise.design.study_design import design_study
from equipoise.exchange.run_folder import OURS, RECORD, Run
from equipoise.rehearse import Rehearsal, rehearse_trial
from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study
from equipoise.wiring import open_log


def run(
    folder: Annotated[Path, typer.Argument(help="Study folder, for example studies/icc_golp.")],
    scenario: Annotated[
        str | None, typer.Option(help="Scenario of the study; the first when left out.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Number that fixes every draw.")] = 1,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes; the answer does not depend on it.")
    ] = 2,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write; out/STUDY-SCENARIO-SEED when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Run the whole trial with virtual subjects: forms, record, datasets, analysis, report.

    Everything passes through the same commands as a real trial. Every page is marked simulated.
    """
    started = time.perf_counter()
    study = open_study(folder)
    chosen = _scenario(study, scenario, folder=folder)
    target = out or Path("out") / f"{study.study}-{chosen.scenario}-{seed}"
    design = design_study(study)
    if design is not None and not as_json:
        tell_design(design, Console())
    with whole_folder(target, ours=OURS) as scratch, progress_bars(quiet=as_json) as tell:
        rehearsal = rehearse_trial(
            study,
            scenario=chosen,
            seed=Seed(value=seed),
            workers=workers,
            open_log=lambda salts: open_log(scratch / RECORD, salts=salts),
            progress=tell,
        )
        finished = Run(
            study=study,
            data=rehearsal.data,
            results=rehearsal.results,
            provenance=_provenance(rehearsal, seed=seed),
        )
        finish_run(finished, scratch)
    _tell(rehearsal, target, as_json=as_json, seconds=time.perf_counter() - started)


def _scenario(study: Study, name: str | None, *, folder: Path) -> Scenario:
    if name is None and study.scenarios:
        return next(iter(study.scenarios.values()))
    if name in study.scenarios:
        return study.scenarios[name]
    raise StudyFaults(
        Fault(
            kind="no_scenario",
            what="the study has no such scenario",
            where=str(folder / "scenarios"),
            got=name or "no scenario at all",
            fix=f"scenarios: {', '.join(study.scenarios) or 'none; write scenarios/design.yaml'}",
        )
    )


def _provenance(rehearsal: Rehearsal, *, seed: int) -> Provenance:
    return Provenance(
        study_hash=rehearsal.study.content_hash,
        software_version=__version__,
        seed=seed,
        snapshot_head=rehearsal.snapshot.head,
        cut=rehearsal.cut,
        results_hash=rehearsal.results_hash,
        generated_at=dt.datetime.now(tz=dt.UTC),
        simulated=True,
        scenario=rehearsal.scenario,
    )


def _tell(rehearsal: Rehearsal, target: Path, *, as_json: bool, seconds: float) -> None:
    summary = {
        "report": str(target / "report.html"),
        "entries": rehearsal.snapshot.entries,
        "log_head": rehearsal.snapshot.head,
        "results_hash": rehearsal.results_hash,
        "seconds": round(seconds, 1),
    }
    if as_json:
        typer.echo(json.dumps(summary, indent=2))
        return
    console = Console()
    tell_results(rehearsal.study, rehearsal.results, console)
    for word, value in summary.items():
        console.print(f"[dim]{word.replace('_', ' '):>13}[/]  {value}", soft_wrap=True)
