"""The end of a run: files, page, and the numbers a person wants at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from rich.console import Console

from equipoise.analyse.results import RESULTS
from equipoise.design.study_design import design_study
from equipoise.exchange.run_folder import REPORT, Run, write_run
from equipoise.report import render_report, write_report
from equipoise.study.analyses import (
    CoxAnalysis,
    CurveAnalysis,
    LogRankAnalysis,
    ProportionAnalysis,
    TimeUnit,
)
from equipoise.study.study import Study


def page_of(finished: Run) -> str:
    """Return the report page of a run."""
    design = design_study(finished.study)
    return render_report(
        finished.study,
        finished.results,
        design=None if design is None else design.survival,
        provenance=finished.provenance,
    )


def finish_run(finished: Run, folder: Path) -> None:
    """Write every file of a run into a scratch folder, the page last."""
    write_run(finished, folder)
    write_report(page_of(finished), folder / REPORT)


def tell_results(study: Study, results: pl.DataFrame, console: Console) -> None:
    """Print proportions, medians, tests and hazard ratios, one line each."""
    checked = RESULTS.checked(results)
    for name, analysis in study.analyses.items():
        rows = checked.filter(pl.col("analysis") == name)
        match analysis:
            case ProportionAnalysis():
                lines = _proportions(study, rows)
            case CurveAnalysis(unit=unit):
                lines = _medians(rows, unit=unit)
            case LogRankAnalysis() | CoxAnalysis():
                lines = _comparisons(rows)
            case _:
                continue
        method = analysis.method.replace("_", "-")
        console.print(f"[bold]{analysis.title}[/]  [dim]{method}[/]", highlight=False)
        for line in lines:
            said = "  ".join(word for word in line if word)
            console.print(f"  {said}", soft_wrap=True, highlight=False)


def _numbers(rows: pl.DataFrame, *by: str) -> list[tuple[tuple[str, ...], dict[str, float]]]:
    """Return (key, statistic -> value) for each distinct key, in order."""
    answer: dict[tuple[str, ...], dict[str, float]] = {}
    for row in rows.filter(pl.col("subject").is_null()).iter_rows(named=True):
        key = tuple(str(row[word]) for word in by)
        if row["value"] is not None:
            answer.setdefault(key, {}).setdefault(row["statistic"], row["value"])
    return list(answer.items())


def _proportions(study: Study, rows: pl.DataFrame) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    for (endpoint, group, level), got in _numbers(rows, "endpoint", "group", "level"):
        if {"successes", "n", "proportion", "lower", "upper"} <= got.keys():
            label = study.endpoints[endpoint].label
            share = f"{got['successes']:.0f}/{got['n']:.0f} = {100 * got['proportion']:.1f} %"
            interval = f"({100 * got['lower']:.1f}-{100 * got['upper']:.1f})"
            lines.append((label, group, f"{share} {interval}", level.replace("_", " ")))
    return lines


def _medians(rows: pl.DataFrame, *, unit: TimeUnit) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    for (group,), got in _numbers(rows.filter(pl.col("level") == ""), "group"):
        median = got.get("median")
        said = "median not reached" if median is None else f"median {median:.1f} {unit}"
        events = f"{got.get('events', 0):.0f} events of {got.get('n', 0):.0f}"
        lines.append(("", group, said, events))
    return lines


def _comparisons(rows: pl.DataFrame) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    for (group, level), got in _numbers(rows, "group", "level"):
        if "hazard_ratio" in got:
            interval = f"({got['lower']:.2f}-{got['upper']:.2f})"
            lines.append(("", level or group, f"HR {got['hazard_ratio']:.2f} {interval}", ""))
        elif "chi_square" in got and "p_value" in got:
            p = got["p_value"]
            said = f"chi-square {got['chi_square']:.2f}, p {'<0.0001' if p < 1e-4 else f'{p:.4f}'}"
            lines.append(("", group, said, ""))
    return lines
