"""One row a subject: what the record says of each, and the entries behind every cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from equipoise.derive.latest import latest_at_visits, latest_values
from equipoise.derive.recorded import Recorded, typed
from equipoise.derive.subject_rules import repeating_forms, visit_names
from equipoise.study.forms import ItemType
from equipoise.study.identity import CriterionTime
from equipoise.study.rules import judge, rule_names
from equipoise.study.study import Study

_REGISTERED = ("USUBJID", "SITEID", "REGDT", "subject", "site", "registration_date")
_ALLOCATED = ("ARMCD", "ARM", "RANDDT", "STRATUM", "arm", "randomisation_date")
_START = ("ENROLFL", "BASEDT")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubjectFrame:
    """What is known of each subject.

    Attributes
    ----------
    study : Study
        The protocol.
    frame : polars.DataFrame
        One row a subject registered: the fixed columns of ``adsl``, BASEDT (the day that divides
        baseline from later: randomisation, or registration where the study does not randomise),
        the names that rules use (``arm``, items, ``FORM_date``, ``visit.item``), and whatever was
        judged of the subject.
    behind : polars.DataFrame
        USUBJID, column, seq: one row an entry of the record behind a cell.
    repeated : Mapping[str, polars.DataFrame]
        Form that repeats, as far as rules ask it -> USUBJID and these items, in order of days.
    """

    study: Study
    frame: pl.DataFrame
    behind: pl.DataFrame
    repeated: Mapping[str, pl.DataFrame]

    def judged(self, rules: Mapping[str, str]) -> pl.DataFrame:
        """Return USUBJID and the answer to each rule: true, false, or null when unknown.

        A rule over items of a form that repeats is true when it is true of one of the rows, false
        when of none, and of no row asked with these items missing; one that answers with a number
        speaks of the last row.
        """
        answers = self.frame.select("USUBJID")
        for form, own in self._by_form(rules).items():
            part = self._judged_on(form, own)
            answers = answers.join(part, on="USUBJID", how="left", maintain_order="left")
        return answers.select("USUBJID", *rules)

    def _by_form(self, rules: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Return the rules by the repeating form that they ask; '' asks none."""
        forms = {item: form for form, rows in self.repeated.items() for item in rows.columns[1:]}
        found: dict[str, dict[str, str]] = {}
        for name, rule in rules.items():
            asked = (forms[used] for used in rule_names(rule) if used in forms)
            found.setdefault(next(asked, ""), {})[name] = rule
        return found

    def _judged_on(self, form: str, rules: Mapping[str, str]) -> pl.DataFrame:
        if not form:
            answers = judge(rules, self.frame)
            return pl.concat([self.frame.select("USUBJID"), answers], how="horizontal")
        rows = self.frame.join(self.repeated[form], on="USUBJID", how="left", maintain_order="left")
        answers = judge(rules, rows)
        of_row = pl.concat([rows.select("USUBJID"), answers], how="horizontal")
        is_truth = {
            name: kind in {pl.Boolean(), pl.Null()} for name, kind in answers.schema.items()
        }
        return of_row.group_by("USUBJID", maintain_order=True).agg(
            pl.col(name).cast(pl.Boolean()).any(ignore_nulls=False)
            if truth
            else pl.col(name).last()
            for name, truth in is_truth.items()
        )

    def judged_true(self, rule: str) -> pl.DataFrame:
        """Return the USUBJID of whom a rule is true."""
        return self.judged({"holds": rule}).filter(pl.col("holds")).select("USUBJID")

    def entries_of(self, columns: Iterable[str]) -> pl.DataFrame:
        """Return USUBJID and the ENTRIES behind some columns; an empty list when there are none."""
        here = self.behind.filter(pl.col("column").is_in(list(columns)))
        found = here.group_by("USUBJID").agg(pl.col("seq").unique().sort().alias("ENTRIES"))
        return (
            self.frame.select("USUBJID")
            .join(found, on="USUBJID", how="left", maintain_order="left")
            .with_columns(pl.col("ENTRIES").fill_null([]))
        )

    def with_columns(self, columns: pl.DataFrame, behind: pl.DataFrame) -> SubjectFrame:
        """Return the frame with more columns of each subject, and what is behind them."""
        frame = self.frame.join(columns, on="USUBJID", how="left", maintain_order="left")
        more = behind.select("USUBJID", "column", "seq")
        return replace(self, frame=frame, behind=pl.concat([self.behind, more]))

    def with_answers(self, rules: Mapping[str, str]) -> SubjectFrame:
        """Return the frame with the answer to each rule in a column of its name."""
        if not rules:
            return self
        answers = self.judged(rules)
        typed_answers = answers.with_columns(pl.col(name).cast(pl.Boolean()) for name in rules)
        return self.with_columns(typed_answers, self._behind_rules(rules))

    def _behind_rules(self, rules: Mapping[str, str]) -> pl.DataFrame:
        uses = [(name, used) for name, rule in rules.items() for used in rule_names(rule)]
        used = pl.DataFrame(
            uses, schema={"answer": pl.String(), "column": pl.String()}, orient="row"
        )
        entries = self.behind.join(used, on="column").drop("column")
        return entries.rename({"answer": "column"}).unique()


def clock_column(study: Study, clock: str) -> str:
    """Return the column that holds the date of a clock of the schedule."""
    return study.schedule.clocks.get(clock, clock)


def dates_in(subjects: SubjectFrame, column: str) -> dict[str, dt.date]:
    """Return the date of each subject that has one; none when the study has no such column."""
    if subjects.frame.schema.get(column) != pl.Date():
        return {}
    return dict(subjects.frame.select("USUBJID", column).drop_nulls().iter_rows())


def ends_at(clock: str | None, subjects: SubjectFrame) -> dict[str, dt.date]:
    """Return the day of a clock for each subject that has reached it; none without a clock."""
    return {} if clock is None else dates_in(subjects, clock_column(subjects.study, clock))


def gather_subjects(recorded: Recorded) -> SubjectFrame:
    """Return each subject with its own values, before anything is judged.

    An item has its value at baseline when a visit planned at or before the start collects it: the
    last one on or before the start, or else the last one of such a visit. Any other item has its
    last value. Items of repeating forms have none; rules may ask their rows.
    """
    study = recorded.study
    fixed = _fixed(recorded)
    start = SubjectFrame(
        study=study, frame=fixed, behind=_behind_fixed(recorded), repeated=_repeated(recorded)
    )
    values = latest_values(recorded, fixed.select("USUBJID", "BASEDT"))
    at_visits = latest_at_visits(recorded, wanted=visit_names(study))
    items = {
        name: item.type
        for form in study.forms.values()
        if form.repeats is None
        for name, item in form.items.items()
    }
    visit_items = {name: items[name.split(".")[1]] for name in at_visits["column"].unique()}
    whole = start.with_columns(_wide(values, items), values)
    whole = whole.with_columns(_wide(at_visits, visit_items), at_visits)
    whole = replace(whole, behind=pl.concat([whole.behind, _behind_rows(recorded)]))
    return _with_eligibility_entries(_with_form_dates(whole, recorded))


def _repeated(recorded: Recorded) -> dict[str, pl.DataFrame]:
    return {
        form: recorded.rows(form).select("USUBJID", *items)
        for form, items in repeating_forms(recorded.study).items()
    }


def _behind_rows(recorded: Recorded) -> pl.DataFrame:
    """Return the entries of all rows behind the items of repeating forms that rules ask."""
    asked = [(form, item) for form, own in repeating_forms(recorded.study).items() for item in own]
    schema = {"form": pl.String(), "item": pl.String()}
    here = recorded.values.join(
        pl.DataFrame(asked, schema=schema, orient="row"), on=["form", "item"], how="semi"
    )
    return here.select(
        pl.col("subject").alias("USUBJID"), pl.col("item").alias("column"), pl.col("seq")
    )


def _wide(long: pl.DataFrame, items: Mapping[str, ItemType]) -> pl.DataFrame:
    return typed(long.pivot(on="column", index="USUBJID", values="value"), items)


def _fixed(recorded: Recorded) -> pl.DataFrame:
    study = recorded.study
    only_arm = next(iter(study.arms)) if len(study.arms) == 1 and not study.randomise else None
    start = "randomisation_date" if study.randomise else "registration_date"
    labels = {name: arm.label for name, arm in study.arms.items()}
    arm = pl.col("arm").fill_null(pl.lit(only_arm, dtype=pl.String()))
    subjects = recorded.subjects.with_columns(arm)
    return subjects.select(
        pl.col("subject").alias("USUBJID"),
        pl.col("site").alias("SITEID"),
        pl.col("arm").alias("ARMCD"),
        pl.col("arm").replace_strict(labels, default=None, return_dtype=pl.String()).alias("ARM"),
        pl.col("registration_date").alias("REGDT"),
        pl.col("randomisation_date").alias("RANDDT"),
        pl.col("stratum").alias("STRATUM"),
        pl.col("eligible").alias("ELIGFL"),
        pl.col("not_eligible").alias("NOTELIG"),
        pl.col(start).is_not_null().alias("ENROLFL"),
        pl.col(start).alias("BASEDT"),
        "subject",
        "site",
        "arm",
        "registration_date",
        "randomisation_date",
    )


def _behind_fixed(recorded: Recorded) -> pl.DataFrame:
    randomised = recorded.study.randomise is not None
    registered = _REGISTERED if randomised else (*_REGISTERED, *_START)
    allocated = (*_ALLOCATED, *_START) if randomised else _ALLOCATED
    either = pl.coalesce("allocation_seq", "registration_seq")
    allocation = pl.col("allocation_seq") if randomised else either
    parts = [
        recorded.subjects.select(
            pl.col("subject").alias("USUBJID"), pl.lit(column).alias("column"), seq.alias("seq")
        )
        for columns, seq in ((registered, pl.col("registration_seq")), (allocated, allocation))
        for column in columns
    ]
    return pl.concat(parts).drop_nulls("seq")


def _with_form_dates(subjects: SubjectFrame, recorded: Recorded) -> SubjectFrame:
    """Add the day on which each form was first filled, unless an item has that name."""
    names = {f"{form}_date": form for form in recorded.study.forms}
    own = {date: form for date, form in names.items() if date not in subjects.frame.columns}
    dates = recorded.form_dates(own.values())
    first = dates.sort("ADT", "seq").group_by("USUBJID", "FORM", maintain_order=True).first()
    column = pl.concat_str("FORM", pl.lit("_date")).alias("column")
    long = first.select("USUBJID", column, "ADT", "seq")
    wide = long.pivot(on="column", index="USUBJID", values="ADT")
    absent = [date for date in own if date not in wide.columns]
    whole = wide.with_columns(pl.lit(None, dtype=pl.Date()).alias(date) for date in absent)
    return subjects.with_columns(whole.select("USUBJID", *own), long)


def _with_eligibility_entries(subjects: SubjectFrame) -> SubjectFrame:
    """Tell that the verdict on eligibility rests on what its criteria use."""
    criteria = subjects.study.eligibility.include | subjects.study.eligibility.exclude
    used = {
        name
        for criterion in criteria.values()
        if criterion.at is CriterionTime.RANDOMISATION
        for name in rule_names(criterion.rule)
    }
    here = subjects.behind.filter(pl.col("column").is_in(sorted(used)))
    behind = [here.with_columns(pl.lit(column).alias("column")) for column in ("ELIGFL", "NOTELIG")]
    return replace(subjects, behind=pl.concat([subjects.behind, *behind]).unique())
