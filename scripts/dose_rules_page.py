"""The page of dose rules: every dose table of the shipped studies, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from page_parts import page, section, table

from equipoise.study.forms import FormPurpose
from equipoise.study.load import load_study
from equipoise.study.regimens import DoseRule, Drug, Regimen, say_action
from equipoise.study.study import Study

STUDIES = Path(__file__).parents[1] / "studies"
PARAGRAPH = """What each shipped study gives and when it changes a dose. Rows are read from the top,
and the first one that is true is followed; 'again' is done when a row comes back. A grade is the
worst since the dose before, after 'until' that of the day. How the tables are followed:
[dose guidance](dose-guidance.md). Tags of sources stand in the study's
`SOURCES.md`.""".replace("\n", " ")

_COMPARISON = re.compile(
    r"\b((?:[a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*)\s*(<=|>=|!=|<|>|=)\s*('[^']*'|[0-9.]+(?:\s*\*\s*[0-9.]+)?)"
)
_SIGNS = {
    "<": "below",
    "<=": "at most",
    "=": "is",
    "!=": "is not",
    ">=": "at least",
    ">": "above",
}


def dose_rules_page() -> str:
    """Return the doses and dose tables of every shipped study that has some."""
    studies = [load_study(folder) for folder in sorted(STUDIES.iterdir()) if folder.is_dir()]
    parts = [
        section(f"{study.study}: {regimen.label}", *_regimen(study, regimen))
        for study in studies
        for regimen in study.regimens.values()
    ]
    return page("Doses and dose rules", PARAGRAPH, *parts)


def _regimen(study: Study, regimen: Regimen) -> list[str]:
    cycles = f"{regimen.cycles.planned} cycles of {regimen.cycle}."
    plan = table(
        ("drug", "dose", "route", "days of the cycle", "levels below", "source"),
        [_plan(name, drug) for name, drug in regimen.drugs.items()],
    )
    rules = table(
        ("drug", "checked", "when", "then", "again", "source"),
        [
            _rule(study, row, drug=drug, when=when)
            for drug, tables in regimen.modify.items()
            for when, rows in tables.items()
            for row in rows
        ],
    )
    return [cycles, plan, rules if regimen.modify else ""]


def _plan(name: str, drug: Drug) -> tuple[str, ...]:
    bands = [f"from {band.from_kg:g} kg {band.dose}" for band in drug.by_weight]
    days = "daily" if drug.days == "daily" else ", ".join(map(str, drug.days))
    return (
        drug.label or name.replace("_", " ").capitalize(),
        str(drug.dose) if drug.dose else ", ".join(bands),
        str(drug.route),
        days,
        ", ".join(map(str, drug.levels)),
        drug.source or "",
    )


def _rule(study: Study, row: DoseRule, *, drug: str, when: str) -> tuple[str, ...]:
    names = names_in_words(study)
    return (
        drug.replace("_", " ").capitalize(),
        when.replace("_", " "),
        in_words(row.when, names=names),
        in_words(say_action(row.then), names=names),
        "" if row.again is None else in_words(say_action(row.again), names=names),
        row.source or "",
    )


def names_in_words(study: Study) -> Mapping[str, tuple[str, str]]:
    """Return what a rule may name: name -> label and unit."""
    known: dict[str, tuple[str, str]] = {}
    for form in study.forms.values():
        for name, item in form.items.items():
            known[name] = (item.label, item.unit or "")
            known.setdefault(f"{name}_grade", (f"Grade of {_small(item.label)}", ""))
            if form.purpose is FormPurpose.ADVERSE_EVENTS:
                for code, label in item.codes.items():
                    known[f"{code}_grade"] = (f"Grade of {_small(label)}", "")
    return known


def _small(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def in_words(rule: str, *, names: Mapping[str, tuple[str, str]]) -> str:
    """Return a rule with its comparisons in words: `Neutrophils below 1.5 10^9/L`."""

    def said(found: re.Match[str]) -> str:
        name, sign, value = found.groups()
        visit, _, item = name.rpartition(".")
        label, unit = names.get(item, (item.replace("_", " "), ""))
        label = f"{label} at {visit.replace('_', ' ')}" if visit else label
        return f"{label} {_SIGNS[sign]} {value.strip(chr(39))} {unit}".rstrip()

    return _COMPARISON.sub(said, rule)
