"""`equipoise check`: every fault of a study folder in one go, or what an amendment changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from equipoise.cli.complaints import print_faults
from equipoise.study.amendments import Change, compare
from equipoise.study.checks import CheckedStudy, check_study
from equipoise.study.load import load_study


def run(
    folder: Annotated[Path, typer.Argument(help="Study folder, for example studies/icc_golp.")],
    diff: Annotated[
        Path | None,
        typer.Option(help="An amended study folder: say in trial words what it changes."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Find every fault in a study folder, with file and line, in one go.

    With --diff NEW it says what the folder NEW changes. Exit code 0: no fault; 3: faults.
    """
    if diff is not None:
        _tell_changes(compare(load_study(folder), load_study(diff)), as_json=as_json)
        return
    checked = check_study(folder)
    if as_json:
        typer.echo(json.dumps(_for_machines(checked), indent=2))
    else:
        _tell(checked, folder)
    if checked.faults:
        raise typer.Exit(3)


def _tell(checked: CheckedStudy, folder: Path) -> None:
    console = Console()
    if checked.study is not None and not checked.faults:
        study = checked.study
        console.print(f"[bold green]No fault[/] in {folder}: {study.title}")
        console.print(
            f"version {study.version}, content {study.content_hash[:12]}; {len(study.arms)} arms, "
            f"{len(study.forms)} forms, {sum(len(f.items) for f in study.forms.values())} items, "
            f"{len(study.endpoints)} endpoints, {len(study.analyses)} analyses"
        )
        console.print(
            f"{len(checked.assumptions)} figures are assumptions, tagged in the folder and listed "
            "by --json"
        )
        return
    print_faults(checked.faults, console)
    console.print(f"[bold red]{_counted(len(checked.faults))}[/] in {folder}")


def _counted(faults: int) -> str:
    return "1 fault" if faults == 1 else f"{faults} faults"


def _for_machines(checked: CheckedStudy) -> dict[str, object]:
    study = checked.study
    return {
        "study": None if study is None else study.study,
        "version": None if study is None else study.version,
        "content_hash": None if study is None else study.content_hash,
        "faults": [
            {"kind": f.kind, "where": f.where, "what": f.what, "got": f.got, "fix": f.fix}
            for f in checked.faults
        ],
        "assumptions": [str(assumption) for assumption in checked.assumptions],
    }


def _tell_changes(changes: tuple[Change, ...], *, as_json: bool) -> None:
    if as_json:
        rows = [{"touches": str(c.consequence), "says": c.says} for c in changes]
        typer.echo(json.dumps(rows, indent=2))
        return
    console = Console()
    if not changes:
        console.print("The two folders say the same trial.")
        return
    table = Table("touches", "what the amendment changes", box=None, pad_edge=False)
    for change in changes:
        table.add_row(str(change.consequence), change.says)
    console.print(table)
