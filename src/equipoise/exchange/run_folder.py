"""One run on disk: the study, the record, the datasets, the results, the page.

```
out/icc_golp-design-1/
  report.html          the page
  results.parquet      every number with its address
  datasets/*.parquet   analysis datasets
  domains/*.parquet    SDTM-shaped domains
  lineage.parquet      entries behind each cell of adsl
  record.sqlite        the log
  study.json           the study as it was
  provenance.json      hashes, seed, version, cut
```
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from equipoise.base.errors import Fault, StorageFault
from equipoise.base.files import storage_fault
from equipoise.base.provenance import Provenance
from equipoise.derive import AnalysisData
from equipoise.study.study import Study

RECORD = "record.sqlite"
REPORT = "report.html"
PROVENANCE = "provenance.json"
OURS = (
    REPORT,
    PROVENANCE,
    "results.parquet",
    "lineage.parquet",
    "impossible.parquet",
    "datasets",
    "domains",
    f"{RECORD}*",
    "study.json",
)
"""What a run folder may hold; one with anything else in it is never replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything a finished run holds beside its log and its page."""

    study: Study
    data: AnalysisData
    results: pl.DataFrame
    provenance: Provenance


def write_run(run: Run, folder: Path) -> None:
    """Write a run into a folder that exists (a scratch folder; see `base.files.whole_folder`).

    Raises
    ------
    OSError
        When the disk refuses; the caller's scratch folder is then removed whole.
    """
    for name, frames in (("datasets", run.data.datasets), ("domains", run.data.domains)):
        (folder / name).mkdir()
        for dataset, frame in frames.items():
            frame.write_parquet(folder / name / f"{dataset}.parquet")
    run.data.lineage.write_parquet(folder / "lineage.parquet")
    run.data.impossible.write_parquet(folder / "impossible.parquet")
    run.results.write_parquet(folder / "results.parquet")
    study = run.study.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    _write_json(folder / "study.json", study)
    _write_json(folder / PROVENANCE, asdict(run.provenance))


def _write_json(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, indent=2, default=str, ensure_ascii=False) + "\n", "utf-8")


def read_run(folder: Path) -> Run:
    """Read a run back.

    Raises
    ------
    StorageFault
        When the folder is no finished run, or a file of it is damaged.
    """
    if not (folder / PROVENANCE).is_file():
        raise StorageFault(_no_run(folder))
    try:
        return _read(folder)
    except OSError as error:
        raise storage_fault(error, doing="reading the run", where=folder) from error
    except (pl.exceptions.PolarsError, ValueError) as error:
        fault = Fault(
            kind="damaged_run",
            what="a file of this run is damaged",
            where=str(folder),
            got=str(error).splitlines()[0],
            fix="run the rehearsal or analysis again",
        )
        raise StorageFault(fault) from error


def _read(folder: Path) -> Run:
    said = json.loads((folder / PROVENANCE).read_text("utf-8"))
    provenance = TypeAdapter(Provenance).validate_python(said)
    study = Study.model_validate_json((folder / "study.json").read_text("utf-8"))
    data = AnalysisData(
        study_hash=provenance.study_hash,
        snapshot_head=provenance.snapshot_head,
        cut=provenance.cut,
        domains=_frames(folder / "domains"),
        datasets=_frames(folder / "datasets"),
        lineage=pl.read_parquet(folder / "lineage.parquet"),
        impossible=pl.read_parquet(folder / "impossible.parquet"),
    )
    results = pl.read_parquet(folder / "results.parquet")
    return Run(study=study, data=data, results=results, provenance=provenance)


def _frames(folder: Path) -> dict[str, pl.DataFrame]:
    return {file.stem: pl.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}


def _no_run(folder: Path) -> Fault:
    return Fault(
        kind="no_run",
        what="this folder holds no finished run",
        where=str(folder),
        got="no provenance.json",
        fix="name a folder that `equipoise rehearse` or `equipoise analyse` wrote, such as out/...",
    )
