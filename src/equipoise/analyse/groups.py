"""Who is compared: the groups of an analysis, by arm, by a property, or by a binary endpoint."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.analyse.selection import Selection, among, equals, named, select
from equipoise.analyse.variables import ARM, arm_names, is_binary, levels_of, single
from equipoise.derive.frames import AnalysisData
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Subjects that are told together.

    Attributes
    ----------
    name : str
        Arm, level, or ``all``.
    in_adsl, anywhere : str
        SQL condition that selects them in `adsl`, and in any dataset; empty for everybody.
    """

    name: str
    in_adsl: str = ""
    anywhere: str = ""

    def of(self, whole: Selection) -> Selection:
        """Return the rows of a selection that belong to the group."""
        return whole.narrowed(self.in_adsl if whole.dataset == "adsl" else self.anywhere)


EVERYBODY = Group(name="all")


def groups_by(study: Study, data: AnalysisData, *, by: str | None) -> tuple[Group, ...]:
    """Return the groups that an analysis compares, in the order they are shown.

    Arms come as the study lists them, control last; codes in the order of their list; yes before
    no. A subject whose group is unknown is in none.

    Parameters
    ----------
    by : str or None
        ``arm``, an item, stratum or analysis set, or a binary endpoint; None for one group of all.
    """
    if by is None:
        return (EVERYBODY,)
    if by == ARM:
        arms = {name: equals("ARMCD", name) for name in arm_names(study)}
        return tuple(Group(name=name, in_adsl=arm, anywhere=arm) for name, arm in arms.items())
    if is_binary(study.endpoints.get(by)):
        return _by_endpoint(data, endpoint=by)
    return _by_variable(study, data, by=by)


def _by_endpoint(data: AnalysisData, *, endpoint: str) -> tuple[Group, ...]:
    rows = select(data, "adeff").narrowed(equals("PARAMCD", endpoint))
    answers = {"yes": rows.narrowed("AVAL = 1"), "no": rows.narrowed("AVAL = 0")}
    listed = {name: among(answer.subjects) for name, answer in answers.items()}
    return tuple(Group(name=name, in_adsl=who, anywhere=who) for name, who in listed.items())


def _by_variable(study: Study, data: AnalysisData, *, by: str) -> tuple[Group, ...]:
    everybody = select(data, "adsl")
    levels = levels_of(single(study, by), values=everybody.rows[by])
    return tuple(
        Group(
            name=level.name,
            in_adsl=level.condition,
            anywhere=among(everybody.narrowed(level.condition).subjects),
        )
        for level in levels
    )


def in_set(data: AnalysisData, *, population: str) -> Selection:
    """Return the subjects of an analysis set, in `adsl`."""
    return select(data, "adsl").narrowed(named(population))
