"""`equipoise trace`: from one number of a report to the entries of the log that made it."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console

from equipoise.base.errors import BadInput, Fault, StorageFault
from equipoise.base.randomness import Seed
from equipoise.conduct.allocation import replay_allocations
from equipoise.conduct.chain import verify as verify_chain
from equipoise.conduct.entries import Entry
from equipoise.conduct.record import Record
from equipoise.conduct.rulebook import rulebook_of
from equipoise.derive import entries_behind
from equipoise.exchange.run_folder import RECORD, Run, read_run
from equipoise.wiring import open_log


def run(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished run, for example out/...")],
    cell: Annotated[
        str | None, typer.Argument(help="Address of the number; all addresses when left out.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="Show the entries of one subject.")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check the hash chain of the whole log.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Walk from one number of the report to the entries of the log that made it.

    The address of a number is shown when you hover over it in the report.
    """
    finished = read_run(folder)
    if verify:
        _verify(folder, finished)
        return
    if cell is None:
        _list_cells(finished.results, as_json=as_json)
        return
    row = _row(finished.results, cell)
    behind = entries_behind(
        finished.data, dataset=row["dataset"], where=row["where"], column=row["column"]
    )
    if subject is not None:
        behind = _of_subject(behind, subject)
    wanted = sorted({seq for seqs in behind["entries"].to_list() for seq in seqs})
    entries = _entries(folder, wanted)
    if as_json:
        typer.echo(json.dumps(_for_machines(row, behind, entries), indent=2, default=str))
        return
    _tell(row, behind, entries=entries, head=finished.provenance.snapshot_head)


def _of_subject(behind: pl.DataFrame, subject: str) -> pl.DataFrame:
    mine = behind.filter(pl.col("subject") == subject)
    if mine.height > 0:
        return mine
    counted = behind["subject"].unique().sort().to_list()
    near = difflib.get_close_matches(subject, counted, n=3) or counted[:3]
    raise BadInput(
        Fault(
            kind="unknown_subject",
            what="this number does not count the subject",
            where="--subject",
            got=subject,
            fix=f"it counts {len(counted)} subjects, such as {', '.join(near) or 'nobody'}",
        )
    )


def _verify(folder: Path, finished: Run) -> None:
    log = open_log(folder / RECORD, salts=_no_salt)
    try:
        entries = tuple(log.entries())
    finally:
        log.close()
    verdict = verify_chain(entries)
    last, head = (entries[-1].hash if entries else ""), finished.provenance.snapshot_head
    if not verdict.intact or last != head:
        bad = f"entry {verdict.first_bad}" if verdict.first_bad else f"the last hash, {last[:12]}"
        got = f"{bad}: {verdict.reason or 'not the head that the report names'}"
        raise _not_as_written(folder, "the log was changed after it was written", got=got)
    typer.echo(f"{verdict.entries} entries, the chain is whole, head {head[:12]}")
    if finished.study.randomise is not None and finished.provenance.seed is not None:
        _replay(folder, finished, entries)


def _replay(folder: Path, finished: Run, entries: tuple[Entry, ...]) -> None:
    """Compare each allocation of the log with the list that the seed gives."""
    record = Record(kinds=rulebook_of(finished.study).kinds)
    record.take(entries)
    seed = Seed(value=finished.provenance.seed or 0)
    wrong = replay_allocations(record.subjects, study=finished.study, seed=seed)
    if wrong:
        first = wrong[0]
        got = f"subject {first.subject} is in {first.recorded}, the list says {first.expected}"
        raise _not_as_written(folder, "allocations are not those of the list", got=got)
    allocated = sum(who.allocation_seq is not None for who in record.subjects.values())
    typer.echo(f"{allocated} allocations, each as the list of seed {seed.value} gives it")


def _not_as_written(folder: Path, what: str, *, got: str) -> StorageFault:
    return StorageFault(
        Fault(
            kind="broken_chain",
            what=what,
            where=str(folder / RECORD),
            got=got,
            fix="restore the file from a copy whose head you trust",
        )
    )


def _list_cells(results: pl.DataFrame, *, as_json: bool) -> None:
    cells = results.select("cell", "value", "text")
    if as_json:
        typer.echo(json.dumps(cells.to_dicts(), indent=2))
        return
    for cell, value, text in cells.iter_rows():
        typer.echo(f"{cell}\t{'' if value is None else f'{value:g}'}\t{text or ''}")


def _row(results: pl.DataFrame, cell: str) -> dict[str, Any]:
    found = results.filter(pl.col("cell") == cell)
    if found.height == 1:
        return found.row(0, named=True)
    near = difflib.get_close_matches(cell, results["cell"].to_list(), n=3, cutoff=0.3)
    raise BadInput(
        Fault(
            kind="unknown_cell",
            what="the report has no number of this address",
            where="CELL",
            got=cell,
            fix=f"near addresses: {', '.join(near) or 'none'}; without CELL all are listed",
        )
    )


def _entries(folder: Path, wanted: list[int]) -> dict[int, Entry]:
    log = open_log(folder / RECORD, salts=_no_salt)
    try:
        needed = set(wanted)
        return {entry.seq: entry for entry in log.entries() if entry.seq in needed}
    finally:
        log.close()


def _no_salt() -> str:
    raise RuntimeError("a trace writes nothing")


def _tell(
    row: dict[str, Any], behind: pl.DataFrame, *, entries: dict[int, Entry], head: str
) -> None:
    console = Console()
    value = "no value" if row["value"] is None else f"{row['value']:.6g}"
    console.print(f"[bold]{row['cell']}[/] = {value}  {row['text'] or ''}", soft_wrap=True)
    console.print(f"method   {row['method']}", soft_wrap=True)
    console.print(
        f"counted  {behind.height} rows of {row['dataset']} where {row['where']}, "
        f"column {row['column']}",
        soft_wrap=True,
    )
    console.print(f"from     {len(entries)} entries of the log, head {head[:12]}")
    for subject, value, seqs in behind.select("subject", "value", "entries").iter_rows():
        console.print(f"[bold]{subject}[/]  {'' if value is None else value}", highlight=False)
        for entry in (entries[seq] for seq in seqs if seq in entries):
            console.print(f"  {_said(entry)}", highlight=False, soft_wrap=True, markup=False)


def _said(entry: Entry) -> str:
    """Return one entry as a line: number, where, what, who, when."""
    where = " ".join(word for word in (entry.visit, entry.form, entry.item) if word)
    return (
        f"#{entry.seq}  {where or entry.action} = {entry.new or ''}  "
        f"by {entry.who} ({entry.role}), {entry.at:%Y-%m-%d %H:%M}"
    )


def _for_machines(
    row: dict[str, Any], behind: pl.DataFrame, entries: dict[int, Entry]
) -> dict[str, object]:
    return {
        "cell": row,
        "rows": behind.to_dicts(),
        "entries": {
            seq: {
                "subject": entry.subject,
                "visit": entry.visit,
                "form": entry.form,
                "item": entry.item,
                "new": entry.new,
                "who": entry.who,
                "at": entry.at,
                "hash": entry.hash,
            }
            for seq, entry in entries.items()
        },
    }
