"""`equipoise design`: events, boundary, power and calendar of a study's design."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from equipoise.base.errors import Fault, StudyFaults
from equipoise.base.files import storage_fault, whole_folder
from equipoise.base.frozen_json import frozen_to_words
from equipoise.cli.axes import axes_of
from equipoise.cli.opening import open_study
from equipoise.cli.watching import Watched, seen_of, tell_watched
from equipoise.design.design_file import (
    DesignFile,
    compare_designs,
    design_file,
    design_from_json,
    design_to_json,
)
from equipoise.design.group_sequential.observed import LastLook
from equipoise.design.study_design import StudyDesign, design_study
from equipoise.design.survival.exploring import Exploration, explore
from equipoise.design.survival.monitoring import Seen, Verdict, conclude, monitor
from equipoise.report import render_design, write_report
from equipoise.study.study import Study

FILES = ("design.json", "design.html")


def run(
    folder: Annotated[Path, typer.Argument(help="Study folder, for example studies/icc_golp.")],
    explore_words: Annotated[
        list[str] | None,
        typer.Option(
            "--explore",
            metavar="ASSUMPTION=VALUES",
            help="Vary an assumption: hazard_ratio=0.5..0.8/7, subjects=150,178. May be repeated.",
        ),
    ] = None,
    compare: Annotated[
        Path | None, typer.Option(help="Tell what differs from the design in this design.json.")
    ] = None,
    seen_words: Annotated[
        list[str] | None,
        typer.Option(
            "--seen",
            metavar="EVENTS:Z",
            help="A look that was done: 80:2.1, Z large in favour. Once for each look, in order.",
        ),
    ] = None,
    final: Annotated[bool, typer.Option(help="The last look of --seen ended the trial.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write: design.json and the page design.html.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Work out events, boundaries, power and calendar of the design in design.yaml."""
    axes, seen = axes_of(explore_words or ()), seen_of(seen_words or ())
    study = open_study(folder)
    kept = design_file(study, _design_of(study, folder))
    explored = explore(kept.design.survival.assumptions, axes=axes) if axes else None
    before = None if compare is None else _read_design(compare)
    watched = _watched(kept, seen=seen, final=final) if seen else None
    if out is not None:
        _write(study, kept, out=out, explored=explored)
    if as_json:
        typer.echo(
            json.dumps(_words(kept, explored=explored, before=before, watched=watched), indent=2)
        )
        return
    console = Console()
    tell_design(kept.design, console)
    if explored is not None:
        tell_exploration(explored, console)
    if before is not None:
        tell_differences(before, kept, console)
    if watched is not None:
        tell_watched(watched, console)
    if out is not None:
        console.print(f"{out / FILES[1]}", soft_wrap=True, highlight=False)


def _design_of(study: Study, folder: Path) -> StudyDesign:
    design = design_study(study)
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
    return design


def _read_design(path: Path) -> DesignFile:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise storage_fault(error, doing="reading the design", where=path) from error
    return design_from_json(text, where=str(path))


def _write(study: Study, kept: DesignFile, *, out: Path, explored: Exploration | None) -> None:
    with whole_folder(out, ours=FILES) as scratch:
        (scratch / FILES[0]).write_text(design_to_json(kept), encoding="utf-8")
        write_report(render_design(study, kept, explored=explored), scratch / FILES[1])


def _watched(kept: DesignFile, *, seen: tuple[Seen, ...], final: bool) -> Watched:
    last = LastLook.FINAL if final else LastLook.INTERIM
    monitored = monitor(kept.design.survival, seen=seen, last=last)
    stopped = monitored.looks[-1].verdict is not Verdict.GO_ON
    ended = conclude(kept.design.survival, seen=seen, last=last) if stopped else None
    return Watched(monitored=monitored, conclusion=ended)


def _words(
    kept: DesignFile,
    *,
    explored: Exploration | None,
    before: DesignFile | None,
    watched: Watched | None,
) -> dict[str, object]:
    words: dict[str, object] = frozen_to_words(kept.design)
    if explored is not None:
        words["explored"] = frozen_to_words(explored)
    if before is not None:
        found = compare_designs(before.design, kept.design)
        words["differences"] = [frozen_to_words(each) for each in found]
    if watched is not None:
        words["watched"] = frozen_to_words(watched)
    return words


def tell_design(design: StudyDesign, console: Console) -> None:
    """Print a design: the paragraph, the looks, the gate, the warnings."""
    console.print(design.says, soft_wrap=True)
    table = _table("look", "events", "info", "Z", "p", "HR", "alpha", "power", "month")
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
    tell_futility(design, console)
    for chance in design.gate:
        console.print(
            f"true rate {chance.true_rate:.0%}: phase III goes on with {chance.passes:.1%}, power "
            f"behind an obeyed gate {chance.power:.1%}"
        )
    for warning in design.survival.warnings:
        console.print(f"[yellow]note[/] {warning}", soft_wrap=True)


def tell_futility(design: StudyDesign, console: Console) -> None:
    """Print where the trial gives up, when it may."""
    for number, look in enumerate(design.survival.looks[:-1], start=1):
        if look.futility_z > -inf:
            console.print(
                f"futility at look {number}: give up at Z {look.futility_z:.4f} or below, hazard "
                f"ratio {look.futility_hazard_ratio:.3f} or above; with the effect "
                f"{look.cumulative_beta:.1%} have given up by then",
                soft_wrap=True,
                highlight=False,
            )


def tell_exploration(explored: Exploration, console: Console) -> None:
    """Print one line for each combination of other assumptions."""
    names = [axis.assumption.value.replace("_", " ") for axis in explored.axes]
    table = _table(*names, "power", "end, month", "events")
    for row in explored.rows:
        values = [f"{value:g}" for value in row.values]
        if row.power is None:
            table.add_row(*values, "none", row.refused, "")
        else:
            found = (f"{row.power:.1%}", f"{row.expected_months:.1f}", f"{row.expected_events:.1f}")
            table.add_row(*values, *found)
    console.print(table)


def tell_differences(before: DesignFile, now: DesignFile, console: Console) -> None:
    """Print what two designs do not share."""
    found = compare_designs(before.design, now.design)
    if not found:
        console.print("The designs are the same.")
        return
    table = _table("what", "before", "now")
    for each in found:
        table.add_row(each.path, each.left or "", each.right or "")
    console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table
