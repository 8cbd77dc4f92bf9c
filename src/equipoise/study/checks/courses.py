"""Courses: each arm of a scenario has one, and its shares and effects fit the study."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from equipoise.study.checks.dosing import arms_of
from equipoise.study.checks.problem import Problem, Whole, unknown
from equipoise.study.event_terms import event_terms, grades_of_events
from equipoise.study.regimens import RegimenPhase
from equipoise.study.scenarios import Course, Scenario, Toxicity
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "scenario_missing_arm": "A scenario does not say what happens in an arm.",
    "scenario_unknown_site": "A scenario enters subjects at a site that the study does not have.",
    "scenario_shares_not_whole": "The shares of a scenario do not sum to 100 %.",
    "scenario_response_missing": "A scenario gives no response to an arm treated before surgery.",
    "scenario_response_unasked": "A scenario gives a response to an arm that is not treated before "
    "surgery.",
    "scenario_unknown_term": "A scenario draws an adverse event that no form has a code for.",
    "scenario_toxicity_order": "More subjects have grade 3 or more than have any grade.",
    "scenario_impossible_grade": "A scenario gives a share to grades that the CTCAE does not have "
    "for the adverse event.",
}

_RESPONSES = ("CR", "PR", "SD", "PD", "NE")


def check_courses(whole: Whole) -> Iterator[Problem]:
    """Find courses that are missing, or that no arm of the study can take."""
    for name, scenario in whole.study.scenarios.items():
        path = ("scenarios", name)
        for arm in whole.study.arms:
            if arm not in scenario.arms:
                yield Problem(
                    kind="scenario_missing_arm",
                    path=(*path, "arms"),
                    what=f"scenario '{name}' does not say what happens in arm '{arm}'",
                    got=", ".join(scenario.arms),
                    fix=f"write the course of '{arm}'",
                )
        yield from _sites(whole, scenario, path=path)
        factors = (*path, "margin_hazard_ratio")
        yield from _margins(whole, scenario.margin_hazard_ratio, path=factors)
        for arm, course in scenario.arms.items():
            here = (*path, "arms", arm)
            yield from _arm(whole, arm, path=here)
            if arm in whole.study.arms:
                yield from _course(whole, course, arm=arm, path=here)


def _arm(whole: Whole, name: str, *, path: Path) -> Iterator[Problem]:
    if name not in whole.study.arms:
        what = f"'{name}' is no arm of the study"
        yield unknown("unknown_arm", path=path, got=name, known=whole.study.arms, what=what)


def _sites(whole: Whole, scenario: Scenario, *, path: Path) -> Iterator[Problem]:
    for site in scenario.sites:
        if site not in whole.study.sites:
            what = f"'{site}' is no site of the study"
            here = (*path, "sites", site)
            known = whole.study.sites
            yield unknown("scenario_unknown_site", path=here, got=site, known=known, what=what)
    if scenario.sites:
        yield from _whole_shares(scenario.sites, path=(*path, "sites"))


def _whole_shares(shares: Mapping[str, float], *, path: Path) -> Iterator[Problem]:
    total = sum(shares.values())
    if abs(total - 1) > 1e-9:
        yield Problem(
            kind="scenario_shares_not_whole",
            path=path,
            what=f"the shares of {path[-1]} do not sum to 100 %",
            got=f"{100 * total:g} %",
            fix="let them sum to 100 %",
        )


def _margins(whole: Whole, codes: Collection[str], *, path: Path) -> Iterator[Problem]:
    margin = whole.items.get("margin")
    for code in codes:
        if margin is not None and code not in margin.codes:
            what = f"'{code}' is no margin of the pathology form"
            here = (*path, code)
            known = margin.codes
            yield unknown("scenario_code_unknown", path=here, got=code, known=known, what=what)


def _course(whole: Whole, course: Course, *, arm: str, path: Path) -> Iterator[Problem]:
    yield from _whole_shares(course.margin, path=(*path, "margin"))
    yield from _margins(whole, course.margin, path=(*path, "margin"))
    treated = arm in _treated_before_surgery(whole)
    if course.response is None and treated:
        yield Problem(
            kind="scenario_response_missing",
            path=path,
            what=f"arm '{arm}' is treated before surgery, and its response is not said",
            got="no 'response'",
            fix="write response: {CR: 2 %, PR: 53 %, SD: 39 %, PD: 6 %}",
        )
    if course.response is not None:
        here = (*path, "response")
        yield from _whole_shares(course.response, path=here)
        for code in course.response:
            if code not in _RESPONSES:
                what = f"'{code}' is no response"
                kind = "scenario_code_unknown"
                known = _RESPONSES
                yield unknown(kind, path=(*here, code), got=code, known=known, what=what)
        if not treated:
            yield Problem(
                kind="scenario_response_unasked",
                path=here,
                what=f"arm '{arm}' has no regimen before surgery to respond to",
                got="response",
                fix="take it out, or give the arm a regimen",
            )


def _treated_before_surgery(whole: Whole) -> frozenset[str]:
    return frozenset(
        arm
        for name, regimen in whole.study.regimens.items()
        if regimen.phase is RegimenPhase.NEOADJUVANT
        for arm in arms_of(whole.study, name)
    )


def check_effects(whole: Whole) -> Iterator[Problem]:
    """Find adverse events, laboratory effects and draws of arms or items that do not exist."""
    terms, grades = event_terms(whole.study), grades_of_events(whole.study)
    for name, scenario in whole.study.scenarios.items():
        path = ("scenarios", name)
        events = (*path, "adverse_events")
        yield from _toxicity(whole, scenario, terms=terms, grades=grades, path=events)
        for item in scenario.laboratory:
            if item not in whole.items:
                what = f"no form asks '{item}'"
                here = (*path, "laboratory", item)
                kind = "scenario_unknown_item"
                yield unknown(kind, path=here, got=item, known=whole.items, what=what)
        for word, by_name in (("laboratory", scenario.laboratory), ("by_arm", scenario.by_arm)):
            for item, by_arm in by_name.items():
                for arm in by_arm:
                    yield from _arm(whole, arm, path=(*path, word, item, arm))


def _toxicity(
    whole: Whole,
    scenario: Scenario,
    *,
    terms: Collection[str],
    grades: Mapping[str, frozenset[int]],
    path: Path,
) -> Iterator[Problem]:
    for term, by_arm in scenario.adverse_events.items():
        if term not in terms:
            what = f"'{term}' is no code of an adverse-events form"
            here = (*path, term)
            yield unknown("scenario_unknown_term", path=here, got=term, known=terms, what=what)
        for arm, toxicity in by_arm.items():
            here = (*path, term, arm)
            yield from _arm(whole, arm, path=here)
            if toxicity.grade_3_or_more > toxicity.any_grade:
                yield Problem(
                    kind="scenario_toxicity_order",
                    path=(*here, "grade_3_or_more"),
                    what=f"{term}: more subjects have grade 3 or more than have any grade",
                    got=f"{100 * toxicity.grade_3_or_more:g} % and {100 * toxicity.any_grade:g} %",
                    fix="any_grade counts every grade, 3 and more as well",
                )
            elif term in grades:
                yield from _impossible_grades(toxicity, exist=grades[term], path=here)


def _impossible_grades(
    toxicity: Toxicity, *, exist: frozenset[int], path: Path
) -> Iterator[Problem]:
    """Find a share of grades that a term does not have; 5 comes from the course, not from here."""
    severe = toxicity.grade_3_or_more
    shares = {(1, 2): toxicity.any_grade - severe, (3, 4): severe}
    words = {(1, 2): "any_grade", (3, 4): "grade_3_or_more"}
    have = ", ".join(str(grade) for grade in sorted(exist))
    for asked, share in shares.items():
        if share > 0 and exist.isdisjoint(asked):
            mild = asked == (1, 2)
            yield Problem(
                kind="scenario_impossible_grade",
                path=(*path, words[asked]),
                what=f"{path[-2]} has no grade {asked[0]} or {asked[1]}, but a share of subjects",
                got=f"{100 * share:g} %; its grades are {have}",
                fix="write the same share as grade_3_or_more" if mild else "take the share out",
            )
