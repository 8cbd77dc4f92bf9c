"""`equipoise design`: events, boundary, power and calendar of a study's design."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from equipoise.base.errors import Fault, StudyFaults
from equipoise.cli.opening import open_study
from equipoise.design.study_design import StudyDesign, design_study


def run(
    folder: Annotated[Path, typer.Argument(help="Study folder, for example studies/icc_golp.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Work out events, boundaries, power and calendar of the design in design.yaml."""
    design = design_study(open_study(folder))
    if design is None:
        raise StudyFaults(
            Fault(
                kind="no_design",
                what="the study has no statistical design",
                where=str(folder / "study.yaml"),
                got="no design.yaml",
                fix="write design.yaml; studies/icc_golp/design.yaml is an example",
            )
        )
    if as_json:
        typer.echo(json.dumps(asdict(design), indent=2))
    else:
        tell_design(design, Console())


def tell_design(design: StudyDesign, console: Console) -> None:
    """Print a design: the paragraph, the looks, the gate, the warnings."""
    console.print(design.says, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for column in ("look", "events", "info", "Z", "p", "HR", "alpha", "power", "month"):
        table.add_column(column, justify="right", no_wrap=True)
    for number, look in enumerate(design.survival.looks, start=1):
        table.add_row(
            str(number),
            str(look.events),
            f"{look.information_fraction:.1%}",
            f"{look.z:.4f}",
            f"{look.nominal_p:.5f}",
            f"{look.hazard_ratio:.3f}",
            f"{look.cumulative_alpha:.5f}",
            f"{look.cumulative_power:.1%}",
            f"{look.months:.1f}",
        )
    console.print(table)
    console.print(
        "[dim]info: share of the final events; p: one-sided level at the look; HR: hazard ratio at "
        "the boundary; alpha and power: spent and reached so far; month: expected[/]",
        soft_wrap=True,
    )
    for chance in design.gate:
        console.print(
            f"true rate {chance.true_rate:.0%}: phase III goes on with {chance.passes:.1%}"
        )
    for warning in design.survival.warnings:
        console.print(f"[yellow]note[/] {warning}", soft_wrap=True)
