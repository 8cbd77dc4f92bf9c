"""The page: study, results, design and provenance in; one HTML file that stands alone out."""

from __future__ import annotations

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from equipoise.base.provenance import Provenance
from equipoise.design import GroupSequentialSurvival
from equipoise.report.glance import key_numbers
from equipoise.report.pages import Pages
from equipoise.report.palette import BLACK, GROUP_COLOURS
from equipoise.report.sections import chapters
from equipoise.report.sheet import sheets_of
from equipoise.report.tabulate_design import Fact, design_facts, tabulate_looks
from equipoise.study.study import Study

NOT_A_DEVICE = (
    "This report was made by research software. It is not a medical device, it has not been "
    "validated for regulatory use, and no decision about the care of a subject may rest on it. "
    "A qualified statistician checks every number before it is used."
)

TEMPLATES = Environment(
    loader=PackageLoader("equipoise.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_report(
    study: Study,
    results: pl.DataFrame,
    *,
    design: GroupSequentialSurvival | None,
    provenance: Provenance,
) -> str:
    """Return the report as one HTML page: no other file, no script, no network.

    Equal inputs give an equal page, byte for byte.

    Parameters
    ----------
    study : Study
        The protocol: title, labels, design, and the sections in their order.
    results : polars.DataFrame
        Result rows of all analyses, with the columns of ``RESULTS``.
    design : GroupSequentialSurvival or None
        Looks and power, where the study has a design.
    provenance : Provenance
        Where the results come from. A report of virtual subjects says so on every printed page,
        in every section and across every picture.

    Raises
    ------
    BadInput
        When the results are no frame of results.
    """
    sheets = sheets_of(results)
    pages = Pages(study=study, sheets=sheets, cut=provenance.cut, mark=provenance.mark)
    return TEMPLATES.get_template("report.html.j2").render(
        study=study,
        cards=key_numbers(study, sheets, design=design),
        chapters=chapters(pages),
        facts=design_facts(study, design=design),
        looks=() if design is None else tabulate_looks(design),
        origin=_origin(provenance),
        mark=provenance.mark,
        scenario=provenance.scenario,
        cut=provenance.cut,
        colours=(*GROUP_COLOURS, BLACK),
        statement=NOT_A_DEVICE,
    )


def _origin(provenance: Provenance) -> tuple[Fact, ...]:
    """Return where the report comes from, in words and whole hashes."""
    facts = {
        "Software": f"Equipoise {provenance.software_version}",
        "Study (SHA-256)": provenance.study_hash,
        "Snapshot head": provenance.snapshot_head,
        "Results (SHA-256)": provenance.results_hash,
        "Data cut-off": provenance.cut.isoformat(),
        "Generated": provenance.generated_at.isoformat(timespec="seconds"),
        "Seed": "none: nothing was drawn" if provenance.seed is None else f"{provenance.seed}",
        "Scenario": provenance.scenario,
        "Subjects": "virtual (simulated)" if provenance.simulated else "real",
    }
    return tuple((name, words) for name, words in facts.items() if words is not None)
