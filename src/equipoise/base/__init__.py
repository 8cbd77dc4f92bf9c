"""In: nothing of a trial. Out: the words every room may use (errors, quantities, dates, hashes).

Open `quantities.py` first. `randomness.py` (numpy) and `frames.py` (polars) are imported by those
who need them, so that the command line starts quickly.
"""

from equipoise.base.errors import (
    BadInput,
    EquipoiseError,
    Fault,
    NotConverged,
    RecordRefused,
    StorageFault,
    StudyFaults,
    bad_input,
)

__all__ = [
    "BadInput",
    "EquipoiseError",
    "Fault",
    "NotConverged",
    "RecordRefused",
    "StorageFault",
    "StudyFaults",
    "bad_input",
]
