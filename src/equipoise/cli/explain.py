"""`equipoise explain`: what the forms of one subject of a finished run worked out, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from equipoise.cli.run_record import not_in_record, open_subject
from equipoise.conduct.explaining import Aspect, ExplainedForm, Said, explain_subject
from equipoise.conduct.record import SubjectRecord
from equipoise.conduct.values import Value, to_text


def run(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished run, for example out/...")],
    subject: Annotated[str, typer.Argument(help="Number of the subject.")],
    visit: Annotated[
        str | None, typer.Argument(help="A visit, such as cycle_2; all of them when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Say what the forms of a subject worked out, and why.

    Computed items, CTCAE grades, tumour response, doses, and findings that stand open.
    """
    opened = open_subject(folder, subject)
    visits = list(dict.fromkeys(row.visit for row in opened.record.rows.values()))
    if visit is not None and visit not in visits:
        raise not_in_record("visit", got=visit, known=visits)
    forms = [
        form
        for form in explain_subject(opened.record, rulebook=opened.rulebook)
        if visit in {None, form.visit}
    ]
    if as_json:
        typer.echo(json.dumps([_for_machines(form) for form in forms], indent=2, default=str))
        return
    _tell(opened.record, forms)


def _tell(subject: SubjectRecord, forms: list[ExplainedForm]) -> None:
    console = Console(highlight=False)
    arm = "not randomised" if subject.arm is None else subject.arm
    console.print(f"[bold]{subject.subject}[/]  {arm}, {len(forms)} forms", soft_wrap=True)
    for form in forms:
        console.print(f"\n[bold]{form.visit}[/]  {form.date}  {form.title}", soft_wrap=True)
        for said in form.said:
            console.print(f"  {_head(said)}", markup=False, soft_wrap=True)
            console.print(f"      {said.why}", markup=False, soft_wrap=True)


def _head(said: Said) -> str:
    if said.aspect is Aspect.FINDING:
        return f"finding: {said.label}"
    grade = "grade " if said.aspect is Aspect.GRADE and said.value is not None else ""
    return f"{said.label}: {grade}{_spelt(said.value)}"


def _spelt(value: Value) -> str:
    match value:
        case None:
            return "not known"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6g}"
        case _:
            return to_text(value) or ""


def _for_machines(form: ExplainedForm) -> dict[str, object]:
    return {
        "visit": form.visit,
        "date": form.date.isoformat(),
        "form": form.form,
        "said": [
            {"aspect": one.aspect, "item": one.item, "value": one.value, "why": one.why}
            for one in form.said
        ],
    }
