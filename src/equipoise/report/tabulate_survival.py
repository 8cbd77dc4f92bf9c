"""Tables of times to event: medians and landmarks, the log-rank test, Cox regression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from equipoise.report.formats import count, decimal, duration, p_equation, p_value, ratio, share
from equipoise.report.heads import group_heads, method_notes
from equipoise.report.labels import covariate_label, group_label, name_label
from equipoise.report.sheet import Result, Sheet
from equipoise.report.tables import (
    Column,
    Line,
    Piece,
    Table,
    number,
    number_cell,
    sentence,
    with_interval,
)
from equipoise.study.analyses import CoxAnalysis, CurveAnalysis, LogisticAnalysis, LogRankAnalysis
from equipoise.study.study import Study


def tabulate_curves(study: Study, sheet: Sheet, *, analysis: CurveAnalysis) -> Table:
    """Return events, median, landmarks and follow-up of each group."""
    unit = analysis.unit.value
    groups = [sheet.only(group=group) for group in sheet.groups]
    lines = [
        Line(
            label="Events", cells=tuple(number_cell(_own(part, "events"), count) for part in groups)
        ),
        _median(f"Median, {unit} (95 % CI)", [part.only(level="") for part in groups], unit=unit),
        *_landmarks(groups, analysis=analysis),
    ]
    if sheet.only(level="follow_up").rows:
        follow_up = [part.only(level="follow_up") for part in groups]
        lines.append(_median(f"Median follow-up, {unit} (95 % CI)", follow_up, unit=unit))
    return Table(
        caption=f"{name_label(study, analysis.endpoint)}: medians and survival at chosen times",
        columns=(Column(label=""), *group_heads(study, sheet, by=analysis.by)),
        lines=tuple(lines),
        notes=method_notes(study, sheet),
    )


def _own(part: Sheet, statistic: str) -> Result | None:
    return part.first(statistic, level="")


def _median(label: str, groups: Sequence[Sheet], *, unit: str) -> Line:
    names = ("median", "median_lower", "median_upper")
    spell = partial(duration, unit=unit)
    cells = (with_interval(*(part.first(name) for name in names), spell=spell) for part in groups)
    return Line(label=label, cells=tuple(cells))


def _landmarks(groups: list[Sheet], *, analysis: CurveAnalysis) -> Iterator[Line]:
    rows = [row for part in groups for row in part.only(level="landmark")]
    for at in dict.fromkeys(row.at for row in rows if row.at is not None):
        there = [
            {row.statistic: row for row in part.only(level="landmark") if row.at == at}
            for part in groups
        ]
        yield Line(
            label=f"At {at:.4g} {analysis.unit.value}, % (95 % CI)",
            cells=tuple(
                with_interval(
                    found.get("survival"), found.get("lower"), found.get("upper"), spell=share
                )
                for found in there
            ),
        )


def tabulate_logrank(study: Study, sheet: Sheet, *, analysis: LogRankAnalysis) -> Table:
    """Return observed and expected events of each group, and the test."""
    groups = [group for group in sheet.groups if sheet.first("observed", group=group)]
    lines = [
        Line(
            label=group_label(study, group, by=analysis.by),
            cells=(
                number_cell(sheet.first("n", group=group), count),
                number_cell(sheet.first("observed", group=group), count),
                number_cell(sheet.first("expected", group=group), decimal),
            ),
        )
        for group in groups
    ]
    heads = ("Group", "Subjects", "Events observed", "Events expected")
    return Table(
        caption=f"{name_label(study, analysis.endpoint)}: log-rank test",
        columns=tuple(Column(label=head) for head in heads),
        lines=(*lines, _test_line(sheet)),
        notes=method_notes(study, sheet),
    )


def _test_line(sheet: Sheet) -> Line:
    two = _two_places
    return sentence(
        "Test",
        Piece(text="chi-square "),
        number(sheet.first("chi_square"), two),
        Piece(text=" on "),
        number(sheet.first("df"), count),
        Piece(text=" df, "),
        number(sheet.first("p_value"), p_equation),
        Piece(text=", z "),
        number(sheet.first("z"), two),
    )


def _two_places(value: float | None) -> str:
    return decimal(value, places=2)


def tabulate_model(
    study: Study, sheet: Sheet, *, analysis: CoxAnalysis | LogisticAnalysis
) -> Table:
    """Return the ratio of each covariate with its interval and p-value."""
    survival = isinstance(analysis, CoxAnalysis)
    word, statistic = ("Hazard", "hazard_ratio") if survival else ("Odds", "odds_ratio")
    terms = [level for level in sheet.levels if level not in {"model", "intercept"}]
    heads = ("Covariate", f"{word} ratio (95 % CI)", "p")
    return Table(
        caption=f"{name_label(study, analysis.endpoint)}: {word.lower()} ratios",
        columns=tuple(Column(label=head) for head in heads),
        lines=(
            *(
                _term(study, sheet.only(level=term), term=term, ratio_of=statistic)
                for term in terms
            ),
            _model_line(sheet.only(level="model"), counted="events" if survival else "successes"),
        ),
        notes=method_notes(study, sheet),
    )


def _term(study: Study, rows: Sheet, *, term: str, ratio_of: str) -> Line:
    ends = (rows.first(end) for end in (ratio_of, "lower", "upper"))
    return Line(
        label=covariate_label(study, term),
        cells=(with_interval(*ends, spell=ratio), number_cell(rows.first("p_value"), p_value)),
    )


def _model_line(rows: Sheet, *, counted: str) -> Line:
    return sentence(
        "Model",
        number(rows.first("n"), count),
        Piece(text=" subjects, "),
        number(rows.first(counted), count),
        Piece(text=f" {counted}, "),
        number(rows.first("missing"), count),
        Piece(text=" left out for missing values; likelihood ratio "),
        number(rows.first("likelihood_ratio"), _two_places),
        Piece(text=" on "),
        number(rows.first("likelihood_ratio_df"), count),
        Piece(text=" df, "),
        number(rows.first("likelihood_ratio_p"), p_equation),
    )
