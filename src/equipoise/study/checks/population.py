"""Population: who may enter, by what is known before, and how subjects are allocated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.study.checks.problem import Problem, Whole, unknown
from equipoise.study.checks.reach import known_before_entry
from equipoise.study.identity import ArmRole, CriterionTime
from equipoise.study.rules import UnreadableRuleError, rule_names
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "unknown_arm": "Something is for an arm that the study does not have.",
    "no_control_arm": "A study of several arms has no control arm.",
    "two_control_arms": "A study has more than one control arm.",
    "randomise_missing": "A study of several arms does not say how subjects are allocated.",
    "randomise_one_arm": "A study of one arm says how subjects are allocated.",
    "block_size_not_multiple": "A block does not hold whole numbers of each arm.",
    "unknown_stratum": "Allocation or an analysis names a stratum that the study does not have.",
    "stratum_not_before_randomisation": "A stratum rests on what is not known at allocation.",
    "eligibility_item_not_before_randomisation": "A criterion rests on what is not known at "
    "allocation.",
}


def check_arms(whole: Whole) -> Iterator[Problem]:
    """Find studies whose arms cannot be compared."""
    controls = [name for name, arm in whole.study.arms.items() if arm.role is ArmRole.CONTROL]
    if len(whole.study.arms) > 1 and not controls:
        yield Problem(
            kind="no_control_arm",
            path=("arms",),
            what="several arms, and none of them is the control",
            got=", ".join(whole.study.arms),
            fix="write role: control for one of them",
        )
    if len(controls) > 1:
        yield Problem(
            kind="two_control_arms",
            path=("arms", controls[1], "role"),
            what="more than one arm is the control",
            got=", ".join(controls),
            fix="leave role: control to one of them",
        )


def check_allocation(whole: Whole) -> Iterator[Problem]:
    """Find allocation that is missing, not needed, or does not come out even."""
    study = whole.study
    told = any(mapped.arm is not None for mapped in study.data.values())
    if len(study.arms) > 1 and study.randomise is None and not told:
        yield Problem(
            kind="randomise_missing",
            path=("arms",),
            what="several arms, and nothing says how subjects are allocated",
            got="no 'randomise'",
            fix="write randomise: {method: permuted_blocks, sizes: [4, 6], by: [...]}",
        )
    if study.randomise is None:
        return
    if len(study.arms) == 1:
        yield Problem(
            kind="randomise_one_arm",
            path=("randomise",),
            what="there is one arm, and nothing to allocate",
            got="randomise",
            fix="take 'randomise' out, or add the other arm",
        )
    for k, name in enumerate(study.randomise.by):
        if name not in study.strata:
            what = "allocation is by a stratum that the study does not have"
            path = ("randomise", "by", str(k))
            yield unknown("unknown_stratum", path=path, got=name, known=study.strata, what=what)
    yield from _block_sizes(whole)


def _block_sizes(whole: Whole) -> Iterator[Problem]:
    study = whole.study
    unit = sum(arm.allocation for arm in study.arms.values())
    for k, size in enumerate(study.randomise.sizes if study.randomise else ()):
        if size <= 0 or size % unit:
            yield Problem(
                kind="block_size_not_multiple",
                path=("randomise", "sizes", str(k)),
                what=f"a block of {size} does not hold whole numbers of each arm",
                got=str(size),
                fix=f"take multiples of {unit}, the sum of the arms' allocation numbers",
            )


def check_known_before(whole: Whole) -> Iterator[Problem]:
    """Find strata and criteria that rest on what comes later."""
    known = known_before_entry(whole)
    for name, stratum in whole.study.strata.items():
        path = ("strata", name, "rule")
        kind = "stratum_not_before_randomisation"
        yield from _later(whole, stratum.rule, known=known, kind=kind, path=path)
    eligibility = whole.study.eligibility
    for side, criteria in (("include", eligibility.include), ("exclude", eligibility.exclude)):
        for name, criterion in criteria.items():
            if criterion.at is CriterionTime.RANDOMISATION:
                here = ("eligibility", side, name, "rule")
                kind = "eligibility_item_not_before_randomisation"
                yield from _later(whole, criterion.rule, known=known, kind=kind, path=here)
            for k, arm in enumerate(criterion.arms):
                if arm not in whole.study.arms:
                    what = f"criterion '{name}' is for an arm that the study does not have"
                    there = ("eligibility", side, name, "arms", str(k))
                    arms = whole.study.arms
                    yield unknown("unknown_arm", path=there, got=arm, known=arms, what=what)


def _later(
    whole: Whole, rule: str, *, known: frozenset[str], kind: str, path: Path
) -> Iterator[Problem]:
    try:
        names = rule_names(rule)
    except UnreadableRuleError:
        return
    later = [name for name in names if name in whole.names and name not in known]
    if later:
        entry = "registered" if whole.study.randomise is None else "allocated"
        yield Problem(
            kind=kind,
            path=path,
            what=f"{', '.join(later)} cannot be known before a subject is {entry}",
            got=rule,
            fix="ask it at a visit of all arms on or before that day (at: -28 d .. 0 d)",
        )
