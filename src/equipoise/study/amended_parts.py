"""The parts of a study that an amendment names, and what changing each concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path


class Consequence(StrEnum):
    """What a change concerns."""

    SAFETY = "safety"
    POPULATION = "population"
    SCHEDULE = "schedule"
    DATA = "data"
    ENDPOINT = "endpoint"
    ANALYSIS = "analysis"
    DESIGN = "design"
    WORDING = "wording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sort of entry of a study.

    Attributes
    ----------
    pattern : Path
        Where entries of the sort stand; `*` is a name.
    sort : str
        What one is called.
    consequence : Consequence
        What changing it concerns.
    """

    pattern: Path
    sort: str
    consequence: Consequence


def _part(pattern: str, sort: str, consequence: Consequence) -> Part:
    return Part(pattern=tuple(pattern.split(".")), sort=sort, consequence=consequence)


PARTS: tuple[Part, ...] = (
    _part("study", "name of the study", Consequence.WORDING),
    _part("version", "version", Consequence.WORDING),
    _part("title", "title", Consequence.WORDING),
    _part("registry", "registry", Consequence.WORDING),
    _part("phase", "phase", Consequence.DESIGN),
    _part("disease", "disease", Consequence.POPULATION),
    _part("subjects", "subjects", Consequence.DESIGN),
    _part("use", "standard form", Consequence.DATA),
    _part("sites.*", "site", Consequence.POPULATION),
    _part("arms.*", "arm", Consequence.DESIGN),
    _part("eligibility", "eligibility", Consequence.POPULATION),
    _part("eligibility.include.*", "inclusion", Consequence.POPULATION),
    _part("eligibility.exclude.*", "exclusion", Consequence.POPULATION),
    _part("strata.*", "stratum", Consequence.DESIGN),
    _part("randomise", "randomisation", Consequence.DESIGN),
    _part("regimens.*", "regimen", Consequence.SAFETY),
    _part("regimens.*.drugs.*", "drug", Consequence.SAFETY),
    _part("regimens.*.modify.*", "dose changes of", Consequence.SAFETY),
    _part("regimens.*.modify.*.*.*", "row", Consequence.SAFETY),
    _part("schedule.clocks.*", "clock", Consequence.SCHEDULE),
    _part("schedule.epochs.*", "epoch", Consequence.SCHEDULE),
    _part("schedule.visits.*", "visit", Consequence.SCHEDULE),
    _part("forms.*", "form", Consequence.DATA),
    _part("forms.*.items.*", "item", Consequence.DATA),
    _part("forms.*.checks.*", "check", Consequence.DATA),
    _part("laboratory.*", "normal limits of", Consequence.SAFETY),
    _part("toxicity", "grading of toxicity", Consequence.SAFETY),
    _part("response", "days of response criteria", Consequence.ENDPOINT),
    _part("risk.*", "risk table", Consequence.ANALYSIS),
    _part("risk.*.factors.*", "factor", Consequence.ANALYSIS),
    _part("events.*", "event", Consequence.ENDPOINT),
    _part("endpoints.*", "endpoint", Consequence.ENDPOINT),
    _part("analysis_sets.*", "analysis set", Consequence.ANALYSIS),
    _part("analyses.*", "analysis", Consequence.ANALYSIS),
    _part("report", "report", Consequence.ANALYSIS),
    _part("report.*", "section", Consequence.ANALYSIS),
    _part("design", "design", Consequence.DESIGN),
    _part("scenarios.*", "scenario", Consequence.DESIGN),
    _part("roles.*", "role", Consequence.DATA),
    _part("data.*", "mapping of", Consequence.DATA),
)
"""Every sort of entry; an entry belongs to the longest pattern that fits."""

_WORDING = frozenset({"label", "title", "text", "help", "say", "source", "definition", "cdash"})

_FIELDS: Mapping[tuple[str, str], Consequence] = {
    ("arms", "regimen"): Consequence.SAFETY,
    ("forms", "ctcae"): Consequence.SAFETY,
    ("schedule", "source"): Consequence.WORDING,
}
"""Words of an entry that concern something else than the entry."""


_AROUND: Mapping[str, str] = {"forms": "form", "risk": "risk table"}
"""What the entries of a section lie in, by section."""


def part_of_path(path: Path) -> Part:
    """Return the sort of entry that a path leads to or into."""
    fitting = [part for part in PARTS if _fits(part.pattern, path)]
    return max(fitting, key=lambda part: len(part.pattern))


def _fits(pattern: Path, path: Path) -> bool:
    return len(pattern) <= len(path) and all(
        expected in ("*", word) for expected, word in zip(pattern, path, strict=False)
    )


def consequence_of(part: Part, path: Path) -> Consequence:
    """Return what a change at a path concerns."""
    rest = path[len(part.pattern) :]
    if rest and rest[-1] in _WORDING and rest[0] not in {"events", "items"}:
        return Consequence.WORDING
    if rest:
        return _FIELDS.get((path[0], rest[0]), part.consequence)
    return part.consequence


def title_of(part: Part, path: Path, *, study: Study, inside: bool) -> str:
    """Return how an entry is called: `Visit follow_up`, `Arm golp, gemcitabine`.

    Parameters
    ----------
    part : Part
        Sort of the entry.
    path : Path
        Where it stands.
    study : Study
        The version that has it.
    inside : bool
        Whether to name only what the entry lies in (`Form disease: `), for an entry that is itself
        added or removed.
    """
    if path[0] == "regimens":
        return _regimen_title(part, path, study=study, inside=inside)
    own = f"{part.sort} {path[len(part.pattern) - 1]}" if part.pattern[-1] == "*" else part.sort
    around = _AROUND.get(path[0], "") if len(part.pattern) > 2 else ""
    within = f"{around} {path[1]}" if around else ""
    if inside:
        return f"{within}: " if within else ""
    title = ", ".join(word for word in (within, own) if word)
    return title[:1].upper() + title[1:]


def _regimen_title(part: Part, path: Path, *, study: Study, inside: bool) -> str:
    name = path[1]
    regimen = study.regimens.get(name)
    also = regimen.arms if regimen else ()
    arms = [arm for arm, one in study.arms.items() if one.regimen == name or arm in also]
    whom = f"Arm{'s' if len(arms) > 1 else ''} {' and '.join(arms)}" if arms else "No arm"
    within = [whom, *path[3 : len(part.pattern)]]
    if len(part.pattern) == 2:
        within.append(f"regimen {name}")
    said = [word.replace("_", " ") if word.startswith("day_") else word for word in within]
    return f"{', '.join(said[:-1])}: " if inside else ", ".join(said)
