"""A believable trial of two arms as result rows, drawn at random, for the tests of the report."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from equipoise.analyse.results import Topic, address
from equipoise.stats import clopper_pearson, kaplan_meier, logrank, median, survival_at

ARMS = {"chemo": 60, "surgery_first": 58}


@dataclass(frozen=True)
class Rows:
    """Result rows as they are gathered."""

    analysis: str
    rows: list[dict[str, object]] = field(default_factory=list)

    def add(self, statistic: str, value: float | None, **words: object) -> None:
        """Add one row; words are the other columns."""
        text, n, told = (words.pop(name, None) for name in ("text", "n", "method"))
        topic = Topic(analysis=self.analysis, method=str(told or ""), **words)
        known = value is not None and np.isfinite(value)
        self.rows.append(
            {
                "cell": address(topic, statistic),
                "analysis": self.analysis,
                "endpoint": topic.endpoint,
                "group": topic.group,
                "level": topic.level,
                "statistic": statistic,
                "at": topic.at,
                "subject": topic.subject,
                "value": float(value) if known else None,
                "text": text if known else "not estimable: nothing to estimate it from",
                "n": n,
                "method": topic.method,
                "dataset": "adsl",
                "where": "true",
                "column": "USUBJID",
            }
        )

    def count_of(self, n: int, whole: int, **words: object) -> None:
        """Add a count and its per cent."""
        self.add("count", n, **words)
        self.add("percent", 100 * n / whole, **words)


def flow() -> Rows:
    rows = Rows("flow")
    for level, n, text in (
        ("screened", 151, "Screened"),
        ("not_eligible", 24, "Not eligible"),
        ("not_eligible.performance", 15, "ECOG performance status 0 or 1"),
        ("not_eligible.platelets", 11, "Platelets at least 100"),
        ("not_randomised", 9, "Not randomised for other reasons"),
        ("not_randomised.not_yet_eligible", 9, "Not yet known to be eligible"),
        ("randomised", 118, "Randomised"),
    ):
        rows.add("count", n, level=level, text=text)
    boxes = {
        "chemo": (57, 3, 53, 49, 4, 7),
        "surgery_first": (None, None, 56, 50, 6, 2),
    }
    for arm, (started, not_started, operated, resected, explored, none) in boxes.items():
        rows.add("count", ARMS[arm], group=arm, level="allocated", text=arm)
        if started is not None:
            rows.add("count", started, group=arm, level="started", text="Started cisplatin")
            rows.add("count", not_started, group=arm, level="not_started", text="Did not start")
        rows.add("count", operated, group=arm, level="operated", text="Operated")
        rows.add("count", resected, group=arm, level="operated.resected", text="Resected")
        rows.add(
            "count",
            explored,
            group=arm,
            level="operated.explored_only",
            text="Explored, not resected",
        )
        rows.add("count", none, group=arm, level="not_operated", text="Not operated")
        rows.add("count", none, group=arm, level="not_operated.progression", text="Progression")
        for name, text in (("all_randomised", "All randomised"), ("treated", "Treated subjects")):
            rows.add("count", ARMS[arm], group=arm, level=f"in_set.{name}", text=text)
    return rows


def summary(rows: Rows, values: np.ndarray, **words: object) -> None:
    rows.add("n", values.size, **words)
    rows.add("missing", 0, **words)
    told = {
        "mean": values.mean(),
        "sd": values.std(ddof=1),
        "median": np.median(values),
        "q1": np.quantile(values, 0.25),
        "q3": np.quantile(values, 0.75),
        "minimum": values.min(),
        "maximum": values.max(),
    }
    for statistic, value in told.items():
        rows.add(statistic, value, **words)


def baseline(draw: np.random.Generator) -> Rows:
    rows = Rows("baseline")
    groups = {**ARMS, "all": sum(ARMS.values())}
    for group, n in groups.items():
        rows.add("n", n, group=group)
    for group, n in groups.items():
        summary(rows, draw.normal(61, 8, n).round(), endpoint="age", group=group)
    for item, levels in (
        ("sex", {"female": "Female", "male": "Male"}),
        ("ecog", {"0": "0", "1": "1"}),
    ):
        for group, n in groups.items():
            first = int(draw.binomial(n, 0.35))
            for (level, text), part in zip(levels.items(), (first, n - first), strict=True):
                words = {"endpoint": item, "group": group, "level": level, "text": text}
                rows.count_of(part, n, **words)
            rows.count_of(0, n, endpoint=item, group=group, level="missing", text="Missing")
    return rows


def categories() -> Rows:
    rows = Rows("surgery_outcomes")
    for arm, n in ARMS.items():
        rows.add("n", n, group=arm)
        for level, text, part in (("R0", "R0", 44), ("R1", "R1", 4), ("missing", "Missing", 5)):
            words = {"endpoint": "margin", "group": arm, "level": level, "text": text}
            rows.count_of(part, n, **words)
    return rows


def rates() -> Rows:
    rows = Rows("rates")
    for endpoint, successes in (("orr", (27, 0)), ("r0", (46, 41))):
        for (arm, n), part in zip(ARMS.items(), successes, strict=True):
            found = clopper_pearson(part, n)
            words = {
                "endpoint": endpoint,
                "group": arm,
                "level": "clopper_pearson",
                "method": "Clopper-Pearson interval, 95 %",
            }
            rows.add("n", n, **words)
            rows.add("successes", part, **words)
            rows.add("proportion", found.estimate, **words)
            rows.add("lower", found.lower, **words)
            rows.add("upper", found.upper, **words)
            if endpoint == "orr":
                for level, text, k in (("PR", "Partial response", 25), ("CR", "Complete", 2)):
                    words = {"endpoint": endpoint, "group": arm, "level": level, "text": text}
                    rows.count_of(k if part else 0, n, **words)
    return rows


Times = dict[str, tuple[np.ndarray, np.ndarray]]


def draw_times(draw: np.random.Generator, *, scale: float) -> Times:
    """Draw times and events of each arm; the experimental arm lives longer."""
    times = {}
    for arm, n in ARMS.items():
        factor = 1.9 if arm == "chemo" else 1.0
        until_event = draw.exponential(scale * factor, n)
        end = draw.uniform(10, 46, n)
        times[arm] = (np.minimum(until_event, end), (until_event <= end).astype(float))
    return times


def curve(name: str, endpoint: str, times: Times) -> Rows:
    rows = Rows(name)
    longest = max(time.max() for time, _ in times.values())
    for arm, (time, event) in times.items():
        words = {
            "endpoint": endpoint,
            "group": arm,
            "method": "Kaplan-Meier, log-log interval, 95 %",
        }
        found = kaplan_meier(time, event)
        rows.add("n", time.size, **words)
        rows.add("events", event.sum(), **words)
        middle = median(found)
        rows.add("median", middle.estimate, **words)
        rows.add("median_lower", middle.lower, **words)
        rows.add("median_upper", middle.upper, **words)
        for at in (12.0, 24.0):
            told = survival_at(found, [at])
            there = {**words, "level": "landmark", "at": at}
            rows.add("at_risk", told.at_risk[0], **there)
            rows.add("survival", told.estimate[0], **there)
            rows.add("lower", told.lower[0], **there)
            rows.add("upper", told.upper[0], **there)
        for at in np.arange(0, longest, 6.0):
            n = survival_at(found, [at]).at_risk[0]
            rows.add("at_risk", n, **words, level="at_risk", at=float(at))
        points(rows, found, **words)
    return rows


def points(rows: Rows, found: object, **words: object) -> None:
    start = {**words, "level": "curve", "at": 0.0}
    for statistic, value in (("survival", 1), ("lower", 1), ("upper", 1), ("censored", 0)):
        rows.add(statistic, value, **start)
    for place, at in enumerate(found.times):
        there = {**words, "level": "curve", "at": float(at)}
        rows.add("survival", found.survival[place], **there)
        rows.add("lower", found.lower[place], **there)
        rows.add("upper", found.upper[place], **there)
        rows.add("at_risk", found.at_risk[place], **there)
        rows.add("censored", found.censored[place], **there)


def tests_of_efs(times: Times) -> list[Rows]:
    test, model = Rows("efs_test"), Rows("efs_ratio")
    time, event = (np.concatenate(part) for part in zip(*times.values(), strict=True))
    arm = np.repeat([1.0, 0.0], list(ARMS.values()))
    found = logrank(time, event, arm)
    words = {"endpoint": "efs", "method": "log-rank test, two-sided, stratified by older"}
    for statistic in ("chi_square", "df", "p_value", "z"):
        test.add(statistic, getattr(found, statistic), group="chemo v surgery_first", **words)
    for place, name in ((1, "chemo"), (0, "surgery_first")):
        test.add("n", ARMS[name], group=name, **words)
        test.add("observed", found.observed[place], group=name, **words)
        test.add("expected", found.expected[place], group=name, **words)
    ratio = (found.observed[1] / found.expected[1]) / (found.observed[0] / found.expected[0])
    se = np.sqrt(1 / found.expected[0] + 1 / found.expected[1])
    words = {"endpoint": "efs", "method": "Cox regression, Efron ties, stratified by older"}
    for statistic, value in (
        ("n", 118),
        ("events", event.sum()),
        ("missing", 0),
        ("likelihood_ratio", found.chi_square),
        ("likelihood_ratio_df", 1),
        ("likelihood_ratio_p", found.p_value),
    ):
        model.add(statistic, value, level="model", **words)
    for statistic, value in (
        ("hazard_ratio", ratio),
        ("lower", ratio * np.exp(-1.96 * se)),
        ("upper", ratio * np.exp(1.96 * se)),
        ("p_value", found.p_value),
    ):
        model.add(statistic, value, level="arm", **words)
    return [test, model]


def logistic_and_summary(draw: np.random.Generator) -> list[Rows]:
    model, size = Rows("r0_model"), Rows("size")
    for statistic, value in (("n", 118), ("successes", 87), ("missing", 0)):
        model.add(statistic, value, endpoint="r0", level="model")
    for level, middle in (("intercept", 2.0), ("arm", 1.36), ("sex=male", 0.91)):
        for statistic, value in (
            ("odds_ratio", middle),
            ("lower", middle / 2.2),
            ("upper", middle * 2.2),
            ("p_value", 0.45),
        ):
            model.add(statistic, value, endpoint="r0", level=level)
    for arm, n in ARMS.items():
        words = {"endpoint": "viable", "group": arm, "method": "quartiles of type 2"}
        summary(size, draw.uniform(0, 90, n), **words)
        size.add("count", 9, **words, level="at_most", at=10.0)
        size.add("percent", 100 * 9 / n, **words, level="at_most", at=10.0)
    return [model, size]


def waterfall(draw: np.random.Generator) -> Rows:
    rows = Rows("change")
    rows.add("n", 55, endpoint="orr", group="chemo")
    rows.add("missing", 5, endpoint="orr", group="chemo")
    for subject in range(1, 56):
        change = float(np.clip(draw.normal(-24, 24), -100, 80))
        response = "PD" if change >= 20 else "PR" if change <= -30 else "SD"
        words = {"endpoint": "orr", "group": "chemo", "subject": f"S{subject:03d}"}
        rows.add("best_change", change, **words, text=response)
    return rows


def swimmer(draw: np.random.Generator) -> Rows:
    rows = Rows("lanes")
    for arm, n in ARMS.items():
        rows.add("n", n, endpoint="os", group=arm)
        for subject in range(1, n + 1):
            lane(rows, draw, endpoint="os", group=arm, subject=f"{arm[0].upper()}{subject:03d}")
    return rows


def lane(rows: Rows, draw: np.random.Generator, **words: object) -> None:
    length = float(draw.uniform(3, 46))
    died = bool(draw.random() < 0.45)
    marks = {"start": (0.0, None), "scan": (1.9, "SD")}
    if words["group"] == "chemo":
        marks |= {"first_dose": (0.1, None), "last_dose": (1.4, None)}
    marks["surgery"] = (float(draw.uniform(0.5, 2.8)), "Resected")
    if died:
        marks["recurrence"] = (length * 0.6, None)
        marks["death"] = (length, None)
    marks["end"] = (length, "Death" if died else "ongoing")
    for level, (at, text) in marks.items():
        rows.add("month", at, **words, level=level, at=at, text=text)


def adverse_events(draw: np.random.Generator) -> Rows:
    rows = Rows("safety")
    groups = {**ARMS, "all": sum(ARMS.values())}
    terms = {
        "any_event": ("Any adverse event", 0.92, 0.4),
        "fatigue": ("Fatigue", 0.6, 0.04),
        "neutropenia": ("Neutrophil count decreased", 0.5, 0.22),
        "nausea": ("Nausea", 0.44, 0.03),
        "alt_raised": ("Alanine aminotransferase increased", 0.2, 0.03),
    }
    for group, n in groups.items():
        rows.add("n", n, group=group)
    for term, (text, share, severe) in terms.items():
        for group, n in groups.items():
            less = 0.5 if group == "surgery_first" else 1.0
            total = int(draw.binomial(n, share * less))
            grade_3 = int(draw.binomial(total, severe * less))
            fatal = 1 if term == "any_event" and group != "chemo" else 0
            words = {"endpoint": term, "group": group}
            for level, said, part in (
                ("any_grade", text, total),
                ("grade_1_2", "Grade 1-2", total - grade_3 - fatal),
                ("grade_3_4", "Grade 3-4", grade_3),
                ("grade_5", "Grade 5", fatal),
            ):
                rows.count_of(part, n, **words, level=level, text=said)
            if term == "any_event":
                rows.count_of(grade_3, n, **words, level="serious", text="Serious")
    return rows
