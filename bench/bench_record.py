"""How fast a form is entered: median per form and entries/s, in memory and in SQLite.

The last line is a row of lesions of a subject with ten earlier visits of five lesions.

The limit is a bare loop that makes the same hash chain and does nothing else: no study, no
checks, no record, no disk. Run: ``python bench/bench_record.py [FORMS]``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import count, product
from pathlib import Path
from statistics import median

from equipoise.conduct import Desk, FilledForm, Person, open_desk, record_form, register_subject
from equipoise.study import Study, load_study
from equipoise.study.schedule import Visit
from equipoise.wiring import open_log

STUDY = Path(__file__).parents[1] / "tests" / "studies" / "oesophagus"
DAY = dt.date(2026, 3, 2)
SCANS = 10
NOW = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
PERSON = Person(name="bench", role="investigator", site="north")


def counted() -> Callable[[], str]:
    """Return salts that cost nothing to draw."""
    numbers = count(1)
    return lambda: f"{next(numbers):032x}"


def forms(number: int) -> list[FilledForm]:
    """Return forms of a subject: nine laboratory values, vital signs, lesions with checks."""
    subject = f"{number:05d}"
    laboratory = {
        "neutrophils": 4.0 + number % 7 / 10,
        "platelets": 230.0 + number % 50,
        "haemoglobin": 131.0,
        "albumin": 41.0,
        "bilirubin": 9.0 + number % 11,
        "alt": 24.0,
        "ast": 25.0,
        "creatinine": 75.0,
        "inr": 1.02,
    }
    vital_signs = {
        "height_cm": 150.0 + number % 45,
        "weight_kg": 50.0 + number % 60,
        "ecog": 0,
        "systolic": 120.0 + number % 31,
        "diastolic": 76.0,
    }
    lesion = {
        "lesion": "T1",
        "lesion_kind": "target",
        "lesion_organ": "other",
        "lesion_state": "measured",
        "diameter_mm": 20.0 + number % 4000 / 10,
    }
    filled = {"laboratory": laboratory, "vital_signs": vital_signs, "lesions": lesion}
    return [
        FilledForm(subject=subject, visit="screening", form=form, date=DAY, values=values)
        for form, values in filled.items()
    ]


def enter(desk: Desk, *, subjects: int) -> dict[str, list[float]]:
    """Enter forms and return the seconds of each, by form."""
    seconds: dict[str, list[float]] = {}
    for number in range(subjects):
        register_subject(desk, PERSON, subject=f"{number:05d}", site="north", on=DAY)
        for filled in forms(number):
            start = time.perf_counter()
            record_form(desk, PERSON, filled)
            seconds.setdefault(filled.form, []).append(time.perf_counter() - start)
    return seconds


def bare_chain(entries: int) -> float:
    """Return entries/s of a loop that salts, hashes and links, and nothing else."""
    encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
    previous, salt = "0" * 64, counted()
    start = time.perf_counter()
    for seq in range(entries):
        value = encode([None, "4.2", None])
        commitment = hashlib.sha256(f"{salt()}{value}".encode()).hexdigest()
        public = encode([seq, "2026", "w", "r", "a", "s", "v", "f", 1, "i", commitment])
        previous = hashlib.sha256(f"{previous}{public}".encode()).hexdigest()
    return entries / (time.perf_counter() - start)


def measure(name: str, path: Path | None, *, subjects: int, batch: bool) -> Iterator[str]:
    """Enter the forms of some subjects into one log and return its rows."""
    with closing(open_log(path, salts=counted())) as log:
        desk = open_desk(load_study(STUDY), log=log, clock=lambda: NOW)
        whole: AbstractContextManager[None] = log.batch() if batch else nullcontext()
        start = time.perf_counter()
        with whole:
            seconds = enter(desk, subjects=subjects)
        rate = desk.record.head.seq / (time.perf_counter() - start)
    limit = bare_chain(50_000)
    yield (
        f"record_form, {name} | {rate:,.0f} entries/s"
        f" | bare hash chain {limit:,.0f} entries/s | {rate / limit:.1%}"
    )
    for form, each in seconds.items():
        figure, goal = median(each) * 1e3, 0.7
        yield (
            f"record_form, {name}, {form} | {figure:.2f} ms | goal {goal} ms | {figure / goal:.0%}"
        )


def visits_of_lesions(study: Study) -> Study:
    """Return the study with a series of scans."""
    words = {"epoch": "neoadjuvant", "from": "randomisation", "every": "6 wk", "times": SCANS}
    scan = Visit.model_validate(words | {"forms": ["lesions"], "window": "±14 d"})
    schedule = study.schedule
    visits = {"visits": {**schedule.visits, "scan": scan}}
    return study.model_copy(update={"schedule": schedule.model_copy(update=visits)})


def late_lesions(*, subjects: int) -> str:
    """Return the row of the last scan of subjects whose lesions are followed for long."""
    seconds = []
    with closing(open_log(None, salts=counted())) as log:
        study = visits_of_lesions(load_study(STUDY))
        desk = open_desk(study, log=log, clock=lambda: NOW)
        for number in range(subjects):
            subject = f"{number:05d}"
            register_subject(desk, PERSON, subject=subject, site="north", on=DAY)
            desk.record.subjects[subject].randomisation_date = DAY  # scans come after it
            for scan, lesion in product(range(SCANS + 1), range(5)):
                filled = scanned(subject, scan=scan, lesion=lesion)
                start = time.perf_counter()
                record_form(desk, PERSON, filled)
                seconds += [time.perf_counter() - start] if scan == SCANS else []
    figure, goal = median(seconds) * 1e3, 5.0
    return (
        f"record_form, memory, lesions after {SCANS} visits | {figure:.2f} ms | goal {goal} ms"
        f" | {figure / goal:.0%}"
    )


def scanned(subject: str, *, scan: int, lesion: int) -> FilledForm:
    """Return a row of lesions, in three organs, of a scan; scan 0 is that of screening."""
    values = {
        "lesion": f"T{lesion + 1}",
        "lesion_kind": "target",
        "lesion_organ": ("liver", "lung", "bone")[lesion // 2],
        "lesion_state": "measured",
        "diameter_mm": 20.0 + lesion + scan % 3,
    }
    return FilledForm(
        subject=subject,
        visit=f"scan_{scan}" if scan else "screening",
        form="lesions",
        row=lesion + 1,
        date=DAY + dt.timedelta(days=14 * scan),
        values=values,
    )


def main() -> None:
    """Measure and print."""
    subjects = int(sys.argv[1]) // 3 if len(sys.argv) > 1 else 1000
    few = max(1, subjects // 10)
    with tempfile.TemporaryDirectory() as folder:
        batch, each = Path(folder) / "batch.db", Path(folder) / "each.db"
        for row in (
            *measure("memory", None, subjects=subjects, batch=False),
            *measure("SQLite in a batch", batch, subjects=subjects, batch=True),
            *measure("SQLite, each form durable", each, subjects=few, batch=False),
            late_lesions(subjects=few),
        ):
            print(row)


if __name__ == "__main__":
    main()
