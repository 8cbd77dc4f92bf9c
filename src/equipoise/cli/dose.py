"""`equipoise dose`: what the dose tables say of one subject of a finished run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from equipoise.cli.run_record import not_in_record, open_subject
from equipoise.conduct.doses.dose_days import cycles_of
from equipoise.conduct.doses.dose_guidance import dose_guidance
from equipoise.conduct.doses.guidance import DrugGuidance, Guidance
from equipoise.conduct.record import SubjectRecord
from equipoise.conduct.rulebook import Rulebook


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
    opened = open_subject(folder, subject)
    who, rulebook = opened.record, opened.rulebook
    cycles = [cycle.occurrence for cycle in cycles_of(who, rulebook=rulebook)]
    if visit is not None and visit not in cycles:
        raise not_in_record("cycle", got=visit, known=cycles)
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
        raise not_in_record("cycle", got=visit, known=())
    return found


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
        "last": None if said.last is None else said.last.isoformat(),
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
