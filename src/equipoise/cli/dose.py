"""`equipoise dose`: what the dose tables say of one subject of a finished run."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from equipoise.base.errors import BadInput, Fault
from equipoise.conduct.dose_days import cycles_of
from equipoise.conduct.dose_guidance import dose_guidance
from equipoise.conduct.guidance import DrugGuidance, Guidance
from equipoise.conduct.record import Record, SubjectRecord
from equipoise.conduct.rulebook import Rulebook, rulebook_of
from equipoise.exchange.run_folder import RECORD, read_run
from equipoise.wiring import open_log


def run(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished run, for example out/...")],
    subject: Annotated[str, typer.Argument(help="Number of the subject.")],
    visit: Annotated[
        str | None, typer.Argument(help="A cycle, such as cycle_2; all of them when left out.")
    ] = None,
    day: Annotated[int, typer.Option(help="Day of the cycle.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Say what the dose tables of the study say of each drug of a subject, and why."""
    rulebook = rulebook_of(read_run(folder).study)
    who = _subject(_record(folder, rulebook), subject)
    cycles = [cycle.occurrence for cycle in cycles_of(who, rulebook=rulebook)]
    if visit is not None and visit not in cycles:
        raise _unknown("cycle", got=visit, known=cycles)
    asked = cycles if visit is None else [visit]
    found = [_guidance(who, rulebook, visit=one, day=day) for one in asked]
    if as_json:
        typer.echo(json.dumps([_for_machines(one) for one in found], indent=2))
        return
    for guidance in found:
        typer.echo(str(guidance))


def _guidance(who: SubjectRecord, rulebook: Rulebook, *, visit: str, day: int) -> Guidance:
    found = dose_guidance(who, rulebook=rulebook, visit=visit, dose_day=day)
    if found is None:
        raise _unknown("cycle", got=visit, known=())
    return found


def _record(folder: Path, rulebook: Rulebook) -> Record:
    log = open_log(folder / RECORD, salts=_no_salt)
    try:
        record = Record(kinds=rulebook.kinds)
        record.take(log.entries())
    finally:
        log.close()
    return record


def _no_salt() -> str:
    raise RuntimeError("a look at doses writes nothing")


def _subject(record: Record, subject: str) -> SubjectRecord:
    if subject not in record.subjects:
        raise _unknown("subject", got=subject, known=record.subjects)
    return record.subjects[subject]


def _unknown(what: str, *, got: str, known: Iterable[str]) -> BadInput:
    names = list(known)
    near = difflib.get_close_matches(got, names, n=3) or names[:3]
    return BadInput(
        Fault(
            kind=f"unknown_{what}",
            what=f"the record has no such {what}",
            where=what.upper(),
            got=got,
            fix=f"there are {len(names)}, such as {', '.join(near) or 'none'}",
        )
    )


def _for_machines(guidance: Guidance) -> dict[str, object]:
    return {
        "subject": guidance.subject,
        "visit": guidance.visit,
        "dose_day": guidance.dose_day,
        "date": guidance.date.isoformat(),
        "drugs": [_drug(one) for one in guidance.drugs],
    }


def _drug(said: DrugGuidance) -> dict[str, object]:
    return {
        "drug": said.drug,
        "action": said.action,
        "planned_mg": said.planned_mg,
        "dose_mg": said.dose_mg,
        "next_mg": said.next_mg,
        "resume": said.resume,
        "rows": [
            {"table": one.row.table, "row": one.row.number, "source": one.row.rule.source}
            | {"when": one.row.rule.when, "then": one.action, "values": dict(one.values)}
            for one in said.fired
        ],
        "not_judged": [
            {"table": one.row.table, "row": one.row.number, "missing": list(one.missing)}
            for one in said.open
        ],
        "say": said.say,
    }
