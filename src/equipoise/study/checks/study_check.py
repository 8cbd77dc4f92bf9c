"""Check a study folder: every fault of it in one go, and what it assumes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from equipoise.base.errors import Fault, StudyFaults
from equipoise.study.checks.catalogue import CHECKS
from equipoise.study.checks.problem import Problem, Whole, whole_of
from equipoise.study.checks.readable import readable_part
from equipoise.study.checks.said_rules import said_rules
from equipoise.study.checks.sources import SourceKind, read_sources, tagged_figures, words_of
from equipoise.study.load import Reading, read_study
from equipoise.study.schedule import occurrences
from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path, part_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A figure that nobody has published: argue about it, change it, rehearse again.

    Attributes
    ----------
    path : Path
        The part of the study that says it.
    words : str
        What it says.
    tag : str
        Its tag in SOURCES.md.
    kind : SourceKind
        `assumed`.
    where : str
        File and line.
    """

    path: Path
    words: str
    tag: str
    kind: SourceKind
    where: str

    def __str__(self) -> str:
        """Return the assumption on one line."""
        return f"{self.where}: {' / '.join(self.path)}: {self.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a study says; visits count each occurrence of a series."""

    arms: int
    sites: int
    visits: int
    forms: int
    items: int
    rules: int
    endpoints: int
    analyses: int
    scenarios: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStudy:
    """What a check of a folder found.

    Attributes
    ----------
    study : Study | None
        The study; None when some of its words could not be read.
    faults : tuple[Fault, ...]
        Every fault, in the order of files and lines.
    assumptions : tuple[Assumption, ...]
        Figures whose source is an assumption.
    counts : Counts | None
        How much it says; None when it could not be read.
    """

    study: Study | None
    faults: tuple[Fault, ...]
    assumptions: tuple[Assumption, ...]
    counts: Counts | None

    def sound(self) -> Study:
        """Return the study of a folder without faults.

        Raises
        ------
        StudyFaults
            With every fault.
        """
        if self.faults or self.study is None:
            raise StudyFaults(*self.faults)
        return self.study


def check_study(folder: FilePath) -> CheckedStudy:
    """Return every fault of a study folder, with what the study assumes.

    Raises
    ------
    StorageFault
        When there is no such folder, or a file of it may not be read.
    """
    reading = read_study(folder)
    faults = [*reading.faults, *_faults(reading, folder)]
    ordered = sorted(dict.fromkeys(faults), key=_place_in_order)
    whole = whole_of(reading.study, folder=folder) if reading.study else None
    return CheckedStudy(
        study=reading.study,
        faults=tuple(ordered),
        assumptions=_assumptions(whole, reading) if whole else (),
        counts=_counts(whole) if whole else None,
    )


def _faults(reading: Reading, folder: FilePath) -> list[Fault]:
    readable = readable_part(reading.tree)
    if readable is None:
        return []
    whole = whole_of(readable.study, folder=folder)
    return [
        _fault(problem, reading)
        for check in CHECKS
        for problem in check(whole)
        if not readable.lost or readable.believes(problem)
    ]


def _fault(problem: Problem, reading: Reading) -> Fault:
    return Fault(
        kind=problem.kind,
        what=problem.what,
        where=str(problem.at) if problem.at else reading.place_of(problem.path),
        got=problem.got,
        fix=problem.fix,
    )


def _place_in_order(fault: Fault) -> tuple[str, int]:
    file, _, line = fault.where.rpartition(":")
    return file, int(line) if line.isdigit() else 0


def _assumptions(whole: Whole, reading: Reading) -> tuple[Assumption, ...]:
    rows = read_sources(whole.folder) or ()
    assumed = {row.tag for row in rows if row.kind == SourceKind.ASSUMED}
    return tuple(
        Assumption(
            path=figure.path,
            words=words_of(part_of(reading.tree, figure.path)),
            tag=figure.tag,
            kind=SourceKind.ASSUMED,
            where=reading.place_of(figure.path),
        )
        for figure in tagged_figures(whole.study)
        if figure.tag in assumed
    )


def _counts(whole: Whole) -> Counts:
    study = whole.study
    visits = study.schedule.visits.items()
    running = [(name, one) for name, one in visits if one.every is None or one.every.days > 0]
    return Counts(
        arms=len(study.arms),
        sites=len(study.sites),
        visits=sum(max(len(occurrences(name, one)), 1) for name, one in running),
        forms=len(study.forms),
        items=sum(len(form.items) for form in study.forms.values()),
        rules=sum(1 for _ in said_rules(whole)),
        endpoints=len(study.endpoints),
        analyses=len(study.analyses),
        scenarios=len(study.scenarios),
    )
