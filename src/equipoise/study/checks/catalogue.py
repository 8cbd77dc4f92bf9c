"""Every check of a study, and every kind of fault with one sentence on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from equipoise.study.checks import (
    analyses,
    computed,
    courses,
    design,
    dose_grades,
    dose_rows,
    dose_rules,
    dose_values,
    dosing,
    endpoints,
    forms,
    laboratory,
    mapping,
    names,
    population,
    responses,
    risk,
    roles,
    rules,
    scenarios,
    schedule,
    sources,
    windows,
)
from equipoise.study.checks.problem import Problem, Whole

CHECKS: tuple[Callable[[Whole], Iterator[Problem]], ...] = (
    names.check_items_once,
    names.check_names_free,
    names.check_names_agree,
    rules.check_rules,
    forms.check_forms_used,
    forms.check_items,
    computed.check_functions,
    computed.check_no_cycle,
    laboratory.check_normal_ranges,
    laboratory.check_particular_ranges,
    laboratory.check_grades,
    schedule.check_visits,
    schedule.check_clocks,
    schedule.check_visits_reached,
    windows.check_windows,
    windows.check_lengths,
    dosing.check_regimens,
    dosing.check_drugs,
    dosing.check_cycles_visited,
    dose_rules.check_tables,
    dose_rules.check_reductions,
    dose_rows.check_rows_reached,
    dose_rows.check_holds_end,
    dose_grades.check_grades_exist,
    dose_values.check_values_taken,
    population.check_arms,
    population.check_allocation,
    population.check_known_before,
    risk.check_tables,
    risk.check_items,
    endpoints.check_events,
    endpoints.check_endpoints,
    endpoints.check_endpoints_fed,
    responses.check_irecist,
    responses.check_responses,
    responses.check_days,
    analyses.check_analyses,
    analyses.check_report,
    design.check_design,
    scenarios.check_draws,
    scenarios.check_required_drawn,
    scenarios.check_visits_placed,
    courses.check_courses,
    courses.check_effects,
    roles.check_hidden,
    roles.check_permissions,
    sources.check_sources,
    mapping.check_mapping,
)
"""Each looks at the whole study for one thing."""

_WORDS: Mapping[str, str] = {
    "no_study_folder": "There is no such folder, or no study.yaml in it.",
    "unreadable_file": "A file is not UTF-8 text, or may not be read.",
    "yaml_syntax": "A file is not YAML.",
    "yaml_alias": "A file uses anchors and aliases, which hide what the trial says.",
    "said_twice": "A word, a section or an entry stands twice.",
    "unknown_file": "A file has a name that no part of a study has.",
    "unknown_standard_form": "A form uses a standard form that the package does not have.",
    "without_unknown": "A form leaves out what its standard form does not have.",
    "missing_word": "A word that every entry of its sort needs is missing.",
    "unknown_word": "A word is no word of its part of the study.",
    "unknown_choice": "A choice is none of those that can be made.",
    "bad_name": "A name is not snake_case.",
    "bad_quantity": "A quantity, action, date or distribution is not written as it should be.",
    "bad_value": "A value is of another type or size than its word takes.",
}

KINDS_BY_SUBJECT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Files and words": _WORDS,
        "Names": names.KINDS,
        "Rules": rules.KINDS,
        "Forms": forms.KINDS,
        "Computed items": computed.KINDS,
        "Laboratory": laboratory.KINDS,
        "Schedule": schedule.KINDS,
        "Windows and lengths of time": windows.KINDS,
        "Dosing": dosing.KINDS,
        "Dose changes": {
            **dose_rules.KINDS,
            **dose_rows.KINDS,
            **dose_grades.KINDS,
            **dose_values.KINDS,
        },
        "Population": population.KINDS,
        "Risk tables": risk.KINDS,
        "Endpoints": endpoints.KINDS,
        "Response criteria": responses.KINDS,
        "Analyses and report": analyses.KINDS,
        "Design": design.KINDS,
        "Scenarios": scenarios.KINDS,
        "Courses of a scenario": courses.KINDS,
        "Roles": roles.KINDS,
        "Sources": sources.KINDS,
        "Mapping of tables": mapping.KINDS,
    }
)
"""Heading -> kind -> what it means."""

FAULT_KINDS: Mapping[str, str] = MappingProxyType(
    {kind: words for kinds in KINDS_BY_SUBJECT.values() for kind, words in kinds.items()}
)
"""Kind of fault -> what it means."""


def faults_page() -> str:
    """Return the page `docs/faults.md`: every kind of fault, by subject."""
    lines = [
        "# Faults of a study",
        "",
        "`equipoise check FOLDER` tells every fault at once: what is wrong, in which file and",
        "line, what was found there, and what to do. These are the kinds.",
    ]
    for heading, kinds in KINDS_BY_SUBJECT.items():
        lines += ["", f"## {heading}", "", "| kind | meaning |", "|---|---|"]
        lines += [f"| `{kind}` | {words} |" for kind, words in kinds.items()]
    return "\n".join([*lines, ""])
