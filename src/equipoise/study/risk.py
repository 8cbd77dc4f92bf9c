"""Risk tables: what findings do to a hazard, with interval and source, and the SQL they become.

The rules of the factors are SQL, so the class of a subject is SQL too: one text that a form and a
million virtual subjects share. It says what `oncology.risk_table.risk` says.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from equipoise.base.quantities import parse_fraction
from equipoise.oncology.disease.risk_table import RiskFactor, RiskModel
from equipoise.study.forms import ItemType
from equipoise.study.words import Code, Name, Rule, Source, SpanWord, Words, say_share


class Hazard(StrEnum):
    """Whose hazard a ratio multiplies."""

    DEATH = "death"
    RECURRENCE = "recurrence"
    RECURRENCE_OR_DEATH = "recurrence_or_death"


def _read_shrink(words: object) -> object:
    if words == "none":
        return 0.0
    return parse_fraction(words) if isinstance(words, str) else words


Shrink = Annotated[
    float,
    BeforeValidator(_read_shrink),
    Field(ge=0, lt=1),
    PlainSerializer(lambda share: say_share(share) if share else "none", return_type=str),
    WithJsonSchema({"type": ["string", "number"], "examples": ["50 %", "none"]}),
]
"""Share taken away from each log hazard ratio, written `50 %` or `none`."""


class TableFactor(Words):
    """A finding with its published hazard ratio; `interval` is the 95 % one, if it was printed."""

    label: str
    when: Rule
    hazard_ratio: float = Field(gt=0)
    interval: SpanWord | None = None
    hazard: Hazard
    source: Source


class RiskTable(Words):
    """Factors that are combined to the risk of one subject.

    `shrink` has no default: whether ratios of several papers are multiplied as they are is said.
    `classes` gives the hazard ratio, against a subject with no factor, that each class begins at;
    the first begins at 0.
    """

    label: str
    shrink: Shrink
    factors: dict[Name, TableFactor] = Field(min_length=1)
    classes: dict[Code, Annotated[float, Field(ge=0)]] = Field(min_length=1)
    source: Source | None = None

    @property
    def model(self) -> RiskModel:
        """The numbers of the table.

        Raises
        ------
        BadInput
            When the classes do not begin at 0 and rise.
        """
        factors = {
            name: RiskFactor(label=factor.label, hazard_ratio=factor.hazard_ratio)
            for name, factor in self.factors.items()
        }
        return RiskModel(factors=factors, shrink=self.shrink, classes=self.classes)


ANSWERS = frozenset({ItemType.CODE, ItemType.NUMBER, ItemType.INTEGER, ItemType.TEXT})
"""Types of an item that a table can answer."""


def risk_rule(table: RiskTable, *, answers: ItemType) -> str:
    """Return the SQL that answers an item from a risk table.

    Parameters
    ----------
    table : RiskTable
        The table.
    answers : ItemType
        A code is the class, a number the hazard ratio, an integer how many factors count, a text
        which ones, and which are not known.

    Notes
    -----
    A class is given when every unknown factor, there or not there, leads to it; ratio and number
    are unknown with one factor unknown.
    """
    match answers:
        case ItemType.CODE:
            return _class_rule(table)
        case ItemType.NUMBER:
            least, most = _predictor(table, worst=False), _predictor(table, worst=True)
            return f"case when {least} = {most} then exp({least}) end"
        case ItemType.INTEGER:
            return " + ".join(_count(factor.when) for factor in table.factors.values())
        case _:
            return _words_rule(table)


def _predictor(table: RiskTable, *, worst: bool) -> str:
    """Return the sum of log hazard ratios with unknown factors at their best or at their worst."""
    model = table.model
    return " + ".join(
        _part(factor.when, own=model.log_hazard_ratio(name), worst=worst)
        for name, factor in table.factors.items()
    )


def _part(when: str, *, own: Decimal, worst: bool) -> str:
    """Return what a factor adds; an unknown one counts when that is the better or the worse."""
    if worst == (own > 0):
        return f"case when not ({when}) then 0 else {own} end"
    return f"case when {when} then {own} else 0 end"


def _class_rule(table: RiskTable) -> str:
    least, most = _predictor(table, worst=False), _predictor(table, worst=True)
    starts = table.model.starts()
    ends = (*(start for _, start in starts[1:]), None)
    branches = []
    for (name, start), end in zip(starts, ends, strict=True):
        from_here = f"{least} >= {start}" if start is not None else "true"
        to_here = f"{most} < {end}" if end is not None else "true"
        branches.append(f"when {from_here} and {to_here} then '{name}'")
    return f"case {' '.join(branches)} end"


def _count(when: str) -> str:
    return f"case when {when} then 1 when not ({when}) then 0 end"


def _words_rule(table: RiskTable) -> str:
    words = []
    for factor in table.factors.values():
        label, when = factor.label.replace("'", "''"), factor.when
        there = f"when {when} then '{label}' when not ({when}) then null"
        words.append(f"case {there} else '{label} not known' end")
    return f"coalesce(nullif(concat_ws(', ', {', '.join(words)}), ''), 'no factor')"
