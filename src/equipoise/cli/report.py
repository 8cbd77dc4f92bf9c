"""`equipoise report`: the page of a finished run, written again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from equipoise.base.errors import Fault, StorageFault
from equipoise.cli.finishing import page_of
from equipoise.exchange.run_folder import REPORT, read_run
from equipoise.report import write_report


def run(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished run, for example out/...")],
    out: Annotated[
        Path | None, typer.Option(help="File to write; report.html of the run when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Write the report page of a finished run again, from its results."""
    target = out or folder / REPORT
    _refuse_others(target)
    write_report(page_of(read_run(folder)), target)
    typer.echo(json.dumps({"report": str(target)}) if as_json else str(target))


def _refuse_others(target: Path) -> None:
    """Leave a file alone that is no report of Equipoise."""
    if target.is_file() and "Equipoise" not in target.read_text("utf-8", "replace"):
        raise StorageFault(
            Fault(
                kind="not_ours",
                what="this is no report that Equipoise wrote, and it is left alone",
                where=str(target),
                got="a file of something else",
                fix="name another file with --out",
            )
        )
